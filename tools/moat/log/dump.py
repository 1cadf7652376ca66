"""Heap dumps in what a firmware printed (core/inspect/dump.c; docs/heap-map.md has the format): finds their frames
among other lines, puts each dump's memory together, and says what is missing of it.

SPDX-License-Identifier: MIT"""
import struct
from dataclasses import dataclass, field
from typing import Iterator

from moat.firmware.memory import joined

from . import framed

TAG = b"MOAT-HEAP"
LAYOUT = 1
HEAD = struct.Struct("<IIB")
BEGIN_FRAME, MEMORY_FRAME, END_FRAME = 1, 2, 3
BEGIN = struct.Struct("<HBBIIIQQ20sI")
END = struct.Struct("<I")
ZERO, WORDS = 0x8000, 0x7FFF
MEMORY_MAX = 64 << 20  # bytes in a dump: more than any heap's, and no damaged length can ask for more


@dataclass(frozen=True)
class Begin:
    """What a dump's first frame says."""

    word: int       # bytes: 4 or 8
    check: int      # the firmware's level
    number: int     # of the dump, since the board started
    cycle: int
    clock: int
    sp: int         # [sp, stack_end): the stack that the dump was called on
    stack_end: int
    build_id: bytes


@dataclass
class Dump:
    id: int
    place: int                # line of its first frame in the log
    begin: Begin | None = None  # None: that frame is lost
    objects: int | None = None  # that the firmware counted; None: the last frame is lost
    frames: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # by sequence: kind and body
    last: int | None = None   # sequence of the last frame
    ranges: list[tuple[int, bytearray]] = field(default_factory=list)  # of memory, as memory.joined leaves it
    conflicts: int = 0        # frames that came twice, and not the same

    def missing(self) -> tuple[int, bool]:
        """(frames lost that are known of, whether the end is lost too)."""
        highest = self.last if self.last is not None else max(self.frames, default=0)
        return highest + 1 - len([number for number in self.frames if number <= highest]), self.last is None

    def problems(self) -> list[str]:
        """Sentences about what is not there."""
        lost, cut = self.missing()
        found = []
        if lost:
            found.append(f"{lost} of the dump's {'first ' if cut else ''}{lost + len(self.frames)} frames "
                         f"{'is' if lost == 1 else 'are'} missing or damaged")
        if cut:
            found.append(f"the dump is cut short: frame {max(self.frames, default=0)} is the last one in the log")
        if self.conflicts:
            found.append("1 frame came twice and differs: the first was taken" if self.conflicts == 1 else
                         f"{self.conflicts} frames came twice and differ: the first of each was taken")
        return found


@dataclass
class Log:
    dumps: list[Dump]  # in the order of their first frames
    damaged: int       # lines that begin as frames and are none


class Malformed(Exception):
    """A frame whose checksum is right and whose contents are not."""


def find(log: bytes, word: int) -> Log:
    """The dumps in the bytes of a log, of a firmware with words of `word` bytes; a Log. Dumps of other words are found
    without memory."""
    dumps: dict[int, Dump] = {}
    damaged = 0
    for line in framed.find(log, TAG):
        try:
            if line.error is not None or len(line.raw) < HEAD.size:
                raise Malformed
            id_, sequence, kind = HEAD.unpack_from(line.raw)
            dump = dumps.get(id_) or Dump(id_, line.line)
            _take(dump, sequence, kind, line.raw[HEAD.size:])
            dumps[id_] = dump
        except Malformed:
            damaged += 1
    for dump in dumps.values():
        damaged += _gather(dump, dump.begin.word if dump.begin else word)
    return Log(list(dumps.values()), damaged)


def _take(dump: Dump, sequence: int, kind: int, body: bytes) -> None:
    """Enters a frame."""
    frame = (kind, body)
    if sequence in dump.frames:
        dump.conflicts += dump.frames[sequence] != frame
        return
    if kind == BEGIN_FRAME:
        dump.begin = _begin(body)
    elif kind == END_FRAME:
        if len(body) != END.size or dump.last is not None:
            raise Malformed
        dump.objects, = END.unpack(body)
        dump.last = sequence
    elif kind != MEMORY_FRAME:
        raise Malformed
    dump.frames[sequence] = frame


def _begin(body: bytes) -> Begin:
    if len(body) != BEGIN.size:
        raise Malformed
    layout, word, check, number, cycle, clock, sp, stack_end, build_id, _ = BEGIN.unpack(body)
    if layout != LAYOUT or word not in (4, 8) or stack_end < sp or stack_end >> 8 * word:
        raise Malformed
    return Begin(word, check, number, cycle, clock, sp, stack_end, build_id)


def _gather(dump: Dump, word: int) -> int:
    """Puts the memory of a dump's frames together; the number of frames that are malformed."""
    pieces, malformed, room = [], 0, MEMORY_MAX
    for kind, body in (dump.frames[sequence] for sequence in sorted(dump.frames)):
        try:
            for piece in _pieces(body, word) if kind == MEMORY_FRAME else ():
                room -= len(piece[1])
                if room < 0:
                    raise Malformed
                pieces.append(piece)
        except Malformed:
            malformed += 1
    dump.ranges = joined(pieces)
    return malformed


def _pieces(body: bytes, word: int) -> Iterator[tuple[int, bytes]]:
    """(address, bytes) of each piece of a frame."""
    head = struct.Struct("<IH" if word == 4 else "<QH")
    at = 0
    while at < len(body):
        if len(body) - at < head.size:
            raise Malformed
        address, length = head.unpack_from(body, at)
        at += head.size
        size = (length & WORDS) * word
        if size == 0 or address % word or (address + size - 1) >> 8 * word:
            raise Malformed
        if length & ZERO:
            yield address, bytes(size)
            continue
        if len(body) - at < size:
            raise Malformed
        yield address, body[at:at + size]
        at += size
