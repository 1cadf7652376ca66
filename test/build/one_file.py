#!/usr/bin/python3
"""moat as one file (scripts/one-file): it compiles without a warning for every family by GCC and clang, and links with
no library; examples/no_script runs and traps with it on two targets, as do suites, and leaves out what it is told to.

SPDX-License-Identifier: MIT"""
import os
import re
import shlex
import sys

from _checks import ROOT, TARGETS, WARNINGS, Compiler, compile_cxx, expect, main, run
from _no_script import EXAMPLE, runs_and_traps

FOLDER = ROOT / "build/test/one-file"
FLAGS = ["-Os", "-g", "-ffreestanding", "-ffunction-sections", "-fdata-sections"]
# Of examples/no_script's toolchain files: the compiler, where FLASH and RAM begin.
EXAMPLES = {
    "cortex-m3": (["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb"], "0", "0x20000000"),
    "riscv32": (["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-misa-spec=2.2", "-mcmodel=medany"],
                "0x80000000", "0x80200000"),
}
# The families that GCC does not build the example for, and at which CHECK.
GCC_CHECKS = {"armv6m": 0, "armv8m": 1, "rv64imac": 2}
# Not those that have the linker wrap functions of core or of the port: inside of one file there is nothing to wrap.
SUITES = {"smoke": ["smoke"], "all": ["smoke", "model", "guard_macros", "walker", "types", "finalizers", "roots"]}


def compiles_case(target, clang):
    compiler = Compiler(target, clang)
    flags = ["-fsyntax-only"] if clang else ["-O2", f"-DMOAT_CONFIG_CHECK={GCC_CHECKS[target]}"]

    def case(scratch):
        compiler.must_compile(FOLDER / "moat.c", scratch / "moat.o", *flags)
        if not clang:
            compiler.must_compile(FOLDER / "moat_port.S", scratch / "port.o")

    return f"compiles_{compiler.name.replace('/', '_')}", case


def build(target, elf, *flags):
    compiler, flash, ram = EXAMPLES[target]
    return run([*compiler, *WARNINGS, *FLAGS, *flags, f"-I{FOLDER}", "-nostdlib", "-T", f"{EXAMPLE}/vendor.ld",
                "-Wl,--gc-sections", f"-Wl,--defsym=flash_origin={flash},--defsym=ram_origin={ram}",
                *(f"{EXAMPLE}/{name}" for name in ("main.c", "board.c")), f"{FOLDER}/moat.c", f"{FOLDER}/moat_port.S",
                "-lgcc", "-o", str(elf)])


def must_build(target, elf, *flags):
    status, output = build(target, elf, *flags)
    expect(status == 0, f"{target} {' '.join(flags)}: {output[:600]}")
    status, output = run([EXAMPLES[target][0][0].replace("gcc", "size"), str(elf)])
    return int(output.splitlines()[1].split()[0])


def example_case(target):
    def case(scratch):
        elf = scratch / "no_script"
        bytes_all = must_build(target, elf)
        told = runs_and_traps(target, elf)
        expect("core/include/moat_barrier.h:" in told, f"{target}: lines are not those of our files: {told[:600]}")
        # The example uses none of these, and moat_init_with and moat_heap_check need the other two.
        needed = {"MOAT_WITHOUT_ARENA_ADD", "MOAT_WITHOUT_FINALIZE"}
        leave_out = [f"-D{name}" for name in sorted(can_be_left_out() - needed)]
        bytes_few = must_build(target, elf, *leave_out)
        runs_and_traps(target, elf)
        print(f"# {target}: {bytes_all} bytes with all of core, {bytes_few} without what the example does not use")
        expect(bytes_few + 4000 < bytes_all, f"{target}: {bytes_few} bytes of {bytes_all} are left")
    return f"{target.replace('-', '_')}_example", case


def can_be_left_out():
    return set(re.findall(r"^#ifndef (MOAT_WITHOUT_\w+)$", (FOLDER / "moat.c").read_text(), re.MULTILINE))


def what_is_left_out_does_not_link(scratch):
    names = can_be_left_out()
    expect(len(names) >= 12, f"few parts can be left out: {names}")
    head = (FOLDER / "moat.c").read_text().split("*/", 2)[1]
    expect(names == set(re.findall(r"MOAT_WITHOUT_\w+", head)), f"the head of moat.c names others: {head}")
    status, output = build("cortex-m3", scratch / "a.elf", "-DMOAT_WITHOUT_ARENA_ADD")
    expect(status != 0 and "undefined reference to `moat_arena_add'" in output, f"status {status}: {output[-400:]}")


def another_cpu_is_refused(scratch):
    status, output = run(["gcc", "-c", "-o", str(scratch / "moat.o"), f"{FOLDER}/moat.c"])
    expect(status != 0 and "#error" in output and "Cortex-M and RISC-V" in output, f"status {status}: {output[:300]}")


def headers_are_cxx_too(scratch):
    compiler = Compiler("armv7m")
    compiler.command = [word for word in compiler.command if not word.startswith("-I")] + [f"-I{FOLDER}"]
    status, output = compile_cxx(compiler, "-", scratch / "a.o", "-std=c++17",
                                 text="#include <moat.hpp>\nint main() { return moat_gc_collect(); }\n")
    expect(status == 0, output[:600])


def suites_case(board, suites):
    """The tests' own firmware, with the linker fragments; make's variables take the one file in the place of core."""
    def case(_):
        out = f"build/test/one-file/{board}"
        make = ["make", "-s", "-f", "make/firmware.mk", f"BOARD={board}", "CHECK=2", "OPT=Os", "CONFIG=LINKER_SCRIPT=1",
                f"OUT={out}", "CORE_OBJS=$(OUT)/obj/build/test/one-file/moat.c.o",
                "BOARD_OBJS=$(patsubst %,$(OUT)/obj/%.o,$(filter-out port/%,$(BOARD_SRCS)) "
                "build/test/one-file/moat_port.S)", "INCLUDES_build=$(CORE_FLAGS)"]
        status, qemu = run([*make, "run-command"])
        expect(status == 0, qemu)
        status, output = run([*make, *(f"{out}/test/{suite}.elf" for suite in SUITES[suites])])
        expect(status == 0, f"{board}: {output[-600:]}")
        for suite in SUITES[suites]:
            status, output = run(["timeout", "300", *shlex.split(qemu), "-kernel", f"{out}/test/{suite}.elf"])
            ended = re.search(r"^end (\d+)$", output, re.MULTILINE)
            passed = len(re.findall(r"^(ok|skip) ", output, re.MULTILINE))
            expect(status == 0 and ended and passed == int(ended[1]) > 0, f"{board} {suite}: {status} {output[-300:]}")
    return f"{board.replace('-', '_')}_{suites}", case


os.chdir(ROOT)
STATUS, OUTPUT = run(["scripts/one-file", str(FOLDER)])
if STATUS != 0:
    sys.exit(f"FAIL one_file: {OUTPUT}")
BOARDS = ("arm-mps2-an385", "riscv32-virt", "riscv64-virt")
if "--all" in sys.argv:
    main(*(suites_case(board, "all") for board in BOARDS))
else:
    main(*(compiles_case(target, False) for target in GCC_CHECKS),
         *(compiles_case(target, True) for target in TARGETS if target != "host"),
         *(example_case(target) for target in EXAMPLES),
         what_is_left_out_does_not_link, another_cpu_is_refused, headers_are_cxx_too,
         *(suites_case(board, "smoke") for board in BOARDS[:2]))
