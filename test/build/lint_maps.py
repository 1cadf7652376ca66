"""moat-lint finds the MOAT_REF members that a MOAT_TYPE does not name: test/config/lint/maps.c says which.

SPDX-License-Identifier: MIT"""
import re

from moat.lint import image, maps

from _checks import ROOT, Compiler, expect, pytest_of, run

SOURCE = "test/config/lint/maps.c"
COMPILERS = [Compiler(target, clang) for target in ("armv7m", "rv32imac", "rv64imac", "host")
             for clang in (False, True)]

COMMENT = re.compile(r"(lacks|bare) (\S+) in (\w+)(?: \+ (\d+))?")
REPORT = re.compile(r"^(\S+?):(\d+): (error|warning): `([^`]*)`(?: \(and (\d+) more(?: like it)?\))? of .* is "
                    r"(?:a MOAT_REF that|in) the map of (\w+)\b", re.MULTILINE)
KINDS = {"lacks": "error", "bare": "warning"}


def wanted():
    """{(line, kind, path, more, type)}"""
    text = (ROOT / SOURCE).read_text()
    for comment in re.finditer(r"^[^\n/]*\S[^\n/]*/\*(.*?)\*/", text, re.MULTILINE | re.DOTALL):
        number = text.count("\n", 0, comment.start(1)) + 1
        for kind, path, name, more in COMMENT.findall(comment.group(1)):
            yield number, KINDS[kind], path, int(more or 0), name


def map_case(compiler, *flags):
    def case(_):
        status, output = run(["tools/moat-lint", *compiler.command, "-std=c11", "-Os", "-ffunction-sections",
                              "-fdata-sections", *flags, SOURCE])
        expect(status == 1, f"moat-lint's status is {status}: {output[:500]}")
        found = {(int(line), kind, path, int(more or 0), name)
                 for file, line, kind, path, more, name in REPORT.findall(output)
                 if file == SOURCE}
        expected = set(wanted())
        expect(len(expected) > 25, f"{SOURCE} has {len(expected)} comments only")
        expect(not expected - found, f"not reported: {sorted(expected - found)}")
        expect(not found - expected, f"reported as well: {sorted(found - expected)}")
        errors = sum(kind == "error" for _, kind, *_ in expected)
        types = len(re.findall(r"^MOAT_TYPE", (ROOT / SOURCE).read_text(), re.MULTILINE))
        expect(output.endswith(f"moat lint: sources 1, maps compared {types}, found {errors}\n"),
               f"ends: {output[-100:]}")

    return f"members_that_the_map_lacks_{compiler.name.replace('/', '_')}{''.join(flags)}", case


def nothing_to_compare(scratch):
    """A checker that can't compare says so: here an object without debug information."""
    compiler = COMPILERS[0]
    made, linked = str(scratch / "lint.o"), str(scratch / "lint.elf")
    compiler.must_compile(SOURCE, made, "-DMOAT_LINT=2", "-w")
    image.link(made, linked, "arm-none-eabi-ld")
    for bare in (False, True):  # as moat typecheck opens it, and as moat lint does
        with open(linked, "rb") as file:
            try:
                found = maps.compare(image.Image(file, bare=bare))
            except image.ImageError as error:
                expect("no debug information" in str(error), str(error))
                continue
        expect(False, f"it compared {found}")


# The firmware's own options about debug information change nothing.
FORMS = [(compiler, *flags) for compiler in COMPILERS[:2]
         for flags in (("-gsplit-dwarf",), ("-gdwarf-5", "-fdebug-types-section"), ("-gdwarf-2",), ("-g0", "-gz"))]

test_cases = pytest_of(*(map_case(compiler) for compiler in COMPILERS), *(map_case(*form) for form in FORMS),
                       nothing_to_compare)
