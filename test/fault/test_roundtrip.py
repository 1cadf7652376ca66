#!/usr/bin/python3
"""Every kind of fault, provoked for real: firmware, record, console, decoder. Cause, line, type, backtrace, and what
gdb makes of the core file. Run once for each configuration, with the environment that test/suites.txt describes.

SPDX-License-Identifier: MIT"""
import json
import os
import shlex
import shutil
import subprocess
from typing import Any, Dict, List

import schema
from support import ROOT, Skip, TOOL, decode, run, scratch

LIMIT_SECONDS = 60
STATUS_PRINTED, STATUS_NO_FAULT = 4, 5
SOURCE = "test/fault/provoke.c"

ARM = os.environ["MOAT_BOARD"].startswith("arm")
CHECK = int(os.environ["MOAT_CHECK"])
ELF = os.environ["MOAT_ELF"]
NOTHING = "30000000" if ARM else "18"  # an address that nothing is at
EIGHT = [f"descend_{n}" for n in range(1, 9)] + ["main"]
TRAPPED = "undefined instruction" if ARM else "breakpoint"


def marked(marker):
    with open(os.path.join(ROOT, SOURCE), encoding="utf-8") as file:
        return next(number for number, line in enumerate(file, 1) if f"/* at {marker} */" in line)


def assertion(file, function):
    """The line of a function's first assertion."""
    with open(os.path.join(ROOT, file), encoding="utf-8") as source:
        lines = source.readlines()
    head = next(number for number, line in enumerate(lines) if line.startswith(function))
    return next(number for number, line in enumerate(lines, 1) if number > head and "MOAT_ASSERT(" in line)


class Kind:
    """A fault and what the decoder has to say about it.
    words: in its sentence;  chain: functions of the backtrace, in this order, others may stand between them
    marker: of its line;  arm, riscv: what else is known of each"""

    def __init__(self, kind, function, words, chain, marker=None, argument="", check=0, arm=None, riscv=None, frames=8,
                 **fields):
        self.kind, self.function, self.words, self.chain = kind, function, words, chain
        self.marker, self.argument, self.check, self.frames = marker, argument, check, frames
        self.fields = {**fields, **((arm if ARM else riscv) or {})}


UNMASKED = assertion("core/mark/mark.c", "void moat_mark_value(")
STORE = {"type": "struct frame", "offset": 0, "field": None, "region": "c-owned", "region_kind": "c-owned"}
KINDS = {
    "store": Kind("store", "fault_store", "stored into c-owned", ["fault_store", *EIGHT], "store", check=2,
                  destination_field="ring[1].inner[2].other", **STORE),
    "copy": Kind("copy", "fault_copy", "copied into c-owned", ["fault_copy", *EIGHT], "copy", check=2,
                 destination_field="ring[2].inner[1].other", **STORE),
    "assert": Kind("assert", "fault_assert", "assertion", ["fault_assert", *EIGHT], "assert"),
    "instruction": Kind("exception", "fault_instruction", TRAPPED, ["fault_instruction", *EIGHT], "instruction",
                        arm={"cause_word": 1 << 16}, riscv={"cause_word": 3}),
    "masked": Kind("exception", "fault_masked", TRAPPED, ["fault_masked", *EIGHT], "masked",
                   arm={"detail_word": 1 << 30 | 3 << 8}),
    "load": Kind("exception", "fault_load", "bus error on a data access" if ARM else "load access fault",
                 ["fault_load", *EIGHT],
                 "load", NOTHING, destination=int(NOTHING, 16)),
    "flash": Kind("exception", "fault_flash", "data access violation" if ARM else "store access fault",
                  ["fault_flash", *EIGHT],
                  "flash", variable="frame_type"),
    "jump": Kind("exception", None, "no code", ["fault_jump", *EIGHT], None, NOTHING, pc=int(NOTHING, 16)),
    "null": Kind("exception", None, "instruction set state invalid" if ARM else "no code", ["fault_jump", *EIGHT], None,
                 "0", pc=0),
    "stack": Kind("stack", "overflow", "thread's stack overflowed", [] if ARM else ["overflow"] * 8, frames=0 if ARM
                  else 8,
                  region="thread"),
    "handler_stack": Kind("stack", "overflow", "handler's stack overflowed", [] if ARM else ["overflow"] * 4,
                          frames=0 if ARM else 4, region="handler"),
    "corrupt": Kind("corrupt", "fault_corrupt", "INV-4", ["fault_corrupt", *EIGHT], "corrupt"),
    "memory": Kind("memory", "fault_memory", "ran out of memory", ["fault_memory", *EIGHT], "memory"),
    "unknown_stack": Kind("unknown_stack", "on_unknown_stack", "stack that is not known", [], "unknown_stack", frames=0,
                          what="register "
                          "the stack with moat_stack_add before allocating or collecting on it"),
    "second_task": Kind("second_task", "fault_second_task", "second task entered", ["fault_second_task", *EIGHT],
                        "second_task",
                        variable="task_words", what="tasks must switch outside of moat, or lock it"),
    "core_assert": Kind("core_assert", "moat_mark_value", f"assertion of moat's core failed: mark/mark.c:{UNMASKED}",
                        ["moat_mark_value", "fault_core_assert", *EIGHT], file="core/mark/mark.c", line=UNMASKED,
                        region="mark/mark.c", cause_word=UNMASKED),
    "raw_store": Kind("raw_store", "descend_1", "raw store to struct frame +", EIGHT, type="struct frame",
                      field="inner[1].other"),
    "library": Kind("assert", "compare", "assertion", ["compare", "qsort", "fault_library", *EIGHT], "library"),
    "nested": Kind("nested", "name_write", "came while the first, store, was being recorded", [], frames=0, seen=1),
    "handler_assert": Kind("assert", "fault_assert", "assertion",
                           ["fault_assert", "descend_1", "descend_2", "in_handler", "interrupt_me", "main"], "assert",
                           frames=6,
                           in_handler=True),
    "handler_load": Kind("exception", "fault_load", "access",
                         ["fault_load", "descend_1", "descend_2", "in_handler", "interrupt_me", "main"], "load",
                         NOTHING, frames=6),
    "handler_leaf": Kind("exception", "load_at_once", "access", ["load_at_once", "interrupt_leaf", "main"], "leaf",
                         NOTHING, frames=3),
    "watchdog": Kind("watchdog", "bark", "watchdog", ["bark", "wait_for_ever", *EIGHT], "watchdog", in_handler=True),
}


def provoke(name):
    """What the firmware prints over its two boots, or what is wrong."""
    kind = KINDS[name]
    firmware_name = "jump" if name == "null" else name
    command = [*shlex.split(os.environ["MOAT_RUN"]), "-kernel", ELF, "-append",
               f"{firmware_name} {kind.argument}".strip()]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False)
    wanted = STATUS_PRINTED if CHECK >= kind.check else STATUS_NO_FAULT
    return (done.stdout, None if done.returncode == wanted
            else f"the firmware ended with {done.returncode}, not {wanted}")


def run_all():
    """All kinds in one log, each line behind the name of its kind, as from as many devices; the decoder's objects by
    name."""
    log, problems = [], {}
    for name in KINDS:
        output, problems[name] = provoke(name)
        log += [name.encode() + b"| " + line for line in output.splitlines()]
    # Devices print at the same time: their lines stand between each other's.
    log = log[::2] + log[1::2]
    status, output, errors = decode(ELF, b"\n".join(log), "--json")
    found: Dict[str, List[Any]] = {}
    for line in output.splitlines():
        result = json.loads(line)
        found.setdefault((result["source"] or "").rstrip("|"), []).append(result)
    return found, problems, None if status == 0 else f"moat-fault ended with {status}: {errors}"


FOUND, PROBLEMS, DECODER = run_all()


def in_order(wanted, names):
    """The first of `wanted` that `names` does not have after those before it, or None."""
    rest = iter(names)
    return next((name for name in wanted if name not in rest), None)


def check_kind(name):
    kind = KINDS[name]
    if PROBLEMS[name] or DECODER:
        return PROBLEMS[name] or DECODER
    results = FOUND.get(name, [])
    if CHECK < kind.check:
        return f"{len(results)} records" if results else None
    if len(results) != 1:
        return f"{len(results)} records were found, not one"
    result = results[0]
    wanted = {"kind": kind.kind, "function": kind.function, "build_id_verified": True, "seen": 2, "check": CHECK,
              "sequence": 1,
              "boots": 1, "reset_cause": "power", **kind.fields}
    if kind.marker:
        wanted.update(file=SOURCE, line=marked(kind.marker))
    wrong = [f"{key} is {result[key]!r}, not {value!r}" for key, value in wanted.items() if result[key] != value]
    names = [entry["function"] for entry in result["backtrace"]]
    missing = in_order(kind.chain, names)
    if missing:
        wrong.append(f"the backtrace has no {missing} in its place: {names}, it ends where {result['backtrace_end']}")
    if len(names) < kind.frames:
        wrong.append(f"the backtrace has {len(names)} frames: {names}")
    if kind.words not in result["cause"]:
        wrong.append(f"the cause is {result['cause']!r}, without {kind.words!r}")
    return "; ".join(filter(None, [*wrong, schema.problem(result)])) or None


def check_interrupted(name):
    """One frame of the backtrace is what was interrupted, and it is the right one."""
    by = [(entry["function"], entry["by"]) for entry in FOUND[name][0]["backtrace"] if not entry["inlined"]]
    interrupted = [function for function, how in by if how == "exception"]
    wanted = {"watchdog": ["wait_for_ever"]}.get(name, ["bsp_interrupt"])
    return None if interrupted == wanted else f"interrupted were {interrupted}"


def check_likely_callers():
    """The device found callers by itself: those of the deep faults are among what it says."""
    for name in ("assert", "load", "watchdog"):
        callers = [caller["function"] for caller in FOUND[name][0]["likely_callers"]]
        if in_order(["descend_1" if name != "watchdog" else "bark"], callers) or not 2 <= len(callers) <= 8:
            return f"{name}: {callers}"
    return None


def gdb_reads(name, chain):
    """gdb opens the core file and sees the same functions."""
    if shutil.which("gdb-multiarch") is None:
        raise Skip("gdb-multiarch is not installed")
    output, _ = provoke(name)
    with scratch() as folder:
        core = os.path.join(folder, "out.core")
        subprocess.run(["/usr/bin/python3", TOOL, "--core", core, ELF, "-"], input=output, stdout=subprocess.DEVNULL,
                       check=True)
        done = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", "thread apply all bt", "-ex", "info registers",
                               ELF, core],
                              capture_output=True, text=True, errors="replace", timeout=LIMIT_SECONDS, check=False)
    missing = next((f for f in chain if f"{f} (" not in done.stdout), None)
    return f"gdb does not see {missing}: {done.stdout[-1500:]} {done.stderr[-300:]}" if missing else None


run([
    *((f"fault-roundtrip/{name}", lambda name=name: check_kind(name)) for name in KINDS),
    *((f"fault-roundtrip/{name}_interrupted", lambda name=name: check_interrupted(name))
      for name in ("handler_assert", "handler_load", "handler_leaf", "watchdog")),
    ("fault-roundtrip/likely_callers", check_likely_callers),
    ("fault-roundtrip/gdb_exception", lambda: gdb_reads("load", ["fault_load", *EIGHT])),
    ("fault-roundtrip/gdb_interrupted", lambda: gdb_reads("watchdog", ["bark", "wait_for_ever", *EIGHT])),
    ("fault-roundtrip/gdb_library", lambda: gdb_reads("library", ["compare", "qsort", *EIGHT])),
])
