"""The compiler plugin, run on one source: what it inserted, by the dump of its pass and by the object code.

SPDX-License-Identifier: MIT"""
import collections
import os
import pathlib
import re
import subprocess
import tempfile
from typing import Dict, Set

from lib.cases import Skip
from lib.paths import ROOT

# Of each architecture: the compiler's prefix, and how the units of corpora are compiled.
TARGETS = {
    "arm": ("arm-none-eabi-", ["-mcpu=cortex-m3", "-mthumb", "-Iport/armv7m"]),
    "riscv": ("riscv64-unknown-elf-", ["-march=rv32imac", "-mabi=ilp32", "-Iport/riscv", "-isystem",
                                       "build/newlib/rv32imac/include"]),
}
COMMON = ["-fno-ipa-icf", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Icore/include",
          "-DMOAT_CONFIG_CHECK=2"]

# What the helpers call, in the object code.
CALLED = {
    "check": "moat_guard_store_", "barrier": "moat_barrier_at_", "init": "moat_barrier_",
    "move": "moat_move_bytes_", "zero": "moat_zero_bytes_", "bytes": "moat_guard_bytes_", "part": "moat_guard_part_",
    "exchange": "moat_exchange_", "cas": "moat_cas_", "cas_value": "moat_cas_", "check_slot": None,
    "foreign": "moat_guard_store_",
}
HELPER = re.compile(r"\bmoat_plugin_(\w+?)_ \(")
IGNORED = ("raw", "type_of")  # the source's own


def plugin(target, folder="gcc-plugin"):
    path = pathlib.Path(f"build/{folder}/{TARGETS[target][0]}gcc/moat.so")
    if not (ROOT / path).exists():
        raise Skip(f"there is no {path}: make setup builds it where g++ and libgmp-dev are")
    return str(path)


class Compiled:
    """A source compiled with the plugin, in a folder of its own."""

    def __init__(self, source, target, flags, arguments=(), folder="gcc-plugin", environment=None):
        self.target = target
        self.folder = tempfile.TemporaryDirectory()
        self.object = os.path.join(self.folder.name, "out.o")
        cross, machine = TARGETS[target]
        compiler = cross + ("g++" if str(source).endswith(".cc") else "gcc")
        command = [compiler, *machine, *COMMON, *flags, f"-fplugin={plugin(target, folder)}",
                   *(f"-fplugin-arg-moat-{argument}" for argument in arguments),
                   "-fdump-ipa-all", "-dumpdir", self.folder.name + "/", "-c", "-o", self.object, str(source)]
        self.run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False,
                                  env={**os.environ, **(environment or {})})
        self.status = self.run.returncode
        self.messages = self.run.stderr

    def inserted(self):
        """{function: Counter of helpers}, by the dump."""
        dump = next(pathlib.Path(self.folder.name).glob("*.moat"))
        found: Dict[str, collections.Counter] = {}
        name = None
        for line in dump.read_text().splitlines():
            head = re.match(r"^;; Function (\S+)$", line)
            if head:
                name = head.group(1)
                found.setdefault(name, collections.Counter())
            elif line == "}":
                name = None  # GCC's own table of calls follows
            elif name:
                found[name].update(h for h in HELPER.findall(line) if h not in IGNORED)
        return found

    def called(self, path=None):
        """{function: set of moat's functions that its code calls}."""
        listing = subprocess.run([TARGETS[self.target][0] + "objdump", "-dr", path or self.object], text=True,
                                 capture_output=True, check=True).stdout
        found: Dict[str, Set[str]] = {}
        name = None
        for line in listing.splitlines():
            head = re.match(r"^[0-9a-f]+ <(\w+)>:", line)
            if head:
                # RISC-V's labels begin with a dot, and constant copies of a function have a suffix.
                name = head.group(1).replace("C1Ev", "C2Ev")  # a constructor has two names
                found.setdefault(name, set())
            symbol = re.search(r"R_\S+\s+(moat_\w+)", line)
            if symbol and name:
                found[name].add(symbol.group(1))
        return found


def wanted(source, target):
    """{function: list of helpers}, as the comments of a corpus say, `wants x` or `wants x; on riscv y`."""
    text = (ROOT / source).read_text()
    found = {}
    for helpers, head in re.findall(r"/\* wants (.*?) \*/\n([^{]*)\{", text):
        name = re.findall(r"(\w+)\(", head)[0 if not head.startswith("MOAT") else -1]
        constructor = re.search(r"(\w+)::\1\(\)", head)
        if constructor:
            name = f"_ZN{len(constructor.group(1))}{constructor.group(1)}C2Ev"
        everywhere, *apart_from = helpers.split("; on ")
        helpers = next((other.split(" ", 1)[1] for other in apart_from if other.startswith(target + " ")), everywhere)
        found[name] = [] if helpers == "nothing" else helpers.split()
    return found


def apart(helpers):
    """Groups of neighbours as single ones: as without optimisation."""
    single = []
    for helper in helpers:
        group = re.match(r"barrier_(\d)", helper)
        single += ["barrier"] * int(group.group(1)) if group else [helper]
    return single


def compare(compiled, source, merged):
    """What is wrong with a corpus's dump and object code, as sentences."""
    wrong = []
    inserted, called = compiled.inserted(), compiled.called()
    for name, helpers in wanted(source, compiled.target).items():
        helpers = helpers if merged else apart(helpers)
        there = inserted.get(name, collections.Counter())
        if there != collections.Counter(helpers):
            there = " ".join(sorted(there.elements())) or "nothing"
            wrong.append(f"{name}: the dump has {there}, not {' '.join(helpers) or 'nothing'}")
        wrong += compare_code(name, helpers, called)
    return wrong


def compare_code(name, helpers, called):
    expected = {CALLED[helper] for helper in apart(helpers)} - {None}
    ours = {function for function in CALLED.values() if function}
    there = called.get(name, set()) & ours
    if name != "by_macro" and there != expected:
        return [f"{name}: the code calls {', '.join(sorted(there)) or 'nothing'}, "
                f"not {', '.join(sorted(expected)) or 'nothing'}"]
    return []
