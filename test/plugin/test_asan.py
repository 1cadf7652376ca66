"""The plugin under AddressSanitizer, on every corpus.

SPDX-License-Identifier: MIT"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import plugin as p  # noqa: E402 pylint: disable=wrong-import-position
import test_corpus  # noqa: E402 pylint: disable=wrong-import-position
from lib import cases  # noqa: E402 pylint: disable=wrong-import-position
from lib.paths import ROOT  # noqa: E402 pylint: disable=wrong-import-position

FOLDER = "gcc-plugin-address"
LEVELS = ["-O0", "-O2"]


def environment():
    """The compilers are not built for it: so its library comes first, and their own leaks are theirs."""
    library = subprocess.run(["gcc", "-print-file-name=libasan.so"], text=True, capture_output=True,
                             check=True).stdout.strip()
    return {"LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0:detect_odr_violation=0"}


def build():
    p.plugin("arm")
    subprocess.run(["make", "-s", "-f", "make/plugin.mk", "SANITIZE=address"], cwd=ROOT, check=True,
                   capture_output=True)


def clean(name, target, level):
    def case():
        build()
        source = f"test/plugin/{name}"
        compiled = p.Compiled(source, target, [*test_corpus.flags_of(name), level], test_corpus.CORPORA[name], FOLDER,
                              environment())
        if compiled.status != 0 or "AddressSanitizer" in compiled.messages:
            return compiled.messages[-2000:]
        return "; ".join(p.compare(compiled, source, level != "-O0")) or None
    return f"{name.replace('.', '_')}_{target}{level.replace('-', '_')}", case


test_cases = cases.as_pytest(clean(name, target, level) for name in test_corpus.CORPORA for target in p.TARGETS
                             for level in LEVELS)
