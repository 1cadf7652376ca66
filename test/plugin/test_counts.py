#!/usr/bin/python3
"""The tracker by macros and as plain C by the plugin: what each prints of the shipped log is the same, and the
instructions differ by at most a tenth.

SPDX-License-Identifier: MIT"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import cases  # noqa: E402 pylint: disable=wrong-import-position
from lib.paths import ROOT  # noqa: E402 pylint: disable=wrong-import-position

LOG = "examples/tracker/harbour.nmea"
DIFFERENCE_MAX = 0.10
HEAP = re.compile(r"^heap .*$", re.MULTILINE)  # what is free depends on where a slice falls
COUNT = re.compile(r"^instructions: (\d+)$", re.MULTILINE)


def output_and_count(name):
    elf = pathlib.Path(os.environ["MOAT_FOLDER"], "test", name + ".elf")
    command = [*shlex.split(os.environ["MOAT_RUN"]), "-kernel", str(elf), "-append", f"file={LOG}"]
    run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False, timeout=300,
                         stdin=subprocess.DEVNULL)
    count = COUNT.search(run.stdout)
    if run.returncode != 0 or not count:
        raise cases.Failure(f"{elf} ended with {run.returncode}: {run.stdout[-500:]}")
    return HEAP.sub("", COUNT.sub("", run.stdout)), int(count.group(1))


def same_output_and_alike_in_cost():
    subprocess.run(["make", "-s", "-f", "make/firmware.mk", f"BOARD={os.environ['MOAT_BOARD']}",
                    f"CHECK={os.environ['MOAT_CHECK']}", f"OPT={os.environ['MOAT_OPT']}",
                    f"{os.environ['MOAT_FOLDER']}/test/tracker_counted.elf"], cwd=ROOT, check=True, capture_output=True)
    macros, count = output_and_count("tracker_counted")
    plain, count_plain = output_and_count("tracker_counted_plain")
    print(f"# instructions by macros {count}, by the plugin {count_plain}: {100 * (count_plain / count - 1):+.1f} %")
    if macros != plain:
        raise cases.Failure("what they print differs")
    if abs(count_plain / count - 1) > DIFFERENCE_MAX:
        raise cases.Failure(f"{count} instructions by macros, {count_plain} by the plugin")


cases.run([("same_output_and_alike_in_cost", same_output_and_alike_in_cost)])
