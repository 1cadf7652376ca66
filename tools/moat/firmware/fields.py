"""Which field of a C type lies at an offset, whoever describes the type.

A type here is an object with
  kind        "struct", "union", "array", "enum", "pointer", "float" or "integer"
  size        bytes; None or 0 where it has none of its own, as a flexible array
  members     of a struct or union: (name or None, offset, type), in order
  element     of an array: the type of its elements
dwarf.Type makes them of an ELF file's debug information, moat.gdb.target.Type of gdb's.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

from typing import Protocol, Sequence

from .errors import DebugError

AGGREGATES = ("struct", "union")
REF = ".pointer_"  # the one member of a moat::ref: core/include/moat.hpp
DEPTH_MAX = 64  # a damaged type may hold itself


class CType(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def size(self) -> int | None: ...

    @property
    def members(self) -> Sequence[tuple[str | None, int, CType]]: ...

    @property
    def element(self) -> CType: ...

    @property
    def enumerators(self) -> dict[str, int]: ...


def field_at(kind: CType, offset: int) -> str | None:
    """What lies `offset` bytes into a type, e.g. `next`, `satellites[3].azimuth`, `[2].next` in an array of it, or
    `length+1` where it is not a field's first byte. None where nothing is."""
    prefix = ""
    if kind.size and offset >= kind.size and not _flexible(kind):
        prefix, offset = f"[{offset // kind.size}]", offset % kind.size
    path = _path(kind, offset)
    return None if path is None else (prefix + path).removesuffix(REF).lstrip(".") or None


def _flexible(kind: CType) -> bool:
    members = kind.members if kind.kind in AGGREGATES else ()
    return bool(members) and members[-1][2].kind == "array" and not members[-1][2].size


def _path(kind: CType, offset: int) -> str | None:
    """The path to `offset` with its leading dot or bracket; None where there is only padding."""
    path = ""
    for _ in range(DEPTH_MAX):
        if kind.kind in AGGREGATES:
            found = _member_at(kind, offset)
            if found is None:
                return None
            name, start, kind = found
            offset -= start
            path += f".{name}" if name else ""
        elif kind.kind == "array" and (size := kind.element.size):
            kind = kind.element
            path += f"[{offset // size}]"
            offset %= size
        else:
            return path + (f"+{offset}" if offset and kind.kind != "array" else "")
    raise DebugError("the debug information is damaged: a type holds itself")


def _member_at(kind: CType, offset: int) -> tuple[str | None, int, CType] | None:
    for name, start, member in kind.members:
        if start <= offset and (not member.size or offset < start + member.size):
            return name, start, member
    return None
