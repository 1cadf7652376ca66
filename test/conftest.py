"""pytest's side of the runner's agreement: each case prints one line, `ok NAME`, `FAIL NAME: why` or `skip NAME: why`,
which test/suites.txt's `pytest=` has counted.

SPDX-License-Identifier: MIT"""
import re
import sys

import pytest

sys.dont_write_bytecode = True


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    name = re.sub(r"^test_cases\[(.*)\]$", r"\1", report.nodeid.partition("::")[2])  # lib.cases.as_pytest's
    if report.skipped:
        say("skip", f"{name}: {report.longrepr[2].removeprefix('Skipped: ')}")
    elif report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        say("FAIL", f"{name}: {crash.message if crash else report.longrepr}")
    elif report.when == "call":
        say("ok", name)


def say(word, text):
    print(f"\n{word} {' '.join(text.split())}", flush=True)
