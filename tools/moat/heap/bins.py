"""The holes that are filed in bins (core/space/bins.c).

SPDX-License-Identifier: MIT"""
from typing import Callable

from moat.firmware.memory import Unreadable
from moat.firmware.target import Members, Target

from .problems import Problems

HOLE_GRANULES = 2
EXACT_GRANULES = 32


def bin_of(granules: int) -> int:
    if granules < EXACT_GRANULES:
        return granules - HOLE_GRANULES
    return EXACT_GRANULES - HOLE_GRANULES - 5 + granules.bit_length() - 1


def filed_holes(target: Target, state: Members, arena_of: Callable[[int], object],
                problems: Problems) -> dict[int, int]:
    """{address: granules} of the holes in bins. state: struct moat_heap. arena_of(address): not None for heap
    memory."""
    found: dict[int, int] = {}
    bins = (target.address_of("moat_heap") + target.offset_of("struct moat_heap", "bins")
            + target.offset_of("struct moat_bins", "holes"))
    next_at = target.offset_of("struct moat_hole", "next")
    for number, address in enumerate(state["bins"]["holes"]):
        if address and not state["bins"]["map"][number >> 5] >> (number & 31) & 1:
            problems.broken(6, address, "a bin that holds something is not in the map of bins")
        link = bins + number * target.word
        while address:
            if address in found or address % target.word or not address & target.word or arena_of(address) is None:
                problems.broken(5, address, "a hole is not linked in a bin: free memory was written to")
                break
            try:
                hole = target.struct("struct moat_hole", address)
            except Unreadable as error:
                problems.add(f"a bin's hole can't be read: {error}")
                break
            if hole["link"] != link:
                problems.broken(5, address, "a hole is not linked in a bin: free memory was written to")
            if hole["granules"] < HOLE_GRANULES or bin_of(hole["granules"]) != number:
                problems.broken(6, address, "a hole is filed under another size")
            found[address] = hole["granules"]
            link, address = address + next_at, hole["next"]
    return found
