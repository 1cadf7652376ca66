#!/usr/bin/python3
"""The rules that keep core what it is: no recursion, no library, no CPU's name, few #if, small files and functions.

SPDX-License-Identifier: MIT"""
import pathlib
import re
from typing import Dict, List

from _callgraph import CallGraph
from _checks import CORE, CORE_FLAGS, ROOT, Compiler, expect, main, run

FILES = sorted((ROOT / "core").rglob("*.[ch]"))
OURS = [path for folder in ("core", "lib", "port", "bsp", "wrap", "test", "examples")
        for path in (ROOT / folder).rglob("*.[chS]")]
FILE_LINES = 600
FUNCTION_LINES = 80
IFS_PER_THOUSAND = 10

# Families, instruction sets, boards and their registers; whole words, in code and comments. BASEPRI is an option.
NAMES = re.compile(r"\b(__ARM\w*|__riscv\w*|__thumb\w*|__x86\w*|__i386\w*"
                   r"|arm(v\d\w*)?|cortex(-m\d*)?|risc-?v\w*|rv32\w*"
                   r"|rv64\w*|thumb\w*|x86\w*|i386|mps2\w*|an385|primask|mstatus|mcause|cfsr|nvic|qemu)\b",
                   re.IGNORECASE)

# What GCC calls for operations that a CPU lacks; no memcpy, no memset.
LIBGCC = re.compile(r"__(aeabi_(u?idiv|u?idivmod|u?ldivmod|lmul|llsl|llsr|lasr)|(clz|ctz|ffs|popcount)[sd]i2"
                    r"|u?(div|mod)[sdt]i3|mul[sd]i3|(ashl|ashr|lshr)[dt]i3|gnu_thumb1_case_\w+)")


def core_does_not_recurse(scratch):
    for target, flag in (("armv7m", "-Os"), ("armv7m", "-O2"), ("rv32imac", "-Os"), ("rv64imac", "-O2")):
        graph = CallGraph(Compiler(target), scratch, flag)
        public = [name for name in graph.frames if re.fullmatch(r"moat_[a-z_]+", name)]
        expect(public, "the call graph has no functions")
        for name in sorted(public):
            need, chain = graph.deepest(name)
            print(f"# stack {target} {flag} {name}: {need} bytes")
            expect(need < 4096, f"{target} {flag}: {' -> '.join(chain)} needs {need} bytes of stack")


def section_symbols():
    declarations = re.findall(r"^(?:extern|MOAT_BOUND_) .*;", (ROOT / "core/base/sections.h").read_text(), re.MULTILINE)
    return set(re.findall(r"\b(moat_\w+)\[\]", "\n".join(declarations)))


def core_calls_its_port_and_nothing_else(scratch):
    allowed = section_symbols() | set(re.findall(r"\b(moat_port_\w+)\(", (ROOT / "core/base/port.h").read_text()))
    for target, flag in (("armv6m", "-Os"), ("armv7m", "-O3"), ("rv32imac", "-Os"), ("rv64imac", "-O3")):
        compiler = Compiler(target)
        defined, used = set(), {}
        objects = compiler.must_compile_all(CORE, scratch, flag, *CORE_FLAGS)
        for line in compiler.tool("nm", "-A", *objects).splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                used[name] = pathlib.Path(line.partition(":")[0]).name
            elif kind.isupper():
                defined.add(name)
        for name, where in used.items():
            expect(name in defined or name in allowed or LIBGCC.fullmatch(name),
                   f"{target} {flag}: {where} refers to {name}")


def core_names_no_cpu_and_no_board(_):
    for path in FILES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = NAMES.search(line)
            expect(not match, f"{path.relative_to(ROOT)}:{number} says '{match and match.group()}'")


def core_has_few_ifs(_):
    counted = [path for path in FILES if path.name != "moat_defaults.h"]
    lines = [line for path in counted for line in path.read_text().splitlines()]
    ifs = sum(bool(re.match(r"\s*#\s*(if|elif)", line)) for line in lines)
    print(f"# {ifs} conditionals in {len(lines)} lines, include guards among them")
    expect(ifs * 1000 < IFS_PER_THOUSAND * len(lines), f"{ifs} #if in {len(lines)} lines of core")


def wings_that_may_be_used():
    """{wing: the wings that it may use}, from the table in docs/design.md."""
    section = (ROOT / "docs/design.md").read_text().split("\n## Wings\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", section, re.MULTILINE)
    return {wing: set(re.findall(r"`(\w+)`", uses)) for wing, uses in rows}


def order_of(uses):
    """The wings so that each stands behind those that it uses; as far as that goes."""
    order: List[str] = []
    while more := [wing for wing in uses if wing not in order and uses[wing] <= set(order)]:
        order += more
    return order


def each_core_file_lies_in_a_wing(_):
    wings = {*wings_that_may_be_used(), "include"}
    for path in FILES:
        inside = path.relative_to(ROOT / "core").parts
        expect(len(inside) == 2 and inside[0] in wings,
               f"{path.relative_to(ROOT)} lies in none of {', '.join(sorted(wings))}")


def names_of_core_files_are_unique(_):
    seen: Dict[str, pathlib.Path] = {}
    for path in (path for path in FILES if path.suffix == ".c"):
        other = seen.setdefault(path.name, path)
        expect(other == path, f"{path.relative_to(ROOT)} and {other.relative_to(ROOT)} are one name in an archive")


def includes_of(path):
    """(wing, place) of what a file of core includes; headers of core/include are no wing's."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if match and not (ROOT / "core/include" / match[1]).exists():
            expect((ROOT / "core" / match[1]).exists(),
                   f'{path.relative_to(ROOT)}:{number} does not name the wing of "{match[1]}"')
            yield match[1].split("/")[0], f"{path.relative_to(ROOT)}:{number} includes {match[1]}"


def calls_of(scratch):
    """(wing, the other, place) of the symbols that wings take from each other."""
    compiler, where, used = Compiler("armv7m"), {}, []
    everything = [f"-DMOAT_CONFIG_{name}" for name in ("CHECK=2", "CHECK_SLOTS=1", "EVENTS=16", "AUDIT=16",
                                                       "SLICE_CLOCK=1", "TASKS=1", "ASSERT=1")]
    for path in sorted((ROOT / "core").rglob("*.c")):
        compiler.must_compile(path, scratch / "a.o", "-Os", *CORE_FLAGS, *everything)
        for line in compiler.tool("nm", scratch / "a.o").splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                used.append((path, name))
            elif kind.isupper():
                where[name] = path.parent.name
    return [(path.parent.name, where[name], f"{path.relative_to(ROOT)} refers to {name}") for path, name in used
            if name in where]


def wings_use_what_the_design_says(scratch):
    allowed = wings_that_may_be_used()
    circle = set(allowed) - set(order_of(allowed))
    expect(allowed and not circle, f"docs/design.md: the wings {', '.join(sorted(circle))} use each other in a circle")
    uses = [(path.parent.name, wing, place) for path in FILES for wing, place in includes_of(path)] + calls_of(scratch)
    for wing, other, place in uses:
        expect(wing == other or other in allowed.get(wing, ()),
               f"{place}: docs/design.md has {wing} use {other} nowhere")
    for wing, others in allowed.items():
        idle = others - {other for user, other, _ in uses if user == wing}
        expect(not idle, f"docs/design.md says that {wing} uses {', '.join(sorted(idle))}, which it does not")


def files_are_small(_):
    for path in OURS:
        lines = len(path.read_text().splitlines())
        expect(lines <= FILE_LINES, f"{path.relative_to(ROOT)} has {lines} lines, more than {FILE_LINES}")


def functions_are_small(_):
    sources = [str(path.relative_to(ROOT)) for path in OURS if path.suffix != ".S"]
    status, output = run(["ctags", "-x", "--c-kinds=f", "--fields=+ne", "--_xformat=%F %N %n %e", "-f", "-", *sources])
    expect(status == 0, f"ctags: {output}")
    count = 0
    for line in output.splitlines():
        path, name, first, last = line.rsplit(" ", 3)
        count += 1
        lines = int(last) - int(first) + 1
        expect(lines <= FUNCTION_LINES, f"{path}:{first} {name} has {lines} lines, more than {FUNCTION_LINES}")
    expect(count > 50, f"ctags found {count} functions only")


def every_file_names_its_licence(_):
    scripts = [*(ROOT / "tools").rglob("*.py"), *(ROOT / "scripts").rglob("*.py"), *(ROOT / "test").rglob("*.py"),
               *(ROOT / "linker").glob("*.ld"),
               *(ROOT / "make").glob("*.mk"), *(ROOT / "bsp").rglob("*.mk"), ROOT / "Makefile"]
    for path in [*OURS, *scripts]:
        expect(path.name == "__init__.py" or "SPDX-License-Identifier: MIT" in path.read_text(),
               f"{path.relative_to(ROOT)} has no SPDX-License-Identifier: MIT")


main(core_does_not_recurse, core_calls_its_port_and_nothing_else, core_names_no_cpu_and_no_board, core_has_few_ifs,
     each_core_file_lies_in_a_wing, names_of_core_files_are_unique, wings_use_what_the_design_says, files_are_small,
     functions_are_small, every_file_names_its_licence)
