"""A firmware read out of a dump of its memory, with its ELF file.

SPDX-License-Identifier: MIT"""
from typing import Iterable, Iterator, Sequence

from elftools.elf.elffile import ELFFile
from elftools.elf.segments import NoteSegment

from .core_file import NT_PRSTATUS, PRSTATUS
from .elf import Firmware
from .errors import DebugError, FirmwareError
from .fields import CType
from .machine import MACHINES
from .memory import Dump
from .target import Context, Target, TargetError, stack_of


class ElfTarget(Target):
    """firmware: elf.Firmware. ranges: (address, bytes) of the dump. contexts: what is known of the CPU, the
    innermost first."""

    def __init__(self, firmware: Firmware, ranges: Iterable[tuple[int, bytes | bytearray]],
                 contexts: Sequence[Context] = ()) -> None:
        if not firmware.has_types or not firmware.has_code:
            raise TargetError(firmware.missing[0])
        self._firmware = firmware
        self._contexts = contexts
        self.notes = firmware.not_understood
        self.word = firmware.word_bits // 8
        self.order = "little"
        self.memory = Dump(ranges, firmware.constant_at)

    def symbol(self, name: str) -> int | None:
        return self._firmware.address_of(name)

    def need_type(self, name: str) -> CType:
        try:
            return super().need_type(name)
        except TargetError as error:
            raise TargetError("; ".join([str(error), *self.notes])) from error

    def type(self, name: str, near: int | None = None) -> CType | None:
        symbol = self._firmware.variable_at(near) if near is not None else None
        variable = (symbol, near) if symbol is not None and near is not None else None
        try:
            return self._firmware.type(name, variable)
        except DebugError as error:
            self.note(f"{self._firmware.path}: {error}")
            return None

    def name_at(self, address: int) -> str | None:
        return self._firmware.variable_field_at(address) or self._firmware.symbol_at(address)

    def context_in(self, ranges: Sequence[tuple[int, int]]) -> Context | None:
        return next((context for context in self._contexts if stack_of(context.sp, ranges) is not None), None)


def open_core(firmware_path: str, core_path: str) -> ElfTarget:
    """The target of a core file, as moat-fault --core and gdb's generate-core-file make them."""
    try:
        firmware = Firmware(firmware_path)
    except FirmwareError as error:
        raise TargetError(error) from error
    try:
        with open(core_path, "rb") as file:
            elf = ELFFile(file)
            if elf["e_type"] != "ET_CORE" or elf["e_machine"] != firmware.machine or elf.elfclass != firmware.word_bits:
                raise TargetError(f"{core_path} is no core file of {firmware_path}'s kind of machine")
            ranges = [(segment["p_vaddr"], segment.data()) for segment in elf.iter_segments()
                      if segment["p_type"] == "PT_LOAD" and segment["p_filesz"]]
            contexts = [context for segment in elf.iter_segments() if isinstance(segment, NoteSegment)
                        for context in _contexts(segment, firmware)]
    except OSError as error:
        raise TargetError(f"{core_path}: {error.strerror}") from error
    except TargetError:
        raise
    except Exception as error:  # pyelftools raises whatever a damaged file makes it stumble over
        raise TargetError(f"{core_path}: not a core file, or a damaged one "
                          f"({error or type(error).__name__})") from error
    return ElfTarget(firmware, ranges, contexts)


def _contexts(segment: NoteSegment, firmware: Firmware) -> Iterator[Context]:
    """Of each thread's registers. gdb's generate-core-file writes the first of them, into a note of the size that its
    own computer's have."""
    layout = PRSTATUS.get((firmware.machine, firmware.word_bits))
    if layout is None:
        return
    machine, word = MACHINES[firmware.machine], firmware.word_bits // 8
    _, _, at, numbers = layout
    for note in segment.iter_notes():
        status = note["n_descdata"]
        if note["n_type"] not in ("NT_PRSTATUS", NT_PRSTATUS):
            continue
        known = numbers[:max(len(status) - at, 0) // word]
        values = {number: int.from_bytes(status[at + i * word:at + (i + 1) * word], "little")
                  for i, number in enumerate(known)}
        if machine.sp not in values:
            continue
        registers = {machine.names[number]: value for number, value in values.items()}
        yield Context(values[machine.sp], registers)
