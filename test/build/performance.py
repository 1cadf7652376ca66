#!/usr/bin/python3
"""docs/performance.md tells what docs/performance/*.tsv say: `make performance` writes both.

SPDX-License-Identifier: MIT"""
import os
import pathlib
import sys

from _checks import ROOT, expect, main

sys.path.insert(0, str(ROOT / "scripts"))
os.chdir(ROOT)
from bench import document  # noqa: E402


def tables_are_those_of_the_files(_):
    made = document.tables()
    for name, shown in document.shown_tables():
        expect(name in made, f"{document.DOCUMENT} has a table '{name}' that nothing makes")
        expect(shown == made[name], f"{document.DOCUMENT}: table '{name}' is not what {document.FOLDER} says: "
                                    "run scripts/performance-report --tables")
    names = [name for name, _ in document.shown_tables()]
    expect(sorted(names) == sorted(made), f"{document.DOCUMENT} has the tables {names}, and not {list(made)}")


def charts_are_there(_):
    for link in document.linked_charts():
        expect((pathlib.Path("docs") / link).exists(), f"{document.DOCUMENT} shows {link}, which is not there")


main(tables_are_those_of_the_files, charts_are_there)
