"""A record as an ELF core file for gdb: registers, and as memory the slices of the stack and what RAM dumps there are.
A handler's fault makes two threads: the second is what the handler had interrupted, to which gdb does not find its own
way on every CPU.

pyelftools' descriptions of the ELF structures do the writing. The notes are as BFD reads them (elf32-arm.c,
elfnn-riscv.c), with registers in the order of gdb's arm-none-tdep.c and riscv-none-tdep.c.

SPDX-License-Identifier: MIT"""
import io
from typing import Mapping, Sequence

from elftools.construct import Container
from elftools.elf.structs import ELFStructs

from moat.log import fault as records

from .elf import Firmware
from .unwind import Unwinder

PT_NOTE, PT_LOAD = 4, 1
NT_PRSTATUS = 1
READ_WRITE = 6
CACHE_LINE = 64  # gdb reads stacks by lines, and takes all of one from where it finds its first byte

# By machine and bits: size of the prstatus note, where its thread's number and its registers begin, and which those
# are, by their DWARF numbers.
PRSTATUS: dict[tuple[str, int], tuple[int, int, int, tuple[int, ...]]] = {
    ("EM_ARM", 32): (148, 24, 72, (*range(16), 16)),
    ("EM_RISCV", 32): (204, 24, 72, (32, *range(1, 32))),
    ("EM_RISCV", 64): (376, 32, 112, (32, *range(1, 32))),
}


class CoreError(Exception):
    """No core file can be made; str() says why."""


def build(record: records.Record, firmware: Firmware, ram: Sequence[tuple[int, bytes]] = ()) -> bytes:
    """The bytes of the core file."""
    layout = PRSTATUS.get((firmware.machine, firmware.word_bits))
    if layout is None:
        raise CoreError(f"gdb reads no core files of this kind of machine ({firmware.machine}, {firmware.word_bits} "
                        "bits)")
    if record.word_bytes * 8 != firmware.word_bits or any(end > 1 << firmware.word_bits for end in
                                                          (address + len(data)
                                                           for address, data in _segments(record, ram))):
        raise CoreError(f"the record has words or addresses that a machine of {firmware.word_bits} bits has not")
    structs = ELFStructs(little_endian=True, elfclass=firmware.word_bits)
    structs.create_basic_structs()
    structs.create_advanced_structs(e_type="ET_CORE", e_machine=firmware.machine)
    unwinder = Unwinder(record, firmware, ram)
    unwinder.walk()
    threads = [dict(record.registers)] + ([unwinder.interrupted] if unwinder.interrupted else [])
    parts = [b"".join(_note(structs, registers, record.word_bytes, number, layout)
                      for number, registers in enumerate(threads, 1))]
    parts += [data for _, data in _segments(record, ram)]
    headers = 1 + len(parts) - 1
    header_bytes, entry_bytes = structs.Elf_Ehdr.sizeof(), structs.Elf_Phdr.sizeof()
    out = io.BytesIO()
    out.write(structs.Elf_Ehdr.build(_file_header(firmware, headers, header_bytes, entry_bytes)))
    at = header_bytes + headers * entry_bytes
    kinds = [(PT_NOTE, 0)] + [(PT_LOAD, address) for address, _ in _segments(record, ram)]
    for (kind, address), data in zip(kinds, parts):
        out.write(structs.Elf_Phdr.build(Container(
            p_type=kind, p_offset=at, p_vaddr=address, p_paddr=0, p_filesz=len(data),
            p_memsz=len(data) if kind == PT_LOAD else 0, p_flags=READ_WRITE if kind == PT_LOAD else 0, p_align=1)))
        at += len(data)
    head: bytes = out.getvalue()
    return head + b"".join(parts)


def _segments(record: records.Record, ram: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """(address, bytes): a dump of RAM holds what it held, the stack as the record has it replaces what it became."""
    segments = []
    for address, data in ram:
        data = bytearray(data)
        for start, stack in record.stacks:
            if address <= start and start + len(stack) <= address + len(data):
                data[start - address:start - address + len(stack)] = stack
        segments.append((address, bytes(data)))
    for start, stack in record.stacks:
        if not any(address <= start and start + len(stack) <= address + len(data) for address, data in segments):
            before, after = start % CACHE_LINE, -(start + len(stack)) % CACHE_LINE
            segments.append((start - before, bytes(before) + stack + bytes(after)))
    return segments


def _file_header(firmware: Firmware, headers: int, header_bytes: int, entry_bytes: int) -> Container:
    ident = Container(EI_MAG=[0x7F, 0x45, 0x4C, 0x46], EI_CLASS="ELFCLASS32" if firmware.word_bits == 32
                      else "ELFCLASS64",
                      EI_DATA="ELFDATA2LSB", EI_VERSION="EV_CURRENT", EI_OSABI="ELFOSABI_SYSV", EI_ABIVERSION=0)
    return Container(e_ident=ident, e_type="ET_CORE", e_machine=firmware.machine, e_version="EV_CURRENT", e_entry=0,
                     e_phoff=header_bytes, e_shoff=0, e_flags=firmware.flags, e_ehsize=header_bytes,
                     e_phentsize=entry_bytes,
                     e_phnum=headers, e_shentsize=0, e_shnum=0, e_shstrndx=0)


def _note(structs: ELFStructs, registers: Mapping[int, int], word: int, thread: int,
          layout: tuple[int, int, int, tuple[int, ...]]) -> bytes:
    size, thread_at, at, numbers = layout
    status = bytearray(size)
    status[thread_at:thread_at + 4] = thread.to_bytes(4, "little")
    for i, number in enumerate(numbers):
        status[at + i * word:at + (i + 1) * word] = registers.get(number, 0).to_bytes(word, "little")
    header: bytes = structs.Elf_Nhdr.build(Container(n_namesz=5, n_descsz=size, n_type=NT_PRSTATUS))
    return header + b"CORE\0\0\0\0" + bytes(status)
