"""gdb's commands for moat: `source tools/gdb/moat.py`. See docs/debugging.md.

SPDX-License-Identifier: MIT"""
