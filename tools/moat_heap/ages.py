"""How old objects are, as far as the dumps of one log tell: an object that was there in the dump before, at the same address, with the same type and
size, is taken for the same. An address that was freed and used again for its like in between counts as old.

SPDX-License-Identifier: MIT"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Age:
    survived: int   # collections that ended since the dump in which it was first seen
    at_least: bool  # it was there in the log's first dump, so it may be older


def _key(found):
    return found.address, found.type, found.bytes


def _collections(heap):
    return heap.stats.get("cycles", heap.cycle)


def ages(heaps):
    """[Age] of the last heap's objects; heaps: of the dumps of one run of one firmware, oldest first."""
    seen = {}
    for heap in heaps:
        keys = list(map(_key, heap.objects))
        seen = {key: seen.get(key, Age(_collections(heap), heap is heaps[0])) for key in keys}
    now = _collections(heaps[-1])
    return [Age(max(now - seen[key].survived, 0), seen[key].at_least) for key in keys]
