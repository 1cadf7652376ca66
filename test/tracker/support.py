"""What the tracker's checks share: cases, runs of the firmware, and the comparison with the reference.

In the environment (test/suites.txt): MOAT_ELF, the firmware of one configuration; MOAT_RUN, QEMU's command line up to
-kernel, or nothing for the host; MOAT_CHECK.

SPDX-License-Identifier: MIT"""
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import reference  # noqa: E402
from lib.cases import Failure, Skip, run  # noqa: E402
from lib.paths import ROOT  # noqa: E402

EXAMPLE = ROOT / "examples/tracker"
LOG = (EXAMPLE / "harbour.nmea").relative_to(ROOT)
RECORDED = ROOT.parent / "shared/data"
END_OF_TRANSMISSION = b"\x04"
LIMIT_SECONDS = 300

CLEAN, LOSS, FAULTED = 0, 1, 3

# The lines of a summary that depend on the heap or the radio, and not on the log alone.
OWN_LINES = re.compile(r"(heap|radio|radio:) ")


def expect(condition, what):
    if not condition:
        raise Failure(what)


def main(*cases):
    """Runs functions that take no argument, or pairs of a name and such a function."""
    run(case if isinstance(case, tuple) else (case.__name__, case) for case in cases)


def expected():
    """What the firmware is to make of LOG."""
    return (EXAMPLE / "harbour.expected").read_text().splitlines()


def recorded(name):
    path = RECORDED / name
    if not path.is_file():
        raise Skip(f"{path} is not there: the recorded logs are not part of the project")
    return path


class Run:
    """A run of the firmware over some input, to its end."""

    def __init__(self, arguments, console=b""):
        elf = pathlib.Path(os.environ["MOAT_ELF"])
        qemu = shlex.split(os.environ["MOAT_RUN"])
        if qemu:
            command = [*qemu, "-kernel", str(elf), "-append", arguments]
        else:
            command = [str(elf.resolve()), *arguments.split()]
        try:
            done = subprocess.run(command, cwd=ROOT, input=console, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=LIMIT_SECONDS, check=False)
        except subprocess.TimeoutExpired as expired:
            raise Failure(f"{elf.name} {arguments} did not end within {LIMIT_SECONDS} s") from expired
        self.status = done.returncode
        self.lines = done.stdout.decode("latin-1").replace("\r\n", "\n").splitlines()

    def understood(self):
        """What the firmware says of its input."""
        return [line for line in self.lines if not OWN_LINES.match(line)]

    def number(self, line, label):
        for text in self.lines:
            match = re.search(rf"^{line} .*\b{label} (\d+)", text)
            if match:
                return int(match.group(1))
        raise Failure(f"no line '{line} ... {label} N' was printed; the last is: {(self.lines or [''])[-1]}")


def expect_same(found, wanted):
    for line in difflib.unified_diff(wanted, found, "reference", "firmware", lineterm="", n=0):
        if line[0] in "+-" and line[:3] not in ("+++", "---"):
            who = "the firmware has" if line[0] == "+" else "the firmware lacks"
            raise Failure(f"{who}: {line[1:]}")


def expect_status(run, status):
    expect(run.status == status, f"exit status {run.status}, not {status}; the last line is: {(run.lines or [''])[-1]}")


def run_file(path, messages=True):
    """A clean run over a file by semihosting, with what the reference makes of it."""
    run = Run(f"file={path}" + (" messages" if messages else ""))
    expect_same(run.understood(), reference.summary_of(pathlib.Path(path).read_bytes(), messages))
    expect_status(run, CLEAN)
    return run


def with_file(log, function):
    """What the function makes of a file with these bytes."""
    with tempfile.TemporaryDirectory(prefix="moat-tracker-") as folder:
        path = pathlib.Path(folder) / "log.nmea"
        path.write_bytes(log)
        return function(path)


def run_log(log):
    """run_file for bytes."""
    return with_file(log, run_file)


def run_bytes(log):
    """A run over bytes, whatever comes of it."""
    return with_file(log, lambda path: Run(f"file={path}"))


def generated(seed, lines):
    """The log of scripts/nmea-generate."""
    command = [sys.executable, str(ROOT / "scripts/nmea-generate"), "--seed", str(seed), "--lines", str(lines)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
