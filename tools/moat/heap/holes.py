"""The holes in the lists by size (core/space/holes.c).

SPDX-License-Identifier: MIT"""
from typing import Callable

from moat.firmware.memory import Unreadable
from moat.firmware.target import Target

from .layout import Layout
from .place import Place


def listed_holes(place: Place, is_heap: Callable[[int], bool]) -> dict[int, int]:
    """{address: list's number} of the holes in the lists. is_heap(address): whether it lies in an arena."""
    found: dict[int, int] = {}
    for lists in (place.state["lists"], place.state["aside"]):
        for number, address in enumerate(lists["holes"]):
            if address and not lists["map"] >> number & 1:
                place.problems.broken(6, address, "a list of holes that holds something is not in the map")
            _follow(place, address, number, is_heap, found)
    return found


def _follow(place: Place, address: int, number: int, is_heap: Callable[[int], bool], found: dict[int, int]) -> None:
    """Adds what a list has from `address` on."""
    target = place.target
    while address:
        if address in found:
            place.problems.broken(6, address, "a list of holes runs in a circle")
            return
        if address % target.word or not address & target.word or not is_heap(address):
            place.problems.broken(5, address, "a list of holes leads to what is no granule")
            return
        found[address] = number
        try:
            address = target.pointer(address + target.offset_of("struct moat_hole", "next"))
        except Unreadable as error:
            place.problems.add(f"a hole can't be read: {error}")
            return


def list_of(layout: Layout, granules: int) -> int:
    """The number of the list that a hole belongs into."""
    return min(granules, layout.exact_holes + (1 if granules < layout.long_holes else 2))


def is_long(layout: Layout, number: int) -> bool:
    """Whether it is the number of a list whose holes say how long they are."""
    return number > layout.exact_holes


def long_granules(target: Target, address: int) -> int:
    """How long a hole in such a list says that it is."""
    return target.pointer(address + target.offset_of("struct moat_hole", "granules"))
