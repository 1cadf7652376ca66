"""An object of the lint build as something to read: linked by itself, so that pyelftools finds every relocation
applied.

SPDX-License-Identifier: MIT"""
import subprocess
from typing import BinaryIO, Iterator, Literal

from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

from moat.firmware.debug import Debug
from moat.firmware.dwarf import in_namespaces, linkage_name, type_of
from moat.firmware.errors import FirmwareError

# ld's name for a machine's files, and GNU linkers that make them.
LINKERS = {
    ("EM_ARM", 32): ("armelf", "arm-none-eabi-ld"),
    ("EM_RISCV", 32): ("elf32lriscv", "riscv64-unknown-elf-ld", "riscv32-unknown-elf-ld"),
    ("EM_RISCV", 64): ("elf64lriscv", "riscv64-unknown-elf-ld"),
    ("EM_386", 32): ("elf_i386", "ld"),
    ("EM_X86_64", 64): ("elf_x86_64", "ld"),
}


class ImageError(FirmwareError):
    """The object can't be read; str() says why."""


def link(path: str, output: str, compilers_linker: str) -> None:
    """Links an object whose references to other units stay open."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        key = elf["e_machine"], elf.elfclass
    if key not in LINKERS:
        raise ImageError(f"moat lint does not know the linker for {key[0]}")
    emulation, *named = LINKERS[key]
    for linker in (compilers_linker, *named, "ld.lld"):
        command = [linker, "-m", emulation, "--unresolved-symbols=ignore-all", "--noinhibit-exec", "-e", "0", "-o",
                   output, path]
        try:
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return
        except OSError:
            pass
    raise ImageError(f"the lint build's object does not link: install {named[0]}")


class Image:
    """Words of memory and variables by name. Layouts come from the debug information, as the compiler made them."""

    def __init__(self, file: BinaryIO, what: str = "the lint build", bare: bool = False) -> None:
        """bare: it may have no debug information. clang makes none for a source without code or data."""
        self._elf = ELFFile(file)
        self._symbols: dict[str, int] = {symbol.name: symbol["st_value"]
                                         for section in self._elf.iter_sections("SHT_SYMTAB")
                                         for symbol in section.iter_symbols()}
        self._memory: list[tuple[int, bytes]] = [
            (section["sh_addr"], section.data()) for section in self._elf.iter_sections()
            if section["sh_addr"] and section["sh_type"] == "SHT_PROGBITS"]
        self._order: Literal["little", "big"] = "little" if self._elf.little_endian else "big"
        self.word = self._elf.elfclass // 8
        self._debug = Debug(self._elf, what)
        if self._debug.problems and not (bare and not self._debug.is_there):
            raise ImageError("; ".join(self._debug.problems))

    def names(self) -> Iterator[str]:
        """Of all symbols."""
        return iter(self._symbols)

    def address(self, name: str) -> int:
        if name not in self._symbols:
            raise ImageError(f"there is no {name}")
        return self._symbols[name]

    def bytes_at(self, address: int, length: int) -> bytes:
        for start, data in self._memory:
            if start <= address and address + length <= start + len(data):
                return data[address - start:address - start + length]
        raise ImageError(f"nothing at {address:#x}")

    def integer(self, address: int, length: int) -> int:
        return int.from_bytes(self.bytes_at(address, length), self._order)

    def string(self, address: int) -> str:
        text = b""
        while (byte := self.bytes_at(address + len(text), 1)) != b"\0":
            text += byte
        return text.decode("utf-8", "replace")

    def variables(self) -> Iterator[tuple[str, DIE]]:
        """(symbol, DIE) of the variables at file scope and in namespaces."""
        for unit in self._debug.units:
            for die, _ in in_namespaces(unit.get_top_DIE()):
                if die.tag == "DW_TAG_variable" and "DW_AT_name" in die.attributes and "DW_AT_type" in die.attributes:
                    yield linkage_name(die).decode(), die

    def constants(self, kind: str) -> Iterator[tuple[str, DIE]]:
        """(name, DIE) of the variables at file scope that the linker kept and whose type is the struct `kind`."""
        for name, die in self.variables():
            type_die = type_of(die)
            named = type_die.attributes.get("DW_AT_name") if type_die is not None else None
            if named is not None and named.value == kind.encode() and name in self._symbols:
                yield name, die

    def place(self, die: DIE) -> tuple[str, int]:
        """(file, line) where a DIE was declared."""
        lines = die.cu.dwarfinfo.line_program_for_CU(die.cu)
        entry = lines["file_entry"][die.attributes["DW_AT_decl_file"].value - 1]
        folder = lines["include_directory"][entry.dir_index - 1].decode() + "/" if entry.dir_index else ""
        return folder + entry.name.decode(), die.attributes["DW_AT_decl_line"].value
