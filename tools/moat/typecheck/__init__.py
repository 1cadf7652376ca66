"""Compares the types of a firmware with its structs, by debug information. See docs/plugin.md, "Without the plugin".

SPDX-License-Identifier: MIT"""
