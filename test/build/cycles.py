#!/usr/bin/python3
"""docs/cycles.md tells what docs/performance/cores.tsv and classes.tsv say, instructions get the right class, and the
plugin counts what the benchmark counts.

SPDX-License-Identifier: MIT"""
import os
import sys

from _checks import ROOT, expect, main

sys.path.insert(0, str(ROOT / "scripts"))
os.chdir(ROOT)
from bench import cycles  # noqa: E402

TREES, NODES = 200, 511  # test/bench/trees.c

CLASSES = {
    True: {
        "ldr r0, [r1]": ["load"], "ldrb.w r0, [r1, #3]": ["load"], "strh r0, [r1]": ["store"],
        "push {r4, r5, lr}": ["multiple"] + ["register"] * 3, "ldmia.w r0!, {r4-r7}": ["multiple"] + ["register"] * 4,
        "pop {r4, pc}": ["multiple"] + ["register"] * 2 + ["return_popped"],
        "strd r0, r1, [r2]": ["multiple"] + ["register"] * 2, "umull r0, r1, r2, r3": ["long_multiply"],
        "muls r0, r1": ["multiply"], "mls r0, r1, r2, r3": ["multiply"], "udiv r0, r0, r1": ["divide"],
        "b.n 2000 <f>": ["jump"], "bl 2000 <f>": ["call"], "bls.n 2000 <f>": ["branch"], "blt.w 2000": ["branch"],
        "cbnz r0, 2000": ["branch"], "bx lr": ["indirect"], "bic.w r0, r0, #1": ["other"], "movs r0, #1": ["other"],
        "mov r8, r0": ["other"], "bfi r0, r1, #0, #3": ["other"],
    },
    False: {
        "lw a0,0(a1)": ["load"], "c.lwsp ra,12(sp)": ["load"], "lui a0,0x2": ["other"], "c.li a0,1": ["other"],
        "sb a0,0(a1)": ["store"], "c.swsp ra,12(sp)": ["store"], "c.sub a0,a1": ["other"], "srli a0,a0,1": ["other"],
        "mul a0,a0,a1": ["multiply"], "mulhu a0,a0,a1": ["long_multiply"], "remu a0,a0,a1": ["divide"],
        "c.beqz a0,8000": ["branch"], "bltu a0,a1,8000": ["branch"], "c.j 8000": ["jump"], "jal zero,8000": ["jump"],
        "jal ra,8000": ["call"], "c.jr ra": ["indirect"], "jalr ra,0(t0)": ["indirect"], "csrrw a0,mie,a1": ["csr"],
    },
}


def tables_are_those_of_the_files(_):
    expect(cycles.DOCUMENT.read_text() == cycles.expected(), f"{cycles.DOCUMENT}'s tables are not what "
           f"{cycles.CORES} and {cycles.CLASSES} say: run make cycles")


def instructions_have_their_class(_):
    for arm, known in CLASSES.items():
        for text, classes in known.items():
            mnemonic, _, operands = text.partition(" ")
            found = cycles.classes_of(mnemonic, operands, arm)
            expect(found == classes, f"{text}: {found}, not {classes}")


def the_plugin_counts_what_the_benchmark_counts(scratch):
    trace = cycles.TRACES["armv7m"]
    elf = cycles.build(trace, scratch)
    counted = cycles.execute(trace, elf, "trees_keep0", scratch, cycles.plugin(scratch))
    whole = counted.longest - counted.calibrated
    expect(abs(whole / (TREES * NODES) - float(counted.metrics["insn_per_object"])) < 0.01,
           f"{whole} instructions of {TREES * NODES} objects, and the benchmark says {counted.metrics}")
    mix = cycles.mix(cycles.Code(elf, trace), counted, longest=True)
    expect(cycles.instructions(mix) == counted.longest, f"{dict(mix)} are not {counted.longest} instructions")
    objects = {name: mix[name] / (TREES * NODES) for name in ("taken", "untaken", "register", "store")}
    expect(all(value > 1 for value in objects.values()), f"of an object: {objects}")


main(tables_are_those_of_the_files, instructions_have_their_class, the_plugin_counts_what_the_benchmark_counts)
