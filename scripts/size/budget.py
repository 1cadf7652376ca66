"""test/size-budget.tsv: the most bytes that a configuration may take at -Os. test/build/size_budget.py holds core to
it.

SPDX-License-Identifier: MIT"""
import pathlib

PATH = pathlib.Path("test/size-budget.tsv")
OPT = "Os"
SECTIONS = ("program", "data", "bss", "stack", "header")
COLUMNS = ("core", "check", *SECTIONS)


def save(sizes):
    """The limits, from {(core, opt, check): sections}."""
    lines = [COLUMNS, *((core, check, *(str(of[s]) for s in SECTIONS)) for (core, _, check), of in sizes.items())]
    PATH.write_text("".join("\t".join(line) + "\n" for line in lines))


def load():
    """{(core, check): {section: bytes}}"""
    lines = [line.split("\t") for line in PATH.read_text().splitlines()[1:]]
    return {(core, check): dict(zip(SECTIONS, map(int, limits))) for core, check, *limits in lines}
