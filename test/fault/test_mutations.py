"""Damaged logs and dumps: whatever happens to them, moat-fault finds the records that are whole, and no others; it does
not stumble over what records say either.

The mutations are drawn from a seed that is printed; SEED=n draws others, MUTATIONS=10000 so many of each sort. Most run
the command in this process; some run it as a user does.

SPDX-License-Identifier: MIT"""
import contextlib
import io
import json
import os
import random
import struct
import sys
import time
import zlib

import schema
from support import Fixture, decode, mutate, records, as_pytest, scratch, store

from moat.fault import cli
from moat.firmware import elf

SEED = int(os.environ.get("SEED", "20200131"))
MUTATIONS = int(os.environ.get("MUTATIONS", "400"))
BY_COMMAND = 40
SECONDS_MAX = 10  # for one run of the command: what takes longer hangs


class Known(elf.Firmware):
    """The firmware, read once, with addr2line asked once for each address."""

    def __init__(self, path):
        super().__init__(path)
        self._asked = {}

    def _lines_at(self, addresses):
        missing = [address for address in addresses if address not in self._asked]
        if len(self._asked) < 3000:
            self._asked.update(super()._lines_at(missing))
        return {address: self._asked.get(address, []) for address in addresses}


class Bench:
    """A firmware of each machine, its records, and the command run in this process."""

    def __init__(self, folder, target):
        self.fixture = Fixture(target, folder)
        self.known = Known(self.fixture.path)

    def record(self, rng, sequence):
        """A record with registers and a stack of the firmware's own addresses, so that there is something to unwind."""
        code = [self.fixture.address(name) for name in ("fixture_guard", "fixture_send", "fixture_fault", "_start")]
        word = self.fixture.word_bytes
        at = rng.randrange(0x1000, 0x8000, 16)
        words = [rng.choice((rng.choice(code) + rng.randrange(24), at + rng.randrange(0, 256, word),
                             rng.getrandbits(32)))
                 for _ in range(rng.randrange(1, 40))]
        stack = struct.pack(f"<{len(words)}{'IQ'[word == 8]}", *words)
        count = 17 if self.fixture.target == "arm" else 33
        registers = {i: rng.choice((at, rng.getrandbits(31), rng.choice(code) + 4)) for i in range(count)}
        return store(self.fixture, kind=rng.randint(1, 9), sequence=sequence, pc=rng.choice(code) + 4,
                     registers=registers,
                     callers=[rng.choice(code) + 2 for _ in range(rng.randrange(9))], stacks=[(at, stack)],
                     events=[(n, rng.randrange(11), n) for n in range(rng.randrange(17))])

    def run(self, data, *options):
        """(status, the JSON objects, standard error)."""
        was, stdin = cli.Firmware, sys.stdin
        setattr(cli, "Firmware", lambda path: self.known)
        sys.stdin = io.TextIOWrapper(io.BytesIO(data))
        out, err = io.StringIO(), io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = cli.main(["--json", *options, self.fixture.path, "-"])
        finally:
            setattr(cli, "Firmware", was)
            sys.stdin = stdin
        return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def count_of(raw):
    """How often a fault of these tests was seen."""
    return 3 * struct.unpack_from("<I", raw, 8)[0]


def log_of(raws, rng):
    noise = (b"$GPRMC,123519,A*6A\r\n", b"\x00\xfe\xff\n", b"moat: store of heap pointer\n", b"MOAT-FAULT\n", b"")
    lines = []
    for raw in raws:
        lines += [rng.choice(noise), records.frame(raw, count_of(raw)), b"\n"]
    return b"".join(lines)


def dump_of(raws, rng):
    """As in retained RAM: slots of one size, each with its count."""
    dump = rng.randbytes(8)
    for raw in raws:
        count = count_of(raw)
        dump += struct.pack("<II", count, count ^ 0xFFFFFFFF) + raw + rng.randbytes(4 * rng.randrange(30))
    return dump


def recheck(raw):
    """A record with its length and CRC made right: what a firmware gone mad would write."""
    raw = bytearray(raw[:0xfffc] + bytes(-len(raw[:0xfffc]) % 4))
    raw[:8] = struct.pack("<IHH", records.MAGIC, records.LAYOUT, len(raw))
    raw[-4:] = zlib.crc32(raw[:-4]).to_bytes(4, "little")
    return bytes(raw)


_folder = scratch()
_benches = {}


def each_round(name):
    """(where it is, bench, random numbers) for each mutation, machine by machine."""
    for index, target in enumerate(("arm", "riscv32", "riscv64")):
        if target not in _benches:
            _benches[target] = Bench(_folder.name, target)
        rng = random.Random(SEED * 3 + index)
        for round_ in range(index, MUTATIONS, 3):
            yield f"{name}: {target}, seed {SEED}, round {round_}", _benches[target], rng


def whole_ones(raws, data, framed):
    return sorted(struct.unpack_from("<I", raw, 8)[0] for raw in raws
                  if (records.frame(raw)[:-18] if framed else raw) in data)


def outcome(where, bench, data, options=()):
    """(status, objects, errors) of a run that neither stumbles nor hangs, else a text."""
    started = time.monotonic()
    try:
        result = bench.run(data, *options)
    except Exception as error:  # whatever it is, it is what must not be
        return f"{where}: {type(error).__name__}: {error}"
    wrong = next(filter(None, map(schema.problem, result[1])), None)
    if wrong or result[0] not in (0, 1) and not (result[0] == 2
                                                 and "--core" in options) or result[0] != 0 and not result[2]:
        return f"{where}: status {result[0]}, {wrong}, {result[2][-200:]!r}"
    return f"{where}: it took too long" if time.monotonic() - started > SECONDS_MAX else result


def found_are_whole(name, make_input, framed, options):
    for where, bench, rng in each_round(name):
        raws = [bench.record(rng, n) for n in range(1, 4)]
        data = mutate(make_input(raws, rng), rng)
        result = outcome(where, bench, data, options)
        if isinstance(result, str):
            return result
        found = sorted(one["sequence"] for one in result[1])
        counts = {one["count"] for one in result[1] if one["count"] != 3 * one["sequence"]}
        if counts - (set() if framed else {1}):  # in a dump a count that is damaged is none
            return f"{where}: a count that was never written: {counts}"
        originals = whole_ones(raws, data, framed)
        if not set(found) <= {1, 2, 3} or len(found) != len(set(found)):
            return f"{where}: {found} were found"
        # A line's count or CRC may be what was damaged: then fewer may be found, never more.
        if not set(found) <= set(originals) or not framed and found != originals:
            return f"{where}: {found} were found, {originals} are whole"
        if framed:
            exact = {n for n in originals
                     if any(line.error is None and line.record.sequence == n for line in records.find(data))}
            if exact != set(found):
                return f"{where}: {found} were found, {sorted(exact)} are whole"
    return None


def logs():
    return found_are_whole("logs", log_of, True, ())


def dumps():
    return found_are_whole("dumps", dump_of, False, ("--raw",))


def undamaged_logs_are_found():
    """The other side of the comparison above: nothing is missed that was not touched."""
    for where, bench, rng in list(each_round("undamaged"))[:30]:
        raws = [bench.record(rng, n) for n in range(1, 4)]
        result = outcome(where, bench, log_of(raws, rng))
        if isinstance(result, str) or [one["sequence"] for one in result[1]] != [1, 2, 3]:
            return f"{where}: {result}"
    return None


def mad_records():
    """Whole records that say anything: no crash, no hang."""
    for where, bench, rng in each_round("mad"):
        raw = bytearray(bench.record(rng, 1))
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(8, len(raw))
            raw[at:at + 8] = rng.choice((bytes(8), b"\xff" * 8, rng.randbytes(8),
                                         struct.pack("<Q", rng.randrange(1 << 16))))
        raw = recheck(raw)
        options = ("--force",) + (("--core", os.path.join(_folder.name, "out.core")) if rng.randrange(4) == 0 else ())
        result = outcome(where, bench, records.frame(raw), options)
        if isinstance(result, str):
            return result
        if len(result[1]) > 1:
            return f"{where}: {len(result[1])} records"
    return None


def command_survives():
    rng = random.Random(SEED + 1)
    with scratch() as folder:
        fixture = Fixture("host", folder)
        raws = [store(fixture, sequence=n) for n in (1, 2)]
        for round_ in range(BY_COMMAND):
            log = mutate(log_of(raws, rng), rng)
            status, output, errors = decode(fixture.path, log, "--json")
            whole = len({line.record.raw for line in records.find(log) if line.record})
            where = f"seed {SEED}, round {round_}"
            if status not in (0, 1) or "Traceback" in errors:
                return f"{where}: exit {status}, {errors[-300:]!r}"
            if len(output.splitlines()) != whole:
                return f"{where}: {len(output.splitlines())} records explained, {whole} were whole"
            if status == 1 and not errors:
                return f"{where}: exit 1 without a reason"
    return None


def changed_elf_survives():
    rng = random.Random(SEED + 2)
    with scratch() as folder:
        for target in ("host", "arm"):
            fixture = Fixture(target, folder)
            with open(fixture.path, "rb") as file:
                whole = file.read()
            stack = [(0x1000, rng.randbytes(256))]
            registers = {i: 0x1000 for i in range(17)} | {15: fixture.address("fixture_guard")}
            log = records.frame(store(fixture, kind=3, registers=registers, stacks=stack,
                                      word_bytes=fixture.word_bytes))
            path = os.path.join(folder, "changed.elf")
            for round_ in range(BY_COMMAND):
                changed = bytearray(whole)
                for _ in range(rng.choice((1, 10, 100))):
                    changed[rng.randrange(len(changed))] = rng.randrange(256)
                with open(path, "wb") as file:
                    file.write(changed)
                status, _, errors = decode(path, log, "--json", "--force")
                if status not in (0, 1, 2) or "Traceback" in errors:
                    return f"{target}, seed {SEED}, round {round_}: exit {status}, {errors[-300:]!r}"
    return None


print(f"test_mutations: SEED={SEED} MUTATIONS={MUTATIONS}")
test_cases = as_pytest([(f"fault-mutations/{case.__name__}", case)
                        for case in (undamaged_logs_are_found, logs, dumps, mad_records,
                                     command_survives, changed_elf_survives)])
