"""One arena's objects and holes, walked granule by granule as moat_heap_check does (core/inspect/check_arena.c).

SPDX-License-Identifier: MIT"""
import struct
from typing import Iterator

from moat.firmware.memory import Unreadable
from moat.firmware.target import Members

from .bitmap import Bitmap
from .holes import is_long, list_of, long_granules
from .kinds import Kind
from .layout import Layout
from .model import Arena, Hole, Object, Slot
from .place import Place

FULL_BITS = 32  # of one uint32_t of arena->full


def plausible(fields: Members, address: int, layout: Layout) -> bool:
    """Whether a struct moat_arena describes memory that an arena can have."""
    usable = fields["granules"] - fields["first"]
    return (fields["start"] == address and fields["start"] < fields["bits"] < fields["low"]
            and fields["low"] + fields["span"] <= fields["end"] <= fields["start"] + layout.arena_bytes
            and fields["span"] == usable * layout.granule and usable > 0
            and fields["low"] == fields["base"] + fields["first"] * layout.granule
            and fields["bits"] + _bitmap_words(fields, layout) * layout.bits_bytes <= fields["low"])


def _bitmap_words(fields: Members, layout: Layout) -> int:
    return -(-fields["granules"] // layout.word_granules)


class ArenaWalk:
    def __init__(self, place: Place, index: int, address: int, fields: Members) -> None:
        self._at, self._fields, self._index, self.address = place, fields, index, address
        self._state, self._word, self._granule = place.state, place.target.word, place.layout.granule
        self._word_granules = place.layout.word_granules
        self._order = "<" if place.target.order == "little" else ">"
        self.bitmap = self._read_bitmap()
        self._grey: set[int] = set()
        self._listed: dict[int, int] = {}
        self.objects: list[Object] = []
        self.holes: list[Hole] = []
        self.dead: set[int] = set()              # addresses of holes that are objects about to be freed
        self.hole_objects: dict[int, int] = {}   # holes that the walk has met: {address: granules}
        self.free = 0                            # granules that are free in the bitmap

    def model(self) -> Arena:
        fields = self._fields
        return Arena(self._index, fields["start"], fields["end"], fields["first"], fields["granules"] - 1,
                     fields["span"] - self._granule)

    def _read_bitmap(self) -> Bitmap:
        layout = self._at.layout
        data = self._at.target.memory.read(self._fields["bits"],
                                           _bitmap_words(self._fields, layout) * layout.bits_bytes)
        state, swept_here = self._state, self._state["sweep"]["arena"] == self.address
        chunk = limit = 0
        if state["chunk"]["at"] < state["chunk"]["limit"] and self.holds(state["chunk"]["at"]):
            chunk, limit = self._granule_of(state["chunk"]["at"]), self._granule_of(state["chunk"]["limit"])
        bits = [(start, mark) for start, mark in struct.iter_unpack(f"{self._order}II", data)]
        return Bitmap(layout.word_granules, bits, self._fields["granules"], chunk, limit,
                      state["sweep"]["word"] if state["sweep"]["carry"] and swept_here else None)

    def _granule_of(self, address: int) -> int:
        return (address - self._fields["base"]) // self._granule

    def address_of(self, granule: int) -> int:
        return self._fields["base"] + granule * self._granule

    def is_unswept(self, granule: int) -> bool:
        order = self._state["sweep_order"]
        return order is not None and (self._index > order or
                                      (self._index == order
                                       and granule // self._word_granules >= self._state["sweep"]["word"]))

    def holds(self, address: int) -> bool:
        """Whether an address lies in the granules, the fence included."""
        return 0 <= address - self._fields["low"] < self._fields["span"]

    def may_have_chunk(self) -> bool:
        """Whether the chunk lies in the granules, in IDLE."""
        bitmap, fence = self.bitmap, self._fields["granules"] - 1
        return bitmap.chunk < bitmap.limit <= fence and self._at.phase == "idle" and \
            self._state["chunk"]["bias"] == self._fields["bias"]

    def chunk_is_marked(self) -> bool:
        """Whether the chunk's granules are all the rest of something."""
        return all(self.bitmap.is_inside(granule) for granule in range(self.bitmap.chunk, self.bitmap.limit))

    def walk(self, listed: dict[int, int]) -> None:
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

    def _start(self, granule: int, end: int) -> None:
        """An object, one that is dead, or a hole."""
        at = self.address_of(granule)
        if self._at.kinds.is_hole(self._header(at)):
            self._hole_object(granule, end)
        elif self._at.phase == "sweep" and self.is_unswept(granule) and self.bitmap.is_white(granule):
            self._hole(granule, end, "dark")
            self.dead.add(at)
        else:
            self._object(granule, end)

    def _header(self, at: int) -> int:
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

    def _hole_object(self, granule: int, end: int) -> None:
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
        elif number != list_of(self._at.layout, granules) or \
                (is_long(self._at.layout, number) and long_granules(self._at.target, at) != granules):
            self._at.problems.broken(5, at, "a hole is filed under another size")

    def _free_run(self, granule: int, end: int) -> None:
        """INV-5: in IDLE the search has passed no free granule."""
        self.free += end - granule
        self._hole(granule, end, "hole")
        if self._at.phase == "idle" and any(self._is_passed(i) for i in range(granule, end)):
            self._at.problems.broken(5, self.address_of(granule), "free memory that the search has passed")

    def _is_passed(self, granule: int) -> bool:
        place, order = self._state["search"]["place"], self._state["search_order"]
        word, bit = divmod(granule, self._word_granules)
        if order is None or self._index != order:
            return order is not None and self._index < order
        reached = (place["word"] - self._fields["bits"]) // self._at.layout.bits_bytes
        left = word + 1 == reached and place["mask"] >> bit & 1
        return word < reached and not left

    # ---- invariants of the bitmap ----

    def _check_fence(self) -> None:
        fence = self._fields["granules"] - 1
        dead = self._at.phase == "mark" and self.bitmap.is_white(fence)
        if not self.bitmap.is_start(fence) or dead:  # a dump does not have its header
            self._at.problems.broken(1, self.address_of(fence), "an arena's closing fence is damaged")

    def _read(self, address: int, size: int) -> bytes:
        """Of what describes the bitmap; empty if it can't be read."""
        try:
            return self._at.target.memory.read(address, size)
        except Unreadable as error:
            self._at.problems.add(f"an arena's bookkeeping can't be read: {error}")
            return b""

    def _check_full(self) -> None:
        """INV-12: a group whose full bit is set has no free granule."""
        group_words = self._at.layout.group_words
        data = self._read(self._fields["full"], -(-len(self.bitmap.bits) // (group_words * FULL_BITS)) * FULL_BITS // 8)
        full = [bits for bits, in struct.iter_unpack(f"{self._order}I", data)]
        for word in range(len(self.bitmap.bits) if full else 0):
            at, bit = divmod(word // group_words, FULL_BITS)
            if full[at] >> bit & 1 and self.bitmap.has_free(word):
                self._at.problems.broken(12, self.address_of(word * self._word_granules),
                                         "a group of bitmap words is said to be full and is not")
                return

    def _check_back(self, granule: int, end: int) -> None:
        """INV-3: the back bytes lead from each word that the object fills, and goes on behind, to its first."""
        first = granule // self._word_granules
        count = (end - 1) // self._word_granules - first - 1
        if count <= 0:
            return
        for i, back in enumerate(self._read(self._fields["back"] + first + 1, count)):
            if not 0 < back <= i + 1:
                self._at.problems.broken(3, self.address_of((first + 1 + i) * self._word_granules),
                                         "a back byte does not lead to its object's start")
                return

    def _read_grey(self) -> None:
        """INV-7: the grey list holds marked objects with slots, each once; empty but while marking."""
        granule, fields, problems = self._fields["grey"], self._fields, self._at.problems
        while granule != fields["granules"] - 1:  # the fence
            at = self.address_of(granule)
            sound = fields["first"] <= granule < fields["granules"] and self.bitmap.is_start(granule) and \
                not self.bitmap.is_white(granule) and self._at.kinds.header_has_slots(self._header(at))
            if not sound:
                problems.broken(7, at, "the grey list holds something that is not a marked object")
                return
            if self._at.phase != "mark" or granule in self._grey:
                problems.broken(7, at, "the grey list is not empty, or runs in a circle")
                return
            self._grey.add(granule)
            granule = self._at.kinds.link(self._at.target.pointer(at))
