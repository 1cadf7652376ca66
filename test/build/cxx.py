#!/usr/bin/python3
"""moat.h in C++17 and C++20, by g++ and clang++: no warning, the code that C gets, and a sentence for what is C's only.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, Compiler, expect, main, run
from _objects import code, expect_same

FOLDER = ROOT / "test/config/cxx"
FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fno-exceptions", "-fno-rtti", "-c"]
FAMILIES = ("armv6m", "armv7m", "rv32imac", "rv64imac", "host")
CONFIGURATIONS = (["-DMOAT_CONFIG_CHECK=0"], ["-DMOAT_CONFIG_CHECK=2"],
                  ["-DMOAT_CONFIG_CHECK=2", "-DMOAT_CONFIG_TASKS=1"])


def compile_cxx(compiler, source, output, *flags):
    """The status and messages of the C++ compiler that belongs to one for C."""
    name, *rest = compiler.command
    return run([name.replace("clang", "clang++").replace("gcc", "g++"), *rest, *FLAGS, *flags, "-o", str(output),
                str(source)])


def user_compiles(scratch):
    for target in FAMILIES:
        for clang in (False, True):
            for standard in ("-std=c++17", "-std=c++20"):
                for flags in CONFIGURATIONS:
                    compiler = Compiler(target, clang)
                    status, messages = compile_cxx(compiler, FOLDER / "user.cpp", scratch / "a.o", standard, *flags)
                    expect(status == 0, f"{compiler.name} {standard} {' '.join(flags)}: {messages[:400]}")
                    mangled = re.findall(r"U (_Z\w+)", compiler.tool("nm", "-u", scratch / "a.o"))
                    expect(not mangled, f"{compiler.name}: core's names are C's, and not {', '.join(mangled)}")


def macros_are_the_code_of_c(scratch):
    both = scratch / "macros.cpp"
    both.write_text('#include <moat.h>\nextern "C" {\n#include "test/config/check0/macros.c"\n}\n')
    for target in ("armv7m", "rv32imac", "rv64imac"):
        for level in ("-Os", "-O2"):
            for flags in CONFIGURATIONS:
                compiler, made, what = Compiler(target), scratch / "a.o", f"{target} {level} {' '.join(flags)}"
                flags = [level, *flags, "-ffunction-sections", f"-I{ROOT}", "-DDECLARED_ONLY"]
                compiler.must_compile(ROOT / "test/config/check0/macros.c", made, *flags)
                in_c = code(compiler, made)
                status, messages = compile_cxx(compiler, both, made, "-std=c++17", *flags)
                expect(status == 0, f"{what}: {messages[:400]}")
                expect_same(f"{what}: C and C++", in_c, code(compiler, made))


def what_is_for_c_only_says_so(scratch):
    for macro in ("MOAT_TYPE(x, struct node, next)", "MOAT_TYPE_RUNS(x, struct node, 0)", "MOAT_ROOT_OF(x, int, y)",
                  "MOAT_TYPE_FINALIZED(x, struct node, nullptr)", "MOAT_TYPE_FLEX(x, struct node, 0)"):
        status, messages = compile_cxx(Compiler("host"), FOLDER / "user.cpp", scratch / "a.o", "-std=c++17",
                                       f"-DDESCRIBED_HERE={macro}")
        expect(status != 0 and "are described in a C file" in messages, f"{macro}: {messages[:400]}")


def another_pointer_is_refused(scratch):
    status, messages = compile_cxx(Compiler("armv7m"), FOLDER / "user.cpp", scratch / "a.o", "-std=c++17",
                                   "-DWRONG_POINTER")
    expect(status != 0 and "int*" in messages.replace(" ", ""), messages[:400] or "it compiles")


main(user_compiles, macros_are_the_code_of_c, what_is_for_c_only_says_so, another_pointer_is_refused)
