#!/usr/bin/python3
"""The fault suite's own output, decoded: what a target prints is what the decoder reads. Run once for each
configuration, with the environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import json
import os
import shlex
import subprocess

from support import decode, run

LIMIT_SECONDS = 120


def records_on_console():
    command = shlex.split(os.environ["MOAT_RUN"])
    elf = os.environ["MOAT_ELF"]
    command = command + ["-kernel", elf] if command else [os.path.abspath(elf)]
    log = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS).stdout
    status, output, errors = decode(elf, log, "--json")
    found = [json.loads(line) for line in output.splitlines()]
    if status != 0:
        return f"moat-fault ended with {status}: {errors.strip()}"
    kinds = [(result["sequence"], result["kind"], result["seen"]) for result in found]
    expected = [(1, "store", 2), (2, "assert", 1), (3, "copy", 1), (4, "exception", 1)]
    if kinds != expected:
        return f"records are {kinds}, not {expected}"
    if not all(result["build_id_verified"] for result in found):
        return "a build id is not the ELF file's"
    check = int(os.environ["MOAT_CHECK"])
    if any(result["check"] != check for result in found):
        return f"a record does not say CHECK{check}"
    where = (found[1]["function"], found[1]["file"])
    return None if where == ("boot_2", "test/suite/fault.c") and found[1]["line"] else f"the assertion is in {where}"


run([("records_on_console", records_on_console)])
