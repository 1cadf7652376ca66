"""The holes in the lists by size (core/space/holes.c).

SPDX-License-Identifier: MIT"""
from moat.firmware.memory import Unreadable


def listed_holes(target, state, arena_of, problems):
    """{address: list's number} of the holes in the lists of struct moat_heap `state`. arena_of(address): not None for heap memory."""
    found = {}
    for lists in (state["lists"], state["aside"]):
        for number, address in enumerate(lists["holes"]):
            if address and not lists["map"] >> number & 1:
                problems.broken(6, address, "a list of holes that holds something is not in the map")
            while address:
                if address in found:
                    problems.broken(6, address, "a list of holes runs in a circle")
                    break
                if address % target.word or not address & target.word or arena_of(address) is None:
                    problems.broken(5, address, "a list of holes leads to what is no granule")
                    break
                found[address] = number
                try:
                    address = target.pointer(address + target.offset_of("struct moat_hole", "next"))
                except Unreadable as error:
                    problems.add(f"a hole can't be read: {error}")
                    break
    return found


def long_granules(target, address):
    """What a hole in the list of long ones says of its length."""
    return target.pointer(address + target.offset_of("struct moat_hole", "granules"))
