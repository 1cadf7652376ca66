"""The fault record's bytes, and the framed line that carries them. Specified in docs/fault-record.md.

SPDX-License-Identifier: MIT"""
import re
import struct
import zlib
from dataclasses import dataclass

MAGIC = 0x74616F6D
MAGIC_TORN = MAGIC ^ 0xFFFFFFFF
LAYOUT = 1

# Name and format of each field, in order; little endian, no padding.
FIELDS = (
    ("magic", "I"), ("layout", "H"), ("bytes", "H"), ("sequence", "I"), ("kind", "I"), ("state", "I"),
    ("region_kind", "I"), ("pc", "Q"), ("value", "Q"), ("object", "Q"), ("destination", "Q"), ("cause", "Q"),
    ("detail", "Q"), ("sp", "Q"), ("lr", "Q"), ("type", "24s"), ("region", "24s"), ("build_id", "20s"), ("check", "I"),
)
FORMAT = struct.Struct("<" + "".join(code for _, code in FIELDS))
BYTES = FORMAT.size

STORE, COPY, EXCEPTION, CORRUPT, ASSERT = 1, 2, 3, 4, 5
KINDS = {STORE: "store", COPY: "copy", EXCEPTION: "exception", CORRUPT: "corrupt", ASSERT: "assert"}
REGION_KINDS = {0: "undeclared", 1: "c-owned", 2: "peripheral", 3: "flash", 4: "static"}
PHASES = {0: "idle", 1: "mark", 2: "sweep"}


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
    sp: int
    lr: int
    type: str
    region: str
    build_id: bytes


def parse(raw):
    """The Record in `raw`, or RecordError."""
    if len(raw) < 8:
        raise RecordError(f"{len(raw)} bytes are too few for a record of {BYTES}")
    magic, layout, length = struct.unpack_from("<IHH", raw)
    if magic == MAGIC_TORN:
        raise RecordError("the record is torn: its writing was interrupted")
    if magic != MAGIC:
        raise RecordError(f"no record: the magic is 0x{magic:08x}, not 0x{MAGIC:08x}")
    if layout != LAYOUT:
        raise RecordError(f"the record has layout {layout}, this decoder knows {LAYOUT}: "
                          f"use the decoder that came with the firmware's moat")
    if length != BYTES or len(raw) != BYTES:
        raise RecordError(f"the record says {length} bytes and has {len(raw)}, layout {LAYOUT} has {BYTES}")
    if zlib.crc32(raw[:-4]) != struct.unpack_from("<I", raw, BYTES - 4)[0]:
        raise RecordError("the record's checksum is wrong: it is torn or corrupt")
    field = dict(zip((name for name, _ in FIELDS), FORMAT.unpack(raw)))
    state = field["state"]
    same = ("sequence", "kind", "region_kind", "pc", "value", "object", "destination", "cause", "detail", "sp", "lr",
            "build_id")
    return Record(raw=raw, phase=state & 3, check_level=state >> 2 & 3, in_handler=bool(state & 0x10),
                  type=_name(field["type"]), region=_name(field["region"]), **{name: field[name] for name in same})


def _name(field):
    return field.split(b"\0")[0].decode("utf-8", "replace")


LINE = re.compile(rb"MOAT-FAULT ([0-9a-f]*)(?: ([0-9a-f]{8}))?")


def find(log):
    """Yields (line number, Record or RecordError) for each framed line in the bytes of a log."""
    for number, line in enumerate(log.split(b"\n"), 1):
        for match in LINE.finditer(line):
            try:
                yield number, parse(_unframe(*match.groups()))
            except RecordError as error:
                yield number, error


def _unframe(digits, crc):
    if crc is None:
        raise RecordError(f"the line is cut or damaged after {len(digits)} of {2 * BYTES} hex digits")
    if zlib.crc32(digits) != int(crc, 16):
        raise RecordError("the line's checksum is wrong: it was damaged on the way")
    if len(digits) % 2:
        raise RecordError("the line has an odd number of hex digits")
    return bytes.fromhex(digits.decode("ascii"))


def frame(raw):
    """The framed line, without its newline, as the firmware prints it."""
    digits = raw.hex().encode("ascii")
    return b"MOAT-FAULT %s %08x" % (digits, zlib.crc32(digits))
