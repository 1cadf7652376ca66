#!/usr/bin/python3
"""Stores of a heap pointer by C that has never heard of moat trap at their very lines, and nothing else does.

SPDX-License-Identifier: MIT"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import cases  # noqa: E402 pylint: disable=wrong-import-position
from lib.paths import ROOT  # noqa: E402 pylint: disable=wrong-import-position

SOURCE = "test/plugin/planted.c"
PLANTED_MIN = 20
ADDR2LINE = {"arm": "arm-none-eabi-addr2line", "riscv": "riscv64-unknown-elf-addr2line"}


def planted():
    """[(function, line)], in the order of the table."""
    text = (ROOT / SOURCE).read_text()
    lines = {}
    for number, line in enumerate(text.splitlines(), 1):
        name = re.match(r"static void (\w+)\(", line)
        current = name.group(1) if name else locals().get("current")
        if "/* PLANTED */" in line:
            lines[current] = number
    table = re.search(r"all\[\] = \{(.*?)\};", text, re.DOTALL).group(1)
    return [(name, lines[name]) for name in re.findall(r"\w+", table)]


def trapped_lines():
    elf = os.environ["MOAT_ELF"]
    run = subprocess.run([*shlex.split(os.environ["MOAT_RUN"]), "-kernel", elf], cwd=ROOT, text=True, check=False,
                         capture_output=True, timeout=100, stdin=subprocess.DEVNULL)
    if "all run" not in run.stdout:
        raise cases.Failure(f"it ended with {run.returncode}: {run.stdout[-300:]}")
    tool = ADDR2LINE["riscv" if os.environ["MOAT_BOARD"].startswith("riscv") else "arm"]
    found = []
    for what, pc in re.findall(r"^(passed|moat: .* from (0x\w+))", run.stdout, re.MULTILINE):
        # The return address is behind the call.
        line = subprocess.run([tool, "-i", "-e", elf, hex(int(pc, 16) - 1)], text=True, capture_output=True,
                              check=True).stdout.splitlines()[-1] if pc else what
        found.append(line.split(" ")[0].rpartition("/")[2])
    return found


def traps_at(number, name, line, found):
    def case():
        said = found[number] if number < len(found) else "nothing"
        if said != f"{pathlib.Path(SOURCE).name}:{line}":
            raise cases.Failure(f"{said}, not line {line}")
    return name, case


def main():
    stores = planted()
    try:
        found = trapped_lines()
    except cases.Failure as failure:
        print(f"FAIL run: {failure}")
        sys.exit(1)
    if len(stores) < PLANTED_MIN:
        print(f"FAIL planted_stores: {len(stores)}, not {PLANTED_MIN}")
    cases.run([traps_at(number, name, line, found) for number, (name, line) in enumerate(stores)])


main()
