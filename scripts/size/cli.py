"""make size and make size-diff.

SPDX-License-Identifier: MIT"""
import argparse
import concurrent.futures
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

import choices

from . import budget, measure, table

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments(argv):
    parser = argparse.ArgumentParser(prog="scripts/size-report", description="What moat costs in bytes.")
    for name, what in (("core", "cores"), ("opt", "optimisations: Os, O2"), ("check", "check levels: 0, 1, 2")):
        parser.add_argument(f"--{name}", default="", help=f"only these {what}, separated by commas")
    parser.add_argument("--ref", metavar="COMMIT", help="compare with another commit, function by function")
    parser.add_argument("--table", type=pathlib.Path, default=pathlib.Path("build/size.tsv"), metavar="FILE",
                        help="where the measured sizes go")
    parser.add_argument("--set-budget", action="store_true",
                        help="make what is measured the limits of test/size-budget.tsv")
    return parser.parse_args(argv)


def plan(options):
    """Configurations; CHECK0 is always among them, since the guard is measured against it."""
    wanted = choices.choose(options.check, measure.CHECKS, "check level")
    checks = [c for c in measure.CHECKS if c == "0" or c in wanted]
    opts = choices.choose(options.opt, measure.OPTS, "optimisation", prefix="O")
    return [(core, opt, check) for core in choices.choose(options.core, measure.CORES, "core") for opt in opts
            for check in checks]


def measure_one(root, key):
    try:
        return measure.Meter(root).measure(*key)
    except Exception as error:  # its class need not be known in the process that asked
        raise RuntimeError(str(error)) from None


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
            raise ValueError(f"no checkout of {ref}: {added.stderr.strip()}")
        try:
            if not (tree / "test/size/minimal.c").exists():
                raise ValueError(f"{ref} is older than test/size/minimal.c: choose a later commit")
            old = measure_tree(tree, keys)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=False)
    print("\n".join(table.difference(old, measure_tree(ROOT, keys))))


def main(argv):
    os.chdir(ROOT)
    options = arguments(argv)
    try:
        keys = plan(options)
        if options.ref:
            compare(options.ref, keys)
            return 0
        sizes = {key: sizes.sections for key, sizes in measure_tree(ROOT, keys).items()}
    except Exception as error:  # pylint: disable=broad-except # whatever a compiler or git says is the user's to read
        print(f"size: {error}", file=sys.stderr)
        return 1
    table.save(table.rows(sizes), options.table)
    if options.set_budget:
        budget.save({key: of for key, of in sizes.items() if key[1] == budget.OPT})
    print("bytes of core that a program with init, one arena, new, store, step and collect keeps; library_*: all of "
          "it\n")
    print("\n".join(table.readable(sizes)))
    if any(key[1:] == ("Os", "0") for key in sizes):
        print("\nwhat each feature alone adds to it, at -Os and CHECK0\n")
        print("\n".join(table.readable_features(sizes)))
    return 0
