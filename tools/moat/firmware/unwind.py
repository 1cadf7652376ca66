"""Backtraces from a record's registers and slices of the stack, by the ELF file's call frame information. Frame
pointers are not needed. pyelftools decodes the tables; this walks them.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable, Sequence

from moat.log import fault as records

from . import machine as machines

if TYPE_CHECKING:  # this is read within gdb too, whose Python may lack pyelftools
    from elftools.dwarf.callframe import FDE, RegisterRule

    from .elf import Firmware

FRAMES_MAX = 64


class Lost(Exception):
    """There is no further frame; str() says why."""


@dataclass(frozen=True)
class Step:
    pc: int
    lookup: int  # an address within the instruction, for the line
    sp: int
    by: str      # how it was found: fault, call, exception, or link: by the return address register alone


class Memory:
    """What is known of the device's RAM: ranges of bytes, of which the first that has an address counts."""

    def __init__(self, ranges: Iterable[tuple[int, bytes]], word_bytes: int) -> None:
        self._ranges = list(ranges)
        self._word_bytes = word_bytes

    def word(self, address: int) -> int:
        for start, data in self._ranges:
            offset = address - start
            if 0 <= offset and offset + self._word_bytes <= len(data):
                return int.from_bytes(data[offset:offset + self._word_bytes], "little")
        raise Lost(f"the stack at 0x{address:x} is not in the record")


class Table:
    """The function that an address lies in, and what to restore there."""

    def __init__(self, call_frames: list[tuple[int, int, FDE]]) -> None:
        # Functions that the linker dropped all start at 0: the highest start at or below an address is the one that
        # counts.
        self._frames = sorted(call_frames, key=lambda frame: (frame[0], frame[1]))
        self._starts = [start for start, _, _ in self._frames]

    def row(self, address: int) -> tuple[dict[Any, Any], int]:
        """The row of the table for an address, and the number of the return address's register."""
        last = bisect.bisect_right(self._starts, address)
        first = bisect.bisect_left(self._starts, self._starts[last - 1]) if last else 0
        entry = next((entry for _, end, entry in self._frames[first:last] if address < end), None)
        if entry is None:
            raise Lost("no unwind information")
        rows = [row for row in entry.get_decoded().table if row["pc"] <= address]
        if not rows:
            raise Lost("the unwind information is empty")
        return rows[-1], entry.cie["return_address_register"]


class Unwinder:
    def __init__(self, record: records.Record, firmware: Firmware, ram: Sequence[tuple[int, bytes]] = ()) -> None:
        self._machine = machines.MACHINES.get(firmware.machine, machines.UNKNOWN)
        self._arm = firmware.machine == "EM_ARM"
        self._firmware = firmware
        self._record = record
        self._mask = (1 << 8 * record.word_bytes) - 1
        self._memory = Memory([*record.stacks, *ram], record.word_bytes)
        self._table = Table([])
        # after walk: the registers of what an exception or interrupt had interrupted, by number
        self.interrupted: dict[int, int] | None = None

    def walk(self) -> tuple[list[Step], str]:
        """([Step...], why it ends), innermost first."""
        steps: list[Step] = []
        if not self._machine.names:
            return steps, "this CPU's registers are not known"
        registers = dict(self._record.registers)
        if self._machine.pc not in registers or self._machine.sp not in registers:
            return steps, "the record has no registers"
        exact, by = self._record.kind in records.EXACT, "fault"
        try:
            self._table = Table(self._firmware.call_frames())
            while len(steps) < FRAMES_MAX:
                pc = registers[self._machine.pc]
                pc &= ~1 if self._arm else self._mask
                steps.append(Step(pc, pc if exact else pc - 1, registers[self._machine.sp], by))
                registers, exact, by = self._out(registers, steps)
                if by == "exception" and self.interrupted is None:
                    self.interrupted = registers
                if by in ("call", "link") and registers[self._machine.pc] & ~1 == 0:
                    raise Lost("the return address is 0")
                if not self._firmware.is_code(registers[self._machine.pc] & ~1):
                    raise Lost(f"the return address 0x{registers[self._machine.pc]:x} is no code")
        except Lost as reason:
            return steps, str(reason)
        except Exception as error:  # pyelftools raises whatever a damaged file makes it stumble over
            return steps, f"the unwind information can't be read ({error or type(error).__name__})"
        return steps, f"there are more than {FRAMES_MAX} frames"

    def _out(self, registers: dict[int, int], steps: list[Step]) -> tuple[dict[int, int], bool, str]:
        """The registers in the caller, whether its pc is exact, and how it was found."""
        step = steps[-1]
        if not self._firmware.is_code(step.lookup):
            return self._by_link(registers, step)
        try:
            row, return_register = self._table.row(step.lookup)
        except Lost:
            if len(steps) == 1 and step.pc == step.lookup:
                return self._by_link(registers, step)
            raise
        return self._by_table(registers, row, return_register, step)

    def _by_link(self, registers: dict[int, int], step: Step) -> tuple[dict[int, int], bool, str]:
        """A jump to nowhere, or a function without tables that was interrupted: the link register may be its
        caller's."""
        link = registers.get(self._machine.link, 0)
        if not self._firmware.is_code(link & ~1) or link & ~1 == step.pc:
            raise Lost("that is no code, nor what the return address register says")
        return {**registers, self._machine.pc: link}, False, "link"

    def _by_table(self, registers: dict[int, int], row: dict[Any, Any], return_register: int,
                  step: Step) -> tuple[dict[int, int], bool, str]:
        rule = row["cfa"]
        if rule.expr is not None:
            raise Lost("the frame is described by an expression")
        if rule.reg not in registers:
            raise Lost(f"register {rule.reg} is not known")
        frame = (registers[rule.reg] + rule.offset) & self._mask
        caller = {**registers, self._machine.sp: frame}
        for register, how in row.items():
            if isinstance(register, int):
                self._restore(caller, register, how, registers, frame)
        if return_register not in caller:
            raise Lost("the return address is not in the record")
        target = caller[return_register]
        if self._arm and target in machines.EXC_RETURNS:
            return self._by_exception_frame(caller, target, frame), True, "exception"
        # A return address in no register is what a trap interrupted.
        trap = return_register not in range(len(self._machine.names))
        # A function that was interrupted may have pushed nothing; one that made a call has pushed its return address.
        interrupted = step.pc == step.lookup
        if caller[self._machine.sp] < registers[self._machine.sp] + (0 if interrupted else 1) and not trap:
            raise Lost("the stack does not go on")
        caller[self._machine.pc] = target
        if trap:
            caller.pop(return_register, None)
        return caller, trap, "exception" if trap else "call"

    def _restore(self, caller: dict[int, int], register: int, how: RegisterRule, registers: dict[int, int],
                 frame: int) -> None:
        if how.type == "OFFSET":
            try:
                caller[register] = self._memory.word((frame + how.arg) & self._mask)
            except Lost:
                caller.pop(register, None)
        elif how.type == "VAL_OFFSET":
            caller[register] = (frame + how.arg) & self._mask
        elif how.type == "REGISTER" and how.arg in registers:
            caller[register] = registers[how.arg]
        elif how.type != "SAME_VALUE":
            caller.pop(register, None)

    def _by_exception_frame(self, caller: dict[int, int], exc_return: int, frame: int) -> dict[int, int]:
        if exc_return & machines.EXC_RETURN_THREAD_STACK:
            if not self._record.interrupted_sp:
                raise Lost("the stack that was interrupted is not in the record")
            frame = self._record.interrupted_sp
        for i, register in enumerate(machines.EXC_FRAME):
            caller[register] = self._memory.word(frame + 4 * i)
        size = 4 * len(machines.EXC_FRAME)
        size += 0 if exc_return & machines.EXC_RETURN_BASIC else machines.EXC_FLOAT_BYTES
        size += 4 if caller[16] & machines.XPSR_PADDED else 0
        caller[self._machine.sp] = frame + size
        return caller
