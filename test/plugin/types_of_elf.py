#!/usr/bin/python3
"""moat typecheck of a firmware of ours: some types, and nothing wrong with them.

SPDX-License-Identifier: MIT"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import cases  # noqa: E402 pylint: disable=wrong-import-position
from lib.paths import ROOT  # noqa: E402 pylint: disable=wrong-import-position


def clean():
    run = subprocess.run(["/usr/bin/python3", "-B", "tools/bin/moat", "typecheck", os.environ["MOAT_ELF"]], cwd=ROOT,
                         text=True, capture_output=True, check=False)
    compared = re.search(r"types compared (\d+), found 0$", run.stdout)
    if run.returncode != 0 or not compared or int(compared.group(1)) == 0:
        raise cases.Failure(f"status {run.returncode}: {run.stdout}{run.stderr}")


cases.run([("types_are_as_the_structs", clean)])
