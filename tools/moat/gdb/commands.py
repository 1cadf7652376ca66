"""The commands: `moat status`, heap, object, why, refs, check, faults.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import collections
import os
from typing import TYPE_CHECKING

import gdb

from moat.command import printable
from moat.fault import report
from moat.firmware.errors import FirmwareError
from moat.firmware.memory import Unreadable
from moat.firmware.target import TargetError
from moat.heap import graph, reader
from moat.heap.model import Heap, Hole, Object, Root, Slot
from moat.log import fault as records

from .show import Shower
from .target import GdbTarget

if TYPE_CHECKING:  # gdb's Python may lack pyelftools, and most commands do without
    from moat.firmware.elf import Firmware

REFERENCES_MAX = 100
PATH_MAX = 40


class Moat(gdb.Command):
    """What is on the managed heap of the firmware, and why.

Addresses are gdb's expressions: `moat object list`, `moat why 0x20001234`, `moat refs &ring[2]`.
docs/debugging.md shows each command."""

    def __init__(self) -> None:
        super().__init__("moat", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument: str, from_tty: bool) -> None:
        if argument:
            raise gdb.GdbError(f'There is no command "moat {argument.split()[0]}": see "help moat".')
        gdb.execute("help moat")


class MoatCommand(gdb.Command):
    """A command under `moat`: what goes wrong becomes a sentence."""
    complete = gdb.COMPLETE_NONE
    notes_damage = True

    def __init__(self, name: str) -> None:
        self._name = name
        super().__init__(f"moat {name}", gdb.COMMAND_DATA, self.complete)

    def invoke(self, argument: str, from_tty: bool) -> None:
        try:
            self.run(argument.strip())
        except (TargetError, Unreadable, FirmwareError, gdb.error) as error:
            text = str(error) or type(error).__name__
            raise gdb.GdbError(printable(f"moat {self._name}: {text}")) from error

    def read(self) -> tuple[GdbTarget, Heap]:
        target = GdbTarget()
        _warn_of_other_build(target)
        heap = reader.read(target)
        if heap.problems and self.notes_damage:
            tell("note: the heap is damaged (`moat check` says how): what follows may be wrong")
        return target, heap

    def no_argument(self, argument: str) -> None:
        if argument:
            raise TargetError(f'it takes no argument, and was given "{argument}"')

    def find(self, argument: str) -> tuple[GdbTarget, Heap, Object]:
        """(target, heap, the object that an expression points at or into)."""
        if not argument:
            raise TargetError(f"which object? Give its address: `moat {self._name} 0x20001234`, or `moat {self._name} "
                              "a_pointer`")
        target, heap = self.read()
        value = gdb.parse_and_eval(argument)
        code = value.type.strip_typedefs().code
        address = int(value.address if code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_ARRAY) and value.address is not None
                      else value)
        address &= (1 << 8 * target.word) - 1
        found = heap.object_at(address)
        if found is None:
            raise TargetError(f"no object is at {_hex(address)}: {_what_else(heap, address)}")
        return target, heap, found


class Status(MoatCommand):
    """The heap in a few lines: arenas, memory, the collector's phase, roots, faults, what is broken."""

    def run(self, argument: str) -> None:
        self.no_argument(argument)
        target = GdbTarget()
        _warn_of_other_build(target)
        try:
            heap = reader.read(target)
        except reader.NotStarted as error:
            tell(f"heap       {error}")
        else:
            _print_status(target, heap)
        try:
            found = _records(target)
        except Unreadable as error:
            tell(f"faults     the log can't be read: {error}")
            return
        tell(f"faults     {len(found)} in the log" + (": `moat faults` explains them" if found else ""))


def _print_status(target: GdbTarget, heap: Heap) -> None:
    stats = heap.stats
    share = f"{100 * stats['free_bytes'] / stats['arena_bytes']:.1f} %" if stats["arena_bytes"] else "none"
    tell(f"heap       {_count(len(heap.arenas), 'arena')}, {stats['arena_bytes']} bytes for objects, "
         f"{'at least ' if stats['free_is_least'] else ''}{stats['free_bytes']} free ({share}), "
         f"CHECK{target.option('CHECK')}")
    for arena in heap.arenas:
        tell(f"arena {arena.index}    {_hex(arena.start)} to {_hex(arena.end)}, {arena.bytes} bytes for objects")
    tell(f"collector  {heap.phase}, {_count(stats['cycles'], 'cycle')} finished, {_count(stats['slices'], 'slice')}, "
         f"{_count(stats['out_of_memory'], 'failed allocation')}")
    tell(f"objects    {len(heap.objects)} in {sum(found.bytes for found in heap.objects)} bytes, "
         f"{sum(found.finalizable for found in heap.objects)} with a finalizer, {stats['finalized']} finalized so far")
    kinds = collections.Counter(root.kind for root in heap.roots)
    tell(f"roots      {len(heap.roots)}"
         + (": " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) if kinds else ""))
    tell("check      " + (f"{_count(len(heap.problems), 'problem')}: `moat check` lists them" if heap.problems
                          else "nothing is broken"))


class HeapByType(MoatCommand):
    """What the heap is used for: objects by type, and holes.

Bytes are with headers and padding, shares are of all arenas. Fragmentation is the share of free memory that is outside
of the largest hole. Dark is memory that can't be used yet: dead objects that the sweep has still to come to."""

    def run(self, argument: str) -> None:
        self.no_argument(argument)
        _, heap = self.read()
        total = sum(arena.bytes for arena in heap.arenas)
        counts: collections.Counter[str] = collections.Counter()
        sizes: collections.Counter[str] = collections.Counter()
        for found in heap.objects:
            name = (found.type or "(no type)") + ("[]" if found.array and found.type != "bytes" else "")
            counts[name] += 1
            sizes[name] += found.bytes
        width = max([len("objects"), *map(len, sizes)])
        tell(f"{'type':<{width}}  {'count':>8} {'bytes':>10}   share")

        def row(name: str, count: int, size: int) -> None:
            tell(f"{name:<{width}}  {count:>8} {size:>10}  {100 * size / total if total else 0:>5.1f} %")

        for name, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
            row(name, counts[name], size)
        row("objects", len(heap.objects), sum(sizes.values()))
        free = [hole for hole in heap.holes if hole.kind != "dark"]
        dark = [hole for hole in heap.holes if hole.kind == "dark"]
        row("free", len(free), sum(hole.bytes for hole in free))
        row("dark", len(dark), sum(hole.bytes for hole in dark))
        _print_holes(free)


def _print_holes(free: list[Hole]) -> None:
    largest = max(free, key=lambda hole: hole.bytes, default=None)
    if largest is None:
        tell("no memory is free")
        return
    total = sum(hole.bytes for hole in free)
    tell(f"{_count(len(free), 'hole')}, the largest {largest.bytes} bytes at {_hex(largest.address)}; "
         f"fragmentation {100 * (1 - largest.bytes / total):.1f} %")


class ShowObject(MoatCommand):
    """Prints an object by its type: moat object ADDRESS

ADDRESS may point into the object. Members that are pointers to managed objects say to what."""
    complete = gdb.COMPLETE_EXPRESSION

    def run(self, argument: str) -> None:
        target, heap, found = self.find(argument)
        tell(f"{_describe(found)}, arena {found.arena}: {found.bytes} bytes, {found.payload} for the firmware; "
             f"{found.colour}"
             + (f", {_count(found.pins, 'pin')}" if found.pins else "") + (f", {_count(found.handles, 'handle')}"
                                                                           if found.handles else "")
             + (", has a finalizer" if found.finalizable else ""))
        for line in Shower(target, lambda address: _points_at(heap, address)).lines(found):
            tell(f"  {line}")


class Why(MoatCommand):
    """Why an object is kept: moat why ADDRESS

Prints a shortest path of references from a root to it. Roots that are slots, pins, handles and lists are looked at
first; stacks and registers, whose words may point somewhere by accident, only where those do not reach it."""
    complete = gdb.COMPLETE_EXPRESSION

    def run(self, argument: str) -> None:
        _, heap, found = self.find(argument)
        path = graph.path(heap, found)
        if path is None:
            tell(f"{_describe(found)}: nothing keeps it, a coming cycle frees it")
            return
        root, links = path
        tell(f"{_describe(found)} is kept by")
        tell(f"  {_root(root)} -> {_describe(links[0].source if links else found, root.value)}")
        shown: list[graph.Link | None] = [*links] if len(links) <= PATH_MAX else [
            *links[:PATH_MAX // 2], None, *links[-PATH_MAX // 2:]]
        for link in shown:
            if link is None:
                tell(f"  ... {len(links) - PATH_MAX} references more ...")
            else:
                tell(f"  {_field(link.slot)} -> {_describe(link.target, link.slot.value)}")
        if root.kind in graph.CONSERVATIVE:
            tell("  no slot keeps it: this word may be a leftover, or no pointer at all")


class References(MoatCommand):
    """Who points at an object, or into it: moat refs ADDRESS"""
    complete = gdb.COMPLETE_EXPRESSION

    def run(self, argument: str) -> None:
        _, heap, found = self.find(argument)
        roots, links = graph.references(heap, found)
        tell(f"{_describe(found)}: {_count(len(roots), 'root')}, {_count(len(links), 'slot')} of objects")
        lines = [f"{_root(root)}{_inside(root.value, found)}" for root in roots]
        lines += [f"{_describe(link.source)}, {_field(link.slot)}{_inside(link.slot.value, found)}" for link in links]
        for line in lines[:REFERENCES_MAX]:
            tell(f"  {line}")
        if len(lines) > REFERENCES_MAX:
            tell(f"  ... and {len(lines) - REFERENCES_MAX} more")


class Check(MoatCommand):
    """Looks for damage: the invariants of docs/design.md, as moat_heap_check does on the device, and the tables of
    roots."""
    notes_damage = False

    def run(self, argument: str) -> None:
        self.no_argument(argument)
        _, heap = self.read()
        if not heap.problems:
            free = [hole for hole in heap.holes if hole.kind != "dark"]
            tell(f"nothing is broken: {len(heap.objects)} objects, {_count(len(free), 'hole')}, "
                 f"{len(heap.roots)} roots")
            return
        for problem in heap.problems:
            tell(problem)
        inside = _function_of_moat()
        if inside:
            tell(f"note: the firmware stands inside of moat, in {inside}: what that is changing may look broken")


class Faults(MoatCommand):
    """The fault log in RAM, explained as tools/moat-fault does."""

    def run(self, argument: str) -> None:
        self.no_argument(argument)
        target = GdbTarget()
        records = _records(target)
        if not records:
            tell("no fault is in the log")
            return
        firmware = _firmware()
        for found in records:
            if found.record is None:
                tell(f"a record at {found.place} of moat_fault_retained is damaged: {found.error}")
                continue
            if firmware.build_id is not None and found.record.build_id != firmware.build_id:
                tell(f"warning: fault {found.record.sequence} is of another build: functions and lines may be wrong")
            for line in report.text(report.build(found, firmware, 1), firmware):
                tell(line)
        for sentence in firmware.not_understood:
            tell(f"note: {sentence}")


def _records(target: GdbTarget) -> list[records.Found]:
    """What is found in the fault log, oldest first."""
    address = target.symbol("moat_fault_retained")
    if address is None:
        return []
    found = records.find_in_dump(target.memory.read(address, target.size_of("struct moat_fault_retained")))
    return sorted(found, key=lambda one: one.record.sequence if one.record else 0)


def _firmware() -> Firmware:
    """The ELF file, as moat-fault reads it."""
    try:
        from moat.firmware.elf import Firmware
    except ModuleNotFoundError as error:
        raise TargetError(f"gdb's Python lacks {error.name}: install Debian's python3-pyelftools, or use a gdb that "
                          "runs the "
                          f"system's Python, such as gdb-multiarch") from error
    return Firmware(gdb.current_progspace().filename)


def _warn_of_other_build(target: GdbTarget) -> None:
    """The id that ld gave the ELF file, and the one in the firmware's memory."""
    start, end = target.symbol("moat_build_id_start"), target.symbol("moat_build_id_end")
    known = gdb.current_progspace().objfiles()[0].build_id
    if known and start and end and start < end:
        running = target.memory.read(start, end - start).hex()
        if running[:len(known)] != known:
            tell(f"warning: the firmware in memory is build {running}, the ELF file is {known}: nothing below can be "
                 "trusted")


def _function_of_moat() -> str | None:
    """The innermost frame's function that lies in core's folder, or None."""
    core = gdb.lookup_global_symbol("moat_init")
    frame, depth = gdb.newest_frame(), 0
    while core is not None and frame is not None and depth < 16:
        symbol = frame.function()
        if symbol is not None and os.path.dirname(symbol.symtab.filename) == os.path.dirname(core.symtab.filename):
            return symbol.name
        try:
            frame, depth = frame.older(), depth + 1
        except gdb.error:
            break
    return None


# ---- words ----

def tell(text: object) -> None:
    print(printable(str(text)))


def _hex(address: int) -> str:
    return f"0x{address:08x}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _describe(found: Object, pointer: int | None = None) -> str:
    """An object, and where in it a pointer points."""
    name = found.type or "(no type)"
    if found.array:
        name += f" [{found.count}]"
    return f"{name} at {_hex(found.address)}" + ("" if pointer is None else _inside(pointer, found))


def _inside(pointer: int, found: Object) -> str:
    return (f", +{pointer - found.address}" if pointer > found.address else f", {pointer - found.address}"
            if pointer < found.address else "")


def _points_at(heap: Heap, address: int) -> str:
    found = heap.object_at(address)
    if found is not None:
        return _describe(found, address)
    hole = heap.hole_at(address)
    return f"freed memory of {hole.bytes} bytes at {_hex(hole.address)}" if hole is not None else ""


def _what_else(heap: Heap, address: int) -> str:
    hole = heap.hole_at(address)
    if hole is not None:
        return f"free memory of {hole.bytes} bytes from {_hex(hole.address)} on"
    if any(arena.start <= address < arena.end for arena in heap.arenas):
        return "it is in an arena, before an object's payload or in what moat keeps for itself"
    return "it is in no arena"


def _field(slot: Slot) -> str:
    return ("" if slot.name.startswith("[") else ".") + slot.name if slot.name else f"+{slot.offset}"


def _root(root: Root) -> str:
    if root.kind == "register":
        return f"register {root.name}"
    if root.kind == "stack":
        return f"a word of {root.name} at {_hex(root.address)}"
    names = {"root": "root", "added": "root added at run time:", "handle": "handle", "pin": "", "persistent": "",
             "finalizer": "finalizers' list:"}
    return f"{names[root.kind]} {root.name}".strip() + f" at {_hex(root.address)}"


def register() -> None:
    Moat()
    for name, command in (("status", Status), ("heap", HeapByType), ("object", ShowObject), ("why", Why),
                          ("refs", References),
                          ("check", Check), ("faults", Faults)):
        command(name)
