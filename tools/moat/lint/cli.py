"""The command line of `moat lint`.

SPDX-License-Identifier: MIT"""
import argparse
import os
import tempfile

from moat import command
from moat.firmware.errors import FirmwareError

from .compiler import CAST, Compiler, CompilerError, Diagnostic, split_command
from .hints import hint
from .image import Image, link
from .maps import compare
from .probe import struct_assignments

PROGRAM = "moat lint"
HELP = """Compiles each source with -DMOAT_LINT, in which a slot is const, and adds to what the compiler refuses the
macro to use; and compares the MOAT_REF members of each struct with its MOAT_TYPE. A compile command as it stands will
do: options about its output are left out. Messages of the ordinary build are not repeated.

exit status:
  0  nothing found
  1  something found
  2  the command line can't be used, or a source does not compile without lint"""


class Linter:
    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._seen: set[tuple[tuple[str, int, int], str]] = set()  # a header's lines come with each source
        self.found = 0
        self.maps = 0

    def lint(self, source: str) -> None:
        self._report_refused(source, self._refused(source))
        self._compare_types(source)

    def _refused(self, source: str) -> list[Diagnostic]:
        """The errors of the lint build that the ordinary build has not."""
        lint = [diagnostic for diagnostic in self._compiler.check(source, "-DMOAT_LINT") if diagnostic.kind == "error"]
        if not lint:
            return []
        plain = [diagnostic for diagnostic in self._compiler.check(source) if diagnostic.kind == "error"]
        broken = [diagnostic for diagnostic in plain if CAST not in diagnostic.text]
        if broken:
            raise CompilerError("\n".join([f"{source} does not compile, lint or no lint", *(d.block for d in broken)]))
        known = {diagnostic.place for diagnostic in plain}
        return [diagnostic for diagnostic in lint if diagnostic.place not in known]

    def _report_refused(self, source: str, diagnostics: list[Diagnostic]) -> None:
        texts = {diagnostic.file: _lines(diagnostic.file) for diagnostic in diagnostics}
        structs = struct_assignments(self._compiler, source, texts.get(source, []), diagnostics)
        for diagnostic in diagnostics:
            if (diagnostic.place, diagnostic.text) in self._seen:
                continue
            self._seen.add((diagnostic.place, diagnostic.text))
            self.found += 1
            print(diagnostic.block)
            use = hint(diagnostic, texts[diagnostic.file], structs.get(diagnostic))
            if use:
                print(f"{diagnostic.file}:{diagnostic.line}:{diagnostic.column}: note: moat: use {use}")

    def _compare_types(self, source: str) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            made, linked = os.path.join(scratch, "lint.o"), os.path.join(scratch, "lint.elf")
            self._compiler.make_object(source, made)
            link(made, linked, self._compiler.linker())
            with open(linked, "rb") as file:
                diagnostics, maps = compare(Image(file, bare=True))
        for diagnostic in diagnostics:
            print(diagnostic.block)
        self.found += sum(diagnostic.kind == "error" for diagnostic in diagnostics)
        self.maps += maps


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _arguments(arguments: list[str] | None) -> tuple[list[str], list[str]]:
    """The compiler, its flags, the sources: all that follows the compiler is the compiler's, options included."""
    parser = command.parser(PROGRAM, HELP, usage="moat lint [--help] [--version] COMPILER [FLAG...] SOURCE.c...")
    parser.add_argument("compiler", metavar="COMPILER", help="the compiler, for the target as in the firmware's build")
    parser.add_argument("words", metavar="FLAG|SOURCE.c", nargs=argparse.REMAINDER, help="its flags, and the C sources")
    options = parser.parse_args(arguments)
    words, sources = split_command([options.compiler, *options.words])
    if not sources:
        parser.error("no source: name C files, which end in .c")
    return words, sources


def main(arguments: list[str] | None = None) -> int:
    words, sources = _arguments(arguments)
    try:
        linter = Linter(Compiler(words))
        for source in sources:
            linter.lint(source)
    except (CompilerError, FirmwareError) as error:
        command.say(PROGRAM, error)
        return 2
    print(f"{PROGRAM}: sources {len(sources)}, maps compared {linter.maps}, found {linter.found}")
    return 1 if linter.found else 0
