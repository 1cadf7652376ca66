#!/usr/bin/python3
"""docs/porting.md's flags for RISC-V: the port and core's users of it compile with them alone; the first line's find
GCC's library, and those without a word on the CSR instructions end as the document says.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, expect, first_error, main, run

GCC = "riscv64-unknown-elf-gcc"
SOURCES = [*sorted((ROOT / "port/riscv").glob("*.[cS]")), *sorted((ROOT / "core/heap").glob("*.c"))]
# Nothing of moat's: what is to be seen is the library's division.
PROGRAM = """unsigned long long moat_reset(unsigned long long a, unsigned long long b);
unsigned long long moat_reset(unsigned long long a, unsigned long long b) { return a / b; }
"""


def documented():
    """Lists of flags: those with -misa-spec, and those with the extension by its name."""
    text = (ROOT / "docs/porting.md").read_text()
    lines = re.findall(r"^(-march=rv32\S* .*)$", text, re.MULTILINE)
    expect(len(lines) == 2, "docs/porting.md has lost its two lines of flags")
    return [line.split() for line in lines]


def of_64_bits(flags):
    text = (ROOT / "docs/porting.md").read_text()
    march, *others = re.search(r"`-march=(rv64\S+) (-mabi=\S+ -mcmodel=\S+)` for 64 bits", text).groups()
    return [*(re.sub("rv32imac", march, flag) for flag in flags if "abi" not in flag), *others[0].split()]


def compile_all(scratch, flags):
    return run([GCC, *flags, "-Os", "-ffreestanding", *(f"-I{ROOT / folder}" for folder in
                                                        ("core/include", "port/riscv", "port", "core")),
                "-r", "-nostdlib", "-o", str(scratch / "all.o"), *map(str, SOURCES)])


def compiles(scratch):
    for flags in documented():
        for these in (flags, of_64_bits(flags)):
            status, output = compile_all(scratch, these)
            expect(status == 0, f"{' '.join(these)}: {first_error(output)}")


def without_them_it_stops(scratch):
    flags = [flag for flag in documented()[0] if "misa-spec" not in flag]
    status, output = compile_all(scratch, flags)
    expect(status != 0 and "extension `zicsr' required" in output, f"{' '.join(flags)}: {first_error(output)}")


def link(scratch, flags):
    (scratch / "a.c").write_text(PROGRAM)
    return run([GCC, *flags, "-ffreestanding", "-nostdlib", "-Wl,--entry=moat_reset", "-o", str(scratch / "a.elf"),
                str(scratch / "a.c"), "-lgcc"])


def the_library_is_found(scratch):
    spec, named = documented()
    for flags in (spec, of_64_bits(spec)):
        status, output = link(scratch, flags)
        expect(status == 0, f"{' '.join(flags)}: {first_error(output)}")
    status, output = link(scratch, named)
    expect(status != 0 and "ABI is incompatible" in output,
           f"{' '.join(named)}: not '{first_error(output)}', docs/porting.md says")


main(compiles, without_them_it_stops, the_library_is_found)
