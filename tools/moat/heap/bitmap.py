"""The two bits of each granule of an arena, as core/space/granule.h and core/space/object.c read them.

A damaged bitmap leads nowhere else than to a wrong answer: every search ends with the bitmap.

SPDX-License-Identifier: MIT"""
from typing import Callable

WORD_GRANULES = 32
ALL = 0xFFFFFFFF


class Bitmap:
    def __init__(self, bits, granules, chunk, limit, carry_word):
        """bits: (start, mark) of each word. chunk, limit: granules, equal if there is no chunk here. carry_word: the word that
        begins with the rest of a dead object whose front the sweep has freed, or None."""
        self.bits = bits
        self.granules = granules
        self.chunk, self.limit = chunk, limit
        self.carry_word = carry_word

    def is_start(self, granule: int) -> bool:
        return bool(self.bits[granule >> 5][0] >> (granule & 31) & 1)

    def is_white(self, granule: int) -> bool:
        return bool(self.bits[granule >> 5][1] >> (granule & 31) & 1)

    def in_use(self, granule):
        start, mark = self.bits[granule >> 5]
        return bool((start | mark) >> (granule & 31) & 1)

    def is_inside(self, granule):
        return self.is_white(granule) and not self.is_start(granule)

    def free_end(self, granule: int) -> int:
        """The first granule from a free one on that is in use."""
        return self._search(granule, lambda word: self.bits[word][0] | self.bits[word][1])

    def object_end(self, granule):
        first = granule >> 5
        end = self._search(granule + 1, lambda word: ALL if first < word == self.carry_word else self._not_inside(word))
        return self.chunk if granule < self.chunk < end and self.chunk < self.limit else end

    def _not_inside(self, word):
        start, mark = self.bits[word]
        return ~(mark & ~start) & ALL

    def _search(self, granule: int, ones_of: Callable[[int], int]) -> int:
        """The first granule from `granule` on whose bit is one."""
        word, skip = granule >> 5, granule & 31
        while word < len(self.bits):
            ones = ones_of(word) >> skip << skip
            if ones:
                return min(word * WORD_GRANULES + (ones & -ones).bit_length() - 1, self.granules)
            word, skip = word + 1, 0
        return self.granules

    def half_dead_end(self, granule: int) -> int:
        """Where the rest of a dead object, whose front the sweep has freed, ends; `granule` if it is not there."""
        if self.carry_word is None or granule != self.carry_word * WORD_GRANULES:
            return granule
        end = granule
        while end < self.granules and self.is_inside(end):
            end += 1
        return end
