"""moat typecheck: planted mistakes in types are found, with struct, member, line and macro; a clean firmware has none.

SPDX-License-Identifier: MIT"""
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from typing import List, Tuple

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import cases  # noqa: E402 pylint: disable=wrong-import-position
from lib.paths import ROOT  # noqa: E402 pylint: disable=wrong-import-position

sys.path.insert(0, str(ROOT / "tools"))

from moat.__main__ import main  # noqa: E402 pylint: disable=wrong-import-position

HEAD = """#include <moat.h>
struct leaf { int value; uintptr_t word; };
struct cell { int number; struct leaf *leaf; };
MOAT_TYPE(leaf_type, struct leaf);
MOAT_TYPE(cell_type, struct cell, leaf);
"""

# Each: a struct, its type as it should be, and as it is by mistake; what is said of it, and whose line.
NODE = "struct node {\n struct node *next;\n struct leaf *leaf;\n uintptr_t word;\n const char *text;\n};"
MISTAKES = {
    "first_pointer_left_out": (NODE, "MOAT_TYPE(t, struct node, leaf);", "`next` of struct node", 7,
                               "MOAT_TYPE(t, struct node, next, leaf)"),
    "second_pointer_left_out": (NODE, "MOAT_TYPE(t, struct node, next);", "`leaf` of struct node", 8,
                                "MOAT_TYPE(t, struct node, next, leaf)"),
    "all_left_out": (NODE, "MOAT_TYPE(t, struct node);", "`next` of struct node", 7,
                     "MOAT_TYPE(t, struct node, next, leaf)"),
    "element_left_out": ("struct node { struct leaf *a[3]; struct leaf *b; };", "MOAT_TYPE(t, struct node, b);",
                         "`a[0]` of struct node", 6, "MOAT_TYPE(t, struct node, a, b)"),
    "nested_left_out": ("struct node { struct { struct leaf *leaf; } in; struct node *next; };",
                        "MOAT_TYPE(t, struct node, next);", "`in.leaf` of struct node", 6,
                        "MOAT_TYPE(t, struct node, in.leaf, next)"),
    "array_of_structs_left_out": (
        "struct node { struct node *next; struct cell cell[4]; };", "MOAT_TYPE(t, struct node, next);",
        "`cell[0].leaf` of struct node", 3,
        "MOAT_TYPE_RUNS(t, struct node, MOAT_RUN_SLOTS(struct node, next), "
        "MOAT_RUN_STRUCTS(struct node, cell, struct cell, leaf))"),
    "run_left_out": (
        "struct node { struct node *next; struct cell cell[4]; };",
        "MOAT_TYPE_RUNS(t, struct node, MOAT_RUN_STRUCTS(struct node, cell, struct cell, leaf));",
        "`next` of struct node", 6,
        "MOAT_TYPE_RUNS(t, struct node, MOAT_RUN_SLOTS(struct node, next), "
        "MOAT_RUN_STRUCTS(struct node, cell, struct cell, leaf))"),
    "tail_left_out": ("struct node { int n; struct leaf *leaf[]; };",
                      "MOAT_TYPE_FLEX(t, struct node, MOAT_TAIL_BYTES(struct node, leaf));",
                      "`leaf[0]` of struct node", 6,
                      "MOAT_TYPE_FLEX(t, struct node, MOAT_TAIL_SLOTS(struct node, leaf))"),
    "slot_before_a_tail_left_out": (
        "struct node { struct node *next; struct leaf *leaf[]; };",
        "MOAT_TYPE_FLEX(t, struct node, MOAT_TAIL_SLOTS(struct node, leaf));", "`next` of struct node", 6,
        "MOAT_TYPE_FLEX(t, struct node, MOAT_RUN_SLOTS(struct node, next), MOAT_TAIL_SLOTS(struct node, leaf))"),
    "tail_of_structs_left_out": (
        "struct node { int n; struct cell cell[]; };",
        "MOAT_TYPE_FLEX(t, struct node, MOAT_TAIL_BYTES(struct node, cell));", "`cell[0].leaf` of struct node", 3,
        "MOAT_TYPE_FLEX(t, struct node, MOAT_TAIL_STRUCTS(struct node, cell, struct cell, leaf))"),
    "union_left_out": ("struct node { union { struct leaf *leaf; struct cell *cell; } u; struct node *next; };",
                       "MOAT_TYPE(t, struct node, next);", "`u.leaf` of struct node", 6,
                       "MOAT_TYPE(t, struct node, u.leaf, u.cell, next)"),
    "behind_a_typedef": ("typedef struct leaf *link; struct node { link leaf; struct node *next; };",
                         "MOAT_TYPE(t, struct node, next);", "`leaf` of struct node", 6,
                         "MOAT_TYPE(t, struct node, leaf, next)"),
    "const_pointer": ("struct node { const struct leaf *leaf; struct node *next; };",
                      "MOAT_TYPE(t, struct node, next);", "`leaf` of struct node", 6,
                      "MOAT_TYPE(t, struct node, leaf, next)"),
    "beyond_the_map": ("struct node { struct node *next; uintptr_t words[40]; struct leaf *leaf; };",
                       "MOAT_TYPE(t, struct node, next);", "`leaf` of struct node", 6,
                       "MOAT_TYPE(t, struct node, next, leaf)"),
    "last_before_the_maps_end": ("struct node { struct node *next; uintptr_t words[30]; struct leaf *leaf; };",
                                 "MOAT_TYPE(t, struct node, next);", "`leaf` of struct node", 6,
                                 "MOAT_TYPE(t, struct node, next, leaf)"),
    "number_in_the_map": (NODE, "RAW(t, struct node, 7);", "`word` of struct node", 15,
                          "MOAT_TYPE(t, struct node, next, leaf)"),
    "another_word_in_the_map": (NODE, "RAW(t, struct node, 5);", "`word` of struct node", 15,
                                "MOAT_TYPE(t, struct node, next, leaf)"),
    "too_small": (NODE, "SIZED(t, struct node, 3, 12);", "t has 12 bytes, and struct node has 16", 15,
                  "MOAT_TYPE(t, struct node, next, leaf)"),
    "too_large": (NODE, "SIZED(t, struct node, 3, 32);", "t has 32 bytes, and struct node has 16", 15,
                  "MOAT_TYPE(t, struct node, next, leaf)"),
    "of_another_struct": (NODE, "SIZED(t, struct node, 2, 8);", "`next` of struct node", 7,
                          "MOAT_TYPE(t, struct node, next, leaf)"),
    "finalized_left_out": (NODE, "void end(void *p); void end(void *p) { (void)p; } "
                           "MOAT_TYPE_FINALIZED(t, struct node, end, leaf);", "`next` of struct node", 7,
                           "MOAT_TYPE_FINALIZED(t, struct node, its finalizer, next, leaf)"),
}

# Types that are made by hand, as an old header or another language would.
HAND = """
#define SIZED(name_, T, map_, size_) MOAT_TYPE_DECLARE(name_, T); \\
    __attribute__((section(".rodata.moat_types"))) const struct moat_type name_ = \\
        {.name = #T, .map = map_, .size = size_}
#define RAW(name_, T, map_) SIZED(name_, T, map_, sizeof(T))
"""
USES = "void *f(void); void *f(void) { return MOAT_NEW(t); }\n"


def typecheck(text, target, compiler=("gcc", "-std=c11")):
    """The tool's status and output for a source, linked by itself."""
    cross, machine, emulation = target
    with tempfile.TemporaryDirectory() as folder:
        source, made, elf = (os.path.join(folder, name) for name in ("types.c", "types.o", "types.elf"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([cross + compiler[0], *machine, *compiler[1:], "-g3", "-Os", f"-I{ROOT}/core/include", "-c",
                        "-o", made, source], check=True, capture_output=True, text=True)
        subprocess.run([cross + "ld", *emulation, "--unresolved-symbols=ignore-all", "--noinhibit-exec", "-e", "0",
                        "-Ttext=0x1000", "-o", elf, made], check=True, capture_output=True)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = main(["typecheck", elf])
        return status, said.getvalue()


Target = Tuple[str, List[str], List[str]]
ARM: Target = ("arm-none-eabi-", ["-mcpu=cortex-m3", "-mthumb"], [])
RISCV: Target = (
    "riscv64-unknown-elf-",
    ["-march=rv32imac", "-mabi=ilp32", "-isystem", f"{ROOT}/build/newlib/rv32imac/include"], ["-m", "elf32lriscv"])


def found(name, target):
    def case():
        struct, mistake, message, line, macro = MISTAKES[name]
        status, output = typecheck(HEAD + struct + "\n" + HAND.replace("\n", " ").replace("\\ ", "")
                                   .replace("#define", "\n#define") + "\n" + mistake + "\n" + USES, target)
        expected = rf"types\.c:\d+: error: .*{re.escape(message)}"
        if status != 1 or not re.search(expected, output) or f"note: use {macro}\n" not in output:
            return f"status {status}, '{output}', not '{message}' and '{macro}'"
        struct_line = re.search(rf"types\.c:(\d+): error: .*{re.escape(message)}", output).group(1)
        return None if int(struct_line) == line else f"line {struct_line}, not {line}: {output}"
    return f"{name}_{'arm' if target is ARM else 'riscv'}", case


def right(name):
    """The macro that the tool asks for satisfies it."""
    def case():
        struct, mistake, _, _, macro = MISTAKES[name]
        macro = macro.replace("its finalizer", "end")
        before = mistake.split("MOAT_TYPE")[0] if "end(" in mistake else ""
        status, output = typecheck(HEAD + struct + "\n" + before + macro + ";\n" + USES.replace(
            "MOAT_NEW(t)", "(void *)&t"), ARM)
        return None if status == 0 else f"status {status}: {output}"
    return f"{name}_corrected", case


# C++: a description that lacks a slot, what is said of it, and the macro as it should be.
CXX = ("g++", "-xc++", "-std=c++17", "-fno-exceptions", "-fno-rtti")
CXX_HEAD = """#include <moat.hpp>
namespace app {
class node { public: virtual int f() { return 1; } moat::ref<node> next; moat::ref<node> more[2]; };
"""
CXX_MISTAKES = {
    "ref_left_out": ("MOAT_DESCRIBE(node, next); using t = node;", 3, "`more[0]` of app::node",
                     "MOAT_DESCRIBE(node, next, more)"),
    "ref_of_a_base_left_out": (
        "MOAT_DESCRIBE(node, next, more); struct t : node { moat::ref<node> own; }; MOAT_DESCRIBE(t, own, more);",
        3, "`next` of app::t", "MOAT_DESCRIBE(t, next, more, own)"),
    "ref_in_an_array_left_out": (
        "MOAT_DESCRIBE(node, next, more); struct pair { int n; moat::ref<node> to; }; MOAT_DESCRIBE(pair, to);"
        " struct t { pair pairs[40]; moat::ref<t> last; }; MOAT_DESCRIBE(t, last);",
        4, "`pairs[0].to` of app::t", "MOAT_DESCRIBE(t, pairs, last)"),
}


def found_in_cxx(name, target):
    def case():
        mistake, line, message, macro = CXX_MISTAKES[name]
        use = "\n} void *f(); void *f() { return moat::make<app::t>(); }\n"
        status, output = typecheck(CXX_HEAD + mistake + use, target, CXX)
        said = f"types.c:{line}: error: {message}" in output and f"note: use {macro}\n" in output
        if status != 1 or not said or "_Z" in output:
            return f"status {status}, '{output}', not '{message}' and '{macro}'"
        before, _, wrong = mistake.rpartition("MOAT_DESCRIBE(")
        status, output = typecheck(CXX_HEAD + before + macro + wrong[wrong.index(")") + 1:] + use, target, CXX)
        return None if status == 0 else f"corrected: status {status}: {output}"
    return f"{name}_{'arm' if target is ARM else 'riscv'}", case


def without_debug_information():
    with tempfile.TemporaryDirectory() as folder:
        elf = os.path.join(folder, "a.elf")
        subprocess.run(["arm-none-eabi-gcc", "-nostdlib", "-x", "c", "-", "-o", elf], check=True, text=True,
                       input="int _start(void) { return 0; }")
        run = subprocess.run(["/usr/bin/python3", "-B", ROOT / "tools/bin/moat", "typecheck", elf], text=True,
                             capture_output=True, check=False)
    said = run.stdout + run.stderr
    return None if run.returncode == 2 and "debug information" in said and "Traceback" not in said else said


test_cases = cases.as_pytest([*(found(name, ARM) for name in MISTAKES), *(right(name) for name in MISTAKES),
                              *(found(name, RISCV) for name in list(MISTAKES)[::5]),
                              *(found_in_cxx(name, target) for name in CXX_MISTAKES for target in (ARM, RISCV)),
                              ("without_debug_information", without_debug_information)])
