"""Where things are.

SPDX-License-Identifier: MIT"""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
