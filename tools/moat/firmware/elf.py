"""The firmware's ELF file: build id, symbols, lines and types.

SPDX-License-Identifier: MIT"""
import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any, Sequence

from elftools.dwarf.callframe import FDE
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection, SymbolTableSection

from .debug import Debug
from .dwarf import Index
from .errors import DebugError, FirmwareError
from .fields import CType, field_at

# Any addr2line reads any machine's lines; the machine's own comes first.
ADDR2LINE = {
    "EM_ARM": ("arm-none-eabi-addr2line", "gdb-multiarch-addr2line"),
    "EM_RISCV": ("riscv64-unknown-elf-addr2line", "riscv32-unknown-elf-addr2line"),
}


SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4


BUILD_ID_BYTES = 20  # that a firmware tells: a longer id is cut, a shorter one filled up with zeros


@dataclass(frozen=True)
class Frame:
    function: str | None
    file: str | None  # relative to where it was compiled if it lies beneath
    line: int | None


class Firmware:
    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._file = open(path, "rb")
        except OSError as error:
            raise FirmwareError(f"{path}: {error.strerror}") from error
        try:
            self._elf = ELFFile(self._file)
            self.machine = self._elf["e_machine"]
            self.word_bits = self._elf.elfclass
            self.flags = self._elf["e_flags"]
            self._sized, self._named = self._read_symbols()
            self.build_id = self._read_build_id()
            self._has_functions = any(function for _, _, _, function in self._sized)
            self._code = [(section["sh_addr"], section["sh_addr"] + section["sh_size"])
                          for section in self._elf.iter_sections() if section["sh_flags"] & SHF_EXECINSTR]
            self.has_code = not any(section["sh_flags"] & SHF_EXECINSTR and section["sh_type"] == "SHT_NOBITS"
                                    for section in self._elf.iter_sections())
            self._debug = Debug(self._elf, path)
            self.has_types = self._debug.is_there
        except Exception as error:  # pyelftools raises whatever a damaged file makes it stumble over
            raise FirmwareError(f"{path}: not an ELF file, or a damaged one "
                                f"({error or type(error).__name__})") from error
        self._call_frames: list[tuple[int, int, FDE]] | None = None
        self._index: Index | None = None
        self.missing: list[str] = []  # what could not be looked up, and why
        self.not_understood: list[str] = self._debug.problems if self.has_types else []  # of its debug information
        if not self.has_code:
            self.missing.append(f"{path} has debug information only, no code and no constants: give the file as it was "
                                "linked, before objcopy --only-keep-debug")
        self._addr2line = self._find_addr2line()
        self._compile_folders = self._read_compile_folders()

    def _read_symbols(self) -> tuple[list[tuple[int, int, str, bool]], dict[str, int]]:
        """(start, size, name, is a function) of all that has a size, and the addresses of all names."""
        sized: list[tuple[int, int, str, bool]] = []
        named: dict[str, int] = {}
        for section in self._elf.iter_sections():
            if not isinstance(section, SymbolTableSection):
                continue
            for symbol in section.iter_symbols():
                if symbol["st_shndx"] == "SHN_UNDEF":
                    continue
                kind = symbol["st_info"]["type"]
                function = kind == "STT_FUNC"
                start = symbol["st_value"] & ~1 if function and self.machine == "EM_ARM" else symbol["st_value"]
                named[symbol.name] = start
                if symbol["st_size"] and kind in ("STT_FUNC", "STT_OBJECT"):
                    sized.append((start, symbol["st_size"], symbol.name, function))
        return sized, named

    def _read_build_id(self) -> bytes | None:
        """The id as the firmware tells it, by its symbols; else by the note; else None."""
        start, end = self._named.get("moat_build_id_start"), self._named.get("moat_build_id_end")
        if start is not None and end is not None and end > start:
            found = self.constant_at(start, end - start)
            if found is not None:
                return _as_told(found)
        for section in self._elf.iter_sections():
            if isinstance(section, NoteSection):
                for note in section.iter_notes():
                    if note["n_type"] == "NT_GNU_BUILD_ID":
                        return _as_told(bytes.fromhex(note["n_desc"]))
        return None

    def constant_at(self, address: int, length: int) -> bytes | None:
        """Bytes of what the firmware does not write to, or None where the file has no such."""
        for start, data in self._constants:
            if start <= address and address + length <= start + len(data):
                return data[address - start:address - start + length]
        return None

    @functools.cached_property
    def _constants(self) -> list[tuple[int, bytes]]:
        """(start, bytes) of the sections that are loaded and not written to."""
        return [(section["sh_addr"], section.data()) for section in self._elf.iter_sections()
                if section["sh_type"] != "SHT_NOBITS" and section["sh_flags"] & (SHF_ALLOC | SHF_WRITE) == SHF_ALLOC]

    def is_code(self, address: int) -> bool:
        """Whether an instruction can be at an address."""
        return any(start <= address < end for start, end in self._code)

    def string_at(self, address: int) -> str | None:
        """The C string at an address of the file's constants, or None."""
        for section in self._elf.iter_sections():
            start = section["sh_addr"]
            loaded = section["sh_type"] == "SHT_PROGBITS" and section["sh_flags"] & SHF_ALLOC
            if loaded and start <= address < start + section["sh_size"]:
                return section.data()[address - start:].split(b"\0")[0].decode("utf-8", "replace")
        return None

    def call_frames(self) -> list[tuple[int, int, FDE]]:
        """The functions' call frame information, from .debug_frame and .eh_frame: [(start, end, entry)]."""
        if self._call_frames is None:
            self._call_frames = []
            try:
                dwarf = self._debug.dwarf
                entries: list[Any] = dwarf.CFI_entries() if dwarf is not None and dwarf.has_CFI() else []
                entries += dwarf.EH_CFI_entries() if dwarf is not None and dwarf.has_EH_CFI() else []
                self._call_frames = [(entry["initial_location"], entry["initial_location"] + entry["address_range"],
                                      entry)
                                     for entry in entries if isinstance(entry, FDE)]
                if not self._call_frames and dwarf is not None:
                    self.missing.append(f"no backtrace: {self.path} has no .debug_frame, build with -g")
            except Exception as error:  # see __init__
                self._say_not_understood(f"the unwind information of {self.path} can't be read "
                                         f"({error or type(error).__name__})")
        return self._call_frames

    def _say_not_understood(self, sentence: str) -> None:
        if sentence not in self.not_understood:
            self.not_understood.append(sentence)

    def _find_addr2line(self) -> str | None:
        for name in ADDR2LINE.get(self.machine, ()) + ("addr2line",):
            if shutil.which(name):
                return name
        self.missing.append("no file and line: addr2line is not there, install Debian's binutils")
        return None

    def _read_compile_folders(self) -> list[str]:
        folders: set[str] = set()
        if not self.has_types:
            self.missing.append(f"no file, line or field: {self._debug.problems[0]}")
        try:
            for unit in self._debug.units:
                folder = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
                if folder is not None:
                    folders.add(os.path.normpath(folder.value.decode("utf-8", "replace")))
        except Exception as error:  # see __init__
            self._say_not_understood(f"the debug information of {self.path} can't be read "
                                     f"({error or type(error).__name__})")
        return sorted(folders, key=len, reverse=True)

    def symbol_at(self, address: int, function: bool = False) -> str | None:
        """`name` or `name+offset` of the variable or function that `address` lies in, or None."""
        found = self._sized_at(address, function)
        if found is None:
            return None
        start, name = found
        name = self._demangled.get(name, name)
        return name if address == start else f"{name}+{address - start}"

    def variable_at(self, address: int) -> str | None:
        """The variable that begins at an address, by the name that its declaration has, or None."""
        found = self._sized_at(address, False)
        return _own_name(self._demangled.get(found[1], found[1])) if found and found[0] == address else None

    def _sized_at(self, address: int, function: bool) -> tuple[int, str] | None:
        """(start, symbol) of what `address` lies in."""
        return next(((start, name) for start, size, name, is_function in self._sized
                     if start <= address < start + size and is_function == function), None)

    @functools.cached_property
    def _demangled(self) -> dict[str, str]:
        """{symbol: how C++ writes it}, by one run of c++filt if there are such symbols."""
        names = sorted({name for _, _, name, _ in self._sized if name.startswith("_Z")})
        filter_ = (self._addr2line or "").replace("addr2line", "c++filt")
        if not names or not shutil.which(filter_):
            return {}
        done = subprocess.run([filter_], input="\n".join(names), capture_output=True, text=True, errors="replace",
                              timeout=60, check=False)
        return dict(zip(names, done.stdout.splitlines()))

    def frames_at(self, address: int) -> list[Frame]:
        """The frames at an instruction, innermost first: inlined functions, then the one they were inlined in."""
        return self.all_frames_at([address])[address]

    def folder_of(self, function: str) -> str | None:
        """The folder of a function's source, as frames have it; or None."""
        address = self._named.get(function)
        files = [frame.file for frame in self.frames_at(address) if frame.file] if address else []
        return os.path.dirname(files[-1]) if files else None

    def all_frames_at(self, addresses: Sequence[int]) -> dict[int, list[Frame]]:
        """{address: its frames}, with one run of addr2line."""
        lines = self._lines_at(addresses)
        found = {}
        for address in addresses:
            frames = lines.get(address, [])
            symbol = self.symbol_at(address, function=True)
            # addr2line takes functions that the linker dropped for code at 0
            if symbol is None and self._has_functions:
                frames = []
            elif not frames or all(frame.function is None for frame in frames):
                frames = [Frame(re.sub(r"\+\d+$", "", symbol), None, None)] if symbol else []
            found[address] = frames
        return found

    def _lines_at(self, addresses: Sequence[int]) -> dict[int, list[Frame]]:
        if self._addr2line is None or not addresses:
            return {}
        command = [self._addr2line, "-a", "-i", "-f", "-C", "-e", self.path]
        try:
            done = subprocess.run(command, input="".join(f"{address:#x}\n" for address in addresses if address >= 0),
                                  capture_output=True, text=True, errors="replace", timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            self._say_not_understood(f"no file and line: {self._addr2line} failed ({error})")
            return {}
        if done.returncode != 0:
            said = next(iter(done.stderr.splitlines()), f"exit status {done.returncode}")
            self._say_not_understood(f"no file and line: {self._addr2line} failed ({said})")
        # An address stands before its frames, two lines each.
        found: dict[int, list[Frame]] = {}
        lines, at = done.stdout.splitlines(), None
        names = iter(lines)
        for line in names:
            if re.fullmatch("0x[0-9a-f]+", line):
                at = int(line, 16)
                found[at] = []
            elif at is not None:
                found[at].append(self._frame(line, next(names, "??:0")))
        return found

    def _frame(self, function: str, place: str) -> Frame:
        file, _, line = place.split(" (")[0].rpartition(":")
        known = bool(file) and not file.startswith("??")
        return Frame(function=None if function.startswith("??") else function,
                     file=self._relative(file) if known else None,
                     line=int(line) if known and line.isdigit() and int(line) > 0 else None)

    def _relative(self, file: str) -> str:
        file = os.path.normpath(file)
        for folder in self._compile_folders:
            if file.startswith(folder.rstrip("/") + "/"):
                return os.path.relpath(file, folder)
        return file

    def _index_of_all(self) -> Index:
        if self._index is None:
            self._index = Index(self._debug.units)
        return self._index

    def type(self, name: str, variable: tuple[str, int] | None = None) -> CType | None:
        """The type that is written `name` in C, or None. variable: (name, address) of one, in whose file the name may
        mean another type than elsewhere. Raises DebugError."""
        return self._index_of_all().type(name, variable)

    def address_of(self, symbol: str) -> int | None:
        """Of a symbol, or None."""
        return self._named.get(symbol)

    def variable_field_at(self, address: int) -> str | None:
        """What of a variable lies at an address, as `ring[1].next`, or None."""
        found = self._sized_at(address, False)
        if found is None or not self.has_types:
            return None
        start, symbol = found
        name = self._demangled.get(symbol, symbol)
        try:
            kind = self._index_of_all().variable_type(_own_name(name), start)
            field = None if kind is None else field_at(kind, address - start)
            return None if field is None else name + ("" if field[0] in "[+" else ".") + field
        except DebugError as error:
            self._say_not_understood(f"{self.path}: {error}")
            return None

    def field_at(self, type_name: str, offset: int) -> str | None:
        """The field `offset` bytes into an object of a C type, or None."""
        try:
            kind = self._index_of_all().type(type_name) if self.has_types else None
            return None if kind is None else field_at(kind, offset)
        except DebugError as error:
            self._say_not_understood(f"{self.path}: {error}")
            return None


def _own_name(name: str) -> str:
    """Without the namespaces and classes that C++ has it in."""
    return name.rpartition("::")[2]


def _as_told(build_id: bytes) -> bytes:
    return build_id[:BUILD_ID_BYTES].ljust(BUILD_ID_BYTES, b"\0")
