#!/usr/bin/python3
"""docs/tutorial.md, done as a reader does it: each file is written, each change made, each command run in order, and
what it prints is what the page shows, addresses apart.

A block of `sh` is run; the block of `text` behind it is its output, in which a line "..." stands for any lines. A block
of `diff` is a change of main.c. Any other block is the file that the paragraph before names last.

SPDX-License-Identifier: MIT"""
import re
import shutil
import subprocess

from _checks import ROOT, Skip, expect, main

PAGE = ROOT / "docs/tutorial.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 120  # for one block: builds run beside other suites


def blocks(page):
    """(number of its line, language, text, the name of a file that was named last) of each."""
    for found in BLOCK.finditer(page):
        named = re.findall(r"`([\w.]+\.\w+)`", page[:found.start()])
        yield page.count("\n", 0, found.start()) + 1, found[1], found[2], named[-1] if named else ""


def changed(text, change, where):
    """A file's text after a change, whose old lines stand there once."""
    lines = change.splitlines(keepends=True)
    expect(all(line[0] in " +-" for line in lines), f"{where}: a line of the change begins with no mark")
    old, new = ("".join(line[1:] for line in lines if line[0] in marks) for marks in (" -", " +"))
    expect(text.count(old) == 1, f"{where}: the old lines are {text.count(old)} times in main.c")
    return text.replace(old, new)


def alike(text):
    """Without what may differ from build to build: addresses, and lines of moat's own headers."""
    text = re.sub(r"\b(0x)?[0-9a-f]{8}\b", "ADDRESS", text)
    return re.sub(r"(moat/core/include/\w+\.h):\d+", r"\1:LINE", text)


def shows(page, printed):
    """Whether a block of the page is what was printed, "..." being any lines."""
    parts = re.split(r"^\.\.\.\n", alike(page), flags=re.MULTILINE)
    return re.fullmatch("(.*\n)?".join(map(re.escape, parts)), alike(printed), re.DOTALL) is not None


def run_block(folder, commands, output, where):
    options = ["-e"] if output is None else []  # a trap ends QEMU with a status of its own
    done = subprocess.run(["bash", *options, "-c", commands], cwd=folder, text=True, errors="replace", timeout=SECONDS,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    expect(output is not None or done.returncode == 0, f"{where}: status {done.returncode}: {done.stdout[-600:]}")
    expect(output is None or shows(output, done.stdout), f"{where} shows another output than:\n{done.stdout[-1500:]}")


def the_page_works(scratch):
    if not shutil.which("cmake"):
        raise Skip("no cmake here: apt-get install cmake")
    (scratch / "moat").symlink_to(ROOT)
    folder, source = scratch, scratch / "logger/main.c"
    page = list(blocks(PAGE.read_text()))
    languages = [language for _, language, _, _ in page]
    expect(languages.count("sh") > 10 and languages.count("text") > 8, f"{PAGE} has lost its blocks")
    for i, (line, language, text, name) in enumerate(page):
        where = f"docs/tutorial.md:{line}"
        if language == "sh":
            run_block(folder, text, page[i + 1][2] if languages[i + 1:i + 2] == ["text"] else None, where)
            folder = scratch / "logger"  # the first block makes it
        elif language == "diff":
            source.write_text(changed(source.read_text(), text, where))
        elif language != "text":
            (folder / name).write_text(text)
    heap = (folder / "heap.html").read_text()
    expect("struct reading" in heap and '"highest"' in heap, "heap.html does not show the root that keeps the readings")


def other_output_is_seen(_):
    """What compares is no pattern that takes anything."""
    expect(shows("a\n...\nat 0x20000000\n", "a\nb\nc\nat 0x20000abc\n"), "any lines, and an address")
    expect(shows("...\nb\n", "b\n"), "no lines")
    expect(not shows("a\n...\n", "b\n"), "another first line")
    expect(not shows("kept: 50\n", "kept: 51\n"), "another number")
    expect(not shows("a\n", "a\nb\n"), "a line more")


main(the_page_works, other_output_is_seen)
