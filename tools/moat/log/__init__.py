"""The console's lines: fault records, heap dumps, and the collector's events.

SPDX-License-Identifier: MIT"""
