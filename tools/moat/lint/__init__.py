"""The lint of firmware that uses moat. See docs/lint.md.

SPDX-License-Identifier: MIT"""
