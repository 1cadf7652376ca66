#!/usr/bin/python3
"""The guard at CHECK0, and the assertions without MOAT_CONFIG_ASSERT, are no code: what is compiled is, instruction for
instruction, that of sources without them.

SPDX-License-Identifier: MIT"""
import copy
import re
import shutil

from _checks import CORE, CORE_FLAGS, ROOT, Compiler, expect, main
from _objects import code, expect_same

TARGETS = ("armv7m", "rv32imac", "rv64imac", "host")
FOLDER = ROOT / "test/config/check0"


def compiled(compiler, source, scratch, *flags):
    compiler.must_compile(source, scratch / "a.o", "-ffunction-sections", *flags)
    return code(compiler, scratch / "a.o")


def each(flags=("-Os", "-O2")):
    for target in TARGETS:
        for flag in flags:
            yield Compiler(target), flag, f"{target} {flag}"


def macros_are_the_barrier_by_hand(scratch):
    for compiler, flag, what in each():
        flags = [flag, "-DMOAT_CONFIG_CHECK=0"]
        expect_same(what, compiled(compiler, FOLDER / "macros.c", scratch, *flags),
                    compiled(compiler, FOLDER / "by_hand.c", scratch, *flags))


def check2_is_other_code(scratch):
    for compiler, flag, what in each():
        checked = compiled(compiler, FOLDER / "macros.c", scratch, flag, "-DMOAT_CONFIG_CHECK=2")
        expect(checked != compiled(compiler, FOLDER / "by_hand.c", scratch, flag, "-DMOAT_CONFIG_CHECK=2"),
               f"{what}: CHECK2 checks nothing")
        expect(any("moat_guard_store_" in line for line in checked), f"{what}: CHECK2 does not call the guard")


# Calls that stand as a statement: the definitions, in guard.[ch], moat_barrier.h and assert.h, stay.
CHECKS = r"^ +(MOAT_GUARD_(STORE|COPY)|moat_check_store_)\([^;{]*\);\n"
ASSERTIONS = r"^ +MOAT_ASSERT\([^;{]*\);.*\n"


def strip(scratch, statements):
    """A copy of core with these cut out of the text. Returns the sources that had any."""
    shutil.copytree(ROOT / "core", scratch / "core", dirs_exist_ok=True)
    cut = []
    for path in (scratch / "core").rglob("*.[ch]"):
        text = path.read_text()
        bare = re.sub(statements, "", text, flags=re.MULTILINE)
        if bare != text:
            path.write_text(bare)
            cut.append(path)
    return [path for path in cut if path.suffix == ".c"]


def core_is_as_if_without(statements, options, scratch, compilers):
    cut = strip(scratch, statements)
    expect(cut, f"core has nothing to cut out: has what {options} switch off been renamed?")
    for compiler, flag, what in compilers:
        flags = [flag, *options, "-Wno-error", *CORE_FLAGS]
        bare = copy.copy(compiler)
        bare.command = [word.replace(f"-I{ROOT}/core", f"-I{scratch}/core") for word in compiler.command]
        for path in cut:
            original = ROOT / path.relative_to(scratch)
            tasks = ["-DMOAT_CONFIG_TASKS=1"] if "\n#if MOAT_CONFIG_TASKS\n" in original.read_text() else []
            expect_same(f"{what} {path.name}", compiled(compiler, original, scratch, *flags, *tasks),
                        compiled(bare, path, scratch, *flags, *tasks))


def core_is_as_if_it_had_no_checks(scratch):
    core_is_as_if_without(CHECKS, ["-DMOAT_CONFIG_CHECK=0"], scratch, each())


def core_is_as_if_it_had_no_assertions(scratch):
    options = ["-DMOAT_CONFIG_ASSERT=0", "-DMOAT_CONFIG_SLICE_CLOCK=1"]
    core_is_as_if_without(ASSERTIONS, options, scratch, each(("-O0", "-Os")))
    sources = (scratch / "core").rglob("*.[ch]")
    left = [path for path in sources if re.search(r"^ +MOAT_ASSERT\(", path.read_text(), re.MULTILINE)]
    expect(not left, f"assertions were not cut out of {left}")


def assertions_are_other_code(scratch):
    for compiler, flag, what in each():
        checked = compiled(compiler, ROOT / "core/mark/mark.c", scratch, flag, "-DMOAT_CONFIG_ASSERT=1", *CORE_FLAGS)
        expect(any("moat_assert_failed" in line for line in checked), f"{what}: MOAT_CONFIG_ASSERT asserts nothing")


def core_without_guard_refers_to_none(scratch):
    for compiler, flag, what in each(("-Os",)):
        # guard.c is in the archive, and linked only where something refers to it.
        sources = [path for path in CORE if path.name != "guard.c"]
        objects = compiler.must_compile_all(sources, scratch, flag, "-DMOAT_CONFIG_CHECK=0", *CORE_FLAGS)
        symbols = re.findall(r".*: +U (?:moat_guard_check\w*|moat_guard_store_)", compiler.tool("nm", "-Au", *objects))
        expect(not symbols, f"{what}: {', '.join(symbols)}")


main(macros_are_the_barrier_by_hand, check2_is_other_code, core_is_as_if_it_had_no_checks,
     core_is_as_if_it_had_no_assertions, assertions_are_other_code, core_without_guard_refers_to_none)
