"""The boards: each is a file bsp/*/BOARD.mk, with a line `KIND := qemu` or `KIND := host`. With a line `RUNS := named`
only the suites that name it run there.

SPDX-License-Identifier: MIT"""
import re

from .paths import ROOT

KINDS = ("qemu", "host")


class BoardError(Exception):
    pass


NAMED = re.compile(r"^RUNS\s*:?=\s*named\s*$", re.MULTILINE)


def named(root=ROOT):
    """The boards where only suites run that name them."""
    return tuple(sorted(path.stem for path in root.glob("bsp/*/*.mk") if NAMED.search(path.read_text())))


def load(root=ROOT):
    """The kind of each board where all suites run, by name, those of QEMU first."""
    found = {}
    for path in root.glob("bsp/*/*.mk"):
        text = path.read_text()
        if NAMED.search(text):
            continue
        match = re.search(r"^KIND\s*:?=\s*(\S+)\s*$", text, re.MULTILINE)
        if not match or match.group(1) not in KINDS:
            raise BoardError(f"{path.relative_to(root)}: a line 'KIND := {' or '.join(KINDS)}' says what kind of board "
                             "it is; "
                             "docs/porting.md, 'A new board'")
        found[path.stem] = match.group(1)
    return dict(sorted(found.items(), key=lambda item: (KINDS.index(item[1]), item[0])))


def of_kind(kind, root=ROOT):
    return tuple(name for name, its in load(root).items() if its == kind)
