"""What becomes of long lines between a board and a file: broken, they are joined where their checksum proves it; what
can't be read as text is told; nothing takes long; and nothing of a name is obeyed by a terminal.

SPDX-License-Identifier: MIT"""
import quopri
import random
import subprocess
import time
from typing import Dict

import pytest

from lib.paths import ROOT
from moat import command
from moat.firmware.memory import joined
from moat.log import dump, framed
from support import Fixture, decode, records, scratch, store

TAG = b"MOAT-HEAP"
RAW = bytes(range(256)) * 4
FIRST = framed.frame(TAG, RAW, 7)
SECOND = framed.frame(TAG, RAW[::-1], 8)
SECONDS_MAX = 20  # quadratic, they take minutes


def broken(log, columns, ending=b"\n"):
    return b"\n".join(ending.join(line[at:at + columns] for at in range(0, len(line), columns))
                      for line in log.split(b"\n"))


def mailed(log):
    return quopri.encodestring(log)


def at_spaces(log):
    return log.replace(b"MOAT-HEAP ", b"\0").replace(b" ", b"\n").replace(b"\0", b"MOAT-HEAP ")


@pytest.mark.parametrize("change", [
    *(lambda log, n=n: broken(log, n) for n in (11, 80, 81, 255, 1024, 2060, 2068, 2070)),
    lambda log: broken(log, 80, b"\r\n"), mailed, at_spaces], ids=str)
def test_broken_lines_are_joined(change):
    log = b"boot\n" + FIRST + b"\nother output\n" + SECOND + b"\nend\n"
    found = list(framed.find(change(log), TAG, 1))
    assert [(one.raw, one.numbers, one.error) for one in found] == [(RAW, (7,), None), (RAW[::-1], (8,), None)]


@pytest.mark.parametrize("change", [
    lambda log: broken(log, 80).replace(b"\n", b"\nuart: overrun\n", 3),
    lambda log: broken(log, 80).replace(b"a", b"b", 1),
    lambda log: broken(log, 80)[:-40]], ids=["interleaved", "changed", "cut"])
def test_what_is_not_proved_is_not_joined(change):
    found, = framed.find(change(FIRST), TAG, 1)
    assert found.error is not None and not found.raw


def test_utf16_gets_a_hint(tmp_path):
    elf = Fixture("host", tmp_path)
    status, _, errors = decode(elf.path, (records.frame(store(elf)) + b"\r\n").decode().encode("utf-16"))
    assert status == 1 and errors.count("\n") == 1 and "iconv -f UTF-16" in errors
    for tool in ("moat-heapmap", "moat-trace"):
        done = subprocess.run(["/usr/bin/python3", ROOT / "tools" / tool, elf.path, "-"], capture_output=True,
                              input="MOAT-HEAP 00".encode("utf-16"), check=False)
        assert done.returncode in (1, 2) and b"iconv -f UTF-16" in done.stderr


def piece(address):
    return dump.struct.pack("<IH", address, 1) + b"abcd"


def frames(bodies):
    begin = dump.BEGIN.pack(1, 4, 2, 1, 1, 0, 0x20000000, 0x20001000, bytes(20), 0)
    return b"\n".join(framed.frame(TAG, dump.HEAD.pack(7, number, kind) + body)
                      for number, (kind, body) in enumerate([(1, begin), *((2, body) for body in bodies)]))


def small_then_large():
    addresses = [0x20000000 + 8 * i for i in range(50000)]
    random.Random(1).shuffle(addresses)
    small = [b"".join(map(piece, addresses[i:i + 10])) for i in range(0, len(addresses), 10)]
    return frames(small + [dump.struct.pack("<IH", 0x20000000, 0xffff)] * 400)


@pytest.mark.parametrize("log", [small_then_large, lambda: TAG * 240000, lambda: (TAG + b" ") * 220000,
                                 lambda: (TAG + b" 00\n" + b"a" * 70 + b"\n") * 20000,
                                 lambda: TAG + b" 00\n" + (b"a" * 9 + b"\n") * 200000], ids=str)
def test_no_log_takes_long(log):
    started = time.monotonic()
    dump.find(log(), 4)
    assert time.monotonic() - started < SECONDS_MAX


def test_ranges_are_joined():
    for seed in range(500):
        chance = random.Random(seed)
        ranges = [(chance.randrange(40), chance.randbytes(chance.randrange(12))) for _ in range(chance.randrange(8))]
        wanted: Dict[int, int] = {}
        for start, data in ranges:
            for offset, byte in enumerate(data):
                wanted.setdefault(start + offset, byte)
        found = joined(ranges)
        assert {start + offset: byte for start, data in found for offset, byte in enumerate(data)} == wanted
        assert all(start + len(data) < after for (start, data), (after, _) in zip(found, found[1:]))


ESCAPES = "\x1b[2J\x1b]0;title\x07\r\n\x9b31m\u202e"


def test_names_are_not_obeyed(capsys):
    assert command.printable(ESCAPES).isprintable() and "\\x1b[2J" in command.printable(ESCAPES)
    assert command.printable("Fahrtgeschwindigkeit über Grund: 3 €") == "Fahrtgeschwindigkeit über Grund: 3 €"
    command.say("moat fault", f"{ESCAPES} is not there")
    assert "\x1b" not in capsys.readouterr().err


def test_reports_have_no_escapes():
    with scratch() as folder:
        elf = Fixture("host", folder)
        raw = store(elf, type=b"struct \x1b[2J", region=b"\x1b]0;x\x07")
        status, output, errors = decode(elf.path, b"\x1b[31mdevice " + records.frame(raw))
        assert status == 0 and "\x1b" not in output + errors and "\x07" not in output and "struct \\x1b[2J" in output
