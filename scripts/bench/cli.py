"""make bench: builds, runs, writes build/bench.tsv, prints tables.

SPDX-License-Identifier: MIT"""
import argparse
import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time
from typing import Dict, Set, Tuple

import choices

from . import pictures, plan, run, table

CHECKS = ("0", "2")
OPTS = ("Os", "O2", "O3")


def arguments(argv):
    parser = argparse.ArgumentParser(prog="scripts/bench-report",
                                     description="Builds and runs the benchmark of test/bench.")
    parser.add_argument("--board", default="arm-mps2-an385", help="the board to measure on")
    parser.add_argument("--opt", default="O2", help="its optimisation: Os, O2 or O3")
    for name, what in (("bench", "workloads, by name or beginning"), ("allocator", "allocators"),
                       ("check", "check levels: 0, 1, 2")):
        parser.add_argument(f"--{name}", default="", help=f"only these {what}, separated by commas")
    parser.add_argument("--peers", default="", metavar="FOLDER", help="adaptors of other allocators")
    parser.add_argument("--table", type=pathlib.Path, default=table.PATH, metavar="FILE", help="where the values go")
    options = parser.parse_args(argv)
    options.opt, = choices.choose(options.opt, OPTS, "optimisation", prefix="O")
    if options.peers:
        options.peers = os.path.abspath(options.peers)
        if not list(pathlib.Path(options.peers).glob("*.c")):
            raise ValueError(f"no adaptor, that is no .c file, in {options.peers}")
    return options


def runs_with(workload, allocator):
    """Whether a workload runs with an allocator that is not moat."""
    return allocator == workload.measure if allocator == plan.FIRST_FIT else workload.peers


def work_list(options):
    """(workload, allocator, check level) of all runs."""
    allocators = [plan.MOAT, plan.NEWLIB, plan.NANO, plan.BUMP, *run.peer_names(options.peers)]
    known = [*allocators, plan.FIRST_FIT]
    wanted = choices.choose(options.allocator, known, "allocator")
    checks = choices.words(options.check) or CHECKS
    for workload in plan.chosen(choices.words(options.bench)):
        for allocator in wanted:
            if allocator == plan.MOAT:
                yield from ((workload, allocator, check) for check in checks)
            elif runs_with(workload, allocator):
                yield workload, allocator, "0"


def measure_all(target, work):
    """All rows, in the order of the work, and what failed."""
    images: Dict[Tuple[str, bool], Set[str]] = {}
    for workload, allocator, check in work:
        images.setdefault((check, workload.probe), set()).add(run.image_of(allocator)[0])
    with tempfile.TemporaryDirectory() as folder:
        keep = pathlib.Path(folder)
        for (check, probe), names in sorted(images.items()):
            run.build(target, check, probe, sorted(names), keep)
        return run_all(target, keep, work)


def run_all(target, images, work):
    """The rows, and what failed: one workload that cannot run leaves the others' results."""
    runner = run.run_command(target)
    rows, failures = [], []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = [pool.submit(run.measure, runner, images, check, workload, allocator)
                   for workload, allocator, check in work]
        for (workload, allocator, check), result in zip(work, results):
            try:
                metrics = result.result() or {}
            except run.Failed as failure:
                failures.append(str(failure))
                continue
            rows += [table.Row(workload.name, target.board, target.opt, f"check{check}", allocator, metric, value)
                     for metric, value in metrics.items()]
    return rows, failures


def main(argv):
    started = time.monotonic()
    try:
        options = arguments(argv)
        os.chdir(pathlib.Path(__file__).resolve().parents[2])
        target = run.Target(options.board, options.opt, options.peers)
        rows, failures = measure_all(target, list(work_list(options)))
    except (ValueError, run.Failed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    path = options.table
    whole = not any((options.bench, options.allocator, options.check))
    everything = table.merge(table.load(path), rows, whole)
    table.save(everything, path)
    here = [row for row in everything if (row.target, row.opt) == (target.board, target.opt)]
    pictures.write_all(here, path.parent / "charts")
    print(f"{target.board} -{target.opt}: guest instructions under QEMU's -icount, not cycles\n")
    print("\n".join(table.readable(rows)))
    print(f"{len(rows)} values in {path}, charts in {path.parent}/charts/{target.board}-{target.opt}; "
          f"it took {time.monotonic() - started:.0f} s")
    for failure in failures:
        print(f"bench: {failure}", file=sys.stderr)
    return 1 if failures else 0
