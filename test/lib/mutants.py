"""Sources broken on purpose, one place at a time: each suite that is there for such a place must fail with it, and pass
without. All of it happens in a scratch folder.

SPDX-License-Identifier: MIT"""
import argparse
import dataclasses
import pathlib
import re
import shutil
import sys
import tempfile

from .cases import Failure
from .paths import ROOT


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A change that must apply exactly once, and the suite that must fail with it. A table's own class adds what its
    way of running a suite needs."""

    name: str
    file: str
    old: str
    new: str
    suite: str
    case: str = ""  # the case that is enough, where the suite is long
    board: str = ""  # where it shows, if that is not everywhere
    opt: str = "Os"  # the level at which it shows

    def place(self):
        """Matches `old` in the file, however it is laid out in lines."""
        parts = (re.escape(part) for part in re.findall(r"\w+|[^\w\s]", self.old))
        return re.compile(r"\s*".join(parts))

    def run(self):
        """What is run for it: mutants of which this is the same share one run without a mutant."""
        return dataclasses.replace(self, name="", file="", old="", new="")


def scratch_tree(at, folders):
    """Copies folders and files; of what is built, what takes long and depends on nothing that is broken here."""
    for name in folders:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, at / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, at / name)
    (at / "build").mkdir()
    for built in ("newlib", "gcc-plugin"):
        if (ROOT / "build" / built).exists():
            (at / "build" / built).symlink_to(ROOT / "build" / built)


def check_place(mutant):
    count = len(mutant.place().findall((ROOT / mutant.file).read_text()))
    if count != 1:
        raise Failure(f"{mutant.file} has {count} places like this one: {mutant.old.strip()}")


def try_mutant(tree, mutant, passes):
    path = tree / mutant.file
    text = path.read_text()
    broken = mutant.place().sub(lambda _: mutant.new.lstrip(" "), text)  # what stood before `old` stays
    if path.suffix == ".py":
        compile(broken, mutant.file, "exec")
    path.write_text(broken)
    try:
        passed, evidence = passes(tree, mutant)
    finally:
        path.write_text(text)
    if passed:
        raise Failure(f"{mutant.suite} passes")
    return evidence


def outcomes(tree, chosen, passes):
    """Yields for the suites that `chosen` need, as they are, and for each mutant: whether it is as it should be, the
    case's name, and what tells."""
    for alone in dict.fromkeys(mutant.run() for mutant in chosen):
        passed, evidence = passes(tree, alone)
        name = " ".join(word for word in dataclasses.astuple(alone) if word)
        yield passed, f"{name} without a mutant", "" if passed else evidence
    for mutant in chosen:
        try:
            yield True, f"caught: {mutant.name}", try_mutant(tree, mutant, passes)
        except Failure as failure:
            yield False, mutant.name, failure


def main(mutants, folders, passes, part):
    """Runs a table as a script.
    passes(tree, mutant): builds and runs the mutant's suite; returns whether it passed, and what tells
    part(mutants): those of the short run"""
    parser = argparse.ArgumentParser(description="Breaks sources on purpose and sees that suites fail.")
    parser.add_argument("--board", default="arm-mps2-an385", help="where a mutant names none")
    parser.add_argument("--part", action="store_true", help="a few of those chosen")
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a mutant's name")
    options = parser.parse_args()
    chosen = [m for m in mutants if not options.names or any(name in m.name for name in options.names)]
    chosen = part(chosen) if options.part else chosen
    chosen = [dataclasses.replace(mutant, board=mutant.board or options.board) for mutant in chosen]
    failed = False

    def say(good, case, evidence=""):
        nonlocal failed
        failed = failed or not good
        print(f"# {evidence}\nok {case}" if good and evidence else f"ok {case}" if good else f"FAIL {case}: {evidence}",
              flush=True)

    for mutant in mutants:
        try:
            check_place(mutant)
            say(True, f"has its place: {mutant.name}")
        except Failure as failure:
            say(False, mutant.name, failure)
    with tempfile.TemporaryDirectory() as scratch:
        scratch_tree(pathlib.Path(scratch), folders)
        for outcome in outcomes(pathlib.Path(scratch), chosen, passes):
            say(*outcome)
    sys.exit(1 if failed else 0)
