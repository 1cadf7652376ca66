"""What the decoder's tests share: reporting, the fixture's ELF files, and records made to order.

SPDX-License-Identifier: MIT"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from typing import Any, Dict

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
HERE = os.path.join(ROOT, "test", "fault")
TOOL = os.path.join(ROOT, "tools", "moat-fault")
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "test")]

from elftools.elf.elffile import ELFFile  # noqa: E402
from lib.cases import Skip, as_pytest, run  # noqa: E402, F401 (for those who import this)
from moat.log import fault as records  # noqa: E402

FLAGS = ["-Os", "-g", "-ffreestanding", "-nostdlib", "-static", "-Wl,--build-id=sha1"]
TARGETS = {
    "arm": ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb"],
    "riscv32": ["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32"],
    "riscv64": ["riscv64-unknown-elf-gcc", "-march=rv64imac", "-mabi=lp64", "-mcmodel=medany"],
    "host": ["gcc", "-fno-pie", "-no-pie", "-fcf-protection=none"],
}


class Fixture:
    """fixture.c as an ELF file for one target."""

    def __init__(self, target, folder, extra=()):
        compiler = TARGETS[target]
        if shutil.which(compiler[0]) is None:
            raise Skip(f"{compiler[0]} is not installed")
        self.target = target
        self.path = os.path.join(folder, f"{target}{''.join(extra)}.elf".replace("/", "_"))
        command = compiler + FLAGS + list(extra) + ["-o", self.path, "test/fault/fixture.c"]
        subprocess.run(command, check=True, cwd=ROOT)
        self._read()

    def _read(self):
        with open(self.path, "rb") as file:
            elf = ELFFile(file)
            self.word_bytes, self.machine = elf.elfclass // 8, elf["e_machine"]
            self.symbols = {s.name: s["st_value"] for s in elf.get_section_by_name(".symtab").iter_symbols()}
            note = elf.get_section_by_name(".note.gnu.build-id")
            told = bytes.fromhex(next(note.iter_notes())["n_desc"]) if note else b""
            self.build_id = told[:20].ljust(20, b"\0")

    def address(self, symbol):
        return self.symbols[symbol] & ~1


def line_of(marker):
    with open(os.path.join(HERE, "fixture.c"), encoding="utf-8") as file:
        return next(number for number, line in enumerate(file, 1) if f"/* {marker} */" in line)


def make(registers=None, callers=(), events=(), stacks=(), word_bytes=4, **fields):
    """A record's bytes with a right checksum, from field values; those not given are 0 or as they must be.
    registers: {number: value};  events: (clock, kind, argument);  stacks: (address, bytes), two at most"""
    registers = registers or {}
    words = [registers.get(i, 0) for i in range(max(registers, default=-1) + 1)]
    stacks = [*stacks, (0, b""), (0, b"")][:2]
    rest = struct.pack(f"<{len(words) + len(callers)}{'IQ'[word_bytes == 8]}", *words, *callers)
    rest += b"".join(records.EVENT.pack(*event) for event in events) + stacks[0][1] + stacks[1][1]
    values: Dict[str, Any] = {"magic": records.MAGIC, "layout": records.LAYOUT, "bytes": records.BYTES_MIN + len(rest),
                              "sequence": 1}
    values.update({name: b"" for name in ("type", "region", "build_id", "extra")})
    values.update(word_bytes=word_bytes, registers=len(words), register_mask=sum(1 << i for i in registers),
                  callers=len(callers), events=len(events),
                  stack_bytes=struct.pack("<HH", *(len(s[1]) for s in stacks)),
                  stack_at=struct.pack("<QQ", *(s[0] for s in stacks)))
    values.update(fields)
    body = records.FIRST.pack(*(values.get(name, 0) for name, _ in records.FIELDS)) + rest
    return body + zlib.crc32(body).to_bytes(4, "little")


def store(fixture, **fields):
    """The record of the fixture's store."""
    frame = fixture.address("fixture_frame")
    values = {"kind": records.STORE, "state": 1 | 2 << 2, "region_kind": 1, "pc": fixture.address("fixture_return"),
              "value": frame, "object": frame, "destination": fixture.address("fixture_ring") + 2 * fixture.word_bytes,
              "type": b"struct fixture_frame", "region": b"dma_ring", "build_id": fixture.build_id,
              "word_bytes": fixture.word_bytes}
    values.update(fields)
    return make(**values)


def decode(fixture_path, log, *options):
    """Runs moat-fault on the bytes of a log; (exit status, standard output, standard error)."""
    done = subprocess.run(["/usr/bin/python3", TOOL, *options, fixture_path, "-"], input=log, capture_output=True,
                          timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def mutate(log, rng):
    """A log with some bytes changed, taken out, put in, doubled, swapped."""
    log = bytearray(log)
    for _ in range(rng.randint(1, 4)):
        if not log:
            break
        at = rng.randrange(len(log))
        ends = [i for i, byte in enumerate(log) if byte == 10] if rng.randrange(3) == 0 else []
        at = max(rng.choice(ends) - rng.randint(1, 20), 0) if ends else at  # a line's count and CRC
        span = rng.randint(1, 200)
        kind = rng.randrange(7)
        if kind == 0:
            log[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            log[at] = rng.choice(b"0123456789abcdefABCDEF \n\r")
        elif kind == 2:
            del log[at:at + span]
        elif kind == 3:
            log[at:at] = rng.randbytes(rng.randint(1, 20))
        elif kind == 4:
            log[at:at] = log[at:at + span]
        elif kind == 5:
            del log[at:]
        else:
            other = rng.randrange(len(log))
            log[at:at + span], log[other:other + span] = log[other:other + span], log[at:at + span]
    return bytes(log)


def scratch():
    return tempfile.TemporaryDirectory(prefix="moat-fault-")
