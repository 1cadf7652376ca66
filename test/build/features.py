#!/usr/bin/python3
"""A program that does not use a feature has none of it: of core's files the minimal program links those that it needs,
and each of test/size/features the files of its feature besides. Core is an archive, by GCC and by clang, with and
without link-time optimisation; and its files may as well be linked one by one.

SPDX-License-Identifier: MIT"""
import os
import sys
from typing import Dict, List

import _checks
from _checks import CORE_FLAGS, ROOT, Compiler, Failure, expect, main

sys.path.insert(0, str(ROOT / "scripts"))
os.chdir(ROOT)
from size import measure  # noqa: E402

FLAGS = ["-Os", "-DMOAT_CONFIG_CHECK=0", "-ffunction-sections", "-fdata-sections"]

# The files of core that a feature consists of, and those that it shares with others.
LARGE = ["large", "far"]
FEATURES: Dict[str, List[str]] = {
    "messages": "message result_name text".split(),
    "finalizers": "finalize finalizers late share".split(),
    "stacks": "stacks".split(),
    "runs": "scan_runs".split(),
    "arrays": ["array", "scan_elements", *LARGE],
    "flexible": ["flex", "scan_elements", "scan_runs", *LARGE],
    "bytes": ["raw_bytes", *LARGE],
    "large": LARGE,
    "arenas": "arena_add root_overlaps stack_overlaps".split(),
    "kinds": "arena_kinds take_in large".split(),
    "hook": "hook share".split(),
    "typed_roots": "root_more".split(),
    "roots": "root_add root_more root_overlaps scan_elements".split(),
    "pins": "pin root_more".split(),
    "handles": "handle root_more".split(),
    "weak": "late weak weak_new".split(),
    "objects": "objects".split(),
    "stats": "stats free".split(),
    "audit": "audit border pin region root_more root_overlaps stack_overlaps text".split(),
    "usage": "usage order walk type_name text".split(),
    "space": "space walk text".split(),
    "growth": "growth order walk type_name text".split(),
    "high": "high deepest walk".split(),
    "quota": "quota walk".split(),
    "why": "why why_print type_name text root_overlaps".split(),
    "moves": "move scan_elements".split(),
    "atomics": [],
}


def members(kept):
    """The files that something was kept of; the type of raw bytes and the cleared state stand in every program."""
    return {member for member, _, _ in kept}


def each_feature_alone(*compiler):
    def case(scratch):
        cc = Compiler(*compiler)
        archive, _ = measure.archive_core(cc, _checks, scratch, FLAGS)
        kept = measure.link_minimal(cc, _checks, scratch, archive, FLAGS)
        minimal = members(kept)
        print(f"# {cc.name}: {measure.program_bytes(kept)} bytes of {' '.join(sorted(minimal))}")
        features = {path.stem for path in (ROOT / "test/size/features").glob("*.c")}
        expect(features == set(FEATURES), f"no files are named for {', '.join(sorted(features ^ set(FEATURES)))}")
        for name, files in FEATURES.items():
            expect(not minimal & set(files), f"the minimal program links {', '.join(sorted(minimal & set(files)))}")
            more = members(measure.link_minimal(cc, _checks, scratch, archive, FLAGS, name)) - minimal
            expect(more == set(files), f"{name} links {' '.join(sorted(more))}, not {' '.join(sorted(files))}")
    return case


# A function of each part that stays one under link-time optimisation.
PARTS = {"finalizers": "moat_finalize_run", "stacks": "scan_registered", "large": "find_and_claim"}


def symbols(scratch, cc, inputs, feature, *flags):
    """The names in minimal.c's program with a feature, or without one."""
    sources = ["minimal", "port", *([f"features/{feature}"] if feature else [])]
    status, output = _checks.run([*cc.command, *FLAGS, *flags, "-nostdlib", "-Wl,--gc-sections", "-Llinker", "-T",
                                  "test/size/minimal.ld", "-o", str(scratch / "a.elf"),
                                  *(f"test/size/{name}.c" for name in sources), *map(str, inputs), "-lgcc"])
    if status != 0:
        raise Failure(f"{cc.name} {' '.join(flags)}: {_checks.first_error(output)}")
    return {line.split()[-1].split(".")[0] for line in cc.tool("nm", scratch / "a.elf").splitlines()}


def with_link_time_optimisation(scratch):
    cc = Compiler("armv7m")
    _, objects = measure.archive_core(cc, _checks, scratch, [*FLAGS, *CORE_FLAGS, "-flto"])
    archive = scratch / "lto.a"
    cc.tool("gcc-ar", "rcs", archive, *objects)
    plain = symbols(scratch, cc, [archive], None, "-flto")
    for feature, function in PARTS.items():
        expect(function not in plain, f"the minimal program links {function}")
        expect(function in symbols(scratch, cc, [archive], feature, "-flto"), f"{feature} does not link {function}")


def file_by_file(scratch):
    """Without an archive all that is referred to is there, used or not."""
    cc = Compiler("armv7m")
    _, objects = measure.archive_core(cc, _checks, scratch, FLAGS)
    linked = symbols(scratch, cc, objects, None)
    for function in ("moat_refusal_print", "moat_finalize_run", "moat_stacks_find", "moat_scan_runs",
                     "moat_take_large"):
        expect(function in linked, f"{function} is not linked")


main(("armv7m", each_feature_alone("armv7m")), ("rv32imac", each_feature_alone("rv32imac")),
     ("clang", each_feature_alone("armv7m", True)), with_link_time_optimisation, file_by_file)
