"""The tools of moat on the computer: fault records, heaps, traces, lint builds, gdb's commands.

SPDX-License-Identifier: MIT"""
