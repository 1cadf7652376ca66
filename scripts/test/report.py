"""What the suites' output comes to.

SPDX-License-Identifier: MIT"""
import collections
import pathlib
import re
import threading
import xml.etree.ElementTree as xml

# What XML can't hold.
PRINTABLE = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd]")
CASE = re.compile(r"(ok|FAIL|skip) (.*)")
TAIL_LINES = 15
SLOWEST = 6
SLOW_SECONDS = 2  # what is done sooner is not slow


class Report:
    """Adds up cases from several threads, and prints failures as they come."""

    def __init__(self, junit):
        self.junit = pathlib.Path(junit)
        self.cases = []  # (suite, where, case, kind, text): kind None, "failure" or "skipped"
        self.lock = threading.Lock()
        self.passed = 0
        self.failures = []
        self.skips = collections.defaultdict(list)
        self.times = []

    def took(self, where, suite, seconds):
        with self.lock:
            self.times.append((seconds, suite.name, str(where)))

    def passed_one(self, where, suite, case):
        with self.lock:
            self.passed += 1
            self.cases.append((suite, where, case, None, ""))

    def failed(self, where, what, log=""):
        suite, _, text = what.partition(": ")
        with self.lock:
            self.cases.append((suite, where, text.partition(": ")[0], "failure", f"{text}\n{log}"))
            line = f"FAIL {where} {what}"
            self.failures.append(line)
            print(line)
            for text in log.splitlines()[-TAIL_LINES:]:
                print(f"    | {text}")
            print(end="", flush=True)

    def skipped(self, where, what):
        suite, _, text = what.partition(": ")
        with self.lock:
            self.skips[what].append(str(where))
            self.cases.append((suite, where, text.partition(": ")[0], "skipped", text))

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    def write_junit(self):
        """All cases in the XML that continuous integration reads: a suite in a configuration is a test suite."""
        root = xml.Element("testsuites", tests=str(len(self.cases)), failures=str(len(self.failures)))
        groups = collections.defaultdict(list)
        for suite, where, case, kind, text in self.cases:
            groups[f"{suite} [{where}]"].append((suite, case, kind, text))
        took = {f"{name} [{where}]": seconds for seconds, name, where in self.times}
        for name, cases in sorted(groups.items()):
            kinds = [kind for _, _, kind, _ in cases]
            group = xml.SubElement(root, "testsuite", name=name, tests=str(len(cases)),
                                   failures=str(kinds.count("failure")), skipped=str(kinds.count("skipped")),
                                   time=f"{took.get(name, 0):.3f}")
            for suite, case, kind, text in cases:
                element = xml.SubElement(group, "testcase", classname=suite, name=case)
                if kind:
                    lines = PRINTABLE.sub("?", text).splitlines() or [""]
                    xml.SubElement(element, kind, message=lines[0]).text = "\n".join(lines[1:][-TAIL_LINES:])
        self.junit.parent.mkdir(parents=True, exist_ok=True)
        xml.ElementTree(root).write(self.junit, encoding="utf-8", xml_declaration=True)

    def finish(self):
        """Prints the slowest runs, the skips, the failures once more, and the total; returns the exit status."""
        for seconds, name, where in sorted(self.times, reverse=True)[:SLOWEST]:
            if seconds >= SLOW_SECONDS:
                print(f"slow {name} [{where}]: {seconds:.0f} s")
        skipped = 0
        for what, places in self.skips.items():
            skipped += len(places)
            print(f"skip {what} [{places[0]}{f' and {len(places) - 1} more' if len(places) > 1 else ''}]")
        if self.failures:
            print("Failures:")
            for line in self.failures:
                print(f"  {line}")
        ran = self.passed + len(self.failures) > 0
        if not ran:
            print("Nothing ran: no suite runs there, or none has a case of that name.")
        self.write_junit()
        print(f"{self.passed} passed, {len(self.failures)} failed, {skipped} skipped")
        return 0 if ran and not self.failures else 1


def judge_fixed(report, where, suite, status, log):
    """A run with an expected end is one case, named like the suite."""
    if status is None:
        report.failed(where, f"{suite.name}: not at its end after {suite.timeout} s", log)
    elif status != suite.exit:
        report.failed(where, f"{suite.name}: ended with status {status}, expected {suite.exit}", log)
    elif not re.search(suite.output, log, re.MULTILINE):
        report.failed(where, f"{suite.name}: no output matches /{suite.output}/", log)
    else:
        report.passed_one(where, suite.name, suite.name)


def judge_cases(report, where, suite, status, log, counted):
    """A run prints its cases; `counted` if it must print their number at its end. Status None: its time was up."""
    cases = failed = 0
    for line in log.splitlines():
        match = CASE.fullmatch(line.rstrip("\r"))
        if not match:
            continue
        cases += 1
        word, what = match.groups()
        if word == "ok":
            report.passed_one(where, suite.name, what)
        elif word == "skip":
            report.skipped(where, f"{suite.name}: {what}")
        else:
            failed += 1
            report.failed(where, f"{suite.name}: {what}")
    if status is None:
        report.failed(where, f"{suite.name}: not at its end after {suite.timeout} s and {cases} cases", log)
    elif counted and status in (0, 1) and not re.search(rf"^end {cases}\r?$", log, re.MULTILINE):
        report.failed(where, f"{suite.name}: the output has no 'end {cases}': cases are missing", log)
    elif status != (1 if failed else 0):
        report.failed(where, f"{suite.name}: ended with status {status} after {cases} cases", log)
    elif cases == 0 and not counted:
        report.failed(where, f"{suite.name}: printed no case", log)
