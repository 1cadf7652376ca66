#!/usr/bin/python3
"""Core, and calls of C through the guard, compile without a warning for every family by clang, and by GCC where no
board builds core so.

SPDX-License-Identifier: MIT"""
from _checks import CORE, CORE_FLAGS, ROOT, TARGETS, Compiler, Skip, main

CHECKS = {"gcc/armv6m": (0,), "gcc/armv8m": (0,), "clang/armv7m": (0, 2)}


def compile_case(target, clang):
    compiler = Compiler(target, clang)
    flags = [flag for flag in CORE_FLAGS if not (clang and flag == "-fno-tree-loop-distribute-patterns")]

    def case(scratch):
        if not (ROOT / compiler.port).exists():
            raise Skip("no port for the family yet")
        for check in CHECKS.get(compiler.name, (2,) if clang else ()):
            compiler.must_compile_all(CORE, scratch, *(["-fsyntax-only"] if clang else ["-O2"]), *flags,
                                      f"-DMOAT_CONFIG_CHECK={check}")
        for check in (0, 1, 2):
            compiler.must_compile("test/config/calls/calls.c", scratch / "a.o", "-O2", f"-DMOAT_CONFIG_CHECK={check}")

    return f"core_compiles_{compiler.name.replace('/', '_')}", case


main(*(compile_case(target, clang) for target in TARGETS for clang in (False, True)))
