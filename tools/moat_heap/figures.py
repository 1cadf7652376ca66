"""The figures of a heap: occupancy by type, holes, fragmentation, sizes. Of model.Heap alone.

SPDX-License-Identifier: MIT"""
from collections import Counter
from dataclasses import dataclass


@dataclass
class TypeRow:
    type: str
    objects: int = 0
    bytes: int = 0
    new: int = 0       # objects that the dump before has not


@dataclass(frozen=True)
class Bucket:
    """Sizes from `low` bytes to below twice that."""

    low: int
    count: int
    bytes: int


@dataclass
class Figures:
    objects: int
    used: int            # bytes of objects
    free: int            # bytes of holes that allocations know of
    dark: int            # bytes that are free and in no hole: single granules, what the sweep has still to come to
    largest: int         # hole
    holes: int
    fragmentation: float # 0: all that is free is one hole; near 1: it is in crumbs
    pinned: int          # objects
    pins: int
    handles: int
    types: list          # of TypeRow, most bytes first
    hole_sizes: list     # of Bucket
    object_sizes: list


def share(part, whole):
    return part / whole if whole else 0.0


def type_name(name):
    """How a type is called on the page."""
    return name or "unknown"


def _buckets(sizes):
    counts, totals = Counter(), Counter()
    for size in sizes:
        low = 1 << (size.bit_length() - 1)
        counts[low] += 1
        totals[low] += size
    if not counts:
        return []
    lows = [1 << i for i in range(min(counts).bit_length() - 1, max(counts).bit_length())]
    return [Bucket(low, counts[low], totals[low]) for low in lows]


def _types(heap, ages):
    rows = {}
    for found, age in zip(heap.objects, ages):
        row = rows.setdefault(type_name(found.type), TypeRow(type_name(found.type)))
        row.objects += 1
        row.bytes += found.bytes
        row.new += age == 0
    return sorted(rows.values(), key=lambda row: (-row.bytes, row.type))


def measure(heap, ages):
    """ages: how many dumps each object is old, in the order of heap.objects; see ages.py."""
    holes = [hole.bytes for hole in heap.holes if hole.kind != "dark"]
    free, largest = sum(holes), max(holes, default=0)
    return Figures(
        objects=len(heap.objects), used=sum(found.bytes for found in heap.objects), free=free,
        dark=sum(hole.bytes for hole in heap.holes if hole.kind == "dark"), largest=largest, holes=len(holes),
        fragmentation=1 - share(largest, free) if free else 0.0,
        pinned=sum(found.pins > 0 for found in heap.objects), pins=sum(found.pins for found in heap.objects),
        handles=sum(found.handles for found in heap.objects), types=_types(heap, ages),
        hole_sizes=_buckets(holes), object_sizes=_buckets(found.bytes for found in heap.objects))
