"""The tables of boards, cores, compilers and kernels: all of it in docs/platforms.md, in a few rows in README.md. See
scripts/boards-table.

SPDX-License-Identifier: MIT"""
import collections
import pathlib
import re
from typing import Dict, Set

from lib.cores import CORES
from lib.kernels import KERNELS

from . import table

BEGIN, END = "<!-- scripts/boards-table -->\n", "<!-- end -->\n"


def description(path):
    """The first sentence of a make file's comment."""
    comment = re.match(r"# SPDX[^\n]*\n#\n((?:# [^\n]*\n)+)", path.read_text())
    text = " ".join(line.removeprefix("# ") for line in comment.group(1).splitlines()) if comment else ""
    return re.split(r"\.(?:\s|$)", text, maxsplit=1)[0]


def levels_of(places):
    """The check levels, each with its optimisations, and its compiler where that is not GCC."""
    opts: Dict[str, Set[str]] = collections.defaultdict(set)
    for place in places:
        opts[place.check].add(f"-{place.opt}")
    return "; ".join(f"{check}: {' '.join(sorted(opts[check]))}" for check in sorted(opts))


def planned():
    """(suite, place) of each run of `make test`."""
    for suite in table.load().values():
        for place in suite.where(seldom=False) if not suite.long else ():
            if place is not None:
                yield suite, place


def listed(names):
    return ", ".join(f"`{name}`" for name in sorted(names))


def boards_lines():
    places: Dict[str, Set[table.Configuration]] = collections.defaultdict(set)
    for _, place in planned():
        places[place.board].add(place)
    yield "| board | what it is | suites | CHECK: optimisation |"
    yield "| --- | --- | --- | --- |"
    for path in sorted(pathlib.Path("bsp").glob("*/*.mk"), key=lambda path: path.stem):
        board = path.stem
        if places[board]:
            suites = "the core set" if board in table.CORE_BOARDS else "all"
            yield f"| `{board}` | {description(path)} | {suites} | {levels_of(places[board])} |"


def cores_lines():
    yield "| core, which QEMU does not run | compiled, linked, searched for instructions that it lacks |"
    yield "| --- | --- |"
    for core in CORES.values():
        yield f"| `{core.flags}` | {core.why} |"


def by_compiler():
    """What programs for QEMU's boards are built with: the optimisations of each compiler, and its boards."""
    opts: Dict[str, Set[str]] = collections.defaultdict(set)
    where: Dict[str, Set[str]] = collections.defaultdict(set)
    for suite, place in planned():
        if place.board in table.BOARD_GROUPS["qemu"] or place.board in table.CORE_BOARDS:
            compiler = "the compiler plugin in GCC" if suite.plugin else "clang" if "-clang" in place.opt else "GCC"
            opts[compiler].add(f"-{place.opt.removesuffix('-clang')}")
            where[compiler].add(place.board)
    return opts, where


def compilers_lines():
    opts, where = by_compiler()
    yield "| compiler | optimisation | boards |"
    yield "| --- | --- | --- |"
    for compiler in sorted(opts):
        most = len(where[compiler]) > len(table.BOARD_GROUPS["qemu"])
        boards = "all that QEMU runs" if most else listed(where[compiler])
        yield f"| {compiler} | {' '.join(sorted(opts[compiler]))} | {boards} |"


def kernels_lines():
    runs = [(suite, place) for suite, place in planned() if "TASKS=1" in place.config]
    yield "| kernel | what is tested |"
    yield "| --- | --- |"
    yield (f"| the tests' own, preemptive | it runs {listed({suite.name for suite, _ in runs})} on "
           f"{listed({place.board for _, place in runs})} |")
    for name, kernel in KERNELS.items():
        yield (f"| {name} | the glue compiles for {', '.join(kernel.targets)} against declarations of what it uses; "
               f"{f'it ran by hand on {kernel.by_hand}' if kernel.by_hand else 'it has not run on the kernel'} |")


def few_lines():
    """Only the names."""
    yield "| | |"
    yield "| --- | --- |"
    yield f"| boards, under QEMU but for the hosts | {listed({place.board for _, place in planned()})} |"
    yield f"| cores that QEMU has not: compiled, linked | {', '.join(f'`{core.flags}`' for core in CORES.values())} |"
    yield f"| compilers | {', '.join(sorted(by_compiler()[0]))} |"
    yield f"| kernels | one of the tests' own runs; the glue compiles for {', '.join(KERNELS)} |"
    yield "| all of it | [docs/platforms.md](docs/platforms.md), written from what `make test` runs |"


def all_lines():
    for part in (boards_lines, cores_lines, compilers_lines, kernels_lines):
        yield ""
        yield from part()


# From the runner's plan of `make test` and what its scripts compile.
PLACES = {pathlib.Path("README.md"): few_lines, pathlib.Path("docs/platforms.md"): all_lines}


def expected(path):
    """A document with the tables that it ought to have."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has lost the lines between which its tables stand")
    return before + BEGIN + "".join(f"{line}\n" for line in PLACES[path]()) + END + after


def main():
    for path in PLACES:
        path.write_text(expected(path))
    return 0
