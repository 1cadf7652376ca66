"""The fault record's bytes, the framed line that carries them, and dumps of the memory that keeps them. Specified in
docs/fault-record.md.

SPDX-License-Identifier: MIT"""
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Iterator

from . import framed

MAGIC = 0x74616F6D
MAGIC_TORN = MAGIC ^ 0xFFFFFFFF
LAYOUT = 2

# Name and format of each field of the first part, in order; little endian, no padding.
FIELDS = (
    ("magic", "I"), ("layout", "H"), ("bytes", "H"), ("sequence", "I"), ("kind", "I"), ("state", "I"),
    ("region_kind", "I"), ("pc", "Q"), ("value", "Q"), ("object", "Q"), ("destination", "Q"), ("cause", "Q"),
    ("detail", "Q"), ("extra", "16s"), ("sp", "Q"), ("lr", "Q"), ("what", "Q"), ("type", "24s"), ("region", "24s"),
    ("build_id", "20s"), ("boots", "I"), ("reset_cause", "I"), ("uptime", "I"), ("clock", "I"), ("free_bytes", "I"),
    ("word_bytes", "B"), ("registers", "B"), ("callers", "B"), ("events", "B"), ("stack_bytes", "4s"),
    ("register_mask", "Q"), ("stack_at", "16s"),
)
FIRST = struct.Struct("<" + "".join(code for _, code in FIELDS))
EVENT = struct.Struct("<III")
CHECK_BYTES = 4
BYTES_MIN = FIRST.size + CHECK_BYTES

STORE, COPY, EXCEPTION, CORRUPT, ASSERT, STACK, MEMORY, WATCHDOG, NESTED = range(1, 10)
ARGUMENT, RESULT, BARRIER, SLOT, UNKNOWN_STACK, SECOND_TASK = range(10, 16)
CORE_ASSERT, RAW_STORE, UNMASKED, MASKED_WAIT = range(16, 20)
KINDS = {STORE: "store", COPY: "copy", EXCEPTION: "exception", CORRUPT: "corrupt", ASSERT: "assert", STACK: "stack",
         MEMORY: "memory", WATCHDOG: "watchdog", NESTED: "nested", ARGUMENT: "argument", RESULT: "result",
         BARRIER: "barrier", SLOT: "slot", UNKNOWN_STACK: "unknown_stack", SECOND_TASK: "second_task",
         CORE_ASSERT: "core_assert", RAW_STORE: "raw_store", UNMASKED: "unmasked", MASKED_WAIT: "masked_wait"}
EXACT = (EXCEPTION, STACK, NESTED)  # pc is the instruction itself; else it is where a call returns to
REGION_KINDS = {0: "undeclared", 1: "c-owned", 2: "peripheral", 3: "flash", 4: "static"}
RESET_CAUSES = {0: "unknown", 1: "power", 2: "software", 3: "watchdog", 4: "pin", 5: "brownout"}
PHASES = {0: "idle", 1: "mark", 2: "sweep"}
EVENTS = {1: "cycle_begin", 2: "sweep_begin", 3: "cycle_end", 4: "slice_begin", 5: "slice_end", 6: "allocate_begin",
          8: "finalize_begin", 9: "exhausted", 10: "allocate_end", 11: "finalize_end", 12: "scan_begin", 13: "scan_end",
          14: "collect_begin", 15: "collect_end"}


class RecordError(Exception):
    """The bytes or the line are not a record to be trusted; str() says why."""


@dataclass(frozen=True)
class Record:
    raw: bytes
    sequence: int
    kind: int
    phase: int
    check_level: int
    in_handler: bool
    region_kind: int
    pc: int
    value: int
    object: int
    destination: int
    cause: int
    detail: int
    extra: tuple[int, ...]
    sp: int
    lr: int
    what: int
    type: str
    region: str
    build_id: bytes
    boots: int
    reset_cause: int
    uptime: int
    clock: int
    free_bytes: int
    word_bytes: int
    registers: tuple[tuple[int, int], ...]    # (number, value) of those that are known
    callers: tuple[int, ...]
    events: tuple[tuple[int, int, int], ...]  # (clock, kind, argument)
    stacks: tuple[tuple[int, bytes], ...]     # (address, bytes), those that are not empty
    interrupted_sp: int                       # where the stack stood that a handler had interrupted; 0: not known


def parse(raw: bytes) -> Record:
    """The Record in `raw`, or RecordError."""
    if len(raw) < 8:
        raise RecordError(f"{len(raw)} bytes are too few for a record of at least {BYTES_MIN}")
    magic, layout, length = struct.unpack_from("<IHH", raw)
    if magic == MAGIC_TORN:
        raise RecordError("the record is torn: its writing was interrupted")
    if magic != MAGIC:
        raise RecordError(f"no record: the magic is 0x{magic:08x}, not 0x{MAGIC:08x}")
    if layout != LAYOUT:
        raise RecordError(f"the record has layout {layout}, this decoder knows {LAYOUT}: "
                          f"use the decoder that came with the firmware's moat")
    if length != len(raw) or length < BYTES_MIN:
        raise RecordError(f"the record says {length} bytes and has {len(raw)}, layout {LAYOUT} has at least "
                          f"{BYTES_MIN}")
    if zlib.crc32(raw[:-CHECK_BYTES]) != struct.unpack_from("<I", raw, length - CHECK_BYTES)[0]:
        raise RecordError("the record's checksum is wrong: it is torn or corrupt")
    field = dict(zip((name for name, _ in FIELDS), FIRST.unpack_from(raw)))
    state = field["state"]
    same = ("sequence", "kind", "region_kind", "pc", "value", "object", "destination", "cause", "detail", "sp", "lr",
            "what",
            "build_id", "boots", "reset_cause", "uptime", "clock", "free_bytes", "word_bytes")
    return Record(raw=raw, phase=state & 3, check_level=state >> 2 & 3, in_handler=bool(state & 0x10),
                  type=_name(field["type"]), region=_name(field["region"]), extra=struct.unpack("<QQ", field["extra"]),
                  **{name: field[name] for name in same}, **_rest(raw, field))


def _rest(raw: bytes, field: dict[str, Any]) -> dict[str, Any]:
    """What follows the first part: registers, callers, events, slices of stacks."""
    word = field["word_bytes"]
    lengths = struct.unpack("<HH", field["stack_bytes"])
    words = field["registers"] + field["callers"]
    expected = BYTES_MIN + words * word + field["events"] * EVENT.size + sum(lengths)
    if word not in (4, 8) or expected != len(raw):
        raise RecordError(f"the record's parts take {expected} bytes, it has {len(raw)}")
    values = struct.unpack_from(f"<{words}{'IQ'[word == 8]}", raw, FIRST.size)
    at = FIRST.size + words * word
    events = tuple(EVENT.unpack_from(raw, at + i * EVENT.size) for i in range(field["events"]))
    at += len(events) * EVENT.size
    stacks = []
    starts = struct.unpack("<QQ", field["stack_at"])
    for address, length in zip(starts, lengths):
        if length:
            stacks.append((address, raw[at:at + length]))
        at += length
    mask = field["register_mask"]
    return {"registers": tuple((i, values[i]) for i in range(field["registers"]) if mask >> i & 1),
            "callers": values[field["registers"]:], "events": events, "stacks": tuple(stacks),
            "interrupted_sp": starts[1]}


def _name(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")


# ---- logs ----

TAG = b"MOAT-FAULT"


@dataclass(frozen=True)
class Found:
    """What stands at one place of the input."""
    place: str              # where, for messages
    record: Record | None
    count: int              # how often the device saw this fault
    source: str             # what stood before it on the line: often a device's name or a time
    error: str | None       # what is wrong with it

    def trusted(self) -> Record:
        """The record, where nothing is wrong with it."""
        if self.record is None:
            raise RecordError(self.error)
        return self.record


def find(log: bytes) -> Iterator[Found]:
    """Yields what is Found in each framed line in the bytes of a log."""
    for line in framed.find(log, TAG, numbers=1):
        try:
            if line.error is not None:
                raise RecordError(line.error)
            yield Found(f"{line.line}", parse(line.raw), line.numbers[0], line.source, None)
        except RecordError as error:
            yield Found(f"{line.line}", None, 0, line.source, str(error))


def frame(raw: bytes, count: int = 1) -> bytes:
    """The framed line, without its newline, as the firmware prints it."""
    return framed.frame(TAG, raw, count)


# ---- dumps ----

# A sink's entries: their header's words are tag and type, bytes of the payload, CRC of all but itself.
SINK_TAG, SINK_REPEAT, SINK_HEADER_BYTES = 0x6C6D0000, 3, 12
REPEAT = struct.Struct("<IIIIII")  # the header; sequence and CRC of a record, how often its fault was seen


def find_in_dump(dump: bytes) -> Iterator[Found]:
    """Yields what is Found in a dump of memory: of a record, of retained RAM, of a sink, of all of a device. What has
    the magic but no plausible length is taken for text of the firmware's."""
    repeats, at = _repeats(dump), -1
    while (at := dump.find(MAGIC.to_bytes(4, "little"), at + 1)) >= 0:
        layout, length = struct.unpack_from("<HH", dump[at + 4:at + 8].ljust(4, b"\0"))
        if layout != LAYOUT or length < BYTES_MIN:
            continue
        try:
            record = parse(dump[at:at + length])
            check, = struct.unpack_from("<I", record.raw, length - CHECK_BYTES)
            yield Found(f"+0x{at:x}", record, max(_count_before(dump, at), repeats.get((record.sequence, check), 1)),
                        "", None)
        except RecordError as error:
            yield Found(f"+0x{at:x}", None, 0, "", str(error))


def _repeats(dump: bytes) -> dict[tuple[int, int], int]:
    """{(sequence, CRC of a record): how often its fault was seen}, from a sink's entries of type 3, which hold just
    that."""
    found: dict[tuple[int, int], int] = {}
    at, tag = -1, (SINK_TAG | SINK_REPEAT).to_bytes(4, "little")
    while (at := dump.find(tag, at + 1)) >= 0:
        entry = dump[at:at + REPEAT.size]
        if len(entry) == REPEAT.size:
            _, length, entry_check, sequence, check, count = REPEAT.unpack(entry)
            if length == REPEAT.size - SINK_HEADER_BYTES and zlib.crc32(entry[:8]
                                                                        + entry[SINK_HEADER_BYTES:]) == entry_check:
                found[sequence, check] = max(count, found.get((sequence, check), 1))
    return found


def _count_before(dump: bytes, at: int) -> int:
    """In retained RAM the count and its complement stand before a record."""
    if at < 8:
        return 1
    count, inverse = struct.unpack_from("<II", dump, at - 8)
    newer = inverse ^ 0xFFFFFFFF  # written first: power may have gone between the two
    return newer if newer and count in (newer, newer - 1) else 1
