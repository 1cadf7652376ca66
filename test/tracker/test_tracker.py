#!/usr/bin/python3
"""The tracker in one configuration: the shipped log, edges, recorded logs, sample.aivdm's comments.

SPDX-License-Identifier: MIT"""
import re

import edges
import sample
from support import (CLEAN, END_OF_TRANSMISSION, LOG, LOSS, ROOT, Run, expect, expect_same, expect_status, expected,
                     main, recorded, run_bytes, run_file, run_log)

CYCLES_MIN = 50  # collections that the shipped log is to force


def shipped_log():
    run = Run(f"file={LOG}")
    expect_same(run.understood(), expected())
    expect_status(run, CLEAN)
    cycles = run.number("heap", "cycles")
    expect(cycles >= CYCLES_MIN, f"{cycles} collections over {LOG}, not {CYCLES_MIN}")


def shipped_log_by_uart():
    run = Run("uart", console=(ROOT / LOG).read_bytes() + END_OF_TRANSMISSION)
    expect_same(run.understood(), expected())
    expect_status(run, CLEAN)


def answers_about_the_heap():
    """The parts add up to the whole, what is told of is there, and the log is understood as ever."""
    run = Run(f"file={LOG} answers")
    text = "\n".join(run.lines)
    expect_same([line for line in run.understood() if not re.match(r"(usage|space|growth|high|why): ", line)],
                expected())
    rows = [(int(objects), int(number), name) for objects, number, name in
            re.findall(r"^usage: (\d+) objects?, (\d+) bytes: (.*)$", text, re.MULTILINE)]
    *rows, (objects, in_use, name) = rows
    expect(name == "all" and {"struct track", "struct point", "raw bytes"} <= {row[2] for row in rows},
           "usage names no types")
    expect(rows == sorted(rows, key=lambda row: -row[1]), "usage's largest row is not the first")
    expect(objects == sum(row[0] for row in rows) and in_use == sum(row[1] for row in rows),
           "usage's rows are not the whole")
    free, largest = map(int, re.search(r"^space: (\d+) bytes free in \d+ runs, the longest (\d+),", text,
                                       re.MULTILINE).groups())
    expect(in_use + free == run.number("heap", "bytes") and free == run.number("heap", "free") and largest <= free,
           "what is in use and what is free are not the heap")
    expect(re.search(r"^growth: from 0 to \d+ objects, \d+ bytes more, \d+ rises: struct track$", text, re.MULTILINE),
           "the tracks have not grown")
    high = int(re.search(r"^high: (\d+) bytes", text, re.MULTILINE).group(1))
    expect(0 < high <= run.number("heap", "bytes"), f"{high} bytes at most")
    expect(re.search(r"^why: 0x\w+ is kept\nwhy: by the slot at 0x\w+, \+\d+ in 0x\w+, struct track\n"
                     r"why: by a root, the slot at 0x\w+$", text, re.MULTILINE), "a position is not kept by its track")
    expect_status(run, CLEAN)


def edges_of_every_rule():
    run_log(edges.log())


def crowd():
    """As much as the tables take, or more than memory has on 64 bits: what finds no room is dropped and counted, the
    exit status tells, and all that is there stays as it should be."""
    run = run_bytes(b"".join(edges.crowd()) * 3)
    expect_status(run, LOSS if run.number("dropped", "memory") > 0 else CLEAN)
    expect(run.number("radio", "corrupted") == 0, "the radio sent corrupted frames")
    expect(any(line.startswith("track ") for line in run.lines), "no track is left")
    expect(any(line.endswith(" check ok") for line in run.lines), "the heap is not sound at the end")


def recorded_log(name):
    def case():
        run_file(recorded(name))
    return f"recorded_{name.split('.')[0].replace('-', '_')}", case


def sample_comments():
    text = recorded("sample.aivdm").read_text(encoding="latin-1")
    run = run_log(sample.log(text))
    sample.compare(text, [line for line in run.lines if line.startswith("message ")])


def unknown_argument():
    run = Run("flie=x")
    expect(run.status == 2 and "not understood: flie=x" in "\n".join(run.lines), f"it ended with {run.status}")


def absent_file():
    run = Run("file=there/is/no/such.file")
    expect(run.status == 2 and "there/is/no/such.file" in "\n".join(run.lines), f"it ended with {run.status}")


main(shipped_log, shipped_log_by_uart, answers_about_the_heap, edges_of_every_rule, crowd,
     recorded_log("ais-nmea.log"), recorded_log("ublox-neo-m9n-nmea.log"), recorded_log("sample.aivdm"),
     sample_comments, unknown_argument,
     absent_file)
