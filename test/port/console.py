#!/usr/bin/python3
"""Forty thousand bytes through the console's input, all of them unchanged and none lost. Run once for each
configuration, with the environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import os
import shlex
import subprocess
import sys

BYTES = 40000
LIMIT_SECONDS = 100


def sequence(count):
    """What port_console_receive expects: the top byte of each number of a congruential generator."""
    state, out = 1, bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2 ** 32
        out.append(state >> 24)
    return bytes(out)


def main():
    argument = f"console={BYTES}"
    runner = shlex.split(os.environ["MOAT_RUN"])
    elf = os.environ["MOAT_ELF"]
    command = [*runner, "-append", argument, "-kernel", elf] if runner else [f"./{elf}", argument]
    done = subprocess.run(command, input=sequence(BYTES), stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False)
    if done.returncode != 0:
        print(f"FAIL console_loses_nothing: of {BYTES} bytes: "
              f"{done.stdout.decode(errors='replace').replace(chr(10), ' ')}")
        return 1
    print("ok console_loses_nothing")
    return 0


sys.exit(main())
