#!/usr/bin/python3
"""Builds and runs torn/torn.c.

SPDX-License-Identifier: MIT"""
import os
import platform
import subprocess
import sys

from support import ROOT, scratch

SKIPPED = 77
FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-Icore/include", "-Icore",
         "-Itest/fault/torn",
         "-DMOAT_CONFIG_FAULT_STACK_WORDS=8"]
SOURCES = ["test/fault/torn/torn.c", "core/fault/fault.c", "core/fault/print.c", "core/fault/record.c",
           "core/fault/ring.c",
           "core/fault/callers.c", "core/base/frame.c", "core/base/free.c", "core/base/build_id.c",
           "core/base/text.c"]


def main():
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("skip fault-torn: stepping needs Linux on x86-64")
        return 0
    with scratch() as folder:
        program = os.path.join(folder, "torn")
        subprocess.run(["gcc", *FLAGS, "-o", program, *SOURCES], check=True, cwd=ROOT)
        done = subprocess.run([program], capture_output=True, text=True, timeout=300)
    if done.returncode == SKIPPED:
        print(f"skip fault-torn: no stepping here: {done.stderr.strip()}")
        return 0
    print(done.stdout, end="")
    if done.returncode != 0:
        print(f"FAIL fault-torn: exit {done.returncode} {done.stderr.strip()}")
    return done.returncode


sys.exit(main())
