"""moat-trace on lines made to order: rings that are cut, overlap, wrap, are damaged or of another firmware; and
thousands of damaged logs.

The mutations are drawn from a seed that is printed; SEED=n draws others, MUTATIONS=10000 so many.

SPDX-License-Identifier: MIT"""
import contextlib
import io
import json
import os
import random
import sys
import zlib

from tracing import convert, of, problem, spans
from support import Fixture, make, mutate, records, as_pytest, scratch

from moat.firmware import elf
from moat.log import trace as lines
from moat.trace import cli
from moat.trace.picture import KIND

SEED = int(os.environ.get("SEED", "20200131"))
MUTATIONS = int(os.environ.get("MUTATIONS", "1500"))
BY_COMMAND = 15
LINE_EVENTS = 8
CLOCK = 1 << 32
NUMBERS = 1 << 32

_folder = scratch()
FIRMWARE = Fixture("host", _folder.name)


def event(clock, name, argument=0):
    return clock % CLOCK, KIND[name], argument


def printed(events, number=0, boots=1, **fields):
    """A printing of the ring, as moat_trace_print makes it: Lines."""
    values = {"source": "", "build_id": FIRMWARE.build_id, "boots": boots, "clock_hz": 0, "arena_bytes": 4096, **fields}
    end = (number + len(events)) % NUMBERS
    return [lines.Line(number=(number + i) % NUMBERS, end=end, events=tuple(events[i:i + LINE_EVENTS]), **values)
            for i in range(0, len(events), LINE_EVENTS)]


def text(*printings):
    return b"".join(b"noise\n" + lines.frame(line) + b"\r\n" for printing in printings for line in printing)


def drawn(log, *options, status=0):
    """The trace of a log, or what is wrong."""
    got, trace, errors = convert(FIRMWARE.path, log, *options)
    if got != status or trace is None or "Traceback" in errors:
        raise AssertionError(f"exit {got}, {errors!r}")
    if problem(trace):
        raise AssertionError(problem(trace))
    return trace


def checked(case):
    def inner():
        try:
            return case()
        except AssertionError as error:
            return str(error)
    inner.__name__ = case.__name__
    return inner


def same(found, wanted):
    return None if found == wanted else f"{found}, not {wanted}"


def cycle(at, number):
    """A cycle's events from a time on: three slices of 50, 60 and 70 ticks, the first two inside an allocation, a stack
    scan."""
    return [event(at, "allocate_begin", 24), event(at + 5, "cycle_begin", number), event(at + 10, "scan_begin", 96),
            event(at + 20, "scan_end", 900),
            event(at + 30, "slice_begin", 22), event(at + 80, "slice_end", 900), event(at + 90, "slice_begin", 22),
            event(at + 150, "slice_end", 900),
            event(at + 160, "allocate_end", 880), event(at + 170, "sweep_begin", 44),
            event(at + 180, "slice_begin", 22),
            event(at + 250, "slice_end", 1500), event(at + 260, "cycle_end", 1600),
            event(at + 270, "finalize_begin", 0x2000),
            event(at + 300, "finalize_end", 1600), event(at + 310, "exhausted", 5000)]


@checked
def a_cycle_is_drawn():
    trace = drawn(text(printed(cycle(1000, 7))))
    rows = [(row["name"], row["ts"], row["dur"], row["args"]) for row in of(trace, "X")]
    wanted = [("allocate", 1000, 160, {"bytes": 24, "free": 880}), ("cycle 7", 1005, 255, {}),
              ("mark", 1005, 165, {"units": 44}),
              ("stack scan", 1010, 10, {"bytes": 96, "free": 900}),
              ("slice", 1030, 50, {"units": 22, "phase": "mark", "free": 900}),
              ("slice", 1090, 60, {"units": 22, "phase": "mark", "free": 900}), ("sweep", 1170, 90, {"free": 1600}),
              ("slice", 1180, 70, {"units": 22, "phase": "sweep", "free": 1500}),
              ("finalizer", 1270, 30, {"object": "0x2000", "free": 1600})]
    tracks = {row["name"]: row["tid"] for row in of(trace, "X")}
    if len({tracks[name] for name in ("slice", "mark", "stack scan", "allocate", "finalizer")}) != 5:
        return f"tracks are {tracks}"
    counted = [(row["ts"], row["args"]) for row in of(trace, "C")]
    if (1260, {"used": 2496, "free": 1600}) not in counted or len(counted) != 7:
        return f"the counter is {counted}"
    marks = [(row["name"], row["ts"], row["args"]) for row in of(trace, "i")]
    return same(rows, wanted) or same(marks, [("out of memory", 1310, {"bytes": 5000})])


@checked
def printings_overlap():
    """Three printings of one ring, the second one in disorder: all events once."""
    events = [one for number in range(4) for one in cycle(1000 * number, number)]
    all_at_once = drawn(text(printed(events)))
    log = text(printed(events[:30]), reversed(printed(events[10:50], 10)), printed(events[40:], 40),
               printed(events[:30]))
    return same(drawn(log), all_at_once)


@checked
def beginnings_are_cut_off():
    """An end whose beginning was pushed out begins where the ring does, and is not counted as whole."""
    events = cycle(1000, 7)
    trace = drawn(text(printed(events[5:], 5)))
    cut = sorted((row["name"], row["ts"], row["dur"]) for row in of(trace, "X") if row["args"].get("whole") is False)
    wanted = [("allocate", 1080, 80), ("mark", 1080, 90), ("slice", 1080, 0)]
    return same(cut, wanted) or same([start for start, _, _ in spans(trace, "slice")], [1090, 1180])


@checked
def ends_are_cut_off():
    trace = drawn(text(printed(cycle(1000, 7)[:5])))
    cut = sorted((row["name"], row["ts"], row["dur"]) for row in of(trace, "X") if row["args"].get("whole") is False)
    return same(cut, [("allocate", 1000, 30), ("cycle 7", 1005, 25), ("mark", 1005, 25), ("slice", 1030, 0)])


@checked
def an_end_is_missing():
    """What is still open inside of what ends was never seen to end: a finalizer that did not return, say."""
    trace = drawn(text(printed([event(1000, "allocate_begin", 24), event(1010, "collect_begin", 3),
                                event(1050, "allocate_end", 900)])))
    return same(spans(trace, "moat_gc_collect", whole=False), [(1010, 40, {"cycle before": 3, "whole": False})]) or \
        same([(start, duration) for start, duration, _ in spans(trace, "allocate")], [(1000, 50)])


@checked
def nothing_reaches_over_a_gap():
    events = cycle(1000, 7)
    log = text(printed(events)[:1], printed(cycle(9000, 8)[5:], 21))
    status, trace, errors = convert(FIRMWARE.path, log, "--summary")
    late = [row for row in of(trace, "X") if row["ts"] < 9000 <= row["ts"] + row["dur"]]
    return (problem(trace) or same(late, []) or same(len(spans(trace, "slice")), 4) or same(status, 0)
            or (None if "8 events were printed and are not in" in errors and "19 events" in errors
                and ", 13 or more" in errors else errors))


@checked
def clock_and_numbers_wrap():
    events = cycle(CLOCK - 100, 1) + cycle(CLOCK + 1000, 2)
    straight = drawn(text(printed(events, 100)))
    wrapped = drawn(text(printed(events[:20], NUMBERS - 10), printed(events[12:], 2)))
    durations = [duration for _, duration, _ in spans(straight, "slice")]
    return same(wrapped, straight) or same(durations, [50, 60, 70] * 2)


@checked
def time_is_scaled():
    events = cycle(1000, 7)
    known = drawn(text(printed(events, clock_hz=62_500_000)))
    asked = drawn(text(printed(events)), "--hz", "62500000")
    fraction = drawn(text(printed(events, clock_hz=1)), "--hz", "976562.5")
    return (same([duration for _, duration, _ in spans(known, "slice")], [0.8, 0.96, 1.12])
            or same(of(asked, "X"), of(known, "X"))
            or same([duration for _, duration, _ in spans(fraction, "slice")], [51.2, 61.44, 71.68])
            or (None if "6.25e+07 ticks" in known["otherData"]["time"] else known["otherData"]["time"]))


@checked
def boots_are_apart():
    """Of two boots, and of two runs of a board that does not count boots, each has a process of its own."""
    two = drawn(text(printed(cycle(1000, 1)), printed(cycle(9000, 1), 16, boots=2)))
    uncounted = drawn(text(printed(cycle(1000, 1) + cycle(2000, 2), 64, boots=0), printed(cycle(500, 1), boots=0)))
    for trace, counts in ((two, [3, 3]), (uncounted, [6, 3])):
        wrong = same([len(spans(trace, "slice", pid=pid)) for pid in (1, 2)], counts)
        if wrong:
            return wrong
    return same([row["args"]["name"] for row in of(two, "M", "process_name")], ["moat, boot 1", "moat, boot 2"])


def fault(events, **fields):
    values = {"kind": records.ASSERT, "build_id": FIRMWARE.build_id, "boots": 1, "events": events, "word_bytes": 8,
              **fields}
    return records.frame(make(**values))


@checked
def fault_records_go_on():
    """A record's events behind those printed: none twice where they overlap, a gap where they do not."""
    events = cycle(1000, 7) + cycle(2000, 8)
    at_once = spans(drawn(text(printed(events))), "slice")
    for log in (text(printed(events[:22])) + fault(events[16:], clock=2400),
                text(printed(events[:17])) + fault(events[17:], clock=2400),
                text(printed(events)) + fault(events[16:], clock=2400) + b"\n" + fault(events[16:], clock=2400)):
        trace = drawn(log)
        wrong = same(spans(trace, "slice"),
                     at_once) or same([(row["name"], row["ts"]) for row in of(trace, "i", "fault: assert")],
                                      [("fault: assert", 2400)])
        if wrong:
            return wrong
    alone = drawn(fault(events[16:], clock=2400))
    return same(len(spans(alone, "slice")),
                3) or same(drawn(fault(events[16:], clock=2400) + b"\n" + fault((), sequence=2)), alone)


@checked
def unknown_events_are_shown():
    trace = drawn(text(printed([(1000, 77, 5), *cycle(2000, 1)])))
    return same([(row["name"], row["args"]) for row in of(trace, "i")][0],
                ("event of unknown kind 77", {"argument": 5}))


def refused(log, words, *options, status=1, nothing=True):
    got, trace, errors = convert(FIRMWARE.path, log, *options)
    missing = [word for word in words if word not in errors]
    return None if got == status and not missing and (trace is None) == nothing and "Traceback" not in errors else \
        f"exit {got}, {errors!r}, without {missing}"


@checked
def what_can_t_be_used_is_said():
    events = cycle(1000, 7)
    stranger = text(printed(events, build_id=bytes(range(20))))
    damaged = bytearray(text(printed(events)))
    damaged[-60] ^= 1
    layout = lines.frame(printed(events)[0]).replace(b"MOAT-TRACE 0100", b"MOAT-TRACE 0200")
    body = layout.split()[1]
    layout = b"MOAT-TRACE %s %08x" % (body, zlib.crc32(body))
    return (refused(b"", ["no events", "MOAT_CONFIG_EVENTS", "moat_trace_print"])
            or refused(stranger, [bytes(range(20)).hex(), "--force"])
            or refused(stranger, ["warning", bytes(range(20)).hex()], "--force", status=0, nothing=False)
            or refused(bytes(damaged), ["standard input:4", "checksum", "8 events were printed"], nothing=False)
            or refused(layout, ["layout 2"]) or refused(lines.frame(printed(events)[0])[:90], ["cut or damaged"])
            or refused(b"\x7fELF", ["give its name"], status=2)
            or refused(text(printed(events)), ["above 0"], "--hz", "-3", status=2)
            or refused(text(printed(events)), ["/nonexistent/x"], "-o", "/nonexistent/x", status=2))


@checked
def core_files_that_can_t_be_used():
    path = os.path.join(_folder.name, "bad.core")
    for content, word in ((b"\x7fELF", "bad.core"), (b"\x7fELF" + bytes(500), "bad.core")):
        with open(path, "wb") as file:
            file.write(content)
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            status = cli.main([FIRMWARE.path, path])
        if status != 2 or word not in err.getvalue():
            return f"exit {status}: {err.getvalue()!r}"
    return None


# ---- damaged logs ----

def in_process(data, known):
    """(status, trace or None, standard error)."""
    was, stdin = cli.Firmware, sys.stdin
    setattr(cli, "Firmware", lambda path: known)
    sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cli.main([FIRMWARE.path, "-", "--summary"])
    finally:
        setattr(cli, "Firmware", was)
        sys.stdin = stdin
    return status, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


def shown(trace):
    """All that a trace says happened: whole spans, marks, the counter's values."""
    # A slice's phase is not known where the event that began that is lost, nor the bytes used where no line is left
    # that has the arena's.
    unsure = ("phase", "used")
    return {(row["ph"], row["name"], row["ts"], row.get("dur"),
             *((key, value) for key, value in row["args"].items() if key not in unsure))
            for row in trace["traceEvents"] if row["ph"] != "M" and row["args"].get("whole", True)}


def mutated_logs():
    rng = random.Random(SEED)
    known = elf.Firmware(FIRMWARE.path)
    smaller = 0
    for round_ in range(MUTATIONS):
        first = [one for n in range(rng.randint(1, 4)) for one in cycle(1000 * n, n)]
        cut = rng.randrange(len(first))
        second = cycle(rng.randrange(900), 1)
        log = text(printed(first[:cut]), printed(first[cut // 2:], cut // 2),
                   printed(second, boots=2)) + fault(second[-10:], boots=2, clock=2000)
        where = f"seed {SEED}, round {round_}"
        original = shown(in_process(log, known)[1])
        data = mutate(log, rng)
        try:
            status, trace, errors = in_process(data, known)
        except Exception as error:  # whatever it is, it is what must not be
            return f"{where}: {type(error).__name__}: {error}"
        wrong = problem(trace) if trace else None
        invented = shown(trace) - original if trace else set()
        if status not in (0, 1) or status == 1 and not errors or wrong or invented:
            return f"{where}: exit {status}, {wrong}, {errors[-200:]!r}, invented {sorted(invented, key=str)[:3]}"
        smaller += trace is None or shown(trace) != original
    return None if smaller > MUTATIONS // 10 else f"{smaller} of {MUTATIONS} logs were damaged"


def command_survives():
    rng = random.Random(SEED + 1)
    for round_ in range(BY_COMMAND):
        log = mutate(text(printed(cycle(0, 1) * 3)), rng)
        status, trace, errors = convert(FIRMWARE.path, log)
        if status not in (0, 1) or "Traceback" in errors or trace and problem(trace):
            return f"seed {SEED}, round {round_}: exit {status}, {errors[-300:]!r}"
    return None


print(f"test_tool: SEED={SEED} MUTATIONS={MUTATIONS}")
test_cases = as_pytest([(f"trace-tool/{case.__name__}", case) for case in (
    a_cycle_is_drawn, printings_overlap, beginnings_are_cut_off, ends_are_cut_off, an_end_is_missing,
    nothing_reaches_over_a_gap, clock_and_numbers_wrap,
    time_is_scaled, boots_are_apart, fault_records_go_on, unknown_events_are_shown, what_can_t_be_used_is_said,
    core_files_that_can_t_be_used,
    mutated_logs, command_survives)])
