"""The version of moat: core's MOAT_VERSION in a checkout; the package's, which was made of it, where that is installed.

SPDX-License-Identifier: MIT"""
import importlib.metadata
import pathlib
import re

HEADER = pathlib.Path(__file__).resolve().parents[2] / "core" / "include" / "moat.h"


def _version() -> str:
    try:
        text = HEADER.read_text(encoding="utf-8")
    except OSError:
        return importlib.metadata.version("moat-tools")
    found = re.search(r"^#define MOAT_VERSION 0x([0-9a-fA-F]+)u", text, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{HEADER}: no line '#define MOAT_VERSION 0x00MMmmppu'")
    return ".".join(str(part) for part in int(found[1], 16).to_bytes(4, "big")[1:])


VERSION = _version()
