"""Runs the user's compiler on one source, and takes its messages apart.

SPDX-License-Identifier: MIT"""
import os
import re
import subprocess
from dataclasses import dataclass

# Options of a compile command that are about its output, alone or followed by a word.
OUTPUT_ALONE = re.compile(r"-c|-S|-E|-M|-MM|-MD|-MMD|-MP|-MG|-fsyntax-only|-save-temps.*|-M[FTQ].+")
OUTPUT_AND_WORD = ("-o", "-MF", "-MT", "-MQ")
# Options that keep messages back.
QUIET = re.compile(r"-w|-Wfatal-errors|-fmax-errors=.*|-ferror-limit=.*")
# Options that are followed by a word which could look like a source.
WITH_WORD = ("-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-I", "-D", "-U", "-x", "-target", "-Xclang",
             "-T", "-L", "-l")

MESSAGE = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): "
                     r"(?P<kind>fatal error|error|warning|note): (?P<text>.*)")
# Lines between messages that belong to the one that follows.
LEADING = re.compile(r"In file included from |\s+from |.*: In function |.*: At top level:")
# Lines that count messages.
SUMMARY = re.compile(r"cc1: |\d+ (error|warning)s? .*generated\.$")

# The warning of casts that drop a qualifier, by its name.
CAST = "cast-qual"


# Whatever the firmware's own are: of options that contradict each other the last one counts.
DEBUG_FLAGS = ("-g", "-gdwarf-4", "-gno-split-dwarf", "-fno-debug-types-section", "-gz=none")


class CompilerError(Exception):
    """The compiler can't be run; str() says why."""


@dataclass(frozen=True)
class Diagnostic:
    file: str
    line: int
    column: int
    kind: str   # "error" or "warning"
    text: str
    block: str  # all that the compiler printed about it

    @property
    def place(self) -> tuple[str, int, int]:
        return self.file, self.line, self.column


def split_command(words: list[str]) -> tuple[list[str], list[str]]:
    """A compile command's compiler and flags, without what is about its output, and its sources."""
    command = words[:1]
    sources: list[str] = []
    rest = iter(words[1:])
    for word in rest:
        if word in OUTPUT_AND_WORD:
            next(rest, None)
        elif word in WITH_WORD:
            command += [word, *([value] if (value := next(rest, None)) is not None else [])]
        elif word.endswith(".c") and not word.startswith("-"):
            sources.append(word)
        elif not OUTPUT_ALONE.fullmatch(word) and not QUIET.fullmatch(word):
            command.append(word)
    return command, sources


class Compiler:
    def __init__(self, command: list[str]) -> None:
        self.command = command
        version = self._run(["--version"])[1]
        # All errors, each where the user wrote it and not where one of moat's macros did.
        self._whole = ["-ferror-limit=0"] if "clang" in version else ["-ftrack-macro-expansion=0"]

    def _run(self, arguments: list[str], text: str | None = None) -> tuple[int, str]:
        try:
            done = subprocess.run([*self.command, *arguments], input=text, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT,
                                  text=True, errors="replace", check=False, env={**os.environ, "LC_ALL": "C"})
        except OSError as error:
            raise CompilerError(f"{self.command[0]}: {error.strerror}") from error
        return done.returncode, done.stdout

    def check(self, source: str, *flags: str) -> list[Diagnostic]:
        """The diagnostics of a compilation that makes no output. A cast that drops a qualifier is an error."""
        status, output = self._run([*flags, *self._whole, "-Wno-error", f"-Werror={CAST}",
                                    "-fsyntax-only", source])
        found = diagnostics(output)
        if status != 0 and not any(diagnostic.kind == "error" for diagnostic in found):
            raise CompilerError(f"{source}: {output.strip() or f'{self.command[0]} ends with status {status}'}")
        return found

    def check_text(self, text: str, source: str) -> list[Diagnostic]:
        """The same for a lint build of a text in the place of a source."""
        folder = os.path.dirname(source) or "."
        output = self._run(["-DMOAT_LINT", *self._whole, "-fsyntax-only", "-iquote", folder, "-x", "c", "-"], text)[1]
        return diagnostics(output)

    def make_object(self, source: str, output: str) -> None:
        """An object in whose debug information, of a form that is read here, slots are volatile. What the lint build
        refuses compiles here."""
        status, messages = self._run(["-DMOAT_LINT=2", *DEBUG_FLAGS, "-fno-lto", "-w",
                                      "-Wno-incompatible-pointer-types", "-c", "-o", output, source])
        if status != 0:
            raise CompilerError(f"{source}: {messages.strip()}")

    def linker(self) -> str:
        """The linker that the compiler would run."""
        return self._run(["-print-prog-name=ld"])[1].strip()


def diagnostics(output: str) -> list[Diagnostic]:
    """The errors and warnings in a compiler's output, each with the lines that belong to it."""
    found: list[tuple[re.Match[str], list[str]]] = []
    leading: list[str] = []
    for line in output.splitlines():
        message = MESSAGE.fullmatch(line)
        if SUMMARY.match(line):
            continue
        if LEADING.match(line) and not message:
            leading.append(line)
        elif message and message["kind"] != "note":
            found.append((message, [*leading, line]))
            leading = []
        elif found:
            found[-1][1].append(line)
    return [Diagnostic(message["file"], int(message["line"]), int(message["column"]), message["kind"].split()[-1],
                       message["text"], "\n".join(lines)) for message, lines in found]
