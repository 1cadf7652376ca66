"""What keeps objects from outside of the heap: core/mark/root.c, pin.c, handle.c, persistent.c, finalize.c and stack.c.

SPDX-License-Identifier: MIT"""
from typing import Callable

from moat.firmware.memory import Unreadable
from moat.firmware.target import Members, stack_of

from .model import Heap, Object, Root
from .place import Place

FRAME_WORDS = 4  # a stack with fewer may hold nothing but zeros

SlotCheck = Callable[[int, int], None]


class Roots:
    """place: arena.Place. heap: the model, with its objects. Fills in heap.roots and what pins and handles each object
    has. check_slot(address, value) is called for the slots of roots."""

    def __init__(self, place: Place, heap: Heap, check_slot: SlotCheck) -> None:
        self._target, self._state, self._kinds, self._problems = place.target, place.state, place.kinds, place.problems
        self._word, self._granule = place.target.word, place.layout.granule
        self._heap, self._check_slot = heap, check_slot
        self._reach = place.target.enumerators("enum moat_reach")

    def read(self) -> None:
        parts = (("the root section", self._section), ("the typed roots", self._records),
                 ("the roots added at run time", self._added),
                 ("the pins", self._pins), ("the handles", self._handles), ("the persistent blocks", self._persistent),
                 ("the finalizers' lists", self._finalizers), ("the stacks", self._stacks))
        for name, part in parts:
            try:
                part()
            except Unreadable as error:
                self._problems.add(f"{name} can't be read: {error}")

    def _keep(self, kind: str, name: str, address: int, value: int) -> Object | None:
        """A precise word: it keeps the object that it points at or into."""
        found = self._heap.object_at(value)
        if found is not None:
            self._heap.roots.append(Root(kind, name, address, value, found.address))
        return found

    # ---- precise ----

    def _section(self) -> None:
        start, end = self._target.section("moat_roots")
        self._slots("root", start, (end - start) // self._word)

    def _slots(self, kind: str, start: int, count: int) -> None:
        for i, value in enumerate(self._target.words(start, count)):
            address = start + i * self._word
            if value:
                self._check_slot(address, value)
                self._keep(kind, self._target.name_at(address) or f"0x{address:x}", address, value)

    def _records(self) -> None:
        start, end = self._target.section("moat_root_records")
        size = self._target.size_of("struct moat_root")
        for record in self._target.structs("struct moat_root", start, (end - start) // size):
            self._typed("root", record)

    def _added(self) -> None:
        if self._state["tables"]["roots"]:
            for record in self._target.structs("struct moat_root", self._state["tables"]["roots"],
                                               self._target.option("ROOTS_MAX")):
                if record["start"]:
                    self._typed("added", record)

    def _typed(self, kind: str, record: Members) -> None:
        """One struct moat_root."""
        start, count = record["start"], record["count"]
        if record["type"] == 0:
            self._slots(kind, start, count)
            return
        of = self._kinds.at(record["type"])
        if of is None:
            self._problems.add(f"the root at 0x{start:x} is of no type: something wrote over the table of roots")
            return
        if not of.has_slots:
            return
        for offset, words in of.slot_ranges(of.size * count, count > 1):
            for i, value in enumerate(self._target.words(start + offset, words)):
                address = start + offset + i * self._word
                if value:
                    self._check_slot(address, value)
                    field = of.field(offset + i * self._word, count > 1)
                    self._keep(kind, self._target.name_at(address) or f"{of.name} at 0x{start:x}, {field}", address,
                               value)

    # ---- tables and lists ----

    def _pins(self) -> None:
        table = self._state["tables"]["pins"]
        size = self._target.size_of("struct moat_pin")
        pins = self._target.structs("struct moat_pin", table, self._target.option("PINS_MAX")) if table else ()
        for i, pin in enumerate(pins):
            if pin["object"]:
                found = self._keep("pin", f"pin {i}", table + i * size, pin["object"])
                if found is None:
                    self._problems.add(f"pin {i} holds 0x{pin['object']:x}, which is no object")
                else:
                    found.pins += pin["count"]

    def _handles(self) -> None:
        table = self._state["tables"]["handles"]
        if not table:
            return
        size = self._target.size_of("struct moat_handle_entry")
        entries = self._target.structs("struct moat_handle_entry", table, self._target.option("HANDLES_MAX"))
        index_bits = self._target.enumerators("enum moat_handle_layout")["MOAT_HANDLE_INDEX_BITS"]
        for i, entry in enumerate(entries):
            if entry["object"]:
                number = (entry["generation"] << index_bits & 0xFFFFFFFF) | (i + 1)
                found = self._keep("handle", str(number), table + i * size, entry["object"])
                if found is None:
                    self._problems.add(f"handle {number} holds 0x{entry['object']:x}, which is no object")
                else:
                    found.handles += 1

    def _persistent(self) -> None:
        """A list on the heap of struct block, whose type only persistent.c has."""
        kind = self._target.symbol("moat_persistent_type")
        if kind is None:  # linked in where it is used
            return
        own = self._kinds.at(kind)
        for block in [found for found in self._heap.objects if own is not None and found.type == own.name]:
            if self._kinds.of_object(block.address)[0] is own:
                address = block.address + self._word
                self._keep("persistent", "persistent block", address, self._target.pointer(address))

    def _finalizers(self) -> None:
        """INV-10 on the way. Only what a finalizer is due for, or will be, is kept by its list."""
        seen: set[int] = set()
        for name in ("finalizable", "condemned", "doomed"):
            address, link = self._state["finalizers"][name], self._target.address_of("moat_heap")
            while address:
                found = self._heap.object_at(address)
                if address in seen:
                    self._problems.broken(10, address, "a finalizers' list runs in a circle")
                    break
                if found is None or found.address != address or not found.finalizable:
                    self._problems.broken(10, address, "a finalizers' list holds what has no finalizer")
                    break
                if name != "finalizable":
                    self._keep("finalizer", name, link, address)
                seen.add(address)
                link = address + -(-found.payload // self._word) * self._word
                address = self._target.pointer(link)

    # ---- stacks, conservatively ----

    def _stacks(self) -> None:
        stacks = self._registered()
        thread = self._thread_range()
        ranges = [(low, high) for low, high, _, _ in [*stacks, *thread]]
        running = self._target.context_in(ranges)
        current = stack_of(running.sp, ranges) if running is not None else None
        for number, (low, high, sp, name) in enumerate(stacks):
            if running is not None and number == current:
                sp = running.sp
            self._words(sp if low <= sp <= high else low, high, name)
        for low, high, _, name in thread:
            if running is None:
                self._words(low, high, f"{name}, where its pointer is not known")
            elif current == len(stacks):
                if running.registers:  # else it is a dump of moat's own, which has zeros for what is no address
                    self._say_if_lost(running.sp, high, name)
                self._words(running.sp, high, name)
        for name, value in (running.registers if running is not None else {}).items():
            self._ambiguous("register", name, 0, value)

    def _say_if_lost(self, sp: int, end: int, name: str) -> None:
        """No stack that something runs on is all zeros: gdb writes those for memory that it could not read."""
        start = -(-sp // self._word) * self._word
        words = self._target.words(start, max(0, (end - start) // self._word))
        if len(words) >= FRAME_WORDS and not any(words):
            self._problems.add(f"the {name} is all zeros from its pointer, 0x{sp:x}, on: whoever dumped it could not "
                               "read it, as gdb's generate-core-file can't past the guards of stacks "
                               "(docs/debugging.md); what it alone keeps looks like garbage")

    def _registered(self) -> list[tuple[int, int, int, str]]:
        """[(low, high, sp, name)]"""
        found: list[tuple[int, int, int, str]] = []
        seen: set[int] = set()
        address = self._state["tables"]["stacks"]
        while address and address not in seen:
            seen.add(address)
            stack = self._target.struct("struct moat_stack", address)
            if not stack["low"] < stack["high"]:
                self._problems.add(f"the registered stack at 0x{address:x} is damaged: its low is not below its high")
                break
            name = (self._target.string(stack["name"]) if stack["name"] else self._target.name_at(address)
                    or f"stack at 0x{address:x}")
            found.append((stack["low"], stack["high"], stack["sp"], name))
            address = stack["next"]
        return found

    def _thread_range(self) -> list[tuple[int, int, int, str]]:
        """The stack of the linker script's; where it has none, that of the last allocation that asked, if that is not
        a registered one."""
        low, high = self._target.symbol("moat_thread_stack_start"), self._target.symbol("moat_thread_stack_end")
        if low is not None and high is not None:
            return [(low, high, 0, "thread stack")]
        front = self._state["front"]
        start, span = front["stack_low"], front["stack_span"]
        known = any(found[0] == start for found in self._registered())
        return [(start, start + span, 0, "thread stack")] if span and not known else []

    def _words(self, start: int, end: int, name: str) -> None:
        start = -(-start // self._word) * self._word
        for i, value in enumerate(self._target.words(start, max(0, (end - start) // self._word))):
            self._ambiguous("stack", name, start + i * self._word, value)

    def _ambiguous(self, kind: str, name: str, address: int, value: int) -> None:
        """A word that may stand before or past its object (docs/design.md, "Ambiguous words")."""
        for found in self._heap.objects_near(value, self._reach["MOAT_NEAR_BYTES"], self._reach["MOAT_FAR_BYTES"]):
            self._heap.roots.append(Root(kind, name, address, value, found.address))
