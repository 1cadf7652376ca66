#!/usr/bin/python3
"""The glue for kernels compiles against declarations of what it uses of them, and the options of Zephyr are those of
core/include/moat_defaults.h. That a switch can't fall inside a barrier is seen in the code of the macros.

SPDX-License-Identifier: MIT"""
import re
import sys

from _checks import ROOT, Compiler, expect, main, options

sys.path.insert(0, str(ROOT / "test"))
from lib.kernels import KERNELS  # noqa: E402

TASKS = "-DMOAT_CONFIG_TASKS=1"
FLAGS = ("-Os", "-O2")


def compile_all(scratch, name, *flags):
    kernel = KERNELS[name].folder
    for target in KERNELS[name].targets:
        compiler = Compiler(target)
        handler = ["-DMOAT_CONFIG_BOARD_IN_HANDLER=1"] if target.startswith("rv") else []
        for level in FLAGS:
            for source in (f"integration/{kernel}/moat_{kernel}.c", f"test/integration/{kernel}/hooks.c"):
                if (ROOT / source).exists():
                    compiler.must_compile(source, scratch / "a.o", level, TASKS, *handler, f"-Iintegration/{kernel}",
                                          f"-Itest/integration/{kernel}", "-Iport", *flags)


def freertos_compiles(scratch):
    for allocation in "01":
        compile_all(scratch, "FreeRTOS", f"-DconfigSUPPORT_STATIC_ALLOCATION={allocation}",
                    "-Wno-error=pedantic")


def threadx_compiles(scratch):
    compile_all(scratch, "ThreadX", "-DTX_ENABLE_EXECUTION_CHANGE_NOTIFY")


def kconfig():
    """{option: (type, range, defaults)}"""
    text = (ROOT / "integration/zephyr/Kconfig").read_text()
    return {name: (low, high, defaults) for name, low, high, defaults in
            re.findall(r"^config MOAT_(\w+)\n\tint .*\n\trange (\d+) (\d+)\n((?:\tdefault .*\n)+)", text, re.MULTILINE)}


def zephyr_compiles(scratch):
    values = [f"-DCONFIG_MOAT_{name}={re.findall(r'default (.*)', entry[2])[-1]}" for name, entry in kconfig().items()]
    for target in KERNELS["Zephyr"].targets:
        cpu = "RISCV" if target.startswith("rv") else "ARM"
        for level in FLAGS:
            Compiler(target).must_compile("integration/zephyr/moat_zephyr.c", scratch / "a.o", level,
                                          "-Iintegration/zephyr", "-Itest/integration/zephyr", "-Iport",
                                          f"-DCONFIG_{cpu}", *values)


def zephyr_has_each_option(_):
    found = kconfig()
    header = (ROOT / "integration/zephyr/moat_config.h").read_text()
    defaults = dict(re.findall(r"#define MOAT_CONFIG_(\w+) (\d+)", (ROOT / "core/include/moat_defaults.h").read_text()))
    for name, low, high, _ in options():
        expect(name in found, f"Kconfig has no MOAT_{name}")
        expect(found[name][:2] == (low, high), f"Kconfig: MOAT_{name} has another range than {low} {high}")
        wanted = "1" if name == "TASKS" else defaults[name]
        expect(found[name][2].split()[-1] == wanted, f"Kconfig: MOAT_{name} has another default than {wanted}")
        expect(f"#define MOAT_CONFIG_{name} CONFIG_MOAT_{name}\n" in header, f"moat_config.h does not set {name}")


MACROS = """#include <moat.h>
struct node { MOAT_REF(struct node) next; };
void store(struct node *n, struct node *v) { MOAT_STORE(n->next, v); }
void init(struct node *n, struct node *v) { MOAT_INIT(n->next, v); }
void clear(struct node *n) { MOAT_CLEAR(n->next); }
"""
# The mask, the load of the flag, the store to the slot, the end of the mask.
ORDER = {"armv7m": (r"cpsid\s+i", r"\bldr", r"\bstr\s+r\d+, \[r\d", r"msr\s+(?i:primask)"),
         "rv32imac": (r"csrrci?\s+\w+,mstatus", r"\blw\b", r"\bsw\s+\w+,0\((?!sp)", r"csrs\s+mstatus|csrsi\s+mstatus")}


def barriers_are_one_masked_section(scratch):
    for target, order in ORDER.items():
        compiler = Compiler(target)
        for level in FLAGS:
            compiler.must_compile("-", scratch / "a.o", level, TASKS, "-DMOAT_CONFIG_CHECK=0", text=MACROS)
            listing = compiler.tool("objdump", "-d", "--no-show-raw-insn", scratch / "a.o")
            for name in ("store", "init", "clear"):
                code = re.split(r"\n\n\w+ <(?!\.L)", listing.split(f"<{name}>:")[1])[0]
                at = [min((m.start() for m in re.finditer(pattern, code)), default=-1) for pattern in order]
                expect(-1 not in at and at == sorted(at),
                       f"{target} {level}: {name} is not mask, test, store, unmask, in this order: {code}")


main(freertos_compiles, threadx_compiles, zephyr_compiles, zephyr_has_each_option, barriers_are_one_masked_section)
