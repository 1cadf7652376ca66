#!/usr/bin/python3
"""Core, and calls of C through the guard, compile without a warning for every family, by GCC and by clang.

SPDX-License-Identifier: MIT"""
from _checks import CORE_FLAGS, ROOT, TARGETS, Compiler, Skip, main


def compile_case(target, clang):
    compiler = Compiler(target, clang)
    flags = [flag for flag in CORE_FLAGS if not (clang and flag == "-fno-tree-loop-distribute-patterns")]

    def case(scratch):
        if not (ROOT / compiler.command[-2].removeprefix("-I")).exists():
            raise Skip("no port for the family yet")
        for source in sorted((ROOT / "core").rglob("*.c")):
            for check in (0, 2):
                compiler.must_compile(source.relative_to(ROOT), scratch / "a.o", "-O2", *flags,
                                      f"-DMOAT_CONFIG_CHECK={check}")
        for check in (0, 1, 2):
            compiler.must_compile("test/config/calls/calls.c", scratch / "a.o", "-O2", f"-DMOAT_CONFIG_CHECK={check}")

    return f"core_compiles_{compiler.name.replace('/', '_')}", case


main(*(compile_case(target, clang) for target in TARGETS for clang in (False, True)))
