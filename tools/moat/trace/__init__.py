"""The collector's events out of logs and core files, as a trace for viewers.

SPDX-License-Identifier: MIT"""
