"""The members of a managed object as lines, with pointers resolved.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

from typing import Callable

import gdb

from moat.firmware.fields import REF
from moat.firmware.target import Target, TargetError
from moat.heap.kinds import Kinds
from moat.heap.layout import Layout
from moat.heap.model import Object

from .target import Type

LINES_MAX = 200
AGGREGATES = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)
BYTES_SHOWN = 64


class Shower:
    """describe(address): what a pointer points at, in words; "" if that is nothing managed."""

    def __init__(self, target: Target, describe: Callable[[int], str]) -> None:
        self._target, self._describe = target, describe
        self._lines: list[str] = []
        self._left_out = 0

    def lines(self, found: Object) -> list[str]:
        """Of a model.Object."""
        data = self._target.memory.read(found.address, found.payload)
        kind, array = Kinds(self._target, Layout.of(self._target)).of_object(found.address)
        if kind is None or not isinstance(kind.type, Type):
            return self._dump(data)
        if array:
            self._array(kind.type.gdb_type, data, "")
        else:
            self._value(kind.type.gdb_type, data, "")
        if self._left_out:
            self._lines.append(f"... and {self._left_out} more")
        return self._lines

    def _add(self, line: str) -> None:
        if len(self._lines) < LINES_MAX:
            self._lines.append(line)
        else:
            self._left_out += 1

    def _value(self, of: gdb.Type, data: bytes, path: str) -> None:
        of = of.strip_typedefs()
        if of.code in AGGREGATES:
            for field in of.fields():
                self._field(field, data, path)
        elif of.code == gdb.TYPE_CODE_ARRAY:
            self._array(of.target(), data, path)
        else:
            self._add(f"{path} = {self._scalar(of, data)}")

    def _field(self, field: gdb.Field, data: bytes, path: str) -> None:
        start = field.bitpos // 8
        kind = field.type.strip_typedefs()
        has_name = field.name and not field.is_base_class and f".{field.name}" != REF
        inner = f"{path}.{field.name}" if has_name else path
        if field.bitsize:
            size = kind.sizeof
            low = field.bitpos // 8 // size * size
            number = int.from_bytes(data[low:low + size],
                                    "little") >> (field.bitpos - 8 * low) & (1 << field.bitsize) - 1
            self._add(f"{inner} = {number}")
        elif kind.code == gdb.TYPE_CODE_ARRAY and not kind.sizeof:
            self._array(kind.target(), data[start:], inner)
        else:
            self._value(field.type, data[start:start + kind.sizeof], inner)

    def _array(self, element: gdb.Type, data: bytes, path: str) -> None:
        """Elements that follow each other and are equal are one line."""
        element = element.strip_typedefs()
        size = element.sizeof
        if element.code == gdb.TYPE_CODE_INT and size == 1 and data.rstrip(b"\0").isascii() and path:
            text = gdb.Value(data,
                             element.array(len(data) - 1)).format_string(max_elements=BYTES_SHOWN) if data else '""'
            self._add(f"{path} = {text}")
            return
        count, i = len(data) // size if size else 0, 0
        while i < count:
            piece, end = data[i * size:(i + 1) * size], i + 1
            while end < count and data[end * size:(end + 1) * size] == piece:
                end += 1
            if end - i > 1 and not any(piece):
                self._add(f"{path}[{i}..{end - 1}] = 0")
            elif end - i > 1 and element.code not in AGGREGATES:
                self._add(f"{path}[{i}..{end - 1}] = {self._scalar(element, piece)}")
            else:
                end = i + 1
                self._value(element, piece, f"{path}[{i}]")
            i = end

    def _scalar(self, of: gdb.Type, data: bytes) -> str:
        if len(data) < of.sizeof:
            raise TargetError(f"the object ends within a {of}: its header is damaged")
        text = gdb.Value(data, of).format_string(symbols=True)
        what = self._describe(int.from_bytes(data, "little")) if of.code == gdb.TYPE_CODE_PTR and any(data) else ""
        return f"0x{int.from_bytes(data, 'little'):x}  {what}" if what else text

    def _dump(self, data: bytes) -> list[str]:
        """Of raw bytes: the first lines of a hex dump."""
        shown = data[:4 * BYTES_SHOWN]
        lines = [f"+{at:<5}{shown[at:at + 16].hex(' ', 4):<36}  {_printable(shown[at:at + 16])}"
                 for at in range(0, len(shown), 16)]
        return lines + ([f"... and {len(data) - len(shown)} bytes more"] if len(data) > len(shown) else [])


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
