#!/usr/bin/python3
"""Each file of test/config/types compiles with MISUSE=0, and with MISUSE=1 fails with the message it names.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, Compiler, expect, first_error, main

COMPILERS = [Compiler("armv7m"), Compiler("rv64imac"), Compiler("host"), Compiler("host", clang=True)]


def misuse_case(path):
    wanted = re.search(r"EXPECT: (.*)", path.read_text()).group(1)

    def case(scratch):
        for compiler in COMPILERS:
            compiler.must_compile(path, scratch / "legal.o", "-DMISUSE=0")
            status, output = compiler.compile(path, scratch / "misuse.o", "-DMISUSE=1")
            expect(status != 0, f"{compiler.name}: compiles")
            expect(re.search(wanted, output), f"{compiler.name}: says '{first_error(output)}' and not /{wanted}/")

    return f"{path.stem}_is_refused", case


main(*(misuse_case(path) for path in sorted((ROOT / "test/config/types").glob("*.c"))))
