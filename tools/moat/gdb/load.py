"""gdb's commands for moat, for gdb's `source`: `moat gdb-init` prints the line. See docs/debugging.md.

SPDX-License-Identifier: MIT"""
import os
import sys

sys.dont_write_bytecode = True
TOOLS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
if TOOLS not in sys.path:
    sys.path.insert(0, TOOLS)
for name in [name for name in sys.modules if name.split(".")[0] == "moat"]:
    del sys.modules[name]  # sourced again: as it is now

from moat.gdb import commands  # noqa: E402

commands.register()
