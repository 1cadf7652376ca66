"""Running cases: as a script that prints a line for each, and as tests of pytest.

SPDX-License-Identifier: MIT"""
import os
import sys


class Skip(Exception):
    """What a case needs is not here."""


class Failure(Exception):
    """What a case looked at is wrong."""


def outcome(case):
    """The line's word and what is wrong: a case returns None or a sentence on what is wrong, or raises one of the two
    above."""
    try:
        problem = case()
    except Skip as reason:
        return "skip", reason
    except Failure as failure:
        return "FAIL", failure
    if not isinstance(problem, (str, type(None))):
        raise TypeError(f"the case {case} returned {problem!r}, not a sentence on what is wrong")
    return ("ok", None) if problem is None else ("FAIL", problem)


def run(cases):
    """Runs pairs of a name and a case, prints a line for each as test/harness.h does, and ends the script. MOAT_CASE in
    the environment: only those with that in their names."""
    wanted = os.environ.get("MOAT_CASE", "")
    failed = False
    for name, case in cases:
        if wanted not in name:
            continue
        word, text = outcome(case)
        failed = failed or word == "FAIL"
        print(f"{word} {name}" if text is None else f"{word} {name}: {text}", flush=True)
    sys.exit(1 if failed else 0)


def as_pytest(cases):
    """The same pairs as one test of pytest with a parameter: assign it to a name that begins with test_."""
    import pytest  # here alone: scripts run without it
    cases = list(cases)

    @pytest.mark.parametrize("case", [case for _, case in cases], ids=[name for name, _ in cases])
    def test(case):
        word, text = outcome(case)
        if word == "skip":
            pytest.skip(str(text))
        if word == "FAIL":
            pytest.fail(str(text), pytrace=False)
    return test
