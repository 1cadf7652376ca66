"""A heap with all that was found out about it, and as JSON: for the page's script, and for other programs.

SPDX-License-Identifier: MIT"""
import dataclasses
import re
from typing import Any, Iterator

from moat.heap.ages import ages
from moat.heap.graph import Numbered
from moat.heap.model import Arena, Heap
from moat.heap.retained import Retained

from . import looks
from .figures import measure, type_name
from .picture import Grid

LAYOUT = 1
COLOURS = ("white", "grey", "black")
SLOTS_MAX = 200_000  # that the page holds
DIGITS = re.compile(r"\[(\d+)\]")


@dataclasses.dataclass
class Document:
    """A heap as it is shown."""

    firmware: str     # name of its ELF file
    build_id: str     # or ""
    source: str       # where the heap is from, in words
    heap: Heap
    history: list[tuple[str, Heap]]  # what to call it, of each dump up to this one
    problems: list[str]              # sentences: what is missing or broken

    def __post_init__(self) -> None:
        self.graph = Numbered(self.heap)
        names = [type_name(found) for found in self.heap.objects]
        self.retained = Retained([found.bytes for found in self.heap.objects], names, self.graph.successors,
                                 self.graph.entries)
        self.ages = ages([heap for _, heap in self.history])
        before = self.has_history
        self.new = [before and not age.at_least and age.first for age in self.ages]
        self.figures = measure(self.heap, self.graph.keeper, self.retained, self.new)
        self.looks = looks.by_type(self.figures.types)
        self.grids = [Grid.of(arena, self.heap) for arena in self.heap.arenas]

    @property
    def has_history(self) -> bool:
        return len(self.history) > 1

    def look(self, number: int) -> looks.Look:
        found = self.heap.objects[number]
        return looks.Look(self.looks[type_name(found)], looks.by_age(self.ages[number].survived), found.pins > 0,
                          self.new[number],
                          self.graph.keeper[number] is None)

    def numbers_in(self, arena: Arena) -> list[int]:
        return [number for number, found in enumerate(self.heap.objects) if found.arena == arena.index]


# ---- for other programs ----

def export(document: Document) -> dict[str, Any]:
    """The whole document as plain data."""
    heap, figures = document.heap, document.figures
    return {
        "layout": LAYOUT, "firmware": document.firmware, "build_id": document.build_id, "source": document.source,
        "word": heap.word, "granule": heap.granule, "phase": heap.phase, "cycle": heap.cycle, "stats": heap.stats,
        "problems": document.problems, "figures": dataclasses.asdict(figures),
        "arenas": [vars(arena) for arena in heap.arenas],
        "objects": [{
            **vars(found), "slots": [vars(slot) for slot in found.slots],
            "retained": document.retained.objects[number], "survived": document.ages[number].survived,
            "survived_at_least": document.ages[number].at_least, "kept_by": _keeper_address(document, number),
        } for number, found in enumerate(heap.objects)],
        "holes": [vars(hole) for hole in heap.holes],
        "roots": [vars(root) for root in heap.roots],
    }


def _keeper_address(document: Document, number: int) -> int | str | None:
    """Of the object before it on a path from a root; "root" where a root keeps it; None where nothing does."""
    keeper = document.graph.keeper[number]
    if keeper is None:
        return None
    return "root" if keeper < 0 else document.heap.objects[keeper].address


# ---- for the page's script, as short as can be: html/script.js reads it ----

class _Names:
    """Names by numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)


def page_data(document: Document) -> dict[str, Any]:
    """Columns, one entry an object, by address; numbers of objects are relative to the object that has them."""
    heap, types, fields = document.heap, _Names(), _Names()
    slots, counts, left_out = _slots(document, fields)
    data = {
        "word": heap.word, "granule": heap.granule, "history": document.has_history,
        "arenas": [{"low": grid.low, "granules": grid.granules, "perCell": grid.per_cell, "rows": grid.rows,
                    "from": min(document.numbers_in(arena), default=0), "count": len(document.numbers_in(arena))}
                   for arena, grid in zip(heap.arenas, document.grids)],
        "gap": _gaps(document), "size": [found.bytes // heap.granule for found in heap.objects],
        "slack": [found.bytes - heap.word - found.payload for found in heap.objects],
        "type": [types[type_name(found)] for found in heap.objects],
        "elements": {number: found.count for number, found in enumerate(heap.objects) if found.array},
        "pins": {number: found.pins for number, found in enumerate(heap.objects) if found.pins},
        "handles": {number: found.handles for number, found in enumerate(heap.objects) if found.handles},
        "colours": [COLOURS.index(found.colour) for found in heap.objects] if heap.phase == "mark" else [],
        "finalizable": [number for number, found in enumerate(heap.objects) if found.finalizable],
        "survived": [2 * age.survived + age.at_least for age in document.ages] if document.has_history else [],
        "keeper": [_relative(keeper, number) for number, keeper in enumerate(document.graph.keeper)],
        "retained": document.retained.objects, "slotCount": counts, "slots": slots, "slotsLeftOut": left_out,
        "roots": [[root.kind, root.name, root.address, document.graph.number[root.target]] for root in heap.roots],
    }
    return {**data, "types": list(types), "fields": list(fields)}


def _relative(keeper: int | None, number: int) -> int | None:
    """0: a root keeps it; null: nothing does."""
    return None if keeper is None else 0 if keeper < 0 else keeper - number


def _gaps(document: Document) -> list[int]:
    """Granules before each object that are free, from the arena's start on."""
    ends = {arena.index: grid.low for arena, grid in zip(document.heap.arenas, document.grids)}
    gaps = []
    for found in document.heap.objects:
        start = found.address - document.heap.word
        gaps.append((start - ends[found.arena]) // document.heap.granule)
        ends[found.arena] = start + found.bytes
    return gaps


def _slots(document: Document, fields: _Names) -> tuple[list[int], list[int], dict[int, int]]:
    """([field, target, indexes of the field...] of each slot in turn, slots of each object, objects whose slots are not
    all there)"""
    total = sum(len(links) for links in document.graph.links)
    most = max(SLOTS_MAX // max(len(document.graph.links), 1), 2) if total > SLOTS_MAX else None
    slots: list[int] = []
    counts: list[int] = []
    left_out: dict[int, int] = {}
    for number, links in enumerate(document.graph.links):
        shown = links[:most]
        counts.append(len(shown))
        if len(shown) < len(links):
            left_out[number] = len(links) - len(shown)
        for slot, target in shown:
            slots += [fields[DIGITS.sub("[#]", slot.name)], target - number, *map(int, DIGITS.findall(slot.name))]
    return slots, counts, left_out
