"""The firmware that gdb debugs, for readers of the heap.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import functools
import re
from typing import Sequence

import gdb

from moat.firmware.fields import CType
from moat.firmware.memory import Dump, Memory, Paged, Unreadable
from moat.firmware.target import Context, Target, TargetError, stack_of

KINDS = {gdb.TYPE_CODE_STRUCT: "struct", gdb.TYPE_CODE_UNION: "union", gdb.TYPE_CODE_ARRAY: "array",
         gdb.TYPE_CODE_ENUM: "enum",
         gdb.TYPE_CODE_PTR: "pointer", gdb.TYPE_CODE_FLT: "float"}
FRAMES_MAX = 64


class Type:
    """A gdb.Type as moat/firmware/fields.py has types."""

    def __init__(self, of: gdb.Type) -> None:
        self.gdb_type = of.strip_typedefs().unqualified()
        self.kind = KINDS.get(self.gdb_type.code, "integer")
        self.size = self.gdb_type.sizeof

    @functools.cached_property
    def members(self) -> list[tuple[str | None, int, CType]]:
        return [(None if field.is_base_class else field.name or None, field.bitpos // 8, Type(field.type))
                for field in self.gdb_type.fields()
                if hasattr(field, "bitpos")]

    @functools.cached_property
    def element(self) -> Type:
        return Type(self.gdb_type.target())

    @functools.cached_property
    def enumerators(self) -> dict[str, int]:
        return {field.name: field.enumval for field in self.gdb_type.fields()}


SIZE_MAX = 64 << 20  # bytes, more than a device of moat's has


class GdbMemory(Memory):
    def read(self, address: int, size: int) -> bytes:
        if size > SIZE_MAX:  # a damaged length: gdb itself dies of such
            raise Unreadable(address, size)
        try:
            return gdb.selected_inferior().read_memory(address, size).tobytes()
        except (gdb.MemoryError, OverflowError) as error:
            raise Unreadable(address, size) from error


SECTION = re.compile(r"\[\d+\]\s+0x([0-9a-f]+)->0x([0-9a-f]+) at 0x[0-9a-f]+: \S+ (.*)")


def _core_memory() -> Dump:
    """What a core file has, and constants of the ELF file. gdb itself takes RAM that the core file lacks for zeros."""
    memory, in_core = GdbMemory(), False
    ranges: list[tuple[int, bytes]] = []
    constants: list[tuple[int, bytes]] = []
    for line in gdb.execute("maint info sections", to_string=True).splitlines():
        in_core = in_core or line.startswith("Core file:")
        found = SECTION.search(line)
        flags = found[3].split() if found else ()
        if found and "ALLOC" in flags and "LOAD" in flags and (in_core or "READONLY" in flags):
            start, end = int(found[1], 16), int(found[2], 16)
            if start < end:
                (ranges if in_core else constants).append((start, memory.read(start, end - start)))
    return Dump(ranges + constants, lambda address, size: None)


class GdbTarget(Target):
    def __init__(self) -> None:
        if not gdb.current_progspace().filename:
            raise TargetError("there are no symbols: load the firmware's ELF file with `file`")
        if not gdb.selected_inferior().threads():
            raise TargetError("there is no target: connect with `target remote`, or load a core file with `core-file`")
        self.word = gdb.lookup_type("char").pointer().sizeof
        self.order = "little"
        self.notes = []
        connection = gdb.selected_inferior().connection
        self.memory = _core_memory() if connection is not None and connection.type == "core" else Paged(GdbMemory())

    def symbol(self, name: str) -> int | None:
        try:
            return int(gdb.parse_and_eval(f"(unsigned long long)&{name}")) & (1 << 8 * self.word) - 1
        except gdb.error:  # none of this name, or not one that is linked
            return None

    def type(self, name: str, near: int | None = None) -> Type | None:
        variable = _variable_at(near)[2] if near is not None else None
        try:
            return Type(gdb.lookup_type(name) if variable is None else _type_in(name, variable.symtab.static_block()))
        except gdb.error:
            return None

    def name_at(self, address: int) -> str | None:
        name, offset, symbol = _variable_at(address)
        if name is None or symbol is None:
            return name and name + (f"+{offset}" if offset else "")
        field = self.field_at(Type(symbol.type), offset)
        return name if field is None else name + ("" if field[0] in "[+" else ".") + field

    def context_in(self, ranges: Sequence[tuple[int, int]]) -> Context | None:
        selected = gdb.selected_thread()
        try:
            for thread in sorted(gdb.selected_inferior().threads(),
                                 key=lambda thread: (thread.num != selected.num, thread.num)):
                thread.switch()
                found = _frame_in(ranges)
                if found is not None:
                    return found
        finally:
            selected.switch()
        return None


def _type_in(name: str, block: gdb.Block) -> gdb.Type:
    """A type as a file knows it. gdb.lookup_type heeds its block for typedefs only."""
    keyword, _, tag = name.partition(" ")
    tagged = keyword in ("struct", "union", "enum")
    symbol = gdb.lookup_symbol(tag, block, gdb.SYMBOL_STRUCT_DOMAIN)[0] if tagged else None
    return gdb.lookup_type(name, block) if symbol is None else symbol.type


def _variable_at(address: int) -> tuple[str | None, int, gdb.Symbol | None]:
    """(name, offset, gdb.Symbol) of the variable that an address lies in; None for what is not known."""
    found = re.match(r"(.+?)(?: \+ (\d+))? in section", gdb.execute(f"info symbol {address:#x}", to_string=True))
    if found is None:
        return None, 0, None
    name, offset = found[1], int(found[2] or 0)
    for symbol in [gdb.lookup_global_symbol(name), *gdb.lookup_static_symbols(name)]:
        if symbol is not None and symbol.is_variable and int(symbol.value().address) == address - offset:
            return name, offset, symbol
    return name, offset, None


def _frame_in(ranges: Sequence[tuple[int, int]]) -> Context | None:
    """The context of the innermost frame on one of the stacks: of a handler's frames, the one that was interrupted."""
    frame, depth = gdb.newest_frame(), 0
    try:
        while frame is not None and depth < FRAMES_MAX:
            sp = int(frame.read_register("sp"))
            if stack_of(sp, ranges) is not None:
                return Context(sp, _registers(frame))
            frame, depth = frame.older(), depth + 1
    except gdb.error:  # no way further out
        pass
    return None


def _registers(frame: gdb.Frame) -> dict[str, int]:
    values = {}
    for register in frame.architecture().registers("general"):
        value = frame.read_register(register)
        whole = value.type.strip_typedefs().code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR)
        if register.name != "sp" and not value.is_optimized_out and value.type.sizeof <= 8 and whole:
            values[register.name] = int(value) & (1 << 8 * value.type.sizeof) - 1
    return values
