#!/usr/bin/python3
"""Each file of test/config/types compiles without a warning, and with MISUSE=n says first what its n-th EXPECT is, with
no more than the compiler's own warnings.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, Compiler, expect, first_error, main, run

COMPILERS = [Compiler("armv7m"), Compiler("armv7m", clang=True), Compiler("rv32imac"), Compiler("rv64imac"),
             Compiler("host"), Compiler("host", clang=True)]
STANDARDS = ("-std=c11", "-std=gnu11")


def legal_case(path):
    def case(scratch):
        for compiler in COMPILERS:
            for standard in STANDARDS:
                compiler.must_compile(path, scratch / "legal.o", standard, "-Wcast-qual", "-DMISUSE=0")

    return f"{path.stem}_compiles", case


def misuse_case(path, number, wanted):
    def case(_):
        for compiler in COMPILERS:
            for standard in STANDARDS:
                status, output = run([*compiler.command, standard, "-Werror", f"-DMISUSE={number}", "-fsyntax-only",
                                      str(path)])
                expect(status != 0, f"{compiler.name}: compiles")
                expect(re.search(wanted, first_error(output)),
                       f"{compiler.name}: says '{first_error(output)}' and not /{wanted}/")

    return f"{path.stem}_{number}_is_refused", case


def cases():
    for path in sorted((ROOT / "test/config/types").glob("*.c")):
        yield legal_case(path)
        for number, wanted in enumerate(re.findall(r"EXPECT: (.*)", path.read_text()), 1):
            yield misuse_case(path, number, wanted)


main(*cases())
