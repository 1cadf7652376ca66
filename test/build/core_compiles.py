#!/usr/bin/python3
"""Core, and calls of C through the guard, compile without a warning for every family by clang, and by GCC for those of
which no board builds core at -O2.

SPDX-License-Identifier: MIT"""
from _checks import CORE, CORE_FLAGS, ROOT, TARGETS, Compiler, Skip, main

BUILT = ("armv7m", "rv32imac", "rv64imac", "host")


def compile_case(target, clang):
    compiler = Compiler(target, clang)
    flags = [flag for flag in CORE_FLAGS if not (clang and flag == "-fno-tree-loop-distribute-patterns")]

    def case(scratch):
        if not (ROOT / compiler.port).exists():
            raise Skip("no port for the family yet")
        for check in (0, 2) if clang or target not in BUILT else ():
            compiler.must_compile_all(CORE, scratch, *(["-fsyntax-only"] if clang else ["-O2"]), *flags,
                                      f"-DMOAT_CONFIG_CHECK={check}")
        for check in (0, 1, 2):
            compiler.must_compile("test/config/calls/calls.c", scratch / "a.o", "-O2", f"-DMOAT_CONFIG_CHECK={check}")

    return f"core_compiles_{compiler.name.replace('/', '_')}", case


main(*(compile_case(target, clang) for target in TARGETS for clang in (False, True)))
