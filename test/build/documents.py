#!/usr/bin/python3
"""What the documents say holds: the README's example compiles, its commands exist, links and options resolve.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, Compiler, Skip, expect, main

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
            for check in (0, 2):
                Compiler(target).must_compile("-", scratch / "a.o", f"-DMOAT_CONFIG_CHECK={check}", "-Ibsp", text=example)
    lines = len(examples[0].splitlines())
    expect(lines <= 30, f"README.md's example has {lines} lines, more than 30")


def readme_commands_exist(_):
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = set(re.findall(r"^\s*(?:\$ )?make ([a-z]+)", read_readme(), re.MULTILINE))
    used |= set(re.findall(r"`make ([a-z]+)", read_readme()))
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
            expect(not anchor or target.suffix != ".md" or anchor in anchors(target), f"{where}, which has no such heading")


def documents_name_real_things(_):
    """Every moat_function, MOAT_MACRO and path in backquotes exists."""
    sources = "\n".join(path.read_text() for folder in ("core", "port", "bsp", "linker", "examples", "make", "test")
                        for path in (ROOT / folder).rglob("*") if path.suffix in (".c", ".h", ".ld", ".S", ".mk"))
    for document in DOCUMENTS:
        for name in re.findall(r"`(moat_[a-z0-9_]*[a-z0-9]|MOAT_[A-Z0-9_]*[A-Z0-9])\b[^`*…]*`", document.read_text()):
            expect(re.search(rf"\b{name}", sources), f"{document.relative_to(ROOT)} names {name}, which is nowhere in the sources")


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


main(readme_examples_compile, readme_commands_exist, first_commands_come_early, relative_links_resolve,
     documents_name_real_things, invariants_are_numbered_once)
