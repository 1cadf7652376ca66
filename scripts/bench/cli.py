"""make bench: builds, runs, writes build/bench.tsv, prints tables.

SPDX-License-Identifier: MIT"""
import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time
from typing import Dict, Set, Tuple

from . import pictures, plan, run, table

CHECKS = ("0", "2")


def arguments(argv):
    options = {"BOARD": "arm-mps2-an385", "OPT": "2", "BENCH": "", "ALLOCATOR": "", "CHECK": "", "BENCH_PEERS": "",
               "TABLE": str(table.PATH)}
    for word in argv:
        name, equals, value = word.partition("=")
        if not equals or name not in options:
            raise ValueError(f"'{word}' is none of {' '.join(f'{n}=' for n in options)}")
        options[name] = value or options[name]
    if options["BENCH_PEERS"]:
        options["BENCH_PEERS"] = os.path.abspath(options["BENCH_PEERS"])
        if not list(pathlib.Path(options["BENCH_PEERS"]).glob("*.c")):
            raise ValueError(f"no adaptor, that is no .c file, in BENCH_PEERS={options['BENCH_PEERS']}")
    options["OPT"] = "O" + options["OPT"].lstrip("-O")
    return options


def runs_with(workload, allocator):
    """Whether a workload runs with an allocator that is not moat."""
    return allocator == workload.measure if allocator == plan.FIRST_FIT else workload.peers


def work_list(options):
    """(workload, allocator, check level) of all runs."""
    allocators = [plan.MOAT, plan.NEWLIB, plan.NANO, plan.BUMP, *run.peer_names(options["BENCH_PEERS"])]
    known = [*allocators, plan.FIRST_FIT]
    wanted = options["ALLOCATOR"].replace(",", " ").split() or known
    for name in wanted:
        if name not in known:
            raise ValueError(f"no allocator '{name}': choose from {' '.join(known)}")
    checks = options["CHECK"].replace(",", " ").split() or CHECKS
    for workload in plan.chosen(options["BENCH"].replace(",", " ").split()):
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
        target = run.Target(options["BOARD"], options["OPT"], options["BENCH_PEERS"])
        rows, failures = measure_all(target, list(work_list(options)))
    except (ValueError, run.Failed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    path = pathlib.Path(options["TABLE"])
    whole = not any(options[name] for name in ("BENCH", "ALLOCATOR", "CHECK"))
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
