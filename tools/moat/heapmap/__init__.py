"""The heap map: a page of a heap, drawn from a dump or a core file. See docs/heap-map.md.

SPDX-License-Identifier: MIT"""
