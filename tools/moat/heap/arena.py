"""One arena's objects and holes, walked granule by granule as moat_heap_check does (core/inspect/check_arena.c).

SPDX-License-Identifier: MIT"""
import struct
from dataclasses import dataclass
from typing import Iterator

from moat.firmware.memory import Unreadable
from moat.firmware.target import Members, Target

from moat.firmware.memory import Unreadable

from .bitmap import WORD_GRANULES, Bitmap
from .holes import long_granules
from .model import Arena, Hole, Object, Slot
from .problems import Problems

LINK_NONE = {4: 0xFFFFF, 8: 0xFFFFFFFF}
ARENA_BYTES_MAX = 8 << 20
BITS_BYTES = 8
GROUP_WORDS = 32
LONG_HOLES = 31


@dataclass(frozen=True)
class Place:
    """Where a walk stands that all arenas share: the firmware, its state, its types and what is found broken."""
    target: Target
    state: Members  # struct moat_heap
    phase: str
    kinds: Kinds
    problems: Problems

    @property
    def granule(self) -> int:
        return 2 * self.target.word


def plausible(fields: Members, address: int, granule: int) -> bool:
    """Whether a struct moat_arena describes memory that an arena can have."""
    usable = fields["granules"] - fields["first"]
    return (fields["start"] == address and fields["start"] < fields["bits"] < fields["low"]
            and fields["low"] + fields["span"] <= fields["end"] <= fields["start"] + ARENA_BYTES_MAX
            and fields["span"] == usable * granule and usable > 0
            and fields["low"] == fields["base"] + fields["first"] * granule
            and fields["bits"] + (fields["granules"] + WORD_GRANULES - 1) // WORD_GRANULES
            * BITS_BYTES <= fields["low"])


class ArenaWalk:
    def __init__(self, place: Place, index: int, address: int, fields: Members) -> None:
        self._at, self._fields, self._index, self.address = place, fields, index, address
        self._state, self._word, self._granule = place.state, place.target.word, place.granule
        self._order = "<" if place.target.order == "little" else ">"
        self.bitmap = self._read_bitmap()
        self._grey = set()
        self._listed = {}
        self.objects, self.holes = [], []
        self.dead = set()        # addresses of holes that are objects about to be freed
        self.hole_objects = {}   # holes that the walk has met: {address: granules}
        self.free = 0            # granules

    def model(self) -> Arena:
        fields = self._fields
        return Arena(self._index, fields["start"], fields["end"], fields["first"], fields["granules"] - 1,
                     fields["span"] - self._granule)

    def _read_bitmap(self) -> Bitmap:
        words = (self._fields["granules"] + WORD_GRANULES - 1) // WORD_GRANULES
        data = self._at.target.memory.read(self._fields["bits"], words * BITS_BYTES)
        state, swept_here = self._state, self._state["sweep"]["arena"] == self.address
        chunk = limit = 0
        if state["chunk"]["at"] < state["chunk"]["limit"] and self.holds(state["chunk"]["at"]):
            chunk, limit = self._granule_of(state["chunk"]["at"]), self._granule_of(state["chunk"]["limit"])
        return Bitmap(list(struct.iter_unpack(f"{self._order}II", data)), self._fields["granules"], chunk, limit,
                      state["sweep"]["word"] if state["sweep"]["carry"] and swept_here else None)

    def _granule_of(self, address: int) -> int:
        return (address - self._fields["base"]) // self._granule

    def address_of(self, granule: int) -> int:
        return self._fields["base"] + granule * self._granule

    def is_unswept(self, granule: int) -> bool:
        order = self._state["sweep_order"]
        return order is not None and (self._index > order or
                                      (self._index == order
                                       and granule // WORD_GRANULES >= self._state["sweep"]["word"]))

    def holds(self, address: int) -> bool:
        """Whether an address lies in the granules, the fence included."""
        return 0 <= address - self._fields["low"] < self._fields["span"]

    def may_have_chunk(self):
        """Whether the chunk lies in the granules, its bits set, in IDLE."""
        state, bitmap, fence = self._state, self.bitmap, self._fields["granules"] - 1
        return self.holds(state["chunk"]["at"]) and bitmap.chunk < bitmap.limit <= fence and self._at.phase == "idle" and \
            state["chunk"]["bias"] == self._fields["bias"] and \
            all(bitmap.is_inside(granule) for granule in range(bitmap.chunk, bitmap.limit))

    def walk(self, listed):
        """Fills in objects, holes and what is broken. listed: of all arenas, {address: number of the list}."""
        self._listed = listed
        self._check_fence()
        self._check_full()
        self._read_grey()
        granule, fence = self._fields["first"], self._fields["granules"] - 1
        while granule < fence:
            granule = max(min(self._step(granule), fence), granule + 1)

    def _step(self, granule: int) -> int:
        """Notes what begins at a granule; returns where it ends."""
        bitmap = self.bitmap
        if bitmap.chunk < bitmap.limit and granule == bitmap.chunk:
            self._hole(granule, min(bitmap.limit, self._fields["granules"] - 1), "cursor")
            return bitmap.limit
        end = bitmap.half_dead_end(granule)
        if end != granule:
            self._hole(granule, end, "dark")
        elif not bitmap.in_use(granule):
            end = bitmap.free_end(granule)
            self._free_run(granule, end)
        elif bitmap.is_start(granule):
            end = bitmap.object_end(granule)
            self._check_back(granule, end)
            self._start(granule, end)
        else:
            self._at.problems.broken(2, self.address_of(granule), "a granule is rest of no object")
            end = bitmap.object_end(granule)
        return end

    def _start(self, granule, end):
        """An object, one that is dead, or a hole."""
        at = self.address_of(granule)
        if self._at.kinds.is_hole(self._header(at)):
            self._hole_object(granule, end)
        elif self._at.phase == "sweep" and self.is_unswept(granule) and self.bitmap.is_white(granule):
            self._hole(granule, end, "dark")
            self.dead.add(at)
        else:
            self._object(granule, end)

    def _header(self, at):
        try:
            return self._at.target.pointer(at)
        except Unreadable:
            return 0

    # ---- objects ----

    def _object(self, granule: int, end: int) -> None:
        at, word = self.address_of(granule), self._word
        payload, room = at + word, (end - granule) * self._granule - word
        bitmap, problems = self.bitmap, self._at.problems
        colour = "white" if bitmap.is_white(granule) else "grey" if granule in self._grey else "black"
        found = Object(payload, granule, room + word, room, self._index, "", 1, colour)
        self.objects.append(found)
        try:
            kind, array = self._at.kinds.of_object(payload)
            if kind is None:
                problems.broken(4, at, "a header names no type: something wrote over it")
                return
            if not array and room + word < kind.extent:
                problems.broken(4, at, "an object is shorter than its type")
            sized = not array and not kind.flexible
            found.type, found.finalizable = kind.name, kind.finalized
            found.payload = min(kind.size, room) if sized else room
            found.array, found.count = array, room // kind.size if array and kind.size else 1
            found.slots = tuple(self._slots(kind, array, payload, found.payload)) if kind.has_slots else ()
        except Unreadable as error:
            problems.add(f"an object at 0x{payload:x} can't be read: {error}")

    def _slots(self, kind: Kind, array: bool, start: int, extent: int) -> Iterator[Slot]:
        word = self._word
        for offset, words in kind.slot_ranges(extent, array):
            for i, value in enumerate(self._at.target.words(start + offset, words)):
                if value:
                    yield Slot(offset + i * word, kind.field(offset + i * word, array), value)

    # ---- holes ----

    def _hole(self, granule: int, end: int, kind: str) -> None:
        self.holes.append(Hole(self.address_of(granule), (end - granule) * self._granule, self._index, kind))

    def _hole_object(self, granule, end):
        """A hole that the search has passed: in a list of its size but while sweeping, when it waits to be freed."""
        at, granules = self.address_of(granule), end - granule
        self.hole_objects[at] = granules
        self._hole(granule, end, "dark" if self._at.phase == "sweep" else "hole")
        if self._at.phase == "sweep":
            return
        if not self.bitmap.is_white(granule):
            self._at.problems.broken(5, at, "a list of holes holds something else: a hole was written to")
        number = self._listed.get(at)
        if number is None:
            self._at.problems.broken(6, at, "a hole is in no list")
        elif number != min(granules, LONG_HOLES) or (number == LONG_HOLES and long_granules(self._at.target, at) != granules):
            self._at.problems.broken(5, at, "a hole is filed under another size")

    def _free_run(self, granule, end):
        """INV-5: in IDLE the search has passed no free granule."""
        self.free += end - granule
        self._hole(granule, end, "hole")
        if self._at.phase == "idle" and any(self._is_passed(i) for i in range(granule, end)):
            self._at.problems.broken(5, self.address_of(granule), "free memory that the search has passed")

    def _is_passed(self, granule):
        search, order, word = self._state["search"], self._state["search_order"], granule // WORD_GRANULES
        if order is None or self._index != order:
            return order is not None and self._index < order
        reached = (search["word"] - self._fields["bits"]) // BITS_BYTES
        left = word + 1 == reached and search["mask"] >> (granule & 31) & 1
        return word < reached and not left

    # ---- invariants of the bitmap ----

    def _check_fence(self) -> None:
        fence = self._fields["granules"] - 1
        dead = self._at.phase == "mark" and self.bitmap.is_white(fence)
        if not self.bitmap.is_start(fence) or dead:
            self._at.problems.broken(1, self.address_of(fence), "an arena's closing fence is damaged")

    def _read(self, address, size):
        """What describes the bitmap; empty if it can't be read."""
        try:
            return self._at.target.memory.read(address, size)
        except Unreadable as error:
            self._at.problems.add(f"an arena's bookkeeping can't be read: {error}")
            return b""

    def _check_full(self):
        """INV-12: a group whose full bit is set has no free granule."""
        groups = (len(self.bitmap.bits) + GROUP_WORDS - 1) // GROUP_WORDS
        full = self._read(self._fields["full"], (groups + 31) // 32 * 4)
        words = [word for word, in struct.iter_unpack(f"{self._order}I", full)]
        for word, (start, mark) in enumerate(self.bitmap.bits):
            group = word // GROUP_WORDS
            if words and words[group >> 5] >> (group & 31) & 1 and start | mark != 0xFFFFFFFF:
                self._at.problems.broken(12, self.address_of(word * WORD_GRANULES), "a group of bitmap words is said to be full and is not")
                return

    def _check_back(self, granule, end):
        """INV-3: the back bytes lead from each word that the object fills to its first."""
        first = granule // WORD_GRANULES
        count = end // WORD_GRANULES - first - 1
        if count <= 0:
            return
        for i, back in enumerate(self._read(self._fields["back"] + first + 1, count)):
            if not 0 < back <= i + 1:
                self._at.problems.broken(3, self.address_of((first + 1 + i) * WORD_GRANULES), "a back byte does not lead to its object's start")
                return

    def _read_grey(self) -> None:
        """INV-7: the grey list holds marked objects with slots, each once; empty but while marking."""
        granule, fields, problems = self._fields["grey"], self._fields, self._at.problems
        while granule != LINK_NONE[self._word]:
            at = self.address_of(granule)
            sound = fields["first"] <= granule < fields["granules"] and self.bitmap.is_start(granule) and \
                not self.bitmap.is_white(granule)
            if not sound:
                problems.broken(7, at, "the grey list holds something that is not a marked object")
                return
            if self._at.phase != "mark" or granule in self._grey:
                problems.broken(7, at, "the grey list is not empty, or runs in a circle")
                return
            self._grey.add(granule)
            granule = self._at.kinds.link(self._at.target.pointer(at))
