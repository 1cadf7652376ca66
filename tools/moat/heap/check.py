"""The invariants of docs/design.md that are not a matter of one arena, in the words of moat_heap_check
(core/inspect/check.c, core/mark/stray.c).

SPDX-License-Identifier: MIT"""
from typing import Sequence

from moat.firmware.memory import Unreadable

from .arena import ArenaWalk
from .model import Heap
from .place import Place
from .roots import SlotCheck


def slot_check(place: Place, heap: Heap, dead: set[int]) -> SlotCheck:
    """check(address, value) of a slot that will survive: INV-8. dead: addresses of holes that are objects about to be
    freed."""
    def check(address: int, value: int) -> None:
        if value & place.target.word:  # it points into a header: no object
            return
        hole = heap.hole_at(value)
        if hole is not None:
            what = "an object that is about to be freed" if hole.address in dead else "freed memory"
            place.problems.broken(8, address, f"a slot points at {what}")
    return check


def check_objects(place: Place, heap: Heap, check_slot: SlotCheck) -> None:
    """INV-8, of all objects that survive this cycle."""
    for found in heap.objects:
        if place.phase != "mark" or found.colour != "white":
            for slot in found.slots:
                check_slot(found.address + slot.offset, slot.value)


def check_state(place: Place, listed: dict[int, int], walks: Sequence[ArenaWalk]) -> None:
    """listed: {address: list's number} of the holes in lists."""
    state, problems = place.state, place.problems
    met = {at: granules for walk in walks for at, granules in walk.hole_objects.items()}
    for lists, phase in ((state["lists"], "idle"), (state["aside"], "mark")):
        if any(lists["holes"]) and place.phase != phase:
            problems.broken(6, None, "lists of holes are not empty in a phase where they must be")
    for at in listed:
        if at not in met:
            problems.broken(5, at, "a list of holes holds something else: a hole was written to")
    # the bitmaps' is only counted where there are events
    free = sum(walk.free for walk in walks)
    if state.get("free_granules", free) != free or state["listed"] != sum(met.get(at, 0) for at in listed):
        problems.broken(6, None, "the counts of free granules are wrong")
    if (state["marking"] != 0) != (place.phase == "mark"):
        problems.broken(9, None, "the barrier's flag does not fit the phase")


def check_chunk(place: Place, walk: ArenaWalk | None) -> None:
    """INV-11: the chunk is zero, its bits are set, and it is only there in IDLE. walk: of the arena that it is in."""
    chunk, problems = place.state["chunk"], place.problems
    if chunk["at"] == chunk["limit"]:
        return
    if walk is None or not walk.may_have_chunk():
        problems.broken(11, chunk["at"], "the chunk is not one that there may be")
        return
    if not walk.chunk_is_marked():
        problems.broken(11, chunk["at"], "the chunk's bits are wrong")
        return
    try:
        for i, word in enumerate(place.target.words(chunk["at"], (chunk["limit"] - chunk["at"]) // place.target.word)):
            if word:
                problems.broken(11, chunk["at"] + i * place.target.word, "the chunk was written to")
                return
    except Unreadable as error:
        problems.add(f"the chunk can't be read: {error}")
