#!/usr/bin/python3
"""Damaged logs: whatever happens to a log, moat-fault finds the records that are whole, and no others.

The mutations are drawn from a seed that is printed; SEED=n draws others. Most run in this process, where a thousand take a
second; some go through the command, whose exit status and standard error are checked too.

SPDX-License-Identifier: MIT"""
import os
import random

from support import Fixture, decode, make, records, run, scratch, store

SEED = int(os.environ.get("SEED", "20200131"))
IN_PROCESS, BY_COMMAND = 3000, 60


def log_of(raws, rng):
    noise = (b"$GPRMC,123519,A*6A\r\n", b"\x00\xfe\xff\n", b"moat: store of heap pointer\n", b"MOAT-FAULT\n", b"")
    lines = []
    for raw in raws:
        lines += [rng.choice(noise), records.frame(raw), b"\n"]
    return b"".join(lines)


def mutate(log, rng):
    log = bytearray(log)
    for _ in range(rng.randint(1, 4)):
        if not log:
            break
        at = rng.randrange(len(log))
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


def originals(rng):
    return [make(kind=rng.randint(1, 5), sequence=n, pc=rng.getrandbits(32), value=rng.getrandbits(32),
                 type=rng.randbytes(10), build_id=rng.randbytes(20)) for n in range(1, 4)]


def none_is_invented():
    rng = random.Random(SEED)
    for round_ in range(IN_PROCESS):
        raws = originals(rng)
        log = mutate(log_of(raws, rng), rng)
        for _, found in records.find(log):
            if isinstance(found, records.Record) and found.raw not in raws:
                return f"seed {SEED}, round {round_}: a record that was never written"
        whole = [raw for raw in raws if records.frame(raw) in log]
        seen = {found.raw for _, found in records.find(log) if isinstance(found, records.Record)}
        if not set(whole) <= seen:
            return f"seed {SEED}, round {round_}: a whole record was missed"
    return None


def command_survives():
    rng = random.Random(SEED + 1)
    with scratch() as folder:
        elf = Fixture("host", folder)
        raws = [store(elf, sequence=n) for n in (1, 2)]
        for round_ in range(BY_COMMAND):
            log = mutate(log_of(raws, rng), rng)
            status, output, errors = decode(elf.path, log, "--json")
            whole = sum(records.frame(raw) in log for raw in raws)
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
        elf = Fixture("host", folder)
        with open(elf.path, "rb") as file:
            whole = file.read()
        log = records.frame(store(elf))
        path = os.path.join(folder, "changed.elf")
        for round_ in range(BY_COMMAND):
            changed = bytearray(whole)
            for _ in range(rng.choice((1, 10, 100))):
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            with open(path, "wb") as file:
                file.write(changed)
            status, _, errors = decode(path, log, "--json")
            if status not in (0, 1, 2) or "Traceback" in errors:
                return f"seed {SEED}, round {round_}: exit {status}, {errors[-300:]!r}"
    return None


print(f"test_mutations: SEED={SEED}")
run([("fault-mutations/none_is_invented", none_is_invented), ("fault-mutations/command_survives", command_survives),
     ("fault-mutations/changed_elf_survives", changed_elf_survives)])
