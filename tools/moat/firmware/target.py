"""What a reader of the heap asks of a firmware: its memory, symbols and types. elf_target and gdb_target answer.

SPDX-License-Identifier: MIT"""
import struct
from dataclasses import dataclass
from typing import Any, Dict, Literal, Sequence

from .errors import DebugError
from .fields import CType, field_at
from .memory import Memory

STRING_MAX = 256


class TargetError(Exception):
    """The firmware can't be read; str() says why and what to do."""


def stack_of(sp: int, stacks: Sequence[tuple[int, int]]) -> int | None:
    """The index of the stack (low, high) that a stack pointer is on, or None. Its end is on it, for a stack that
    nothing is on yet; a stack that ends where another begins comes first."""
    filled = [number for number, (low, high) in enumerate(stacks) if low < sp <= high]
    full = [number for number, (low, high) in enumerate(stacks) if low == sp < high]
    return next(iter(filled + full), None)


@dataclass(frozen=True)
class Context:
    """Where a thread of execution stands."""
    sp: int
    registers: dict[str, int]  # name: value; those that calls keep at least


class Members(Dict[str, Any]):
    """Of a struct or an enum, by name."""

    def __missing__(self, name: str) -> Any:
        raise TargetError(f"moat's types have no member {name} in this firmware: use the tools that came with its "
                          "moat")


class Target:
    word: int  # bytes
    order: Literal["little", "big"]
    memory: Memory
    notes: list[str]  # sentences: what of its debug information is not understood

    def symbol(self, name: str) -> int | None:
        """The address of a symbol, or None."""
        raise NotImplementedError

    def type(self, name: str, near: int | None = None) -> CType | None:
        """The type that is written `name` in C, as fields.py has types; or None.
        near: the address of a variable, in whose file the name may mean another type than elsewhere"""
        raise NotImplementedError

    def name_at(self, address: int) -> str | None:
        """The variable that an address lies in, and the field, as `table[3].next`; or None."""
        raise NotImplementedError

    def context_in(self, ranges: Sequence[tuple[int, int]]) -> Context | None:
        """The innermost Context whose stack pointer is on one of the stacks (low, high), what a handler has interrupted
        being behind it; or None where that is not known."""
        raise NotImplementedError

    # ---- what follows from these ----

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def field_at(self, kind: CType, offset: int) -> str | None:
        """As fields.field_at; None too where the type is not understood."""
        try:
            return field_at(kind, offset)
        except DebugError as error:
            self.note(str(error))
            return None

    def address_of(self, symbol: str) -> int:
        address = self.symbol(symbol)
        if address is None:
            raise TargetError(f"there is no symbol {symbol}: is this firmware linked with moat, and not stripped?")
        return address

    def section(self, name: str) -> tuple[int, int]:
        """The bounds of one of moat's sections: its linker fragments', or, linked without those, ld's, which has none
        of a section that nothing is in."""
        if self.option("LINKER_SCRIPT"):
            return self.address_of(f"{name}_start"), self.address_of(f"{name}_end")
        start, end = self.symbol(f"__start_{name}"), self.symbol(f"__stop_{name}")
        return (start, end) if start is not None and end is not None else (0, 0)

    def option(self, name: str) -> int:
        """The value of a MOAT_CONFIG option: core leaves a symbol of each."""
        return self.address_of(f"moat_config_{name}_must_match")

    def need_type(self, name: str) -> CType:
        kind = self.type(name)
        if kind is None:
            raise TargetError(f"there is no debug information of {name}: build core with -g, and use the tools that "
                              "came with its moat")
        return kind

    def size_of(self, type_name: str) -> int:
        size = self.need_type(type_name).size
        if size is None:
            raise TargetError(f"{type_name} has no size in the debug information")
        return size

    def offset_of(self, type_name: str, member: str) -> int:
        return Members((name, offset) for name, offset, _ in self.need_type(type_name).members if name)[member]

    def enumerators(self, name: str) -> Members:
        """The values of an enum's, by name."""
        return Members(self.need_type(name).enumerators)

    def integer(self, address: int, size: int) -> int:
        return int.from_bytes(self.memory.read(address, size), self.order)

    def pointer(self, address: int) -> int:
        return self.integer(address, self.word)

    def words(self, address: int, count: int) -> tuple[int, ...]:
        data = self.memory.read(address, count * self.word) if count else b""
        return struct.unpack(f"{'<' if self.order == 'little' else '>'}{count}{'IQ'[self.word == 8]}", data)

    def string(self, address: int) -> str:
        """A C string, cut where it is too long."""
        text = b""
        while len(text) < STRING_MAX and (byte := self.memory.read(address + len(text), 1)) != b"\0":
            text += byte
        return text.decode("utf-8", "replace")

    def struct(self, type_name: str, address: int) -> Members:
        """A struct of integers, arrays and such structs: its Members."""
        return self._structs(self.need_type(type_name), address, 1)[0]

    def structs(self, type_name: str, address: int, count: int) -> list[Members]:
        return self._structs(self.need_type(type_name), address, count)

    def _structs(self, kind: CType, address: int, count: int) -> list[Members]:
        size = kind.size or 0
        data = self.memory.read(address, size * count) if count else b""
        return [self._decode(kind, data[i * size:(i + 1) * size]) for i in range(count)]

    def _decode(self, kind: CType, data: bytes) -> Any:
        if kind.kind == "struct":
            return Members((name, self._decode(member, data[offset:offset + (member.size or 0)]))
                           for name, offset, member in kind.members if name)
        if kind.kind == "array":
            size = kind.element.size or 1
            return [self._decode(kind.element, data[i:i + size]) for i in range(0, len(data), size)]
        return int.from_bytes(data, self.order)
