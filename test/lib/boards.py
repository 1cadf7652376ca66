"""The boards: each is a file bsp/*/BOARD.mk, with a line `KIND := qemu` or `KIND := host`. With a line `RUNS := core`
only a core set of the suites runs there, with `RUNS := few` all of them in a few configurations, unless all is asked
for.

SPDX-License-Identifier: MIT"""
import re

from .paths import ROOT

KINDS = ("qemu", "host")


class BoardError(Exception):
    pass


def core(root=ROOT):
    """The boards where a core set of the suites runs."""
    return _of(root, ("core",))


def few(root=ROOT):
    """The boards where all suites run, in a few configurations."""
    return _of(root, ("few",))


def load(root=ROOT):
    """The kind of each board where all suites run, by name, those of QEMU first."""
    return _of(root, ("all", "few"))


def _of(root, runs):
    found = {}
    for path in root.glob("bsp/*/*.mk"):
        text = path.read_text()
        said = re.search(r"^RUNS\s*:?=\s*(\S+)\s*$", text, re.MULTILINE)
        if (said.group(1) if said else "all") not in runs:
            continue
        match = re.search(r"^KIND\s*:?=\s*(\S+)\s*$", text, re.MULTILINE)
        if not match or match.group(1) not in KINDS:
            raise BoardError(f"{path.relative_to(root)}: a line 'KIND := {' or '.join(KINDS)}' says what kind of board "
                             "it is; docs/porting.md, 'A new board'")
        found[path.stem] = match.group(1)
    return dict(sorted(found.items(), key=lambda item: (KINDS.index(item[1]), item[0])))


def of_kind(kind, root=ROOT):
    return tuple(name for name, its in load(root).items() if its == kind)
