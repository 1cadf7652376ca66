#!/usr/bin/python3
"""Cores that no emulator here runs: core and the port compile and link for each, and the code is what the core has.

SPDX-License-Identifier: MIT"""
import re
import sys

from _checks import CORE_FLAGS, ROOT, Compiler, Failure, expect, first_error, main, run

sys.path.insert(0, str(ROOT / "test"))
from lib.cores import CORES  # noqa: E402

# The board of a program that is linked and never run.
BOARD = """
#include "port_board.h"
void moat_board_write(const char *text, size_t length) { (void)text; (void)length; }
_Noreturn void moat_board_trap_end(bool again) { (void)again; for (;;) { } }
struct moat_port_boot;
void moat_board_boot(struct moat_port_boot *out) { (void)out; }
uint32_t moat_board_clock(void) { return 0; }
bool moat_board_interrupt(uintptr_t line) { return line == 0; }
bool moat_board_in_handler(void) { return false; }
"""
STACKS = [f"-Wl,--defsym=moat_{stack}_stack_{end}={at}" for stack, end, at in (
    ("thread", "start", 0x200f0000), ("thread", "end", 0x200f1000), ("handler", "start", 0x200f2000),
    ("handler", "end", 0x200f3000))]


def lacking(listing, patterns):
    """The first instruction that the core lacks, or None. libgcc's own are the compiler's matter."""
    function = ""
    for line in listing.splitlines():
        head = re.match(r"[0-9a-f]+ <(\S+)>:$", line)
        function = head.group(1) if head else function
        parts = line.split("\t")
        if len(parts) < 3 or parts[2].startswith(".") or function.startswith("__"):
            continue
        text = f"{parts[1].strip()}:{parts[2].split()[0]}"
        if any(re.match(pattern, text) for pattern in patterns):
            return f"{function}: {' '.join(parts[1:])}"
    return None


def compile_all(compiler, scratch, flags):
    objects = []
    for path in [*sorted((ROOT / "core").glob("*/*.c")), *sorted((ROOT / "port").glob("*.c")),
                 *sorted((ROOT / compiler.port).glob("*.[cS]")), ROOT / "test/size/minimal.c"]:
        objects.append(scratch / f"{path.parent.name}-{path.name}.o")
        ours = CORE_FLAGS if "core" in path.parts else []
        compiler.must_compile(path.relative_to(ROOT), objects[-1], "-Os", "-ffunction-sections", "-fdata-sections",
                              "-DMOAT_CONFIG_CHECK=2", "-Iport", *ours, *flags)
    objects.append(scratch / "board.o")
    compiler.must_compile("-", objects[-1], "-Os", "-Iport", *flags, text=BOARD)
    return objects


def core_case(name, core):
    def case(scratch):
        print(f"# {name}: {core.why}")
        compiler = Compiler(core.target)
        flags = core.flags.split()
        objects = compile_all(compiler, scratch, flags)
        elf = scratch / "a.elf"
        cpu = [flag for flag in compiler.command if flag.startswith("-m")]
        status, output = run([f"{compiler.prefix}gcc", *cpu, *flags, "-nostdlib", "-Llinker", "-T",
                              "test/size/minimal.ld", *STACKS, "-o", str(elf), *map(str, objects), "-lgcc"])
        expect(status == 0, f"{name} does not link: {first_error(output)}")
        found = lacking(compiler.tool("objdump", "-d", elf), core.lacks)
        if found:
            raise Failure(f"{name} has no such instruction: {found}")
        undefined = [line for line in compiler.tool("nm", "-u", elf).splitlines() if " w " not in line]
        expect(not undefined, f"{name}: undefined: {' '.join(undefined)}")
    return f"{name}_links", case


main(*(core_case(name, core) for name, core in CORES.items()))
