"""make test: builds and runs the suites in every configuration, and prints what it comes to.

SPDX-License-Identifier: MIT"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import sys
import time
from typing import Dict, List, Optional

import choices
from lib import boards

from . import report as reports
from . import run, table


def arguments(argv):
    parser = argparse.ArgumentParser(prog="scripts/run-tests", description="Builds and runs moat's test suites.")
    for name, what in (("suite", "suites"), ("board", "boards"), ("check", "check levels: 0, 1, 2"),
                       ("opt", "optimisations: O0, Os, O2, O3, Os-lto, O2-clang...; Os,O2 if not given")):
        parser.add_argument(f"--{name}", default="", help=f"only these {what}, separated by commas")
    parser.add_argument("--case", default="", help="only this case of the suites")
    parser.add_argument("--seed", default="", help="the seed of the suites' random numbers")
    parser.add_argument("--long", action="store_true",
                        help="the long suites, of which the others are a part, and no others")
    parser.add_argument("--everywhere", action="store_true",
                        help="all suites on all boards, where others run a core set only")
    parser.add_argument("--junit", default="build/test/junit.xml", metavar="FILE",
                        help="where the cases go as JUnit XML")
    parser.add_argument("--build", action="store_true", help="build everything of the configurations, run nothing")
    return parser.parse_args(argv)


def plan(options):
    """The suites to run in each configuration; None is this computer."""
    suites = table.load()
    names = choices.choose(options.suite, suites, "suite")
    boards = choices.choose(options.board, (*table.BOARDS, *table.CORE_BOARDS), "board")
    checks = choices.choose(options.check, table.CHECKS, "check level")
    opts = choices.choose(options.opt or ",".join(table.OPTS), table.OPTS_KNOWN, "optimisation", prefix="O")
    seldom = options.everywhere or bool(options.suite + options.board + options.check + options.opt)
    everywhere = options.everywhere or bool(options.suite and options.board)
    work: Dict[Optional[table.Configuration], List[table.Suite]] = collections.defaultdict(list)
    for suite in suites.values():
        if suite.name not in names or options.case and (suite.script or suite.pytest or suite.fixed):
            continue
        if not options.suite and suite.long != options.long:
            continue
        for place in suite.where(opts, everywhere, seldom):
            # What has to do with no board runs unless a board was asked for.
            if place is None and (options.suite or not options.board + options.check + options.opt):
                work[None].append(suite)
            elif place and place.board in boards and place.check in checks and (place.opt in opts or not options.opt):
                work[place].append(suite)
    return work


def work_on(report, pool, place, suites, options, jobs):
    """Builds a configuration and queues its runs; returns their futures."""
    extra = " ".join(f"{name}={value}" for name, value in (("case", options.case), ("seed", options.seed))
                     if value)
    if place:
        reason = run.absence(place.board)
        if reason:
            report.skipped(place, reason)
            return []
        without = run.plugin_absence(place.board) if any(s.plugin for s in suites) else None
        for suite in suites if without else []:
            if suite.plugin:
                report.skipped(place, f"{suite.name}: {without}")
        suites = [s for s in suites if not (without and s.plugin)]
        built = run.build(report, place, sorted({s.program for s in suites if s.program}), jobs)
        suites = [s for s in suites if not s.program or s.program in built]
    return [pool.submit(run.run, report, suite, place, extra) for suite in suites]


def programs_on(board, suites):
    """(the programs of suites that run on a board, those of suites that do not)"""
    known = {suite.program for suite in suites if suite.program}
    here = {suite.program for suite in suites if suite.program
            and any(place and place.board == board for place in suite.where(table.OPTS_KNOWN, True))}
    return sorted(here), sorted(known - here)


def build_all(options, jobs):
    """Builds all programs of the default configurations chosen."""
    for place in plan(options):
        if place and not place.config and not run.absence(place.board):
            here, elsewhere = programs_on(place.board, table.load().values())
            left = f", but for {', '.join(elsewhere)}: test/suites.txt has them on other boards" if elsewhere else ""
            print(f"Building {place}{left}", flush=True)
            command = [*place.make(), f"-j{jobs}", "lib", "examples",
                       *(f"{place.folder()}/{program}.elf" for program in here)]
            status = os.spawnvpe(os.P_WAIT, "make", command, run.environment())
            if status != 0:
                return 1
    return 0


def test(options, jobs):
    started = time.monotonic()
    report = reports.Report(options.junit)
    work = plan(options)
    jobs_each = max(1, jobs // max(1, len(work)))
    # Builds have a pool of their own, of one: what is built early is run while the rest is being built.
    with concurrent.futures.ThreadPoolExecutor(jobs) as runs, concurrent.futures.ThreadPoolExecutor(jobs) as builds:
        pending = {builds.submit(work_on, report, runs, place, suites, options, jobs_each): place
                   for place, suites in work.items()}
        for future in concurrent.futures.as_completed(pending):
            seconds = sum(done.result() for done in future.result())
            report.say(f"ran {pending[future] or 'host-side checks'} in {seconds:.1f} s")
    print(f"Logs are in {run.LOGS}. It took {time.monotonic() - started:.0f} s.")
    return report.finish()


def main(argv):
    os.chdir(pathlib.Path(__file__).resolve().parents[2])
    options = arguments(argv)
    jobs = os.cpu_count() or 1
    try:
        return build_all(options, jobs) if options.build else test(options, jobs)
    except (table.TableError, boards.BoardError, ValueError) as error:
        print(f"run-tests: {error}", file=sys.stderr)
        return 2
