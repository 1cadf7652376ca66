"""The decoder of moat's fault records: report, cli.

SPDX-License-Identifier: MIT"""
