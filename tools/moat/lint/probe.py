"""Whether an assignment that was refused is of a slot or of a struct. clang says so; GCC has to be asked.

SPDX-License-Identifier: MIT"""
import re

from .compiler import Compiler, Diagnostic
from .hints import lvalue_before

# What clang says of both, and of structs.
TOLD = re.compile(r"const-qualified|read-only variable is not assignable")
TOLD_OF_STRUCT = "const-qualified data member"

# A member that no struct has. Of a pointer GCC says that it is a pointer, of a struct that it lacks the member.
MEMBER = "moat_probe_{}_"
LACKING = re.compile(r"has no member named .moat_probe_(\d+)_")


def struct_assignments(compiler: Compiler, source: str, lines: list[str],
                       diagnostics: list[Diagnostic]) -> dict[Diagnostic, bool]:
    """{diagnostic: whether it is about a struct or union}, of those that are known: clang's, and the source's own."""
    told = {diagnostic: TOLD_OF_STRUCT in diagnostic.text for diagnostic in diagnostics if TOLD.search(diagnostic.text)}
    own = [diagnostic for diagnostic in diagnostics if diagnostic.file == source]
    if told or not own:
        return told
    edited = list(lines)
    # From the right: an edit moves what follows it.
    for number, diagnostic in sorted(enumerate(own), key=lambda item: -item[1].column):
        line = edited[diagnostic.line - 1]
        before, after = line[:diagnostic.column - 1], line[diagnostic.column - 1:]
        lvalue = lvalue_before(before)
        if lvalue and re.match(r"=[^=]", after + " "):
            start = len(before.rstrip()) - len(lvalue)
            edited[diagnostic.line - 1] = f"{line[:start]}({lvalue}).{MEMBER.format(number)} {after}"
    answers = "\n".join(diagnostic.text for diagnostic in compiler.check_text("\n".join(edited) + "\n", source))
    structs = set(map(int, LACKING.findall(answers)))
    return {diagnostic: number in structs for number, diagnostic in enumerate(own)}
