"""The framed lines that moat_trace_print prints: docs/trace.md, "The lines".

SPDX-License-Identifier: MIT"""
import struct
from dataclasses import dataclass
from typing import Iterator

from . import framed

LAYOUT = 1
EVENTS_MAX = 1 << 16  # in one printing; a ring has 4096 at most, and may be written to meanwhile
HEAD = struct.Struct("<HHIIIII20s")
EVENT = struct.Struct("<III")
TAG = b"MOAT-TRACE"


class LineError(Exception):
    """The line is not to be trusted; str() says why."""


@dataclass(frozen=True)
class Line:
    """What one line, or one fault record, or one core file tells."""
    source: str         # what stood before it on the line: often a device's name or a time
    build_id: bytes     # 20 bytes, 0 for none
    boots: int          # of the board; 0: it does not count
    clock_hz: int       # 0: not known
    arena_bytes: int    # 0: not known
    number: int         # of its first event, mod 2^32
    end: int            # one past the last event that was printed together with it
    events: tuple[tuple[int, int, int], ...]  # (clock, kind, argument), each as in the ring


@dataclass(frozen=True)
class Found:
    place: int          # line of the log
    line: Line | None
    error: str | None   # what is wrong with it


def find(log: bytes) -> Iterator[Found]:
    """Yields what is Found at each framed line in the bytes of a log."""
    for line in framed.find(log, TAG):
        try:
            if line.error is not None:
                raise LineError(line.error)
            yield Found(line.line, _parse(line.source, line.raw), None)
        except LineError as error:
            yield Found(line.line, None, str(error))


def _parse(source: str, raw: bytes) -> Line:
    layout, count = struct.unpack_from("<HH", raw.ljust(4, b"\0"))
    if layout != LAYOUT:
        raise LineError(f"the line has layout {layout}, this tool knows {LAYOUT}: use the tool that came with the "
                        "firmware's moat")
    if len(raw) != HEAD.size + count * EVENT.size:
        raise LineError(f"the line says {count} events and has {len(raw)} bytes")
    _, _, number, end, boots, clock_hz, arena_bytes, build_id = HEAD.unpack_from(raw)
    if not count <= (end - number) % (1 << 32) <= EVENTS_MAX:
        raise LineError(f"the line says that {(end - number) % (1 << 32)} events follow, more than a ring has")
    events = tuple((clock, kind, argument) for clock, kind, argument in EVENT.iter_unpack(raw[HEAD.size:]))
    return Line(source, build_id, boots, clock_hz, arena_bytes, number, end, events)


def frame(line: Line) -> bytes:
    """The framed line, without its newline, as the firmware prints it."""
    head = HEAD.pack(LAYOUT, len(line.events), line.number, line.end, line.boots, line.clock_hz, line.arena_bytes,
                     line.build_id)
    return framed.frame(TAG, head + b"".join(EVENT.pack(*event) for event in line.events))
