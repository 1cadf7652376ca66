"""make bench: builds, runs, writes build/bench.tsv, prints tables.

SPDX-License-Identifier: MIT"""
import concurrent.futures
import os
import pathlib
import sys
import time

from . import plan, run, table

CHECKS = ("0", "2")


def arguments(argv):
    options = {"BOARD": "arm-mps2-an385", "OPT": "2", "BENCH": "", "ALLOCATOR": "", "CHECK": "", "BENCH_PEERS": ""}
    for word in argv:
        name, equals, value = word.partition("=")
        if not equals or name not in options:
            raise ValueError(f"'{word}' is none of {' '.join(f'{n}=' for n in options)}")
        options[name] = value or options[name]
    options["OPT"] = "O" + options["OPT"].lstrip("-O")
    return options


def work_list(options):
    """(workload, allocator, check level) of all runs."""
    allocators = [plan.MOAT, plan.NEWLIB, plan.NANO, plan.BUMP, *run.peer_names(options["BENCH_PEERS"])]
    wanted = options["ALLOCATOR"].replace(",", " ").split() or allocators
    for name in wanted:
        if name not in allocators:
            raise ValueError(f"no allocator '{name}': choose from {' '.join(allocators)}")
    checks = options["CHECK"].replace(",", " ").split() or CHECKS
    for workload in plan.chosen(options["BENCH"].replace(",", " ").split()):
        for allocator in wanted:
            if allocator == plan.MOAT:
                yield from ((workload, allocator, check) for check in checks)
            elif workload.peers:
                yield workload, allocator, "0"


def measure_all(target, work):
    """All rows, in the order of the work."""
    images = {}
    for workload, allocator, check in work:
        images.setdefault((check, workload.probe), set()).add(run.image_of(allocator)[0])
    for (check, probe), names in sorted(images.items()):
        run.build(target, check, probe, sorted(names))
    runner = run.run_command(target)
    rows = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = [pool.submit(run.measure, runner, target, check, workload, allocator)
                   for workload, allocator, check in work]
        for (workload, allocator, check), result in zip(work, results):
            for metric, value in (result.result() or {}).items():
                rows.append(table.Row(workload.name, target.board, target.opt, f"check{check}", allocator, metric, value))
    return rows


def main(argv):
    os.chdir(pathlib.Path(__file__).resolve().parents[2])
    started = time.monotonic()
    try:
        options = arguments(argv)
        target = run.Target(options["BOARD"], options["OPT"], options["BENCH_PEERS"])
        rows = measure_all(target, list(work_list(options)))
    except (ValueError, run.Failed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    whole = not any(options[name] for name in ("BENCH", "ALLOCATOR", "CHECK"))
    table.save(table.merge(table.load(), rows, whole))
    print(f"{target.board} -{target.opt}: guest instructions under QEMU's -icount, not cycles\n")
    print("\n".join(table.readable(rows)))
    print(f"{len(rows)} values in {table.PATH}; it took {time.monotonic() - started:.0f} s")
    return 0
