"""An ELF file's debug information, as far as it is understood: what pyelftools would read wrongly, or not at all, is
left out, and `problems` says what and what to do about it.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import io
import struct
from typing import Iterator

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.dwarfinfo import DWARFInfo
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section

from .errors import DebugError

SHF_COMPRESSED, COMPRESSED_BY = 0x800, {1: "zlib", 2: "zstd"}
READABLE = ("zlib",)
DECOMPRESS = "or let objcopy --decompress-debug-sections make a file that is not compressed"

VERSIONS = range(2, 6)
UNIT_TYPES = {1: "compile", 2: "type", 3: "compile", 4: "split", 5: "split", 6: "type"}  # of DWARF 5, by DW_UT_*
DWO_NAMES = ("DW_AT_dwo_name", "DW_AT_GNU_dwo_name", 0x2130)  # the last as pyelftools has it
LEFT_OUT = {
    "split": "is split: types and variables are in .dwo files, which are not read; build with -gno-split-dwarf",
    "type": "has type units, which are not read; build with -fno-debug-types-section",
    "version": "has units of a DWARF version that is not known; build with -gdwarf-4 or -gdwarf-5",
    "damaged": "is damaged",
}

LONG = 0xFFFFFFFF  # in place of a length: one of 8 bytes follows
CIE_NEW, CIE_OLD = 4, 3


class Debug:
    def __init__(self, elf: ELFFile, path: str) -> None:
        self.problems: list[str] = []        # sentences
        self.units: list[CompileUnit] = []   # that are understood
        self.dwarf: DWARFInfo | None = None  # None: there is none to read
        self.is_there = any(elf.get_section_by_name(name) for name in (".debug_info", ".zdebug_info"))
        self._path = path
        if not self.is_there:
            self.problems.append(_absent(elf, path))
        elif elf.get_section_by_name(".debug_types"):
            self._leave_out("type")
        try:
            self._open(elf)
            self._find_units()
        except Exception as error:  # pyelftools raises whatever a damaged file makes it stumble over
            self._cant_be_read(error)

    def _open(self, elf: ELFFile) -> None:
        for section in elf.iter_sections():
            by = _compression(elf, section)
            if by not in (None, *READABLE):
                self.problems.append(f"the debug information of {self._path} is compressed by {by}, which is not read: "
                                     f"link with -Wl,--compress-debug-sections=zlib, {DECOMPRESS}")
                return
        if elf.get_section_by_name(".gnu_debugaltlink"):
            self.problems.append(f"a part of the debug information of {self._path} is in a file that dwz has made, "
                                 "which is not read: give the file from before dwz")
        self.dwarf = elf.get_dwarf_info()
        frames = self.dwarf.debug_frame_sec
        if frames is not None:
            data = _older_frames(frames.stream.getvalue(), elf.elfclass // 8)
            self.dwarf.debug_frame_sec = frames._replace(stream=io.BytesIO(data))

    def _find_units(self) -> None:
        if self.dwarf is None or self.dwarf.debug_info_sec is None:
            return
        if not self.dwarf.debug_info_sec.size:
            self._leave_out("damaged")
        for offset, kind in _unit_headers(self.dwarf.debug_info_sec.stream.getvalue()):
            if kind == "compile":
                unit = self.dwarf.get_CU_at(offset)
                if any(name in unit.get_top_DIE().attributes for name in DWO_NAMES):
                    kind = "split"
                else:
                    self.units.append(unit)
            if kind != "compile":
                self._leave_out(kind)

    def _leave_out(self, kind: str) -> None:
        sentence = f"the debug information of {self._path} {LEFT_OUT[kind]}"
        if sentence not in self.problems:
            self.problems.append(sentence)

    def _cant_be_read(self, error: Exception) -> None:
        self.problems.append(f"the debug information of {self._path} can't be read ({error or type(error).__name__})")


def _absent(elf: ELFFile, path: str) -> str:
    link = elf.get_section_by_name(".gnu_debuglink")
    if link is not None:
        name = link.data().split(b"\0")[0].decode("utf-8", "replace")
        return (f"{path} has no debug information: it was split off into {name}; give the file as it was linked, "
                "before objcopy")
    return f"{path} has no debug information: build with -g, and give the file that is not stripped"


def _compression(elf: ELFFile, section: Section) -> str | None:
    """Of a section of debug information, or None."""
    if not section.name.startswith(".debug_") or not section["sh_flags"] & SHF_COMPRESSED:
        return None
    elf.stream.seek(section["sh_offset"])
    number, = struct.unpack("<I", elf.stream.read(4))
    return COMPRESSED_BY.get(number, f"method {number}")


def _unit_headers(data: bytes) -> Iterator[tuple[int, str]]:
    """(offset, kind) of the units in .debug_info."""
    at = 0
    while at < len(data):
        start, end = _lengths(data, at)
        if end > len(data) or end <= start + 3:
            yield at, "damaged"
            return
        version, unit_type = struct.unpack_from("<HB", data, start)
        if version not in VERSIONS:
            yield at, "version"
        else:
            yield at, UNIT_TYPES.get(unit_type, "version") if version >= 5 else "compile"
        at = end


def _lengths(data: bytes, at: int) -> tuple[int, int]:
    """(where what is counted begins, where it ends)"""
    if len(data) - at < 12:
        raise DebugError("it ends within a unit")
    length, = struct.unpack_from("<I", data, at)
    if length == LONG:
        return at + 12, at + 12 + int(struct.unpack_from("<Q", data, at + 4)[0])
    return at + 4, at + 4 + int(length)


def _older_frames(data: bytes, word: int) -> bytes:
    """.debug_frame with CIEs of version 4 as of version 3: two bytes less in the header, two operations more that do
    nothing. pyelftools takes the header of one for that of the other."""
    new = bytearray(data)
    at = 0
    while len(data) - at >= 12:
        start, end = _lengths(data, at)
        size = 8 if start == at + 12 else 4
        body = data[start:end]
        if body[:size] == b"\xff" * size and body[size:size + 1] == bytes([CIE_NEW]):
            rest = body.index(b"\0", size + 1) + 1
            if tuple(body[rest:rest + 2]) != (word, 0):
                raise DebugError("a call frame of another address size, or with segments")
            new[start:end] = body[:size] + bytes([CIE_OLD]) + body[size + 1:rest] + body[rest + 2:] + bytes(2)
        at = end
    return bytes(new)
