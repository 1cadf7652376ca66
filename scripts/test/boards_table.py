"""The README's table of boards. See scripts/boards-table.

SPDX-License-Identifier: MIT"""
import collections
import pathlib
import re
from typing import Dict, Set

from . import table

README = pathlib.Path("README.md")
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


def lines():
    """The table, from the runner's plan of `make test`."""
    places: Dict[str, Set[table.Configuration]] = collections.defaultdict(set)
    for suite in table.load().values():
        for place in suite.where(seldom=False) if not suite.long else ():
            if place is not None:
                places[place.board].add(place)
    yield "| board | what it is | suites | CHECK: optimisation |"
    yield "| --- | --- | --- | --- |"
    for path in sorted(pathlib.Path("bsp").glob("*/*.mk"), key=lambda path: path.stem):
        board = path.stem
        if places[board]:
            suites = "the core set" if board in table.CORE_BOARDS else "all"
            yield f"| `{board}` | {description(path)} | {suites} | {levels_of(places[board])} |"


def expected(readme):
    """The README with the table that it ought to have."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n".join(lines()) + "\n" + END + after


def main():
    README.write_text(expected(README.read_text()))
    return 0
