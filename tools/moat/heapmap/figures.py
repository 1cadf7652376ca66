"""The figures of a heap: occupancy by type, holes, fragmentation, sizes. Of a model.Heap and what was found out about
its objects.

SPDX-License-Identifier: MIT"""
from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Sequence

from moat.heap.model import Heap, Object
from moat.heap.retained import Retained


@dataclass
class TypeRow:
    type: str
    objects: int = 0
    bytes: int = 0
    retained: int = 0
    new: int = 0       # objects that the dump before has not


@dataclass(frozen=True)
class Bucket:
    """Sizes from `low` bytes to below twice that."""

    low: int
    count: int
    bytes: int


@dataclass(frozen=True)
class Figures:
    arena: int            # bytes of granules that objects can use
    objects: int
    used: int             # bytes of objects
    garbage: int          # objects that nothing keeps: the next collection frees them
    garbage_bytes: int
    free: int             # bytes of holes that allocations know of
    # bytes that are free and in no such hole: what the sweep has still to come to
    dark: int
    largest: int          # hole, in bytes
    holes: int
    fragmentation: float  # 0: all that is free is one hole; near 1: it is in crumbs
    pinned: int           # objects
    pins: int
    handles: int
    types: list[TypeRow]  # most bytes first
    hole_sizes: list[Bucket]
    object_sizes: list[Bucket]


def type_name(found: Object) -> str:
    """What an object is called where its type is shown."""
    return found.type or "unknown"


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _buckets(sizes: Iterable[int]) -> list[Bucket]:
    counts: Counter[int] = Counter()
    totals: Counter[int] = Counter()
    for size in sizes:
        low = 1 << (size.bit_length() - 1)
        counts[low] += 1
        totals[low] += size
    if not counts:
        return []
    lows = [1 << i for i in range(min(counts).bit_length() - 1, max(counts).bit_length())]
    return [Bucket(low, counts[low], totals[low]) for low in lows]


def _types(heap: Heap, retained: Retained, new: Sequence[bool]) -> list[TypeRow]:
    rows: dict[str, TypeRow] = {}
    for number, found in enumerate(heap.objects):
        row = rows.setdefault(type_name(found), TypeRow(type_name(found), retained=retained.by_kind[type_name(found)]))
        row.objects += 1
        row.bytes += found.bytes
        row.new += new[number]
    return sorted(rows.values(), key=lambda row: (-row.bytes, row.type))


def measure(heap: Heap, keeper: Sequence[int | None], retained: Retained, new: Sequence[bool]) -> Figures:
    """keeper: of each object, None where nothing keeps it (graph.py). retained: Retained. new: whether it was not there
    in the dump before."""
    holes = [hole.bytes for hole in heap.holes if hole.kind != "dark"]
    free, largest = sum(holes), max(holes, default=0)
    garbage = [found.bytes for number, found in enumerate(heap.objects) if keeper[number] is None]
    return Figures(
        arena=sum(arena.bytes for arena in heap.arenas), objects=len(heap.objects),
        used=sum(found.bytes for found in heap.objects),
        garbage=len(garbage), garbage_bytes=sum(garbage), free=free,
        dark=sum(hole.bytes for hole in heap.holes if hole.kind == "dark"), largest=largest, holes=len(holes),
        fragmentation=1 - share(largest, free) if free else 0.0, pinned=sum(found.pins > 0 for found in heap.objects),
        pins=sum(found.pins for found in heap.objects), handles=sum(found.handles for found in heap.objects),
        types=_types(heap, retained, new), hole_sizes=_buckets(holes),
        object_sizes=_buckets(found.bytes for found in heap.objects))
