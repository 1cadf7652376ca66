#!/usr/bin/python3
"""What firmware pays for the fault log, and spares with the small end, is what the documents say, within 5 %: a program
of no board is linked with either.

SPDX-License-Identifier: MIT"""
import os
import re
import sys

import _checks
from _checks import ROOT, Compiler, expect, first_error, main, run

sys.path.insert(0, str(ROOT / "scripts"))
os.chdir(ROOT)
from size import measure  # noqa: E402

FLAGS = ["-Os", "-DMOAT_CONFIG_CHECK=0", "-ffunction-sections", "-fdata-sections", "-Iport"]
# What the port's entry of exceptions, and core, report to.
REPORTED_TO = ["-Wl,-u,moat_fault_exception", "-Wl,-u,moat_port_misused"]
FLASH, RETAINED = (".text", ".rodata", ".data"), (".moat_retained",)
TARGETS = {"armv7m": "ARMv7-M", "rv32imac": "rv32imac"}
TOLERANCE = 0.05
STEPS = "docs/porting.md"  # that link the log


def sections(compiler, scratch, *inputs):
    status, output = run([*compiler.command, *FLAGS, "-nostdlib", "-Wl,--gc-sections", "-Llinker", "-T",
                          "test/size/minimal.ld", *REPORTED_TO, "-o", str(scratch / "a.elf"), "test/size/minimal.c",
                          "test/size/port.c", *map(str, inputs), "-lgcc"])
    expect(status == 0, f"{compiler.name}: {first_error(output)}")
    return dict(measure.object_sections(compiler, scratch / "a.elf"))


def cost_of_the_log(scratch, target):
    """(bytes of flash, of retained RAM) that the log takes more than the small end."""
    folder = scratch / target
    folder.mkdir()
    compiler = Compiler(target)
    archive, _ = measure.archive_core(compiler, _checks, folder, FLAGS)
    compiler.must_compile("port/small/small_end.c", folder / "small_end.o", *FLAGS)
    log = sections(compiler, folder, archive)
    small = sections(compiler, folder, folder / "small_end.o", archive)
    return tuple(sum(log.get(name, 0) - small.get(name, 0) for name in names) for names in (FLASH, RETAINED))


def costs_are_told(scratch):
    text = (ROOT / "docs/fault-record.md").read_text()
    for target, name in TARGETS.items():
        row = re.search(rf"^\| {name} \| ([\d,]+) \| ([\d,]+) \|$", text, re.MULTILINE)
        expect(row, f"docs/fault-record.md has no figures for {name}")
        for what, said, found in zip(("flash", "retained RAM"), row.groups(), cost_of_the_log(scratch, target)):
            bytes_said = int(said.replace(",", ""))
            expect(abs(found - bytes_said) <= TOLERANCE * bytes_said,
                   f"docs/fault-record.md says {said} bytes of {what} for {name}, and it is {found}")


def the_steps_say_the_same(_):
    row = re.search(r"^\| ARMv7-M \| (\S+) \| (\S+) \|$", (ROOT / "docs/fault-record.md").read_text(), re.MULTILINE)
    flash, retained = (int(figure.replace(",", "")) / 1000 for figure in row.groups())
    said = f"{flash:.0f} KB of flash and {retained:.1f} KB of retained RAM on a Cortex-M3"
    expect(said in " ".join((ROOT / STEPS).read_text().split()), f"{STEPS} does not say '{said}'")


main(costs_are_told, the_steps_say_the_same)
