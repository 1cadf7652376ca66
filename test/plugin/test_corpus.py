"""The plugin's corpora: what is inserted into each function is what its comment says, in the dump of the pass and in
the object code, on both architectures.

SPDX-License-Identifier: MIT"""
import os
import re
import subprocess
import sys
from typing import Dict, List

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import plugin as p  # noqa: E402 pylint: disable=wrong-import-position
from lib import cases  # noqa: E402 pylint: disable=wrong-import-position
from lib.paths import ROOT  # noqa: E402 pylint: disable=wrong-import-position

CORPORA: Dict[str, List[str]] = {
    "corpus.c": ["managed"],
    "corpus_unions.c": ["managed"],
    "corpus_attacks.c": ["managed"],
    "corpus_check.c": ["check"],
    "corpus_structs.c": [],
    "corpus.cc": ["managed"],
}
FUNCTIONS_MIN = 60  # in all of them
LEVELS = ["-O0", "-Os", "-O2"]
LEVELS_LONG = ["-O0", "-O1", "-O2", "-O3", "-Os", "-Og"]


def flags_of(name):
    if name.endswith(".cc"):
        return ["-std=c++20", "-fno-exceptions"]
    return ["-std=c11", *(["-include", "moat.h"] if name == "corpus_check.c" else [])]


def corpus(name, target, level):
    def case():
        source = f"test/plugin/{name}"
        compiled = p.Compiled(source, target, [*flags_of(name), level], CORPORA[name])
        if compiled.status != 0:
            return f"it does not compile: {compiled.messages}"
        return "; ".join(p.compare(compiled, source, level != "-O0")) or None
    return f"{name.replace('.', '_')}_{target}{level.replace('-', '_')}", case


def with_lto(name, target):
    """The code of a unit that was compiled with -flto, and linked by itself."""
    def case():
        source = f"test/plugin/{name}"
        compiled = p.Compiled(source, target, [*flags_of(name), "-O2", "-flto"], CORPORA[name])
        if compiled.status != 0:
            return f"it does not compile: {compiled.messages}"
        out = compiled.object + ".linked"
        cross, machine = p.TARGETS[target]
        # A link gets the compiler's options as well, where CFLAGS are given to it.
        options = [f"-fplugin={p.plugin(target)}", *(f"-fplugin-arg-moat-{word}" for word in CORPORA[name])]
        subprocess.run([cross + "gcc", *machine, *options, "-O2", "-flto", "-r", "-flinker-output=nolto-rel",
                        "-nostdlib", "-o", out, compiled.object], cwd=ROOT, check=True)
        called = compiled.called(out)
        wrong = [text for function, helpers in p.wanted(source, target).items()
                 for text in p.compare_code(function, helpers, called)]
        return "; ".join(wrong) or None
    return f"{name.replace('.', '_')}_{target}_lto", case


def enough_functions():
    count = sum(len(p.wanted(f"test/plugin/{name}", "arm")) for name in CORPORA)
    return None if count >= FUNCTIONS_MIN else f"{count} functions, not {FUNCTIONS_MIN}"


def guard_rows_are_all_there():
    """Rows of the guard that plain C leaves out are counted where they are compiled; none is left out elsewhere."""
    for path in (ROOT / "test/guard").glob("rows*.h"):
        if path.name != "rows_wrap.h" and re.search(r"^\s*#\s*if", path.read_text(), re.MULTILINE):
            return f"{path.name} has an #if: say BY_MACRO, and why"
    return None


def all_cases(levels):
    yield "functions_are_enough", enough_functions
    yield "guard_rows_are_all_there", guard_rows_are_all_there
    for name in CORPORA:
        for target in p.TARGETS:
            for level in levels:
                yield corpus(name, target, level)
            yield with_lto(name, target)


test_cases = cases.as_pytest(all_cases(LEVELS_LONG if os.environ.get("MOAT_PLUGIN_SWEEP") else LEVELS))
