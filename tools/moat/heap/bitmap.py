"""The two bits of each granule of an arena, as core/space/granule.h and core/space/object.c read them.

A damaged bitmap leads nowhere else than to a wrong answer: every search ends with the bitmap.

SPDX-License-Identifier: MIT"""
from typing import Callable

WORD_GRANULES = 32
ALL = 0xFFFFFFFF


class Bitmap:
    def __init__(self, bits: list[tuple[int, int]], granules: int, cursor: int, limit: int,
                 carry_word: int | None) -> None:
        """bits: (start, mark) of each word. cursor, limit: granules, equal if there is no chunk here. carry_word: the
        word that begins with the rest of a dead object whose front the sweep has freed, or None."""
        self.bits = bits
        self.granules = granules
        self.cursor, self.limit = cursor, limit
        self.carry_word = carry_word

    def is_start(self, granule: int) -> bool:
        return bool(self.bits[granule >> 5][0] >> (granule & 31) & 1)

    def is_white(self, granule: int) -> bool:
        return bool(self.bits[granule >> 5][1] >> (granule & 31) & 1)

    def is_covered(self, word: int) -> bool:
        start, mark = self.bits[word]
        return start == 0 and mark & 3 == 2

    def words_back(self, word: int) -> int:
        return self.bits[word][1] >> 17

    def words_ahead(self, word: int) -> int:
        return self.bits[word][1] >> 2 & 0x7FFF

    def in_use(self, granule: int) -> bool:
        start, mark = self.bits[granule >> 5]
        return self.is_covered(granule >> 5) or bool((start | mark) >> (granule & 31) & 1)

    def free_end(self, granule: int) -> int:
        """The first granule from a free one on that is in use."""
        return self._search(granule, lambda word: ALL if self.is_covered(word)
                            else self.bits[word][0] | self.bits[word][1])

    def object_end(self, granule: int) -> int:
        end = self._rest_end(granule)
        return self.cursor if granule < self.cursor < end and self.cursor < self.limit else end

    def _rest_end(self, granule: int) -> int:
        word = granule >> 5
        not_rest = self._not_rest(word) & ~((2 << (granule & 31)) - 1) & ALL
        if not_rest == 0:
            word += 1
            if word < len(self.bits) and self.is_covered(word) and word != self.carry_word:
                word += max(self.words_ahead(word), 1)
            if word >= len(self.bits):
                return self.granules
            if word == self.carry_word:
                return word * WORD_GRANULES
            not_rest = self._not_rest(word)
        low = (not_rest & -not_rest).bit_length() - 1 if not_rest else WORD_GRANULES
        return min(word * WORD_GRANULES + low, self.granules)

    def _not_rest(self, word: int) -> int:
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
        while end < self.granules and self.in_use(end) and not self.is_start(end):
            end += max(self.words_ahead(end >> 5), 1) * WORD_GRANULES if self.is_covered(end >> 5) else 1
        return min(end, self.granules)
