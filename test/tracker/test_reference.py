#!/usr/bin/python3
"""What the tracker is compared with, held against what is known otherwise: the shipped log and its expected output,
the comments of sample.aivdm, and the two generators against each other. Runs on this computer only.

SPDX-License-Identifier: MIT"""
import pathlib
import subprocess
import tempfile

import edges
import sample
from support import EXAMPLE, ROOT, Failure, expect, generated, main, recorded

import reference

SEEDS = (0, 1, 2, 77, 2147483647)
LINES = 20000


def expected_output_is_the_reference():
    log = (EXAMPLE / "harbour.nmea").read_bytes()
    wanted = (EXAMPLE / "harbour.expected").read_text().splitlines()
    expect(reference.summary_of(log) == wanted,
           "examples/tracker/harbour.expected is not test/tracker/reference.py's output for harbour.nmea")


def readme_shows_the_expected_output():
    wanted = (EXAMPLE / "harbour.expected").read_text().splitlines()
    shown = [line[4:] for line in (EXAMPLE / "README.md").read_text().splitlines() if line.startswith("    ")]
    summary = [line for line in wanted if line.split()[0] in ("sentences", "ais", "dropped", "malformed", "waiting")]
    missing = [line for line in summary if line not in shown]
    expect(summary and not missing, f"examples/tracker/README.md lacks: {missing[:1]}")


def shipped_log_is_generated():
    log = (EXAMPLE / "harbour.nmea").read_bytes()
    comment, rest = log.split(b"\r\n", 1)
    words = comment.decode().split()
    seed, lines = words[words.index("--seed") + 1], words[words.index("--lines") + 1]
    expect(generated(int(seed), int(lines)) == rest, f"it is not what its first line says: {comment.decode()}")


def sample_comments():
    text = recorded("sample.aivdm").read_text(encoding="latin-1")
    lines = reference.summary_of(sample.log(text), messages=True)
    sample.compare(text, [line for line in lines if line.startswith("message ")])


def edges_reach_every_reason():
    known = reference.Reference()
    known.feed(edges.log())
    missing = [reason for reason, count in known.dropped.items() if count == 0 and reason != "memory"]
    missing += [name for name in ("tracks_evicted", "views_evicted", "noise") if not getattr(known, name)]
    expect(not missing, f"test/tracker/edges.py has no case of {missing}")


def generators_agree():
    with tempfile.TemporaryDirectory(prefix="moat-tracker-") as folder:
        program = pathlib.Path(folder) / "generate_dump"
        sources = [ROOT / "test/tracker/generate_dump.c", *sorted(EXAMPLE.glob("generate*.c"))]
        command = ["gcc", "-std=c11", "-O2", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I",
                   str(EXAMPLE),
                   "-o", str(program), *map(str, sources)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"generate_dump.c does not compile: {done.stderr.strip()}")
        for seed in SEEDS:
            made = subprocess.run([program, str(seed), str(LINES)], stdout=subprocess.PIPE, check=True).stdout
            if made != generated(seed, LINES):
                raise Failure(f"scripts/nmea-generate and examples/tracker/generate.c differ for seed {seed}")


main(expected_output_is_the_reference, readme_shows_the_expected_output, shipped_log_is_generated, sample_comments,
     edges_reach_every_reason, generators_agree)
