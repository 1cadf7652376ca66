"""build/bench.tsv, and the tables that people read.

SPDX-License-Identifier: MIT"""
import pathlib
from typing import NamedTuple

PATH = pathlib.Path("build/bench.tsv")


class Row(NamedTuple):
    bench: str
    target: str
    opt: str
    config: str
    allocator: str
    metric: str
    value: str


COLUMNS = Row._fields


def load(path=PATH):
    if not path.exists():
        return []
    lines = path.read_text().splitlines()
    return [Row(*line.split("\t")) for line in lines[1:]]


def save(rows, path=PATH):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join("\t".join(row) + "\n" for row in (COLUMNS, *rows))
    temporary = path.with_suffix(".new")
    temporary.write_text(text)
    temporary.replace(path)


def merge(old, new, whole):
    """New rows in place of old ones: all of their target and optimisation if the run was `whole`, else those
    measured."""
    if whole:
        done = {(row.target, row.opt) for row in new}
        kept = [row for row in old if (row.target, row.opt) not in done]
    else:
        done = {row[:5] for row in new}
        kept = [row for row in old if row[:5] not in done]
    return kept + new


def aligned(rows):
    """Rows of text as lines, the first column to the left and the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) if i == 0 else text.rjust(width)
                        for i, (text, width) in enumerate(zip(row, widths))).rstrip()


def across(rows):
    """Tables of one metric each: benches down, allocators across."""
    columns = list(dict.fromkeys((row.allocator, row.config) for row in rows))
    columns.sort(key=lambda column: (column[0] != "moat", column))
    heads = [" ".join(column) if column[0] == "moat" else column[0] for column in columns]
    cells = {(row.metric, row.bench, row.allocator, row.config): row.value for row in rows}
    for metric in dict.fromkeys(row.metric for row in rows):
        benches = list(dict.fromkeys(row.bench for row in rows if row.metric == metric))
        table = [[metric, *heads]]
        table += [[bench, *(cells.get((metric, bench, *column), "") for column in columns)] for bench in benches]
        used = [i for i in range(len(table[0])) if i == 0 or any(line[i] for line in table[1:])]
        yield [[line[i] for i in used] for line in table]


def slices(rows):
    """Tables of one metric and check level each: shapes down, arenas across."""
    cells = {(row.metric, row.config, *row.bench.split("_")[1:]): row.value for row in rows}
    for metric, config in dict.fromkeys((row.metric, row.config) for row in rows):
        here = [key[2:] for key in cells if key[:2] == (metric, config)]
        shapes, arenas = list(dict.fromkeys(s for s, _ in here)), sorted({a for _, a in here}, key=int)
        yield [[f"slices {metric} {config}", *(f"{kib} KiB" for kib in arenas)],
               *([shape, *(cells.get((metric, config, shape, kib), "") for kib in arenas)] for shape in shapes)]


def readable(rows):
    """All tables, as lines."""
    sliced = [row for row in rows if row.bench.startswith("slices_")]
    for table in (*across([row for row in rows if row not in set(sliced)]), *slices(sliced)):
        yield from aligned(table)
        yield ""
