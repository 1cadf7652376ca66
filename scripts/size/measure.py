"""Measures core, compiled for one CPU family, optimisation and check level.

`text`, `rodata`, `data` and `bss` are what the linker keeps of core for test/size/minimal.c, a program that uses init,
one arena, new, array, store, step and collect; `program` is its text and rodata together, `report` the part of it that
records and prints a fault; `library_*` is all of core. `stack` is the deepest any public function can go by the call
graph, ports and hooks apart. `header` is an object's header, `heap` the heap's state and `arena` the start of an arena.

Part `heap` is what CHECK0 takes; part `guard` is what a check level adds to it.

SPDX-License-Identifier: MIT"""
import dataclasses
import pathlib
import re
import sys
import tempfile

CORES = ("armv6m", "armv7m", "rv32imac", "rv64imac")
OPTS = ("Os", "O2")
CHECKS = ("0", "1", "2")
SECTIONS = ("text", "rodata", "data", "bss")
REPORT = frozenset("fault causes print record ring sink callers frame build_id text crc event free".split())
STRUCTS = """
#include <moat.h>
extern const char header[sizeof(moat_word)], heap[sizeof(struct moat_heap)], arena[sizeof(struct moat_arena)];
const char header[sizeof(moat_word)] = {1}, heap[sizeof(struct moat_heap)] = {1};
const char arena[sizeof(struct moat_arena)] = {1};
"""


@dataclasses.dataclass
class Sizes:
    sections: dict   # section: bytes
    functions: dict  # FILE:NAME: bytes, of all of core's code


def section_of(name):
    """The column that an input section belongs to."""
    for section in ("text", "rodata", "data", "bss"):
        if re.match(rf"\.s?{section}(\.|$)", name):
            return section
    return "bss" if name.startswith(".noinit.") else None


def object_sections(compiler, path):
    """(section, bytes) of an object file."""
    for line in compiler.tool("size", "-A", path).splitlines():
        words = line.split()
        if len(words) == 3 and words[1].isdigit():
            yield words[0], int(words[1])


def linked_sections(map_text, objects):
    """(section, bytes) of what the linker kept of some object files."""
    kept = map_text[map_text.index("Linker script and memory map"):]
    kept = re.sub(r"\n (\.\S+)\n\s+(0x)", r"\n \1 \2", kept)
    for section, length, path in re.findall(r"^ (\.\S+)\s+0x[0-9a-f]+\s+(0x[0-9a-f]+) (\S+)$", kept, re.MULTILINE):
        if path in objects:
            yield section, int(length, 16)


def total(pairs):
    sums = dict.fromkeys(SECTIONS, 0)
    for name, size in pairs:
        if section_of(name):
            sums[section_of(name)] += size
    return sums


def functions(compiler, objects):
    found = {}
    for path in objects:
        for line in compiler.tool("nm", "-S", path).splitlines():
            words = line.split()
            if len(words) == 4 and words[2] in "tTwW":
                found[f"{path.stem}.c:{words[3]}"] = int(words[1], 16)
    return found


def struct_sizes(compiler, scratch, flags):
    compiler.must_compile("-", scratch / "structs.o", *flags, text=STRUCTS)
    names = (line.split() for line in compiler.tool("nm", "-S", scratch / "structs.o").splitlines())
    return {words[3]: int(words[1], 16) for words in names if len(words) == 4}


def is_report(path):
    """Whether an object file records and prints what went wrong: linked by whatever can trap, the guard or a CPU
    exception."""
    return path.stem in REPORT is not None


def link_minimal(compiler, checks, scratch, objects, flags):
    """The sections that minimal.c's program keeps of core."""
    programs = []
    for name in ("minimal", "port"):
        programs.append(scratch / f"size-{name}.o")
        compiler.must_compile(f"test/size/{name}.c", programs[-1], *flags)
    map_file = scratch / "map"
    cpu = [flag for flag in compiler.command[1:] if flag.startswith("-m")]
    status, messages = checks.run([compiler.command[0], *cpu, "-nostdlib", "-Wl,--gc-sections", "-Llinker", "-T",
                                   "test/size/minimal.ld", f"-Wl,-Map={map_file}", "-o", str(scratch / "minimal.elf"),
                                   *map(str, programs), *map(str, objects), "-lgcc"])
    if status != 0:
        raise checks.Failure(f"{compiler.name}: the minimal program does not link: {checks.first_error(messages)}")
    sections = total(linked_sections(map_file.read_text(), {str(path) for path in objects}))
    report = total(linked_sections(map_file.read_text(), {str(path) for path in objects if is_report(path)}))
    sections["report"] = report["text"] + report["rodata"]
    return sections


class Meter:
    """Measures a tree: this one, or the checkout of another commit."""

    def __init__(self, root):
        sys.path.insert(0, str(root / "test/build"))
        import _callgraph
        import _checks
        self.root, self.graph, self.checks = pathlib.Path(root), _callgraph.CallGraph, _checks

    def measure(self, core, opt, check):
        compiler = self.checks.Compiler(core)
        flags = [f"-{opt}", f"-DMOAT_CONFIG_CHECK={check}", "-ffunction-sections", "-fdata-sections"]
        with tempfile.TemporaryDirectory() as folder:
            scratch = pathlib.Path(folder)
            graph = self.graph(compiler, scratch, *flags)
            objects = [scratch / f"{source.stem}.o" for source in sorted((self.root / "core").rglob("*.c"))]
            objects += compiler.in_place_of_core(scratch, *flags)  # it counts as core
            sections = link_minimal(compiler, self.checks, scratch, objects, flags)
            sections["program"] = sections["text"] + sections["rodata"]
            library = total(pair for path in objects for pair in object_sections(compiler, path))
            sections.update({f"library_{section}": size for section, size in library.items()})
            public = [name for name in graph.frames if re.fullmatch(r"moat_[a-z0-9_]+", name)]
            sections["stack"] = max(graph.deepest(name)[0] for name in public)
            sections.update(struct_sizes(compiler, scratch, flags))
            return Sizes(sections, functions(compiler, objects))
