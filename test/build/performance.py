#!/usr/bin/python3
"""docs/performance.md tells what docs/performance/*.tsv say, and these what core does now.

SPDX-License-Identifier: MIT"""
import os
import pathlib
import subprocess
import sys

from _checks import ROOT, Skip, expect, main

sys.path.insert(0, str(ROOT / "tools"))
os.chdir(ROOT)
from moat_bench import document, table  # noqa: E402
from moat_size import table as size_table  # noqa: E402

AGAIN = "mixed50 trees_keep2 scatter_16 slices_list_64 store_idle"


def tables_are_those_of_the_files(_):
    made = document.tables()
    for name, shown in document.shown_tables():
        expect(name in made, f"{document.DOCUMENT} has a table '{name}' that nothing makes")
        expect(shown == made[name], f"{document.DOCUMENT}: table '{name}' is not what {document.FOLDER} says: "
                                    "run tools/performance-report --tables")
    names = [name for name, _ in document.shown_tables()]
    expect(sorted(names) == sorted(made), f"{document.DOCUMENT} has the tables {names}, and not {list(made)}")


def same_tools():
    now = document.tool_versions()
    if now != document.recorded_versions():
        raise Skip(f"other tools than those of {document.TOOLS}: {'; '.join(' '.join(pair) for pair in now)}")


def measured(command, path):
    done = subprocess.run([*command, f"TABLE={path}"], text=True, capture_output=True, check=False)
    expect(done.returncode == 0, f"{' '.join(command)}: {done.stderr}")


def compare(recorded, now):
    """Rows are keys and one value at the end."""
    known = {tuple(row[:-1]): row[-1] for row in recorded}
    for row in now:
        was = known.get(tuple(row[:-1]))
        expect(was == row[-1], f"{' '.join(map(str, row[:-1]))} is {row[-1]} now, and {was} in {document.FOLDER}: run make performance")


def counts_are_those_of_core(scratch):
    same_tools()
    path = scratch / "bench.tsv"
    measured(["tools/bench-report", f"BENCH={AGAIN}", "ALLOCATOR=moat", "CHECK=0"], path)
    compare(table.load(document.BENCH), table.load(path))


def sizes_are_those_of_core(scratch):
    same_tools()
    path = scratch / "size.tsv"
    measured(["tools/size-report", "CORE=armv7m", "OPT=s"], path)
    compare(map(tuple, size_table.load(document.SIZE)), map(tuple, size_table.load(path)))


def charts_are_there(_):
    for link in document.linked_charts():
        expect((pathlib.Path("docs") / link).exists(), f"{document.DOCUMENT} shows {link}, which is not there")


main(tables_are_those_of_the_files, charts_are_there, counts_are_those_of_core, sizes_are_those_of_core)
