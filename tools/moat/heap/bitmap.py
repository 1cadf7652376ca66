"""The two bits of each granule of an arena, as core/space/granule.h and core/space/object.c read them.

A damaged bitmap leads nowhere else than to a wrong answer: every search ends with the bitmap.

SPDX-License-Identifier: MIT"""
from typing import Callable, Sequence


class Bitmap:
    def __init__(self, word_granules: int, bits: Sequence[tuple[int, int]], granules: int, chunk: int, limit: int,
                 carry_word: int | None) -> None:
        """bits: (start, mark) of each word, which stands for word_granules. chunk, limit: granules, equal if there is
        no chunk here. carry_word: the word that begins with the rest of a dead object whose front the sweep has freed,
        or None."""
        self.word_granules, self._all = word_granules, (1 << word_granules) - 1
        self.bits = bits
        self.granules = granules
        self.chunk, self.limit = chunk, limit
        self.carry_word = carry_word

    def is_start(self, granule: int) -> bool:
        word, bit = divmod(granule, self.word_granules)
        return bool(self.bits[word][0] >> bit & 1)

    def is_white(self, granule: int) -> bool:
        word, bit = divmod(granule, self.word_granules)
        return bool(self.bits[word][1] >> bit & 1)

    def in_use(self, granule: int) -> bool:
        word, bit = divmod(granule, self.word_granules)
        start, mark = self.bits[word]
        return bool((start | mark) >> bit & 1)

    def is_inside(self, granule: int) -> bool:
        return self.is_white(granule) and not self.is_start(granule)

    def has_free(self, word: int) -> bool:
        start, mark = self.bits[word]
        return start | mark != self._all

    def free_end(self, granule: int) -> int:
        """The first granule from a free one on that is in use."""
        return self._search(granule, lambda word: self.bits[word][0] | self.bits[word][1])

    def object_end(self, granule: int) -> int:
        first = granule // self.word_granules

        def ones_of(word: int) -> int:
            return self._all if first < word == self.carry_word else self._not_inside(word)

        end = self._search(granule + 1, ones_of)
        return self.chunk if granule < self.chunk < end and self.chunk < self.limit else end

    def _not_inside(self, word: int) -> int:
        start, mark = self.bits[word]
        return ~(mark & ~start) & self._all

    def _search(self, granule: int, ones_of: Callable[[int], int]) -> int:
        """The first granule from `granule` on whose bit is one."""
        word, skip = divmod(granule, self.word_granules)
        while word < len(self.bits):
            ones = ones_of(word) >> skip << skip
            if ones:
                return min(word * self.word_granules + (ones & -ones).bit_length() - 1, self.granules)
            word, skip = word + 1, 0
        return self.granules

    def half_dead_end(self, granule: int) -> int:
        """Where the rest of a dead object, whose front the sweep has freed, ends; `granule` if it is not there."""
        if self.carry_word is None or granule != self.carry_word * self.word_granules:
            return granule
        end = granule
        while end < self.granules and self.is_inside(end):
            end += 1
        return end
