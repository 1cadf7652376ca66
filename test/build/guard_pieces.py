#!/usr/bin/python3
"""Of the guard, a program links the pieces that it uses: none at CHECK0, the check of stores at CHECK2, the others with
their calls.

SPDX-License-Identifier: MIT"""
from _checks import CORE_FLAGS, ROOT, Compiler, expect, main, run

# What calls a piece, and a function that only that piece has.
PIECES = {
    "(void)MOAT_MOVE(node_type, list, node);": "moat_guard_check_copy",
    "(void)MOAT_CALL(take, node);": "moat_check_argument_",
    "(void)moat_check_level_set(1);": "moat_check_level_set",
    "(void)moat_persistent_new(&node_type, 1);": "moat_persistent_new",
    "static struct moat_region_entry entry; (void)moat_region_add(&entry);": "moat_region_add",
    "(void)moat_audit(NULL);": "moat_audit_step",
    "moat_guard_check_bytes(node, node, 8, 0);": "moat_guard_check_bytes",
}
STORE = "moat_guard_store_"
CHECK = {"moat_guard_check_copy": 2, "moat_check_argument_": 1, STORE: 2}


def flags(check):
    return ["-Os", f"-DMOAT_CONFIG_CHECK={check}", "-ffunction-sections", "-fdata-sections", *CORE_FLAGS]


def core(compiler, scratch, check):
    """Core's objects and the minimal program's port."""
    objects = []
    for source in (ROOT / "test/size/port.c", *sorted((ROOT / "core").rglob("*.c"))):
        objects.append(scratch / f"{source.stem}-{check}.o")
        compiler.must_compile(source, objects[-1], *flags(check))
    return objects + compiler.in_place_of_core(scratch, *flags(check))


def symbols(compiler, scratch, check, objects, statement=""):
    """The names in a program that stores, and does one thing more."""
    program = (ROOT / "test/size/minimal.c").read_text()
    for old, new in (("#include <moat.h>", "#include <guard/guard.h>"),
                     ("int main(void) {",
                      "int take(const void *p);\nint take(const void *p) { return p != 0; }\nint main(void) {"),
                     ("    return moat_gc_collect();", f"    {statement}\n    return moat_gc_collect();")):
        expect(program.count(old) == 1, f"test/size/minimal.c has no '{old}'")
        program = program.replace(old, new)
    compiler.must_compile("-", scratch / "main.o", *flags(check), text=program)
    status, output = run([compiler.command[0], "-mcpu=cortex-m3", "-mthumb", "-nostdlib", "-Wl,--gc-sections",
                          "-Llinker", "-T",
                          "test/size/minimal.ld", "-o", str(scratch / "a.elf"), str(scratch / "main.o"),
                          *map(str, objects),
                          "-lgcc"])
    expect(status == 0, output)
    return {line.split()[-1] for line in compiler.tool("nm", scratch / "a.elf").splitlines()}


def a_program_that_stores(scratch):
    compiler = Compiler("armv7m")
    for check in (0, 1, 2):
        linked = symbols(compiler, scratch, check, core(compiler, scratch, check))
        expect((STORE in linked) == (check == 2), f"CHECK{check}: {STORE} is {'' if STORE in linked else 'not '}linked")
        for name in PIECES.values():
            expect(name not in linked, f"CHECK{check}: {name} is linked and nobody calls it")


def each_piece_by_its_call(scratch):
    compiler = Compiler("armv7m")
    for check in (0, 2):
        objects = core(compiler, scratch, check)
        for statement, name in PIECES.items():
            linked = symbols(compiler, scratch, check, objects, statement)
            wanted = check >= CHECK.get(name, 0)
            expect((name in linked) == wanted,
                   f"CHECK{check}: {name} is {'' if name in linked else 'not '}linked by {statement}")
            others = set(PIECES.values()) - {name}
            expect(not others & linked, f"CHECK{check}: {statement} links {', '.join(others & linked)} too")


main(a_program_that_stores, each_piece_by_its_call)
