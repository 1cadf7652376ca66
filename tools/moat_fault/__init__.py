"""The decoder of moat's fault records: record (bytes and framing), elf, dwarf, exceptions, report, cli.

SPDX-License-Identifier: MIT"""
