#!/usr/bin/python3
"""Checks the model of the collector with spin, and that spin finds what goes wrong without each safeguard.

    test/verify/run.py [--short]

SPDX-License-Identifier: MIT"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Callable, List, Tuple

MODEL = pathlib.Path(__file__).resolve().parent / "collector.pml"
SECONDS = 1500
MEGABYTES = 12000

# Bounds: operations of the thread, of the handler, and cycles. Each of them is exhausted.
SHORT = ((2, 0, 2), (1, 1, 1))
LONG = ((3, 0, 2), (1, 2, 2), (2, 1, 2))

# The safeguard that is missing, and bounds within which spin finds the object that is lost.
MUTANTS = {
    1: ("a store does not shade what it takes away", (2, 0, 1)),
    2: ("a store does not shade what it brings while a stack is grey", (3, 0, 1)),
    3: ("objects are born white while marking", (2, 0, 1)),
    4: ("objects are born white where the sweep has still to come", (2, 0, 1)),
    5: ("the stack that a cycle starts on is not scanned", (0, 0, 1)),
    6: ("the stacks of other tasks are not scanned", (0, 0, 1)),
    7: ("marking ends while something is grey", (0, 0, 1)),
    8: ("a handler starts a cycle", (2, 1, 1)),
    9: ("tasks switch between a barrier's test and its store", (1, 0, 1)),
    10: ("what survives does not turn white again", (0, 1, 2)),
    11: ("a handler's stores have no barrier", (1, 1, 1)),
}


class Failure(Exception):
    pass


def command(folder, *words):
    done = subprocess.run(words, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Failure(f"{words[0]} failed: {done.stdout.strip()}")


def search(mutant, bounds):
    """Searches all states within the bounds. Returns whether an assertion was violated, and the number of states."""
    thread, handler, cycles = bounds
    with tempfile.TemporaryDirectory() as folder:
        command(folder, "spin", "-a", f"-DMUTANT={mutant}", f"-DTHREAD_OPS={thread}", f"-DHANDLER_OPS={handler}",
                f"-DCYCLES={cycles}", str(MODEL))
        command(folder, "gcc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={MEGABYTES}", "-o", "pan", "pan.c")
        done = subprocess.run(["./pan", "-m1000000", "-w22"], cwd=folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    states = re.search(r"([0-9.e+]+) states, stored", done.stdout)
    errors = re.search(r"errors: (\d+)", done.stdout)
    if not states or not errors:
        raise Failure(f"pan did not finish: {done.stdout.strip()[-300:]}")
    violated = "assertion violated" in done.stdout
    if not violated and (errors.group(1) != "0" or "Search not completed" in done.stdout
                         or "max search depth" in done.stdout):
        raise Failure(f"the search is not exhaustive: {done.stdout.strip()[:300]}")
    return violated, int(float(states.group(1)))


def describe(bounds):
    return "{} thread operations, {} handler operations, {} cycles".format(*bounds)


def try_model(bounds):
    violated, states = search(0, bounds)
    print(f"# {states} states")
    if violated:
        raise Failure("an object that is still used is freed")


def try_mutant(mutant, bounds):
    violated, states = search(mutant, bounds)
    print(f"# {states} states")
    if not violated:
        raise Failure("spin finds nothing wrong")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="smaller bounds: half a minute")
    short = parser.parse_args().short
    if not shutil.which("spin"):
        print("skip verify: spin is not installed (Debian's package spin)")
        return 0
    cases: List[Tuple[str, Callable[..., None], Tuple[Any, ...]]]
    cases = [(f"sound within {describe(bounds)}", try_model, (bounds,))
             for bounds in (SHORT if short else SHORT + LONG)]
    cases += [(f"refuted: {name}", try_mutant, (mutant, bounds)) for mutant, (name, bounds) in MUTANTS.items()]
    failed = False
    for name, attempt, arguments in cases:
        try:
            attempt(*arguments)
            print(f"ok {name}", flush=True)
        except (Failure, subprocess.TimeoutExpired) as failure:
            failed = True
            print(f"FAIL {name}: {failure}", flush=True)
    return 1 if failed else 0


sys.exit(main())
