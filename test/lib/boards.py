"""The boards: each is a file bsp/*/BOARD.mk, with a line `KIND := qemu` or `KIND := host`.

SPDX-License-Identifier: MIT"""
import re

from .paths import ROOT

KINDS = ("qemu", "host")


class BoardError(Exception):
    pass


def load(root=ROOT):
    """The kind of each board, by name, those of QEMU first."""
    found = {}
    for path in root.glob("bsp/*/*.mk"):
        match = re.search(r"^KIND\s*:?=\s*(\S+)\s*$", path.read_text(), re.MULTILINE)
        if not match or match.group(1) not in KINDS:
            raise BoardError(f"{path.relative_to(root)}: a line 'KIND := {' or '.join(KINDS)}' says what kind of board it is; "
                             "docs/porting.md, 'A new board'")
        found[path.stem] = match.group(1)
    return dict(sorted(found.items(), key=lambda item: (KINDS.index(item[1]), item[0])))


def of_kind(kind, root=ROOT):
    return tuple(name for name, its in load(root).items() if its == kind)
