"""How old objects are, as far as the dumps of one log tell: an object that was there in the dump before, at the same
address, with the same type and size, is taken for the same. An address that was freed and used again for its like in
between counts as old.

SPDX-License-Identifier: MIT"""
from dataclasses import dataclass
from typing import Sequence

from .model import Heap, Object


@dataclass(frozen=True)
class Age:
    survived: int   # collections that ended since the dump in which it was first seen
    at_least: bool  # it was there in the log's first dump, so it may be older
    first: bool     # it was not there in the dump before


def ages(heaps: Sequence[Heap]) -> list[Age]:
    """[Age] of the last heap's objects; heaps: of the dumps of one run of one firmware, oldest first."""
    seen: dict[tuple[int, str, int], int] = {}
    for number, heap in enumerate(heaps):
        seen = {key: seen.get(key, number) for key in map(_key, heap.objects)}
    last = len(heaps) - 1
    ended = [heap.stats.get("cycles", heap.cycle) for heap in heaps]
    return [Age(max(ended[last] - ended[number], 0), number == 0, number == last)
            for number in (seen[_key(found)] for found in heaps[last].objects)]


def _key(found: Object) -> tuple[int, str, int]:
    return found.address, found.type, found.bytes
