"""How a heap lies in memory: numbers of core (core/space/granule.h, moat_type.h) that the firmware's debug information
has.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

from dataclasses import dataclass

from moat.firmware.target import Target


@dataclass(frozen=True)
class Layout:
    granule: int        # bytes
    word_granules: int  # that one bitmap word stands for
    group_words: int    # bitmap words that share a full bit
    bits_bytes: int     # of the two bits of so many granules
    arena_bytes: int    # that an arena has at most

    # of a header: from the low end, a link; above it, signed, a type's offset in units of `type_unit` bytes, and a flag
    link_bits: int
    type_bits: int
    array_flag: int
    type_unit: int

    exact_holes: int    # holes of up to so many granules have lists for each size, those of fewer than
    long_holes: int     # so many share the one behind, and all longer ones the last

    type_align: int     # bytes: where types stand
    extent_slow: int    # a flag in a type's extent

    @property
    def link_mask(self) -> int:
        return (1 << self.link_bits) - 1

    @classmethod
    def of(cls, target: Target) -> Layout:
        """Raises TargetError where a firmware's moat says nothing of it."""
        number = target.enumerators("enum moat_layout")
        link_bits = number["MOAT_HEADER_LINK_BITS"]
        return cls(1 << number["MOAT_GRANULE_SHIFT"], number["MOAT_WORD_GRANULES"], number["MOAT_GROUP_WORDS"],
                   target.size_of("struct moat_bits"), number["MOAT_ARENA_BYTES_MAX"],
                   link_bits, 8 * target.word - link_bits, 1 << number["MOAT_HEADER_ARRAY_BIT"],
                   1 << number["MOAT_HEADER_TYPE_SHIFT"], number["MOAT_EXACT_HOLES"],
                   number["MOAT_LONG_HOLES"], 1 << number["MOAT_TYPE_SHIFT"],
                   1 << target.enumerators("enum moat_extent")["MOAT_EXTENT_SLOW_BIT"])
