#!/usr/bin/python3
"""moat.h and moat.hpp in C++17 and C++20, by g++ and clang++: no warning, the code that C and macros get, no code
before main, and a sentence for what is refused.

SPDX-License-Identifier: MIT"""
import re
from typing import Dict, List

from _checks import ROOT, Compiler, compile_cxx, expect, first_error, main
from _objects import code, expect_same

FOLDER = ROOT / "test/config/cxx"
FAMILIES = ("armv6m", "armv7m", "rv32imac", "rv64imac", "host")
CONFIGURATIONS = (["-DMOAT_CONFIG_CHECK=0"], ["-DMOAT_CONFIG_CHECK=2"],
                  ["-DMOAT_CONFIG_CHECK=2", "-DMOAT_CONFIG_TASKS=1"])


def compiles(source, scratch, look, configurations=CONFIGURATIONS):
    """look(compiler) is asked of each object."""
    for target in FAMILIES:
        for clang in (False, True):
            for standard in ("-std=c++17", "-std=c++20"):
                for flags in configurations:
                    compiler = Compiler(target, clang)
                    status, messages = compile_cxx(compiler, FOLDER / source, scratch / "a.o", standard, *flags)
                    expect(status == 0, f"{compiler.name} {standard} {' '.join(flags)}: {messages[:400]}")
                    look(compiler)


def user_compiles(scratch):
    def names_are_those_of_c(compiler):
        mangled = re.findall(r"U (_Z\w+)", compiler.tool("nm", "-u", scratch / "a.o"))
        expect(not mangled, f"{compiler.name}: core's names are C's, and not {', '.join(mangled)}")

    compiles("user.cpp", scratch, names_are_those_of_c)


def classes_compile(scratch):
    """Types are in flash, roots in their section, and nothing is left to a start-up's constructors."""
    def in_sections(compiler):
        sections = compiler.tool("readelf", "-SW", scratch / "a.o")
        expect(".init_array" not in sections and ".ctors" not in sections, f"{compiler.name}: dynamic initialisation")
        symbols = compiler.tool("objdump", "-t", scratch / "a.o")
        types = re.findall(r"(\.\S+)\s+\S+ \w*moat_type_\w+$", symbols, re.MULTILINE)
        types = [section for section in types if section != ".rodata.moat_uses"]
        expect(len(types) >= 9, f"{compiler.name}: {len(types)} types")
        for section in types:
            expect(re.match(r"\.rodata\.moat_(leaf_)?types\.", section), f"{compiler.name}: a type is in {section}")
        roots = re.findall(r"(\.\S+)\s+\S+ (?:shared|_Z(?:L5first|L4last|L5table|N5other4pool9free_listE"
                           r"|N5other4pool10spare_listE|\w+11hidden_rootE))$", symbols, re.MULTILINE)
        expect(len(roots) == 7 and all(root.startswith(".bss.moat_roots.") for root in roots),
               f"{compiler.name}: roots are in {roots}")

    compiles("classes.cpp", scratch, in_sections)
    compiles("classes.cpp", scratch, lambda _: None, (["-DMOAT_CONFIG_LINKER_SCRIPT=0"],))


def by_function(lines):
    """{function: its instructions}"""
    found: Dict[str, List[str]] = {}
    at: List[str] = []
    for line in lines:
        if line.endswith(">:") and not line.startswith("<."):
            at = found.setdefault(line, [])
        elif not line.startswith("Disassembly") and not line.startswith("R_"):
            at.append(line)
    return found


def slots_are_the_code_of_the_macros(scratch):
    """Instruction for instruction; moat::make, whose registers and branches may be others, to two lines."""
    for compiler in (Compiler("armv7m"), Compiler("rv32imac"), Compiler("rv64imac"), Compiler("armv7m", clang=True)):
        for level in ("-Os", "-O2"):
            for flags in CONFIGURATIONS:
                what, listings = f"{compiler.name} {level} {' '.join(flags)}", []
                for source in ("slots_by_macro.cpp", "slots.cpp"):
                    status, messages = compile_cxx(compiler, FOLDER / source, scratch / "a.o", "-std=c++17", level,
                                                   "-ffunction-sections", *flags)
                    expect(status == 0, f"{what}: {messages[:400]}")
                    # Labels are numbered through the file.
                    lines = [re.sub(r"<?\.L\w+(\+0x\w+)?>?", ".L", line.split(" # ")[0])
                             for line in code(compiler, scratch / "a.o")]
                    listings.append(by_function(lines))
                macros, slots = listings
                for name in ("store", "store_root", "copy", "clear", "swap_slots", "cas", "exchange", "read", "pin"):
                    expect_same(f"{what}: {name}", macros[f"<{name}>:"], slots[f"<{name}>:"], least=1)
                made, by_macro = len(slots["<make>:"]), len(macros["<make>:"])
                expect(made <= by_macro + 2, f"{what}: make is {made} lines, and {by_macro} by macros")


def misuse_is_refused(scratch):
    source = FOLDER / "refused.cpp"
    rows = re.findall(r"MISUSE == (\d+) +// EXPECT: (.*)", source.read_text())
    expect(len(rows) >= 20 and [int(number) for number, _ in rows] == list(range(1, len(rows) + 1)),
           "refused.cpp has lost rows")
    for target, clang in (("armv7m", False), ("armv7m", True), ("rv32imac", False), ("host", False)):
        compiler = Compiler(target, clang)
        status, messages = compile_cxx(compiler, source, scratch / "a.o", "-std=c++17", "-Wno-unused",
                                       *(["-Wno-unused-private-field"] if clang else []), "-DMISUSE=0")
        expect(status == 0, f"{compiler.name}: without misuse: {messages[:400]}")
        for number, wanted in rows:
            status, messages = compile_cxx(compiler, source, scratch / "a.o", "-std=c++17", "-w", f"-DMISUSE={number}")
            expect(status != 0, f"{compiler.name}: MISUSE={number} compiles")
            said = first_error(messages)
            expect(re.search(wanted, said), f"{compiler.name}: MISUSE={number}: says '{said}' and not /{wanted}/")


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


main(user_compiles, classes_compile, slots_are_the_code_of_the_macros, misuse_is_refused, macros_are_the_code_of_c,
     what_is_for_c_only_says_so, another_pointer_is_refused)
