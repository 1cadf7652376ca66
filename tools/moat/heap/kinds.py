"""Types of managed objects, by what their headers say: where the slots are, and what the members are called.

Slots are walked as core/mark/scan.c does: in ranges of consecutive words, so that long runs cost nothing.

SPDX-License-Identifier: MIT"""
from typing import Iterator

from moat.firmware.target import Members, Target

from .layout import Layout


class Run:
    """A struct moat_run: pieces, or inner pieces in each piece, whose slots are all the same ranges."""

    def __init__(self, fields: Members, ranges: list[list[int]], word: int) -> None:
        self._fields, self._ranges, self._word = fields, ranges, word
        if fields["inner_count"]:
            self._piece = self._repeated(fields["inner_offset"], fields["inner_stride"], fields["inner_count"])
        else:
            self._piece = ranges

    def _repeated(self, offset: int, stride: int, count: int) -> list[list[int]]:
        """Slots that follow each other are one range."""
        if self._ranges == [[0, 1]] and stride == self._word:
            return [[offset, count]]
        return [[offset + i * stride + start, words] for i in range(count) for start, words in self._ranges]

    def slot_ranges(self, extent: int) -> Iterator[tuple[int, int]]:
        """Yields (offset, words), within `extent` bytes but for the last range's end."""
        offset, stride = self._fields["offset"], self._fields["stride"]
        room = (extent - offset) // stride if stride and extent > offset else 0
        pieces = min(room, self._fields["count"])  # a tail's count is larger than any room
        if self._piece == [[0, 1]] and stride == self._word:
            yield offset, pieces
            return
        for piece in range(pieces if self._piece else 0):
            for start, words in self._piece:
                yield offset + piece * stride + start, words


class Kind:
    """A struct moat_type. `type` is the C type, or None."""

    def __init__(self, target: Target, layout: Layout, address: int) -> None:
        self._target = target
        fields = target.struct("struct moat_type", address)
        self.address = address
        self.is_bytes = address == target.symbol("moat_type_bytes")
        self.name = "bytes" if self.is_bytes else target.string(fields["name"])
        self.size = fields["size"]
        self.extent = fields["extent"] & ~layout.extent_slow
        self.finalized = fields["finalize"] != 0
        self.flexible = fields["flexible"] != 0
        self._word = target.word
        self._map = self._ranges(fields["map"])
        self._only_slots = fields["map"] == 1 and fields["size"] == target.word
        self._runs = [Run(run, self._ranges(run["map"]), target.word)
                      for run in target.structs("struct moat_run", fields["runs"], fields["run_count"])]
        self.type = None if self.is_bytes else target.type(self.name, near=address)
        self._names: dict[int, str] = {}

    @property
    def has_slots(self) -> bool:
        return bool(self._map or self._runs)

    def _ranges(self, bits: int) -> list[list[int]]:
        """(offset, words) of the ones that follow each other in a map."""
        found: list[list[int]] = []
        for i in range(8 * self._word):
            if not bits >> i & 1:
                continue
            if found and found[-1][0] + found[-1][1] * self._word == i * self._word:
                found[-1][1] += 1
            else:
                found.append([i * self._word, 1])
        return found

    def slot_ranges(self, extent: int, array: bool) -> Iterator[tuple[int, int]]:
        """Yields (offset, words), within `extent` bytes."""
        if array and self._only_slots:
            yield 0, extent // self._word
            return
        elements = max(1, extent // self.size) if array and self.size else 1
        for i in range(elements):
            for offset, words in self._element_ranges(extent - i * self.size):
                words = min(words, (extent - i * self.size - offset) // self._word)
                if words > 0:
                    yield i * self.size + offset, words

    def _element_ranges(self, extent: int) -> Iterator[tuple[int, int]]:
        for offset, words in self._map:
            yield offset, words
        for run in self._runs:
            yield from run.slot_ranges(extent)

    def field(self, offset: int, array: bool = False) -> str:
        """What lies at an offset, as `next` or `[2].next`; "" where that is not known."""
        prefix = ""
        if array and self.size:
            prefix, offset = f"[{offset // self.size}]", offset % self.size
        if offset not in self._names:
            self._names[offset] = (self._target.field_at(self.type, offset) or "") if self.type is not None else ""
        name = self._names[offset]
        return prefix + ("." if prefix and name and name[0] not in "[+" else "") + name


class Kinds:
    """All types of a firmware, read when they are met."""

    def __init__(self, target: Target, layout: Layout) -> None:
        self._target, self._layout = target, layout
        self._start, self._end = target.section("moat_types")
        # Without moat's fragments, all types stand before this: core/base/sections.h.
        self._leaf_start = (target.address_of("moat_leaf_types_start") if target.option("LINKER_SCRIPT")
                            else self._start + 32768 - 2 * layout.type_align)
        self._known: dict[int, Kind] = {}

    def of_object(self, payload: int) -> tuple[Kind | None, bool]:
        """(Kind or None, whether it heads an array), by an object's header."""
        return self.of_header(self._target.pointer(payload - self._target.word))

    def at(self, address: int) -> Kind | None:
        """The Kind at an address, or None if no type is there."""
        offset = address - self._start
        if offset % self._layout.type_align or not 0 <= offset < self._end - self._start:
            return None
        if address not in self._known:
            self._known[address] = Kind(self._target, self._layout, address)
        return self._known[address]

    def of_header(self, header: int) -> tuple[Kind | None, bool]:
        """(Kind or None, whether it heads an array)."""
        flag = self._layout.array_flag
        offset = self._type_field(header & ~flag) * self._layout.type_unit
        return self.at(self._leaf_start + offset), bool(header & flag)

    def _type_field(self, header: int) -> int:
        """Signed: from the first type without slots."""
        field, sign = header >> self._layout.link_bits, 1 << (self._layout.type_bits - 1)
        return (field ^ sign) - sign

    def is_hole(self, header: int) -> bool:
        """Whether it is a hole's, instead of a type's: the largest number."""
        return header >> self._layout.link_bits == (1 << (self._layout.type_bits - 1)) - 1

    def link(self, header: int) -> int:
        """The granule of the next object on the grey list."""
        return header & self._layout.link_mask

    def header_has_slots(self, header: int) -> bool:
        """Whether the type that it names stands among those that have slots."""
        return self._type_field(header) < 0
