"""fixture.c's account of what the collector did against the trace of it. Run once for each configuration, with the
environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import functools
import json
import os
import re
import shlex
import subprocess

from lib.paths import ROOT
from tracing import convert, of, problem, spans
from support import as_pytest, scratch

LIMIT_SECONDS = 60
CLOCK = 1 << 32
ELF = os.environ["MOAT_ELF"]
NAMES = {"slice": "slice", "allocate": "allocate", "scan": "stack scan", "finalizer": "finalizer",
         "moat_gc_collect": "moat_gc_collect"}


@functools.lru_cache(maxsize=None)
def log():
    command = [*shlex.split(os.environ["MOAT_RUN"]), "-kernel", ELF]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False)
    return done.stdout


@functools.lru_cache(maxsize=None)
def part(complete):
    """(the account, the trace) of what was printed before the ring overflowed; or of all."""
    text = log().split(b"overflow")[0] if complete else log()
    account = {}
    for name, numbers in re.findall(rb"^account (\w+)((?: \d+)*)\r?$", text, re.MULTILINE):
        account[name.decode()] = tuple(map(int, numbers.split()))
    status, trace, errors = convert(ELF, text)
    return account, trace, None if status == 0 and trace else f"moat-trace ended with {status}: {errors}"


def format_is_right():
    for complete in (True, False):
        _, trace, failed = part(complete)
        if failed or problem(trace):
            return failed or problem(trace)
    return None


def every_span_is_there():
    account, trace, failed = part(True)
    for name, shown in NAMES.items():
        counted = account[name][0]
        found, cut = len(spans(trace, shown)), len(spans(trace, shown, whole=False))
        if (found, cut) != (counted, 0) or counted == 0:
            return f"{found} whole and {cut} cut {shown}, the firmware counted {counted}"
    return failed


def core_s_own_counters_agree():
    account, trace, failed = part(True)
    slices, cycles, finalized, out_of_memory, arena = account["stats"]
    ends = [args["free"] for _, _, args in spans(trace, "sweep")]
    found = (len(ends), len(spans(trace, "finalizer")), len(of(trace, "i", "out of memory")))
    if found != (cycles, finalized, out_of_memory):
        return f"the trace has {found}, moat_stats_get {account['stats']}"
    # A slice that lets handlers run before a step that it has no room for is two to moat_stats_get.
    shown = len(spans(trace, "slice"))
    if not shown <= slices <= shown + shown // 10:
        return f"the trace has {shown} slices, moat_stats_get {slices}"
    if out_of_memory == 0 or {sum(event["args"].values()) for event in of(trace, "C")} != {arena}:
        return f"out of memory {out_of_memory}; used and free are not {arena}"
    return failed


def free_bytes_at_cycle_ends():
    account, trace, failed = part(True)
    found = tuple(args["free"] for _, _, args in spans(trace, "sweep"))
    return failed or (None if found == account["free"] and len(found) > 5
                      else f"{found}, the firmware saw {account['free']}")


def longest_are_as_measured():
    """Each within the firmware's own readings of the clock, which are less than 300 instructions apart."""
    account, trace, failed = part(True)
    for name, shown in NAMES.items():
        _, low, high = account[name]
        longest = max(duration for _, duration, _ in spans(trace, shown))
        if not low <= longest <= high or high - low > 300 or longest == 0:
            return f"the longest {shown} takes {longest}, the firmware measured {low} to {high}"
    return failed


def clock_wraps():
    """From the start to the end is what the firmware's clock says, with 2^32 where it wrapped: just once."""
    account, trace, failed = part(True)
    times = [event["ts"] for event in trace["traceEvents"] if "ts" in event]
    ends = account["clock"][0] + CLOCK
    if failed or not min(times) < CLOCK < max(times) <= ends < max(times) + CLOCK // 8:
        return f"{failed}, from {min(times)} to {max(times)}, the firmware says {ends}"
    return None


def gaps_are_told():
    """What was pushed out unprinted is counted, and no span reaches over it."""
    account, trace, failed = part(False)
    status, _, errors = convert(ELF, log(), "--summary")
    known, unseen = map(int, re.search(r"(\d+) events over .* ticks, (\d+) or more", errors).groups())
    if failed or status != 0 or known + unseen != account["events"][0] or unseen == 0:
        return (f"{failed}, exit {status}: {known} events known, {unseen} not, the firmware counted "
                f"{account['events'][0]}")
    for name, shown in NAMES.items():
        _, low, high = account[name]
        if max(duration
               for _, duration, _ in spans(trace, shown)) > high or len(spans(trace, shown)) > account[name][0]:
            return f"{shown}: over the gap there is more, or longer, than there was"
    return None


def faults_are_marked():
    """The record that the firmware ends with: a mark, behind all that the ring has."""
    _, trace, failed = part(False)
    marks = of(trace, "i", "fault: assert")
    last = max(event["ts"] for event in trace["traceEvents"] if "ts" in event)
    return failed or (None if [mark["ts"] for mark in marks] == [last]
                      else f"marks are {marks}, the last time is {last}")


def core_file_has_the_ring():
    """The ring's memory, out of a core file of moat-fault's, shows what the last printing shows, and what came after
    it."""
    with scratch() as folder:
        core, options = os.path.join(folder, "a.core"), []
        for address, digits in re.findall(rb"^memory ([0-9a-f]+) ([0-9a-f]+)\r?$", log(), re.MULTILINE):
            path = os.path.join(folder, address.decode())
            with open(path, "wb") as file:
                file.write(bytes.fromhex(digits.decode()))
            options += ["--ram", f"0x{address.decode()}:{path}"]
        subprocess.run(["/usr/bin/python3", "tools/moat-fault", "--core", core, *options, ELF, "-"], input=log(),
                       cwd=ROOT,
                       stdout=subprocess.DEVNULL, check=True)
        out = os.path.join(folder, "trace.json")
        done = subprocess.run(["/usr/bin/python3", "tools/moat-trace", ELF, core, "-o", out], cwd=ROOT,
                              capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            return f"exit {done.returncode}: {done.stderr}"
        with open(out, encoding="ascii") as file:
            from_core = file.read()
    trace, (_, printed, _) = json.loads(from_core), part(False)
    ours = {(start + CLOCK, duration) for start, duration, _ in spans(trace, "slice")}
    theirs = {(start, duration) for start, duration, _ in spans(printed, "slice")}
    last = max(start for start, _ in theirs)
    unknown = {one for one in ours - theirs if one[0] < last}
    return problem(trace) or (None if len(ours & theirs) > 50 and not unknown
                              else f"{len(ours & theirs)} slices are in both, {unknown} are not")


test_cases = as_pytest([(f"trace-roundtrip/{case.__name__}", case) for case in (
    format_is_right, every_span_is_there, core_s_own_counters_agree, free_bytes_at_cycle_ends, longest_are_as_measured,
    clock_wraps, gaps_are_told,
    faults_are_marked, core_file_has_the_ring)])
