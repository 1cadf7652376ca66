"""gdb's commands for moat, for `source tools/gdb/moat.py`. See docs/debugging.md.

SPDX-License-Identifier: MIT"""
import os
import runpy

runpy.run_path(os.path.join(os.path.dirname(os.path.realpath(__file__)), os.pardir, "moat", "gdb", "load.py"))
