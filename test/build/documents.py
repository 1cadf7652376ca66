#!/usr/bin/python3
"""What the documents say holds: the README's example compiles, its commands exist, links and options resolve.

SPDX-License-Identifier: MIT"""
import re
import shutil

from _checks import CORE, ROOT, Compiler, Skip, compile_cxx, expect, main, run

DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if "build" not in path.relative_to(ROOT).parts[:1])
README = ROOT / "README.md"


def read_readme():
    if not README.exists():
        raise Skip("there is no README.md yet")
    return README.read_text()


def readme_examples_compile(scratch):
    examples = re.findall(r"^```c\n(.*?)^```", read_readme(), re.MULTILINE | re.DOTALL)
    expect(examples, "README.md has no example between ```c fences")
    for number, example in enumerate(examples, 1):
        for target in ("armv7m", "rv32imac", "rv64imac", "host"):
            library = [f"-isystembuild/newlib/{target}/include"] if target.startswith("rv") else []
            for check in (0, 2):
                Compiler(target).must_compile("-", scratch / "a.o", f"-DMOAT_CONFIG_CHECK={check}", *library,
                                              text=example)
    lines = len(examples[0].splitlines())
    expect(lines <= 55, f"README.md's example has {lines} lines, more than 55")


def readme_example_is_the_file(_):
    """The example is examples/queue/queue.c, but for the comment at that file's head."""
    example = re.search(r"^```c\n(.*?)^```", read_readme(), re.MULTILINE | re.DOTALL).group(1)
    program = (ROOT / "examples/queue/queue.c").read_text().split("*/\n", 1)[1]
    expect(example == program, "README.md's example is not the text of examples/queue/queue.c: copy it")


def plain_form_is_the_file(_):
    """Each line of docs/plugin.md's table of both forms stands in the program of its column."""
    rows = re.findall(r"^\| `([^`]*;)` \| `([^`]*;)` \|$", (ROOT / "docs/plugin.md").read_text(), re.MULTILINE)
    expect(len(rows) >= 3, "docs/plugin.md has no table of the macros' form beside the plugin's")
    for column, name in enumerate(("queue.c", "queue_plain.c")):
        text = (ROOT / "examples/queue" / name).read_text()
        for row in rows:
            expect(row[column] in text, f"docs/plugin.md has `{row[column]}`, and {name} has not")


def readme_is_short(_):
    lines = len(read_readme().splitlines())
    expect(lines <= 120, f"README.md has {lines} lines, more than 120")


def readme_figures_are_measured(_):
    """Each figure of a workload in README.md's table is one of docs/performance.md's of the same workload."""
    numbers = r"\b\d[\d,]*(?:\.\d+)?\b"
    measured = [row for row in (ROOT / "docs/performance.md").read_text().splitlines() if row.startswith("| ")]
    rows = [row for row in read_readme().splitlines() if re.match(r"\|.*(`(mixed50|trees_keep0)`|a slice)", row)]
    expect(len(rows) == 4, "README.md has lost rows of its figures")
    for row in rows:
        name = re.search(r"`(\w+)`|$", row)[1]
        known = "".join(line for line in measured if (f"`{name}`" if name else "longest slice") in line
                        or (name or "").startswith("trees_keep") and "`trees_keep0/2/4`" in line)
        for figure in re.findall(numbers, re.sub(r"`.*?`", "", row)):
            expect(figure in re.findall(numbers, known), f"README.md says {figure} of {name or 'a slice'}; "
                   "docs/performance.md does not")


def guide_examples_compile(scratch):
    """Those of docs/guard.md, each by itself, and its linker fragment as an application's own."""
    guide = (ROOT / "docs/guard.md").read_text()
    examples = re.findall(r"^```c\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    expect(len(examples) >= 5, "docs/guard.md has lost its examples")
    for example in examples:
        for target in ("armv7m", "rv64imac", "host"):
            for check in (0, 1, 2):
                Compiler(target).must_compile("-", scratch / "a.o", f"-DMOAT_CONFIG_CHECK={check}", text=example)
    wrapped = set(re.findall(r"--wrap=(\w+)", (ROOT / "linker/moat_wrap.opts").read_text()))
    for name in wrapped:
        expect(name in guide or name.startswith("__aeabi_mem"), f"docs/guard.md does not say that {name} is wrapped")
        expect(any(name.removeprefix("__aeabi_") in path.read_text() for path in (ROOT / "wrap").glob("*.c")),
               f"wrap/ has no {name}")


def answers_examples_compile(scratch):
    """Those of docs/answers.md."""
    examples = re.findall(r"^```c\n(.*?)^```", (ROOT / "docs/answers.md").read_text(), re.MULTILINE | re.DOTALL)
    expect(examples, "docs/answers.md has lost its examples")
    for example in examples:
        for target in ("armv7m", "rv64imac", "host"):
            for check in (0, 2):
                Compiler(target).must_compile("-", scratch / "a.o", f"-DMOAT_CONFIG_CHECK={check}", text=example)


def cpp_examples_compile(scratch):
    """Those of docs/cpp.md, the first of which is the example's text."""
    examples = re.findall(r"^```cpp\n(.*?)^```", (ROOT / "docs/cpp.md").read_text(), re.MULTILINE | re.DOTALL)
    expect(len(examples) >= 2, "docs/cpp.md has lost its examples")
    program = (ROOT / "examples/queue_cpp/queue_cpp.cpp").read_text().split("MIT\n", 1)[1]
    expect(examples[0] == program, "docs/cpp.md's first example is not the text of examples/queue_cpp: copy it")
    for example in examples:
        for target in ("armv7m", "rv32imac", "rv64imac", "host"):
            library = [f"-isystembuild/newlib/{target}/include"] if target.startswith("rv") else []
            for check in (0, 2):
                status, messages = compile_cxx(Compiler(target), "-", scratch / "a.o", "-std=c++17",
                                               f"-DMOAT_CONFIG_CHECK={check}", *library, text=example)
                expect(status == 0, f"docs/cpp.md, {target}: {messages[:400]}")


def helpers_examples_compile(scratch):
    """Those of docs/helpers.md, each in a function."""
    examples = re.findall(r"^```c\n(.*?)^```", (ROOT / "docs/helpers.md").read_text(), re.MULTILINE | re.DOTALL)
    expect(len(examples) == 2, "docs/helpers.md has lost its examples")
    for example in examples:
        text = ("#include <moat_map.h>\nstruct vessel { int speed; };\nMOAT_TYPE(vessel_type, struct vessel);\n"
                f"void *use(struct vessel *vessel);\nvoid *use(struct vessel *vessel) {{\n{example}return "
                f"{'anna' if 'anna' in example else 'now'};\n}}\n")
        for target in ("armv7m", "rv32imac"):
            status, messages = Compiler(target).compile("-", scratch / "a.o", text=text)
            expect(status == 0, f"docs/helpers.md, {target}: {messages[:400]}")


def link_radio(scratch, compiler, library):
    """The addresses of a program with a library of 4 KiB of zeros, linked by the fragments in `scratch`."""
    status, output = run([compiler.command[0], "-mcpu=cortex-m3", "-mthumb", "-nostdlib", f"-L{scratch}", "-Llinker",
                          "-T", "bsp/arm-mps2-an385/memory.ld", "-o", str(scratch / "a.elf"), str(scratch / "main.o"),
                          str(library)])
    expect(status == 0, output)
    symbols = {line.split()[2]: int(line.split()[0], 16)
               for line in compiler.tool("nm", scratch / "a.elf").splitlines()}
    for name, region in (("radio_state", "radio"), ("radio_zero", "radio_bss"), ("radio_buffer", "radio_bss")):
        expect(symbols[f"{region}_start"] <= symbols[name] < symbols[f"{region}_end"], f"{name} is not in {region}")
    expect(symbols["moat_flash_end"] - symbols["moat_flash_start"] < 4096, "the library's zeros are in flash")


def guide_fragments_link(scratch):
    """docs/guard.md's two fragments, for a library as an archive, and as an object by its path."""
    guide = (ROOT / "docs/guard.md").read_text()
    fragments = re.findall(r"^```ld\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    objects, archive = re.search(r"`(\*radio/\*\.o)\(\.data \.{3}\)` in place of `(\*libradio\.a:\*)", guide).groups()
    compiler = Compiler("armv7m")
    (scratch / "radio").mkdir()
    compiler.must_compile("-", scratch / "radio/all.o", text="int radio_state = 1; int radio_zero;\n"
                          "char radio_buffer[4096];")
    compiler.must_compile("-", scratch / "main.o", text="extern int radio_state, radio_zero; void moat_reset(void);\n"
                          "extern char radio_buffer[];\n"
                          "void moat_reset(void) { radio_state += radio_zero + radio_buffer[0]; }")
    compiler.tool("ar", "rcs", scratch / "libradio.a", scratch / "radio/all.o")
    for pattern, library in ((archive, "libradio.a"), (objects, "radio/all.o")):
        for name, fragment in zip(("moat_c_owned.ld", "moat_c_owned_bss.ld"), fragments):
            (scratch / name).write_text(fragment.replace(archive, pattern))
        link_radio(scratch, compiler, scratch / library)


# The functions of port/port_board.h, for the firmware of docs/porting.md's script.
BOARD = """#include "moat.h"
#include "port_board.h"
void _start(void);
void _start(void) { (void)moat_init(); }
void moat_board_write(const char *text, size_t length) { (void)text; (void)length; }
void moat_board_trap_end(bool again) { (void)again; for (;;) { } }
void moat_board_boot(struct moat_port_boot *out) { (void)out; }
uint32_t moat_board_clock(void) { return 0; }
bool moat_board_interrupt(uintptr_t line) { (void)line; return false; }
"""


def own_script_links(scratch):
    """docs/porting.md's linker script is complete, and none of its four symbols can be left out."""
    script = re.search(r"^```ld\n(MEMORY.*?)^```", (ROOT / "docs/porting.md").read_text(), re.MULTILINE | re.DOTALL)[1]
    compiler = Compiler("armv7m")
    port = [path.relative_to(ROOT) for path in sorted([*(ROOT / "port/armv7m").glob("*.[cS]"),
                                                       *(ROOT / "port").glob("*.c")])]
    compiler.must_compile("-", scratch / "board.o", "-Iport", text=BOARD)
    objects = [scratch / "board.o"]
    for source in port:
        objects.append(scratch / f"port-{source.stem}{source.suffix}.o")
        compiler.must_compile(source, objects[-1], "-Os", "-Iport")
    objects += compiler.must_compile_all(CORE, scratch, "-Os")

    def link(text):
        (scratch / "own.ld").write_text(text)
        return run([*compiler.command, "-nostdlib", "-Llinker", "-T", str(scratch / "own.ld"), "-o",
                    str(scratch / "a.elf"), *map(str, objects), "-lgcc"])
    status, output = link(script)
    expect(status == 0, f"docs/porting.md's script does not link: {output[:400]}")
    for name in (f"moat_{stack}_stack_{end}" for stack in ("thread", "handler") for end in ("start", "end")):
        status, output = link(script.replace(f"{name} = .;", ""))
        expect(status != 0 and f"undefined reference to `{name}'" in output, f"nothing asks for {name}: {output[:400]}")


def readme_commands_exist(_):
    makefiles = "".join(path.read_text() for path in [ROOT / "Makefile", *(ROOT / "make").glob("*.mk")])
    targets = set(re.findall(r"^([a-z-]+):.*##", makefiles, re.MULTILINE))
    used = set(re.findall(r"^\s*(?:\$ )?make ([a-z-]+)", read_readme(), re.MULTILINE))
    used |= set(re.findall(r"`make ([a-z-]+)", read_readme()))
    expect({"demo", "test"} <= used, "README.md does not show make demo and make test")
    expect(used <= targets, f"README.md has targets that the Makefile lacks: {sorted(used - targets)}")


def first_commands_come_early(_):
    head = "\n".join(read_readme().splitlines()[:40])
    expect("make demo" in head and "make test" in head, "the two commands are not in README.md's first 40 lines")


def anchors(path):
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def relative_links_resolve(_):
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (document.parent / path) if path else document
            where = f"{document.relative_to(ROOT)} links to {link}"
            expect(target.exists(), f"{where}, which is not there")
            expect(not anchor or target.suffix != ".md" or anchor in anchors(target),
                   f"{where}, which has no such heading")


def documents_name_real_things(_):
    """Every moat_function, MOAT_MACRO and path in backquotes exists."""
    folders = ("core", "lib", "port", "bsp", "linker", "integration", "examples", "make", "test")
    sources = "\n".join(path.read_text() for folder in folders
                        for path in (ROOT / folder).rglob("*")
                        if path.suffix in (".c", ".h", ".cpp", ".hpp", ".ld", ".S", ".mk"))
    sources += (ROOT / "CMakeLists.txt").read_text()
    for document in DOCUMENTS:
        for name in re.findall(r"`(moat_[a-z0-9_]*[a-z0-9]|MOAT_[A-Z0-9_]*[A-Z0-9])\b[^`*…]*`", document.read_text()):
            expect(re.search(rf"\b{name}", sources),
                   f"{document.relative_to(ROOT)} names {name}, which is nowhere in the sources")


def invariants_are_numbered_once(_):
    """Each INV-n that the sources name is stated in docs/design.md, once."""
    design = ROOT / "docs/design.md"
    if not design.exists():
        raise Skip("there is no docs/design.md yet")
    stated = re.findall(r"^(?:[-*|] ?)?\**(INV-\d+)\b", design.read_text(), re.MULTILINE)
    twice = sorted({name for name in stated if stated.count(name) > 1})
    expect(not twice, f"docs/design.md states twice: {', '.join(twice)}")
    for path in [*(ROOT / "core").rglob("*.[ch]"), *(ROOT / "test").rglob("*.c")]:
        for name in re.findall(r"INV-\d+", path.read_text()):
            expect(name in stated, f"{path.relative_to(ROOT)} names {name}, which docs/design.md does not state")


def version_is_told_once(_):
    """MOAT_VERSION, 0x00MMmmpp, has its section in the changelog, the newest of those with a number."""
    number = int(re.search(r"^#define MOAT_VERSION (0x\w+)u", (ROOT / "core/include/moat.h").read_text(),
                           re.MULTILINE)[1], 0)
    version = f"{number >> 16}.{number >> 8 & 0xff}.{number & 0xff}"
    told = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    expect(told and told[0] == version, f"moat.h is version {version}, CHANGELOG.md begins with {told}")


def an_undocumented_function_is_found(scratch):
    """What `make docs` refuses, and lint with it."""
    if not shutil.which("doxygen"):
        raise Skip("no Doxygen here: apt-get install doxygen")
    header = (ROOT / "core/include/moat_trace.h").read_text()
    comment = re.search(r"^/\* Prints .*?\*/\n", header, re.MULTILINE | re.DOTALL)[0]
    for name, text, message in (("whole", header, None),
                                ("bare", header.replace(comment, ""), "is not documented"),
                                ("wrong", header.replace(comment, "/* Text.\n * wrong  no parameter of it */\n"),
                                 "argument 'wrong'")):
        (scratch / name).mkdir()
        (scratch / name / "moat_trace.h").write_text(text)
        status, output = run(["scripts/docs", str(scratch / name), str(scratch / name / "out")])
        expect(status == (0 if message is None else 1) and (message or "") in output,
               f"{name}: status {status}: {output[-300:]}")


main(version_is_told_once, readme_examples_compile, readme_example_is_the_file, plain_form_is_the_file,
     readme_is_short, readme_figures_are_measured,
     guide_examples_compile, answers_examples_compile, cpp_examples_compile, helpers_examples_compile,
     guide_fragments_link, own_script_links,
     readme_commands_exist, first_commands_come_early, relative_links_resolve,
     documents_name_real_things, an_undocumented_function_is_found, invariants_are_numbered_once)
