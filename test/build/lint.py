"""The lint build refuses what must not be written by hand, and nothing else; tools/moat-lint names the macro to use.

SPDX-License-Identifier: MIT"""
import configparser
import functools
import os
import re
import tempfile
from typing import Dict, List, Optional

from _checks import ROOT, WARNINGS, Compiler, expect, first_error, pytest_of, run

FOLDER = ROOT / "test/config/lint"
TARGETS = ("armv7m", "rv32imac", "rv64imac")
COMPILERS = [Compiler(target, clang) for target in TARGETS for clang in (False, True)] + [Compiler("host", clang=True)]
HEADERS = {"armv7m": "/usr/lib/arm-none-eabi/include", "rv32imac": f"{ROOT}/build/newlib/rv32imac/include",
           "rv64imac": f"{ROOT}/build/newlib/rv64imac/include"}

# What docs/lint.md tells users to compile with.
LINT = {"gcc": ["-DMOAT_LINT", "-fsyntax-only", "-ftrack-macro-expansion=0"],
        "clang": ["-DMOAT_LINT", "-fsyntax-only", "-ferror-limit=0"]}
# world.h declares what only some of the cases use.
QUIET = ["-Wno-unused-function", "-Wno-unused-variable", "-Wno-unused-const-variable"]


def read_cases():
    table = configparser.ConfigParser(delimiters=(":",), interpolation=None)
    table.read(FOLDER / "cases.ini")
    return {name: table[name] for name in table.sections()}


CASES = read_cases()


class Built:
    """What one compiler says of all cases: of each a function on a line of its own."""

    FIRST = 3

    def __init__(self, compiler):
        self.family, self.target = compiler.name.split("/")
        headers = [f"-isystem{HEADERS[self.target]}"] if self.target in HEADERS else []
        self._command = [*compiler.command, *headers, "-std=c11"]
        with tempfile.TemporaryDirectory() as scratch:
            wrong, right = (self._write(f"{scratch}/{which}.c", which) for which in ("wrong", "right"))
            self.plain_wrong = self._lines(self._compile(wrong, "-w", "-fsyntax-only"), "error")
            self.lint_wrong = self._lines(self._compile(wrong, *LINT[self.family], "-Werror=cast-qual"), "error")
            strict = [*WARNINGS, "-Wcast-qual", *QUIET, "-fsyntax-only"]
            self.plain_right = self._lines(self._compile(right, *strict), "error")
            self.lint_right = self._lines(self._compile(right, *strict, "-DMOAT_LINT"), "error")
            output = self._run(["tools/moat-lint", *self._command, wrong])
            self.hints = self._lines(output, "note", "moat: use ")
            self.blocks = self._lines(output, "error")

    def _write(self, path, which):
        functions = [f"void case_{name}(void); void case_{name}(void) {{ {case_[which]} }}"
                     for name, case_ in CASES.items()]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([f'#include "{FOLDER}/world.h"', "", *functions, ""]))
        return path

    def _run(self, command):
        return run(["env", "LC_ALL=C", *command])[1]

    def _compile(self, path, *flags):
        return self._run([*self._command, *flags, path])

    def _lines(self, output, kind, prefix=""):
        """{case: messages at its line}, and under None what is said elsewhere."""
        names = list(CASES)
        found: Dict[Optional[str], List[str]] = {}
        for file, line, text in re.findall(rf"^(.+?):(\d+):\d+: (?:{kind}): {prefix}(.*)", output, re.MULTILINE):
            ours = os.path.basename(file) in ("wrong.c", "right.c")
            found.setdefault(names[int(line) - self.FIRST] if ours else None, []).append(text)
        return found


@functools.cache
def built():
    return [Built(compiler) for compiler in COMPILERS]


def matches(wanted, messages):
    return any(re.search(wanted, message) for message in messages)


def case(name, case_):
    def check(_):
        for build in built():
            where = f"{build.family}/{build.target}"
            wanted = case_[build.family]
            messages, hints = build.lint_wrong.get(name, []), build.hints.get(name, [])
            expect(name not in build.plain_wrong, f"{where}: without lint says {build.plain_wrong.get(name)}")
            expect(messages, f"{where}: '{case_['wrong']}' compiles")
            expect(matches(wanted, messages), f"{where}: says {messages} and not /{wanted}/")
            expect(case_["hint"] in hints, f"{where}: moat-lint suggests {hints} and not '{case_['hint']}'")
            expect(matches(wanted, build.blocks.get(name, [])), f"{where}: moat-lint does not repeat /{wanted}/")
            for what, found in (("", build.plain_right), (" in the lint build", build.lint_right)):
                expect(name not in found, f"{where}: '{case_['right']}'{what} says {found.get(name)}")

    return f"{name}_is_refused", check


def nothing_else_is_said(_):
    expect(len(CASES) >= 25, f"{len(CASES)} cases only")
    for build in built():
        for messages in (build.plain_wrong, build.lint_wrong, build.plain_right, build.lint_right):
            expect(None not in messages, f"{build.family}/{build.target}: {messages.get(None)}")


def without_a_c_library(scratch):
    """Declarations of the firmware's own come before moat.h, or have their names in parentheses."""
    text = ("#include <stddef.h>\nvoid *memcpy(void *, const void *, size_t);\n#include <moat.h>\n"
            "void *(memset)(void *, int, size_t);\nstruct node { MOAT_REF(struct node) next; };\n"
            "void body(struct node *a, char *bytes);\nvoid body(struct node *a, char *bytes) {\n"
            "    memcpy(bytes, bytes + 4, 4);\n    memset(%s, 0, sizeof *a);\n    (void)a;\n}\n")
    for compiler in COMPILERS:
        flags = ["-DMOAT_LINT", "-nostdinc", *(f"-isystem{folder}" for folder in compiler_headers(compiler))]
        compiler.must_compile("-", scratch / "a.o", *flags, text=text % "bytes")
        status, output = compiler.compile("-", scratch / "a.o", *flags, text=text % "a")
        expect(status != 0 and "read-only" in output or "const-qualified" in output,
               f"{compiler.name}: {first_error(output)}")


def compiler_headers(compiler):
    """The folder of the compiler's own headers, stddef.h and the like."""
    return [os.path.dirname(compiler_file(compiler, "include/stddef.h"))]


def compiler_file(compiler, name):
    return run([*compiler.command, f"-print-file-name={name}"])[1].strip()


def lint_objects_do_not_link(scratch):
    text = "#include <moat.h>\nint %s(void);\nint %s(void) { return 0; }\n"
    compiler = Compiler("armv7m")
    for name, flags in (("main", ("-DMOAT_LINT",)), ("other", ())):
        compiler.must_compile("-", scratch / f"{name}.o", *flags, text=text % (name, name))
    status, output = run([*compiler.command, "-nostdlib", "-Wl,-e,main", "-o", str(scratch / "a.elf"),
                          str(scratch / "main.o"), str(scratch / "other.o")])
    expect(status != 0 and "moat_config_LINT_must_match" in output,
           f"a lint object links, or ld says '{first_error(output)}'")


test_cases = pytest_of(*(case(*item) for item in CASES.items()), nothing_else_is_said, without_a_c_library,
                       lint_objects_do_not_link)
