"""The invariants of docs/design.md that are not a matter of one arena, in the words of moat_heap_check
(core/inspect/check.c, check_slots.c).

SPDX-License-Identifier: MIT"""
from moat.firmware.memory import Unreadable

from .arena import ArenaWalk, Place
from .model import Heap
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


def check_state(place: Place, filed: dict[int, int], found: dict[int, int], walk_of_cursor: ArenaWalk | None) -> None:
    """filed: {address: granules} of the holes in bins; found: of those, the ones that are free runs. walk_of_cursor:
    the ArenaWalk of the arena that the cursor is in, or None."""
    state, problems = place.state, place.problems
    owned = (state["cursor"]["hole_end"] - state["cursor"]["limit"]) // place.granule
    if filed != found or state["free_granules"] != sum(filed.values()) + owned:
        problems.broken(6, None, "the bins do not hold just the free runs")
    if (state["marking"] != 0) != (place.phase == "mark"):
        problems.broken(9, None, "the barrier's flag does not fit the phase")
    if state["cursor"]["at"] < state["cursor"]["limit"]:
        _check_cursor(place, walk_of_cursor)


def _check_cursor(place: Place, walk: ArenaWalk | None) -> None:
    """INV-11: the cursor's chunk is zero, lies in one bitmap word and is not there while objects are born black."""
    state, problems = place.state, place.problems
    if walk is None or not walk.may_have_chunk():
        problems.broken(11, state["cursor"]["at"], "the cursor's chunk is not one that it may have")
        return
    try:
        at, limit = state["cursor"]["at"], state["cursor"]["limit"]
        for i, word in enumerate(place.target.words(at, (limit - at) // place.target.word)):
            if word:
                problems.broken(11, at + i * place.target.word, "memory ahead of the cursor was written to")
                return
    except Unreadable as error:
        problems.add(f"the cursor's chunk can't be read: {error}")
