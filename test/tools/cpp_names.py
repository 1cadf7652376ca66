#!/usr/bin/python3
"""C++ in the tools: what the decoder, gdb's commands, and the reader of core files say of test/suite/cpp.cpp has names
as its source has them, and no mangled one. Run once for each configuration, with the environment that test/suites.txt
describes.

SPDX-License-Identifier: MIT"""
import os
import re
import subprocess
import sys
import tempfile

TEST = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TEST, os.path.join(TEST, "gdb")]

import session  # noqa: E402
from lib import cases  # noqa: E402
from moat.firmware import elf_target  # noqa: E402
from moat.heap import graph, reader  # noqa: E402

_, RUN, ELF = session.environment()

DECODED = ("a pointer to cpp::node in the heap was stored into c-owned region",
           "called in a_ref_of_c_is_stored_to()", "moat::ref<cpp::node>::operator=(cpp::node*)", "variable owned.value")

# Of the box that `shapes` points at.
BOX = "((cpp::box *)shapes.pointer_)"
GDB = {
    "moat heap": (r"^cpp::node +6 ", r"^cpp::box +1 "),
    "moat object shapes.pointer_": (r"^cpp::box at ", r"^  \.label_ = 0x\w+  cpp::node at", r"^  \.side_ = 3$",
                                    r"^  \.name = 0x\w+  cpp::node", r"^  \.corners_\[2\] = 0x\w+  cpp::node at"),
    f"moat why {BOX}->corners_[2].pointer_": (r"root shapes at 0x\w+ -> cpp::box", r"\.name -> cpp::node"),
    "moat why all[1].pointer_": (r"root all\[1\] at",),
}


def expect_all(text, patterns):
    lacking = [pattern for pattern in patterns if not re.search(pattern, text, re.MULTILINE)]
    if lacking or "_Z" in text:
        raise cases.Failure(f"no {lacking}" if lacking else "mangled: " + re.search(r".*_Z.*", text)[0])


def decoder_has_names_of_cpp():
    printed = session.run_alone(RUN, ELF)
    done = subprocess.run(["/usr/bin/python3", "-B", "tools/bin/moat", "fault", ELF, "-"], input=printed, text=True,
                          cwd=session.ROOT, capture_output=True, check=False)
    expect_all(done.stdout, [re.escape(part) for part in DECODED])


def gdb_and_core_file_have_names_of_cpp():
    with tempfile.TemporaryDirectory() as folder:
        core = os.path.join(folder, "core")
        said, _ = session.run_live([("load", f"source {session.COMMANDS}"), ("stop", "tbreak look_at_box"),
                                    ("run", "continue"), *((command, command) for command in GDB),
                                    ("core", f"generate-core-file {core}")], folder, RUN, ELF)
        for command, patterns in GDB.items():
            expect_all(said[command], patterns)
        heap = reader.read(elf_target.open_core(ELF, core))
    box = next(found for found in heap.objects if found.type == "cpp::box")
    names = [slot.name for slot in box.slots]
    root, links = graph.path(heap, heap.object_at(box.slots[0].value))
    expect_all(f"{names} {root.name} {[link.slot.name for link in links]}",
               [r"'label_', 'name', 'corners_\[0\]'.* shapes \['label_'\]$"])


cases.run([("decoder_has_names_of_cpp", decoder_has_names_of_cpp),
           ("gdb_and_core_file_have_names_of_cpp", gdb_and_core_file_have_names_of_cpp)])
