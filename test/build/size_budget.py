#!/usr/bin/python3
"""Core takes no more bytes than test/size-budget.tsv allows it at -Os, for each family, at CHECK0 and 2.

SPDX-License-Identifier: MIT"""
import os
import pathlib
import subprocess
import sys
from typing import Dict, Tuple

from _checks import ROOT, expect, main

sys.path.insert(0, str(ROOT / "scripts"))
os.chdir(ROOT)
from size import budget, table  # noqa: E402

TABLE = pathlib.Path("build/test/size.tsv")


def measure():
    done = subprocess.run(["scripts/size-report", "--opt", budget.OPT, "--check", "0,2", "--table", str(TABLE)],
                          text=True, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"FAIL size_budget: {done.stderr}")
    sizes: Dict[Tuple[str, str], Dict[str, int]] = {}
    for row in table.load(TABLE):
        sections = sizes.setdefault((row.core, row.check), {})
        sections[row.section] = sections.get(row.section, 0) + row.bytes
    return sizes


def hold(limits, sizes, where):
    def case(_):
        for section, limit in limits.items():
            size = sizes[section]
            expect(size <= limit,
                   f"{where}: {section} is {size} bytes, {size - limit} more than test/size-budget.tsv allows; "
                   "make it smaller, or raise the limit with a reason in the commit")
    return case


# The most bytes of code and constants that CHECK2 adds to CHECK0, what reports a fault apart.
GUARD_LIMIT = {"armv7m": 2048}


def hold_guard(core, sizes, limit):
    def case(_):
        added = sizes[core, "2"]["program"] - sizes[core, "0"]["program"]
        report = sizes[core, "2"]["report"] - sizes[core, "0"]["report"]
        print(f"# {core}: the guard adds {added} bytes, {report} of them to report a fault")
        expect(0 < added - report <= limit,
               f"{core}: the guard adds {added - report} bytes, reporting apart; {limit} are allowed")
    return case


def cases():
    limits, sizes = budget.load(), measure()
    for core, limit in GUARD_LIMIT.items():
        yield f"{core}_guard", hold_guard(core, sizes, limit)
    for key in sorted(sizes):
        core, check = key
        yield f"{core}_check{check}", hold(limits.get(key, dict.fromkeys(budget.SECTIONS, 0)), sizes[key],
                                           f"{core} CHECK{check} -{budget.OPT}")


main(*cases())
