"""A heap as its readers see it: arenas, objects, holes, and what keeps what alive. Nothing here reads memory (reader.py
does).

SPDX-License-Identifier: MIT"""
import bisect
import dataclasses
import functools
from typing import Any, Iterator, TypeVar

Place = TypeVar("Place")


@dataclasses.dataclass(frozen=True)
class Slot:
    """A word that may hold a managed pointer."""

    offset: int  # bytes from the payload's start, or from the root's address
    name: str    # of the member, as in "next" or "children[3]"; "" where debug information has none
    value: int   # what it holds


@dataclasses.dataclass
class Object:
    """An object on the heap."""

    address: int        # of its payload
    granule: int        # first one, counted from the arena's base
    bytes: int          # that it takes, header and padding included
    payload: int        # bytes that the firmware may use
    arena: int          # index
    type: str           # name; "bytes" for raw bytes, "" if its header names no type
    count: int          # elements that there is room for: lengths are not kept; 1 for a single object
    colour: str         # "white", "grey" or "black"
    array: bool = False  # made by moat_new_array or moat_new_bytes: count is of elements that there is room for
    pins: int = 0
    handles: int = 0
    finalizable: bool = False
    slots: tuple[Slot, ...] = ()  # those that are not null; only what is precise

    @property
    def end(self) -> int:
        return self.address + self.payload


@dataclasses.dataclass(frozen=True)
class Hole:
    """Free memory."""

    address: int  # of its first granule
    bytes: int
    arena: int
    kind: str     # "hole", "cursor" for the chunk where the next objects go, "dark" for what waits for the sweep


@dataclasses.dataclass(frozen=True)
class Root:
    """What keeps objects alive from outside: a MOAT_ROOT, a range added at run time, a pin, a handle, a word of a
    stack."""

    kind: str      # "root", "added", "pin", "handle", "stack", "register", "persistent", "finalizer"
    name: str      # symbol and field, stack's name, handle's number, register
    address: int   # of the word; 0 for a register
    value: int     # what it holds
    target: int    # payload address of the object it keeps


@dataclasses.dataclass
class Arena:
    index: int
    start: int     # the memory that was given
    end: int
    low: int       # first granule that objects can use
    high: int      # one past the last
    bytes: int     # of granules that objects can use


@dataclasses.dataclass
class Heap:
    word: int               # bytes: 4 or 8
    granule: int            # bytes
    phase: str              # "idle", "mark", "sweep"
    cycle: int
    stats: dict[str, Any]   # struct moat_stats, by member
    arenas: list[Arena]
    objects: list[Object]   # by address
    holes: list[Hole]       # by address
    roots: list[Root]
    problems: list[str]     # sentences: what the reader found broken

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [found.address for found in self.objects]

    def object_at(self, address: int) -> Object | None:
        """The object that an address points at or into, padding included, as a slot does; or None."""
        found = _last_at(self.objects, self._starts, address)
        return found if found is not None and address - found.address < found.bytes - self.word else None

    def objects_near(self, address: int, near: int, far: int) -> Iterator[Object]:
        """The objects that begin at most `near` bytes behind an address or end, padding included, at most as far before
        it; and those that begin at most as far behind it as they are long, up to `far`."""
        last = bisect.bisect_right(self._starts, address + far) - 1
        while last >= 0 and address <= self.objects[last].address - self.word + self.objects[last].bytes + near:
            found = self.objects[last]
            if found.address - address <= max(near, found.bytes - self.word):
                yield found
            last -= 1

    @functools.cached_property
    def _hole_starts(self) -> list[int]:
        return [hole.address for hole in self.holes]

    def hole_at(self, address: int) -> Hole | None:
        """The free memory that an address lies in, or None."""
        found = _last_at(self.holes, self._hole_starts, address)
        return found if found is not None and address - found.address < found.bytes else None


def _last_at(sorted_by_address: list[Place], starts: list[int], address: int) -> Place | None:
    last = bisect.bisect_right(starts, address) - 1
    return sorted_by_address[last] if last >= 0 else None
