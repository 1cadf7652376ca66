#!/usr/bin/python3
"""A port compiles for each kind of core whose registers it knows, floating point included, and refuses the others.

SPDX-License-Identifier: MIT"""
from _checks import ROOT, Compiler, expect, first_error, main

KNOWN = {
    "rv32imac": ("-march=rv32e -mabi=ilp32e",
                 "-march=rv32imafc -mabi=ilp32f", "-march=rv32imafc -mabi=ilp32", "-march=rv32imafdc -mabi=ilp32d",
                 "-march=rv32imafdc -mabi=ilp32f"),
    "rv64imac": ("-march=rv64imafdc -mabi=lp64d", "-march=rv64imafc -mabi=lp64f", "-march=rv64imafdc -mabi=lp64"),
    "armv7m": ("-mcpu=cortex-m4 -mfloat-abi=hard", "-mcpu=cortex-m4 -mfloat-abi=softfp",
               "-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16", "-mcpu=cortex-m55 -mfloat-abi=hard"),
}
REFUSED = (
    ("rv64imac", "-march=rv64gcv -mabi=lp64d", "does not save the vector registers"),
    ("rv32imac", "-march=rv32imac_zve32x -mabi=ilp32", "does not save the vector registers"),
    ("armv7m", "-mcpu=cortex-a9", "names another core"),
)


def sources(compiler):
    return [path.relative_to(ROOT) for path in sorted((ROOT / compiler.port).glob("*.[cS]"))]


def known_case(target, flags):
    def case(scratch):
        compiler = Compiler(target)
        for source in sources(compiler):
            compiler.must_compile(source, scratch / "a.o", "-Iport", *flags.split())
    return f"{flags.replace('-', '').replace(' ', '_')}_compiles", case


def refused_case(target, flags, words):
    def case(scratch):
        compiler = Compiler(target)
        spill = [source for source in sources(compiler) if source.name == "spill.S"]
        status, output = compiler.compile(spill[0], scratch / "a.o", *flags.split())
        expect(status != 0 and words in output, f"{flags}: '{first_error(output)}', not '{words}'")
    return f"{flags.replace('-', '').replace(' ', '_')}_is_refused", case


def base_of_data_case(scratch):
    Compiler("armv7m").must_compile("core/base/clear.c", scratch / "a.o", "-O2", "-fpic", "-msingle-pic-base")


main(*(known_case(target, flags) for target, several in KNOWN.items() for flags in several),
     *(refused_case(*row) for row in REFUSED),
     ("r9_is_left_to_the_base_of_data", base_of_data_case))
