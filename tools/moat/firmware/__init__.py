"""The firmware's ELF file: symbols, debug information, unwinding, core files, and memory of the target.

SPDX-License-Identifier: MIT"""
