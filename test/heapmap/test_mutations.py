"""Logs that went through a bad cable: whatever is done to a dump, moat-heapmap draws what is there, says what is
missing, and invents nothing. Runs on the dumps of fixture.c, with the environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import contextlib
import functools
import io
import json
import os
import pathlib
import random
import re
import tempfile
import zlib

from moments import run_fixture

from lib.cases import as_pytest
from moat.heapmap import cli as heapmap
from moat.log import dump as frames

setattr(heapmap, "Firmware", functools.cache(heapmap.Firmware))
SEED = 20
ROUNDS = 46   # of each mutation: more than 500 logs in all
SCRATCH = tempfile.TemporaryDirectory(prefix="moat-heapmap-")
FOLDER = pathlib.Path(SCRATCH.name)
FRAME = re.compile(rb"MOAT-HEAP [^\n]*\n")


def one_dump(log):
    """The log's fourth dump: of a sweep under way, with holes, dead objects and all kinds of roots."""
    dumps, lines = frames.find(log, 4).dumps, FRAME.findall(log)
    before = sum(len(dump.frames) for dump in dumps[:3])
    return lines[before:before + len(dumps[3].frames)]


# ---- what may happen to lines ----

def flip(lines, chance):
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    for _ in range(chance.choice((1, 1, 2, 30))):
        line[chance.randrange(len(line))] = chance.choice(b"0123456789abcdefMOAT- \n\r\0\xff")
    return lines[:at] + [bytes(line)] + lines[at + 1:]


def lose(lines, chance):
    lost = chance.sample(range(len(lines)), chance.choice((1, 1, 2, 5)))
    return [line for at, line in enumerate(lines) if at not in lost]


def repeat(lines, chance):
    return lines + chance.choices(lines, k=chance.choice((1, 3, len(lines))))


def shuffle(lines, chance):
    return chance.sample(lines, len(lines))


def cut_short(lines, chance):
    whole = b"".join(lines)
    return [whole[:chance.randrange(len(whole))]]


def cut_front(lines, chance):
    whole = b"".join(lines)
    return [whole[chance.randrange(len(whole)):]]


def interleave(lines, chance):
    """Other output in the middle of lines, on lines of its own, or before them."""
    out = []
    for line in lines:
        if chance.random() < .2:
            out.append(chance.choice((b"[12:00:01.123] ", b"boot\r\n", b"MOAT-HEAP \n",
                                      b"MOAT-FAULT 00 00000001 00000000\n", bytes(chance.randbytes(9)))))
        at = chance.randrange(len(line)) if chance.random() < .05 else len(line)
        out += [line[:at], b"uart: overrun\n" if at < len(line) else b"", line[at:]]
    return out


def carriage_returns(lines, chance):
    return [line.replace(b"\n", b"\r\n" if chance.random() < .9 else b"\r\r\n") for line in lines]


def swap_halves(lines, chance):
    """The beginning of one line and the end of another."""
    at, other = chance.sample(range(len(lines)), 2)
    middle = min(len(lines[at]), len(lines[other])) // 2
    return lines[:at] + [lines[at][:middle] + lines[other][middle:]] + lines[at + 1:]


HARMLESS = (repeat, shuffle, carriage_returns)
HARMFUL = (flip, lose, cut_short, cut_front, interleave, swap_halves)


def forge(lines, chance):
    """Bytes changed and the checksum made right: nothing that a cable does, and no reason to fall over."""
    at = chance.randrange(len(lines))
    body = bytearray(lines[at].split(b" ")[1])
    for _ in range(chance.choice((1, 4, 40))):
        body[chance.randrange(HEAD_DIGITS, len(body))] = chance.choice(b"0123456789abcdef")
    return lines[:at] + [b"MOAT-HEAP %s %08x\n" % (bytes(body), zlib.crc32(body))] + lines[at + 1:]


HEAD_DIGITS = 18  # so that the frame stays one of this dump


# ---- what is made of them ----

def draw(log, elf=os.environ["MOAT_ELF"]):
    """(exit status, standard error, what --json writes or None, whether a page was written)"""
    path, page, data = FOLDER / "console.log", FOLDER / "heap.html", FOLDER / "heap.json"
    path.write_bytes(log)
    for file in (page, data):
        file.unlink(missing_ok=True)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = heapmap.main([str(elf), str(path), "-o", str(page), "--json", str(data)])
    return status, errors.getvalue(), json.loads(data.read_text()) if data.exists() else None, page.exists()


def objects(data):
    return {(found["address"], found["bytes"], found["arena"]): found["type"] for found in data["objects"]}


def judge(outcome, truth, whole):
    """What is wrong with it, or None. whole: nothing was lost."""
    status, errors, data, page = outcome
    if "Traceback" in errors or status not in (0, 1,
                                               2) or (data is None) != (status == 2) or page != (data is not None):
        return f"status {status}, page {page}: {errors}"
    if whole:
        return (None if status == 0 and objects(data) == objects(truth)
                else f"status {status} for a log that lacks nothing: {errors}")
    if status != 0 and not errors.strip():
        return f"status {status} and not a word"
    if data is None:
        return None
    found, known = objects(data), objects(truth)
    invented = [key for key, kind in found.items() if key not in known or kind not in ("", known[key])]
    if invented:
        return f"{len(invented)} invented objects, one at {invented[0][0]:#x}"
    if status == 0 and found != known:
        return f"{len(known) - len(found)} objects are missing, and nothing says so"
    slots = {(found["address"], slot["offset"]): slot["value"] for found in truth["objects"] for slot in found["slots"]}
    strange = [slot for found in data["objects"] for slot in found["slots"]
               if slots.get((found["address"], slot["offset"])) != slot["value"]]
    return f"an invented slot: {strange[0]}" if strange else None


def mutated(lines, truth, mutation, whole):
    def case():
        chance = random.Random(f"{SEED} {mutation.__name__}")
        told = 0
        for number in range(ROUNDS):
            log = b"".join(mutation(lines, chance))
            outcome = draw(log)
            wrong = judge(outcome, truth, whole)
            told += outcome[0] != 0
            if wrong:
                return f"round {number} of seed {SEED}: {wrong}"
        print(f"# {mutation.__name__}: {ROUNDS} logs, {told} of them not whole")
        return None if whole or told > ROUNDS // 2 else f"only {told} of {ROUNDS} logs were said to lack something"
    return case


def forged(lines):
    def case():
        chance = random.Random(f"{SEED} forge")
        for number in range(2 * ROUNDS):
            status, errors, data, page = draw(b"".join(forge(lines, chance)))
            if "Traceback" in errors or status not in (0, 1, 2) or page != (data is not None):
                return f"round {number} of seed {SEED}: status {status}: {errors}"
        return None
    return case


def without_layout(lines):
    """A firmware whose debug information lacks the numbers of core's layout: one sentence, and nothing is drawn."""
    def case():
        elf = FOLDER / "other.elf"
        firmware = pathlib.Path(os.environ["MOAT_ELF"]).read_bytes()
        elf.write_bytes(firmware.replace(b"\0moat_layout\0", b"\0moat_latter\0"))
        status, errors, _, page = draw(b"".join(lines), elf)
        said = errors.count("\n") == 1 and "no debug information of enum moat_layout" in errors
        return None if status == 2 and said and not page else f"status {status}, page {page}: {errors}"
    return case


def cases():
    lines = one_dump(run_fixture())
    status, errors, truth, _ = draw(b"".join(lines))
    yield "the_dump_itself", lambda: None if status == 0 else f"moat-heapmap ended with {status}: {errors}"
    for mutation in HARMLESS + HARMFUL:
        yield mutation.__name__, mutated(lines, truth, mutation, mutation in HARMLESS)
    yield "forge", forged(lines)
    yield "without_layout", without_layout(lines)


test_cases = as_pytest(cases())
