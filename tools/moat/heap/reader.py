"""Reads a heap out of a firmware's memory.

A damaged heap is read as far as it goes; what is broken is in `problems`.

SPDX-License-Identifier: MIT"""
from typing import Any, Sequence

from moat.firmware.memory import Unreadable
from moat.firmware.target import Members, Target, TargetError

from .arena import ArenaWalk, plausible
from .check import check_chunk, check_objects, check_state, slot_check
from .holes import listed_holes
from .kinds import Kinds
from .layout import Layout
from .model import Heap
from .place import Place
from .problems import Problems
from .roots import Roots


class NotStarted(TargetError):
    """The firmware has not called moat_init yet."""


def read(target: Target) -> Heap:
    """The model.Heap of a target.Target. Raises TargetError where there is no heap to read."""
    try:
        address = target.address_of("moat_heap")
        state = target.struct("struct moat_heap", address)
    except Unreadable as error:
        raise TargetError(f"moat's state can't be read: {error}. A core file of moat-fault has RAM if --ram was "
                          "given") from error
    if not state["front"]["ready"]:
        raise NotStarted("there is no heap yet: moat_init has not been called, or has failed; or the memory is that of "
                         "another firmware")
    layout = Layout.of(target)
    place = Place(target, layout, state, _phase(target, state), Kinds(target, layout), Problems())
    walks = _arenas(place)

    def walk_at(address: int) -> ArenaWalk | None:
        return next((walk for walk in walks if walk.holds(address)), None)

    listed = listed_holes(place, lambda at: walk_at(at) is not None)
    for walk in walks:
        walk.walk(listed)
    heap = Heap(target.word, layout.granule, place.phase, state["cycle"]["number"], _stats(place, walks),
                [walk.model() for walk in walks],
                sorted((found for walk in walks for found in walk.objects), key=lambda found: found.address),
                sorted((hole for walk in walks for hole in walk.holes), key=lambda hole: hole.address), [], [])
    check = slot_check(place, heap, {address for walk in walks for address in walk.dead})
    check_state(place, listed, walks)
    check_chunk(place, walk_at(state["chunk"]["at"]))
    check_objects(place, heap, check)
    Roots(place, heap, check).read()
    heap.problems.extend(place.problems.sentences())
    return heap


def _phase(target: Target, state: Members) -> str:
    names = {value: name for name, value in target.enumerators("enum moat_phase").items()}
    return names.get(state["cycle"]["phase"],
                     f"unknown ({state['cycle']['phase']})").removeprefix("MOAT_PHASE_").lower()


def _stats(place: Place, walks: Sequence[ArenaWalk]) -> dict[str, Any]:
    """As moat_stats_get would answer."""
    state, granules = place.state, sum(walk.free for walk in walks) + place.state["listed"]
    free = granules * place.layout.granule + state["chunk"]["limit"] - state["chunk"]["at"]
    return {**state["stats"], "free_bytes": free, "free_is_least": place.phase == "sweep",
            "phase": state["cycle"]["phase"]}


def _arenas(place: Place) -> list[ArenaWalk]:
    """An ArenaWalk of each arena whose description can be right. Adds to the state the order of the arenas that are
    being swept and searched."""
    walks: list[ArenaWalk] = []
    state = place.state
    state["sweep_order"] = state["search_order"] = None
    if state["arenas"]["count"] > len(state["arenas"]["table"]):
        place.problems.add(f"the heap has {state['arenas']['count']} arenas, and room for "
                           f"{len(state['arenas']['table'])}: its state is damaged")
    for index, address in enumerate(state["arenas"]["table"][:state["arenas"]["count"]]):
        try:
            fields = place.target.struct("struct moat_arena", address)
            if not plausible(fields, address, place.layout):
                place.problems.add(f"the description of arena {index} at 0x{address:x} is damaged: something wrote "
                                   "over it")
                continue
            if address == state["sweep"]["arena"]:
                state["sweep_order"] = index
            if address == state["search"]["arena"]:
                state["search_order"] = index
            walks.append(ArenaWalk(place, index, address, fields))
        except Unreadable as error:
            place.problems.add(f"arena {index} can't be read: {error}")
    return walks
