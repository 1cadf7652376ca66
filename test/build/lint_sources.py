"""The examples, the suites and README.md's example pass lint, and would not if they wrote a slot or a map wrongly.

SPDX-License-Identifier: MIT"""
import re
import shutil

from _checks import ROOT, Compiler, expect, pytest_of, run

NEWLIB = {"rv32imac": "build/newlib/rv32imac/include", "rv64imac": "build/newlib/rv64imac/include"}
COMPILERS = [Compiler("armv7m"), Compiler("rv32imac"), Compiler("rv64imac"), Compiler("host", clang=True)]

# What the sources see beyond core's headers, and the macros that their makefiles give them.
FLAGS = ["-std=c11", "-Ibsp", "-Itest", "-DTABLE=table", '-DCOMPILER="lint"']


def sources(*patterns):
    return sorted(path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern))


TRACKER = sources("examples/tracker/*.c", "examples/tracker/radio/*.c")
OTHERS = sources("examples/queue/*.c", "examples/no_script/main.c", "test/*.c", "test/size/*.c", "test/suite/*.c",
                 "test/suite/support/*.c")
# They copy over slots, store without a macro, or make maps as the compiler plugin does on purpose; the last is for it.
NOT_CLEAN = ("guard_wrap.c", "raw_store.c", "task_barrier.c", "task_raw_store.c", "types.c", "queue_plain.c")
OTHERS = [source for source in OTHERS if source.name not in NOT_CLEAN]
TASKS = [source for source in OTHERS if source.name.startswith("task_")]


def command_of(compiler):
    """Without -ffreestanding: these sources have a C library."""
    target = compiler.name.split("/")[1]
    command = [word for word in compiler.command if word != "-ffreestanding"]
    system = ["-isystem", NEWLIB[target]] if target in NEWLIB else ["-D_GNU_SOURCE"] if target == "host" else []
    return [*command, *system]


def lint(compiler, *words):
    return run(["tools/moat-lint", *command_of(compiler), *FLAGS, *map(str, words)])


def types_in(paths):
    return sum(len(re.findall(r"^MOAT_TYPE(?!_DECLARE)", (ROOT / path).read_text(), re.MULTILINE)) for path in paths)


def clean(name, paths, *flags):
    def case(_):
        expect(len(paths) > 3, f"{len(paths)} sources only")
        for compiler in COMPILERS:
            status, output = lint(compiler, *flags, *paths)
            expect(status == 0, f"{compiler.name}: {output[:600]}")
            told = re.fullmatch(r"moat lint: sources (\d+), maps compared (\d+), found 0\n", output)
            expect(told and int(told[1]) == len(paths), f"says {output[-600:]}")
            # types that only another configuration compiles are not there to compare
            expect(int(told[2]) >= types_in(paths) - 8, f"{told[2]} maps compared of {types_in(paths)} types")

    return f"{name}_{'is' if name == 'tracker' else 'are'}_clean{''.join(flags).replace('-D', '_with_')}", case


def readme_is_clean(scratch):
    text = "\n".join(re.findall(r"^```c\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL))
    (scratch / "readme.c").write_text(text)
    for compiler in COMPILERS:
        status, output = lint(compiler, scratch / "readme.c")
        expect(status == 0, f"{compiler.name}: {output}")
        status, output = run(["make", "-s", "lint-user", f"CC={' '.join(command_of(compiler))}",
                              f"SRC={scratch}/readme.c"])
        expect(status == 0, f"make lint-user: {output}")
    wrong = text.replace("MOAT_STORE(first, node)", "first = node", 1)
    (scratch / "readme.c").write_text("#include <moat_map.h>\n" + wrong)
    status, output = run(["make", "-s", "lint-user", f"SRC={scratch}/readme.c", "FLAGS=-mcpu=cortex-m3 -mthumb"])
    expect(status != 0 and "moat: use MOAT_STORE(first, node)" in output, f"make lint-user: {output}")


def tracker_with_a_mistake(scratch):
    """A store and a map, each made wrong in turn, in a copy."""
    shutil.copytree(ROOT / "examples/tracker", scratch / "tracker")
    stores = maps = 0
    for path in sorted((scratch / "tracker").rglob("*.c")):
        if path.name == "report_bug.c":
            continue  # it stores to a DMA descriptor, which is no slot
        text = path.read_text()
        store = re.search(r"MOAT_(?:STORE|INIT)\(([^,()]+), ([^()]+)\);", text)
        if store:
            path.write_text(text.replace(store[0], f"{store[1]} = {store[2]};", 1))
            place = f"{path}:{text[:store.start()].count(chr(10)) + 1}:"
            for compiler in (COMPILERS[0], COMPILERS[-1]):
                status, output = lint(compiler, path)
                expect(status == 1,
                       f"{compiler.name}: '{store[1]} = {store[2]}' in {path.name}: status {status} {output[-300:]}")
                expect(re.search(rf"^{re.escape(place)}\d+: note: moat: use MOAT_STORE\(", output, re.MULTILINE),
                       f"{compiler.name}: nothing said at {place} {output}")
            stores += 1
        slots = re.search(r"^MOAT_TYPE\(\w+, struct (\w+)((?:, \w+)*), (\w+)\);", text, re.MULTILINE)
        if slots:
            path.write_text(text.replace(slots[0], slots[0].replace(f", {slots[3]});", ");")))
            for compiler in (COMPILERS[0], COMPILERS[-1]):
                status, output = lint(compiler, path)
                expect(status == 1 and re.search(rf"error: `{slots[3]}\b.* of struct {slots[1]} is a MOAT_REF", output),
                       f"{compiler.name}: {slots[0]} without {slots[3]}: {output[-300:]}")
            maps += 1
        path.write_text(text)
    expect(stores >= 3 and maps >= 3, f"{stores} stores and {maps} maps were made wrong only")


def a_compile_command_as_it_stands(scratch):
    """Options about output make none, and none hides a message; a header's mistake counts once."""
    (scratch / "list.h").write_text("#include <moat.h>\nstruct node { MOAT_REF(struct node) next; };\n"
                                    "static inline void cut(struct node *a) { a->next = NULL; }\n"
                                    "static inline void copy(struct node *a, struct node *b) { *a = *b; }\n")
    for name in ("a", "b"):
        (scratch / f"{name}.c").write_text('#include "list.h"\n')
    # Warnings of the ordinary build are not lint's business, not even where they are errors.
    (scratch / "c.c").write_text("#include <moat.h>\nstruct node { MOAT_REF(struct node) next; };\n"
                                 "MOAT_TYPE(node_type, struct node, next);\n"
                                 "char *cast(const char *text);\n"
                                 "char *cast(const char *text) { int unused; return (char *)text; }\n")
    for compiler in COMPILERS:
        status, output = lint(compiler, "-c", "-o", scratch / "a.o", "-MMD", "-MF", scratch / "a.d", f"-o{scratch}/b.o",
                              "-O2", "-flto",
                              "-w", "-Wall", "-Werror", "-Wfatal-errors", *(scratch / f"{name}.c" for name in "abc"))
        expect(status == 1 and output.endswith("moat lint: sources 3, maps compared 1, found 2\n"),
               f"{compiler.name}: {output}")
        move = ("MOAT_MOVE(type of the struct, a, b)" if "clang" in compiler.name
                else "MOAT_STORE(*a, *b), or MOAT_MOVE if it is a struct")
        for use in ("MOAT_CLEAR(a->next)", move):
            expect(f"note: moat: use {use}\n" in output, f"{compiler.name}: no '{use}' for a header's line: {output}")
        expect(sorted(path.name for path in scratch.iterdir()) == ["a.c", "b.c", "c.c", "list.h"],
               f"{compiler.name} left files")


def a_refusal_hides_no_map(scratch):
    """Both are reported, for a file that has a raw store, and a slot of char ** that grows."""
    (scratch / "both.c").write_text("#include <moat.h>\nstruct node { MOAT_REF(struct node) next; "
                                    "MOAT_REF(MOAT_REF(char)) lines; MOAT_REF(const char) name; };\n"
                                    "MOAT_TYPE(node_type, struct node, next, name);\n"
                                    "void fill(struct node *a, char **lines);\n"
                                    "void fill(struct node *a, char **lines) {\n"
                                    "    MOAT_STORE(a->lines, lines);\n    MOAT_STORE(a->lines[0], lines[1]);\n"
                                    "    MOAT_STORE(a->name, \"literal\");\n    a->next = a;\n}\n")
    for compiler in COMPILERS:
        status, output = lint(compiler, scratch / "both.c")
        expect(status == 1 and output.endswith("moat lint: sources 1, maps compared 1, found 2\n"),
               f"{compiler.name}: {output}")
        expect("note: moat: use MOAT_STORE(a->next, a)\n" in output and "error: `lines` of struct node is a MOAT_REF" in
               output, f"{compiler.name}: {output}")


def what_is_no_findings_business(scratch):
    """A source that does not compile, an unknown compiler, no source: status 2 and a reason."""
    (scratch / "broken.c").write_text("#include <moat.h>\nint x = y;\n")
    compiler = COMPILERS[0]
    for words, reason in (([scratch / "broken.c"], "does not compile, lint or no lint"), ([], "usage:"),
                          ([scratch / "absent.c"], "absent.c")):
        status, output = lint(compiler, *words)
        expect(status == 2 and reason in output, f"{words}: status {status}, {output}")
    status, output = run(["tools/moat-lint", "/no/such/compiler", "a.c"])
    expect(status == 2 and "/no/such/compiler" in output, f"no compiler: status {status}, {output}")


test_cases = pytest_of(clean("tracker", TRACKER), clean("tracker", TRACKER, "-DTRACKER_BUG=1"),
                       clean("suites", [source for source in OTHERS if source not in TASKS]),
                       clean("task_suites", TASKS, "-DMOAT_CONFIG_TASKS=1"),
                       readme_is_clean, tracker_with_a_mistake, a_compile_command_as_it_stands,
                       a_refusal_hides_no_map, what_is_no_findings_business)
