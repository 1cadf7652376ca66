"""One arena's objects and holes, walked granule by granule as moat_heap_check does (core/inspect/check_arena.c).

SPDX-License-Identifier: MIT"""
import bisect
import struct
from dataclasses import dataclass
from typing import Iterator

from moat.firmware.memory import Unreadable
from moat.firmware.target import Members, Target

from .bins import HOLE_GRANULES
from .bitmap import WORD_GRANULES, Bitmap
from .kinds import Kind, Kinds
from .model import Arena, Hole, Object, Slot
from .problems import Problems

LINK_NONE = {4: 0xFFFFF, 8: 0xFFFFFFFF}
ARENA_BYTES_MAX = 8 << 20
BITS_BYTES = 8


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
        self._grey: set[int] = set()
        self._filed: dict[int, int] = {}
        self._filed_order: list[int] = []
        self.objects: list[Object] = []
        self.holes: list[Hole] = []
        self.dead: set[int] = set()             # addresses of holes that are objects about to be freed
        self.filed_found: dict[int, int] = {}   # of the filed holes, those that are free runs here: {address: granules}

    def model(self) -> Arena:
        fields = self._fields
        return Arena(self._index, fields["start"], fields["end"], fields["first"], fields["granules"] - 1,
                     fields["span"] - self._granule)

    def _read_bitmap(self) -> Bitmap:
        words = (self._fields["granules"] + WORD_GRANULES - 1) // WORD_GRANULES
        data = self._at.target.memory.read(self._fields["bits"], words * BITS_BYTES)
        state, swept_here = self._state, self._state["sweep"]["arena"] == self.address
        cursor = limit = 0
        if state["cursor"]["at"] < state["cursor"]["limit"] and state["cursor"]["arena"] == self.address:
            cursor, limit = self._granule_of(state["cursor"]["at"]), self._granule_of(state["cursor"]["limit"])
        return Bitmap([(start, mark) for start, mark in struct.iter_unpack(f"{self._order}II", data)],
                      self._fields["granules"], cursor, limit,
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

    def may_have_chunk(self) -> bool:
        """Whether the cursor's chunk lies in one bitmap word, the one that it says, where objects are born white."""
        state = self._state
        first, last = self._granule_of(state["cursor"]["at"]), self._granule_of(state["cursor"]["limit"] - 1)
        black = self._at.phase == "mark" or (self._at.phase == "sweep" and self.is_unswept(first))
        word = last // WORD_GRANULES
        return self.holds(state["cursor"]["at"]) and first // WORD_GRANULES == word and not black and \
            state["cursor"]["chunk"] == self._fields["bits"] + word * BITS_BYTES

    def walk(self, filed: dict[int, int]) -> None:
        """Fills in objects, holes and what is broken. filed: of all arenas, {address: granules}."""
        self._filed, self._filed_order = filed, sorted(filed)
        self._check_fence()
        self._check_words()
        self._read_grey()
        granule, fence = self._fields["first"], self._fields["granules"] - 1
        while granule < fence:
            granule = max(min(self._step(granule), fence), granule + 1)

    def _step(self, granule: int) -> int:
        """Notes what begins at a granule; returns where it ends."""
        bitmap = self.bitmap
        if bitmap.cursor < bitmap.limit and granule == bitmap.cursor:
            return self._cursor_hole(self.address_of(granule))
        end = bitmap.half_dead_end(granule)
        if end != granule:
            self._hole(granule, end, "dark")
        elif not bitmap.in_use(granule):
            end = bitmap.free_end(granule)
            self._free_run(self.address_of(granule), self.address_of(end))
        elif bitmap.is_start(granule):
            end = bitmap.object_end(granule)
            if self._at.phase == "sweep" and self.is_unswept(granule) and bitmap.is_white(granule):
                self._hole(granule, end, "dark")
                self.dead.add(self.address_of(granule))
            else:
                self._object(granule, end)
        else:
            self._at.problems.broken(2, self.address_of(granule), "a granule is rest of no object")
            end = bitmap.object_end(granule)
        return end

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

    def _cursor_hole(self, start: int) -> int:
        """Also notes the free memory behind the cursor's chunk."""
        end, fence = self._state["cursor"]["hole_end"], self.address_of(self._fields["granules"] - 1)
        if not self._state["cursor"]["limit"] <= end <= fence:
            self._at.problems.broken(11, start, "the cursor's chunk is not one that it may have")
            end = min(self._state["cursor"]["limit"], fence)
        self.holes.append(Hole(start, end - start, self._index, "cursor"))
        return self._granule_of(end)

    def _free_run(self, start: int, end: int) -> None:
        limit, hole_end = self._state["cursor"]["limit"], self._state["cursor"]["hole_end"]
        if start == limit < hole_end <= end:
            self.holes.append(Hole(start, hole_end - start, self._index, "cursor"))
            start = hole_end
        self._check_filed(start, end)
        while start < end:
            following = bisect.bisect_left(self._filed_order, start)
            next_filed = min([end, *self._filed_order[following:following + 1]])
            if start < next_filed:
                self.holes.append(Hole(start, next_filed - start, self._index, "dark"))
                start = next_filed
                continue
            size = max(min(self._filed[start] * self._granule, end - start), self._granule)
            self.holes.append(Hole(start, size, self._index, "hole"))
            start += size

    def _check_filed(self, start: int, end: int) -> None:
        """INV-5: a free run of two or more granules is filed under its size, or is the sweep's or the cursor's."""
        start = self._filed_part(start, end)
        granules = (end - start) // self._granule if start < end else 0
        if granules < HOLE_GRANULES:
            return
        if start not in self._filed:
            self._at.problems.broken(5, start, "a hole is not linked in a bin: free memory was written to")
        elif self._filed[start] != granules:
            self._at.problems.broken(5, start, "a hole's size is not that of its free run")
        else:
            self.filed_found[start] = granules

    def _filed_part(self, start: int, end: int) -> int:
        """Where the part of a free run begins that must be filed: behind what the sweep has not filed. What was free
        before the sweep came to its beginning is the sweep's to its end."""
        state = self._state
        if state["sweep"]["arena"] == self.address and self._unfiled() <= start <= state["sweep"]["at"] and start < end:
            if end <= state["sweep"]["at"] or state["sweep"]["was_free"]:
                return end
            skips = state["sweep"]["at"] == state["cursor"]["limit"] != state["cursor"]["hole_end"]
            return state["cursor"]["hole_end"] if skips else state["sweep"]["at"]
        return start

    def _unfiled(self) -> int:
        """The first granule that the sweep has freed and not filed yet, in the words that it has been to."""
        state, mask = self._state, self._state["sweep"]["free_mask"]
        if state["sweep"]["run_start"] or not mask:
            return state["sweep"]["run_start"] or state["sweep"]["at"]
        low = (mask & -mask).bit_length() - 1
        return state["sweep"]["at"] - (WORD_GRANULES - low) * self._granule

    # ---- invariants of the bitmap ----

    def _check_fence(self) -> None:
        fence = self._fields["granules"] - 1
        dead = self._at.phase == "mark" and self.bitmap.is_white(fence)
        if not self.bitmap.is_start(fence) or dead:
            self._at.problems.broken(1, self.address_of(fence), "an arena's closing fence is damaged")

    def _check_words(self) -> None:
        bitmap = self.bitmap
        for word, (start, mark) in enumerate(bitmap.bits):
            covered = start == 0 and mark & 3 == 2
            if covered and not self._covers(word):
                self._at.problems.broken(3, self.address_of(word * WORD_GRANULES),
                                         "a covered bitmap word does not lead to its object's ends")
            has_chunk = bitmap.cursor < bitmap.limit and bitmap.cursor // WORD_GRANULES == word
            if not covered and not has_chunk and mark & ~start == 0xFFFFFFFF:
                self._at.problems.broken(3, self.address_of(word * WORD_GRANULES),
                                         "a bitmap word inside an object is not covered")

    def _covers(self, word: int) -> bool:
        """Whether a covered word agrees with the next about the object that they are in."""
        bitmap = self.bitmap
        back, ahead = bitmap.words_back(word), bitmap.words_ahead(word)
        if back == 0 or back > word or ahead == 0 or word + ahead >= len(bitmap.bits):
            return False
        if bitmap.is_covered(word + 1) and word + 1 != bitmap.carry_word:
            return ahead > 1 and (bitmap.words_back(word + 1), bitmap.words_ahead(word + 1)) == (back + 1, ahead - 1)
        return ahead == 1

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
