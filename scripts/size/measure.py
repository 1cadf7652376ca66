"""Measures core, compiled for one CPU family, optimisation and check level.

`text`, `rodata`, `data` and `bss` are what the linker keeps of core, an archive, for test/size/minimal.c, a program
that uses init, one arena, new, store, step and collect; `program` is its text and rodata together, `report` the part
of it that records and prints a fault; `feature_*`, at CHECK0, is what the program takes more with a file of
test/size/features; `library_*` is all of core. `stack` is the deepest any public function can go by the call graph,
ports and hooks apart. `header` is an object's header, `heap` the heap's state and `arena` the start of an arena.

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


def linked_sections(map_text, archive):
    """(member, section, bytes) of what the linker kept of an archive."""
    kept = map_text[map_text.index("Linker script and memory map"):]
    kept = re.sub(r"\n (\.\S+)\n\s+(0x)", r"\n \1 \2", kept)
    line = re.compile(r"^ (\.\S+)\s+0x[0-9a-f]+\s+(0x[0-9a-f]+) ([^(\s]+)\((\S+)\.o\)$", re.MULTILINE)
    for section, length, path, member in line.findall(kept):
        if path == str(archive) and int(length, 16) != 0:
            yield member, section, int(length, 16)


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


def archive_core(compiler, checks, scratch, flags):
    """Core, and what the port has in its place, as an archive."""
    objects = [scratch / f"{source.stem}.o" for source in sorted((checks.ROOT / "core").rglob("*.c"))]
    for source, path in zip(sorted((checks.ROOT / "core").rglob("*.c")), objects):
        if not path.exists():
            compiler.must_compile(source.relative_to(checks.ROOT), path, *flags)
    objects += compiler.in_place_of_core(scratch, *flags)
    archive = scratch / "libmoat.a"
    compiler.tool("ar", "rcs", archive, *objects)
    return archive, objects


def link_minimal(compiler, checks, scratch, archive, flags, feature=None):
    """[(member, section, bytes)] that minimal.c's program keeps of core; with a file of features/."""
    programs = []
    for name in ("minimal", "port", *([f"features/{feature}"] if feature else ())):
        programs.append(scratch / f"program-{pathlib.Path(name).name}.o")
        if not programs[-1].exists():
            compiler.must_compile(f"test/size/{name}.c", programs[-1], *flags)
    map_file = scratch / "map"
    cpu = [flag for flag in compiler.command if flag.startswith("-m")]
    status, messages = checks.run([f"{compiler.prefix}gcc", *cpu, "-nostdlib", "-Wl,--gc-sections", "-Llinker", "-T",
                                   "test/size/minimal.ld", f"-Wl,-Map={map_file}", "-o", str(scratch / "minimal.elf"),
                                   *map(str, programs), str(archive), "-lgcc"])
    if status != 0:
        raise checks.Failure(f"{compiler.name}: minimal.c does not link with {feature or 'nothing'}: "
                             f"{checks.first_error(messages)}")
    return list(linked_sections(map_file.read_text(), archive))


def total_kept(kept, members=None):
    """{section: bytes} of what was kept, of these members."""
    return total((section, size) for member, section, size in kept if members is None or member in members)


def program_bytes(kept, members=None):
    sections = total_kept(kept, members)
    return sections["text"] + sections["rodata"]


class Meter:
    """Measures a tree: this one, or the checkout of another commit."""

    def __init__(self, root):
        sys.path.insert(0, str(root / "test/build"))
        import _callgraph
        import _checks
        self.root, self.graph, self.checks = pathlib.Path(root), _callgraph.CallGraph, _checks

    def features(self, compiler, scratch, archive, flags, minimal):
        """{feature_NAME: the bytes that the program takes more}"""
        names = sorted(path.stem for path in (self.root / "test/size/features").glob("*.c"))
        return {f"feature_{name}": program_bytes(link_minimal(compiler, self.checks, scratch, archive, flags, name)) -
                minimal for name in names}

    def measure(self, core, opt, check):
        compiler = self.checks.Compiler(core)
        flags = [f"-{opt}", f"-DMOAT_CONFIG_CHECK={check}", "-ffunction-sections", "-fdata-sections"]
        with tempfile.TemporaryDirectory() as folder:
            scratch = pathlib.Path(folder)
            graph = self.graph(compiler, scratch, *flags)
            archive, objects = archive_core(compiler, self.checks, scratch, flags)
            kept = link_minimal(compiler, self.checks, scratch, archive, flags)
            sections = total_kept(kept)
            sections["report"] = program_bytes(kept, REPORT)
            sections["program"] = program_bytes(kept)
            if check == "0":
                sections.update(self.features(compiler, scratch, archive, flags, sections["program"]))
            library = total(pair for path in objects for pair in object_sections(compiler, path))
            sections.update({f"library_{section}": size for section, size in library.items()})
            public = [name for name in graph.frames if re.fullmatch(r"moat_[a-z0-9_]+", name)]
            sections["stack"] = max(graph.deepest(name)[0] for name in public)
            sections.update(struct_sizes(compiler, scratch, flags))
            return Sizes(sections, functions(compiler, objects))
