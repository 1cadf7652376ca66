"""make size and make size-diff.

SPDX-License-Identifier: MIT"""
import concurrent.futures
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

from . import budget, measure, table

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments(argv):
    options = {"OPT": "", "CORE": "", "CHECK": "", "REF": "", "TABLE": "build/size.tsv", "SET_BUDGET": ""}
    for word in argv:
        name, equals, value = word.partition("=")
        if not equals or name not in options:
            raise ValueError(f"'{word}' is none of {' '.join(f'{n}=' for n in options)}")
        options[name] = value
    return options


def choose(text, known, prefix=""):
    words = [prefix + word.lstrip("-").removeprefix(prefix) for word in text.replace(",", " ").split()]
    for word in words:
        if word not in known:
            raise ValueError(f"'{word}' is none of {' '.join(known)}")
    return words or list(known)


def plan(options):
    """Configurations; CHECK0 is always among them, since the guard is measured against it."""
    checks = [c for c in measure.CHECKS if c == "0" or c in choose(options["CHECK"], measure.CHECKS)]
    return [(core, opt, check) for core in choose(options["CORE"], measure.CORES)
            for opt in choose(options["OPT"], measure.OPTS, "O") for check in checks]


def measure_one(root, key):
    return measure.Meter(root).measure(*key)


def measure_tree(root, keys):
    """{key: Sizes}, from processes of their own: each tree brings its own compile flags as Python modules."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count() or 1, mp_context=spawn) as pool:
        return dict(zip(keys, pool.map(measure_one, [root] * len(keys), keys)))


def compare(ref, keys):
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        added = subprocess.run(["git", "worktree", "add", "--detach", str(tree), ref], cwd=ROOT, text=True,
                               capture_output=True, check=False)
        if added.returncode != 0:
            raise ValueError(f"no checkout of REF={ref}: {added.stderr.strip()}")
        try:
            if not (tree / "test/size/minimal.c").exists():
                raise ValueError(f"{ref} is older than test/size/minimal.c: choose a later commit")
            old = measure_tree(tree, keys)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=False)
    print("\n".join(table.difference(old, measure_tree(ROOT, keys))))


def main(argv):
    os.chdir(ROOT)
    try:
        options = arguments(argv)
        keys = plan(options)
        if options["REF"]:
            compare(options["REF"], keys)
            return 0
        sizes = {key: sizes.sections for key, sizes in measure_tree(ROOT, keys).items()}
    except Exception as error:  # pylint: disable=broad-except # whatever a compiler or git says is the user's to read
        print(f"size: {error}", file=sys.stderr)
        return 1
    table.save(table.rows(sizes), pathlib.Path(options["TABLE"]))
    if options["SET_BUDGET"]:
        budget.save({key: of for key, of in sizes.items() if key[1] == budget.OPT})
    print("bytes of core that a program with init, arena, new, array, store, step and collect keeps; library_*: all of "
          "it\n")
    print("\n".join(table.readable(sizes)))
    return 0
