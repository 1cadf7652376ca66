"""What a heap of moat looks like, read out of its memory: for the debugger's commands and the heap map.

SPDX-License-Identifier: MIT"""
