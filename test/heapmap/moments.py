"""What test/heapmap/fixture.c prints: what it knows of its heap at each moment, and the dumps.

SPDX-License-Identifier: MIT"""
import os
import shlex
import subprocess

LIMIT_SECONDS = 120
RAW_TYPE = "unsigned char"  # as core calls the type of raw bytes
SECRET = b"the user's own data"


class Moment:
    def __init__(self, name):
        self.name, self.figures, self.types = name, {}, {}


def run_fixture():
    """The firmware's output, run as test/suites.txt's environment says."""
    command = [*shlex.split(os.environ["MOAT_RUN"]), "-kernel", os.environ["MOAT_ELF"]]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS,
                          check=True).stdout


def parse(log):
    """([Moment], {label: address}, [instructions that each dump took])"""
    moments, labels, instructions = [], {}, []
    for line in log.decode("ascii", "replace").splitlines():
        word, _, rest = line.partition(" ")
        if word == "moment":
            moments.append(Moment(rest))
        elif word == "figure":
            name, value = rest.split()
            moments[-1].figures[name] = int(value)
        elif word == "type":
            name, objects, size = rest.rsplit(" ", 2)
            moments[-1].types["bytes" if name == RAW_TYPE else name] = (int(objects), int(size))
        elif word == "label":
            name, address = rest.split()
            labels[name] = int(address, 16)
        elif word == "instructions":
            instructions.append(int(rest))
    return moments, labels, instructions
