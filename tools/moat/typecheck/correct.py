"""The macro that describes a struct as it is.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

import re

from elftools.dwarf.die import DIE

from moat.firmware.dwarf import TAGS, count_of, members_of, type_of
from moat.lint.members import Slot

CXX = "moat_type_"  # of the variables that MOAT_DESCRIBE makes: core/include/moat.hpp
FIELDS_MAX = 24  # that MOAT_TYPE takes


def corrected(name: str, written: str, struct: DIE, finalized: bool, slots: list[Slot]) -> str:
    """`MOAT_TYPE(...)` or, where arrays of structs or tails have slots, the form with runs."""
    shapes = list(dict.fromkeys(slot.shape for slot in slots))
    if name.startswith(CXX):
        macro = "MOAT_DESCRIBE_FINALIZED" if finalized else "MOAT_DESCRIBE"
        members = dict.fromkeys(shape.partition("[]")[0] for shape in shapes)
        return f"{macro}({', '.join([name.removeprefix(CXX), *members])})"
    tail = _tail_of(struct)
    if tail is None and len(shapes) <= FIELDS_MAX and not any("[]." in shape for shape in shapes):
        macro = "MOAT_TYPE_FINALIZED" if finalized else "MOAT_TYPE"
        return f"{macro}({', '.join([name, written, *(['its finalizer'] if finalized else []), *map(_bare, shapes)])})"
    runs: dict[tuple[str, bool], list[str]] = {}  # by the array, and whether it is one of structs
    for shape in shapes:
        array, within, inner = shape.partition("[].")
        runs.setdefault((_bare(array), bool(within)), []).append(_bare(inner))
    ordered = sorted(runs, key=lambda run: run[0] == tail)
    parts = [_run(written, struct, array, runs[array, within] if within else None, array == tail)
             for array, within in ordered]
    if tail is not None and all(array != tail for array, _ in ordered):
        parts.append(f"MOAT_TAIL_BYTES({written}, {tail})")
    return f"{'MOAT_TYPE_RUNS' if tail is None else 'MOAT_TYPE_FLEX'}({', '.join([name, written, *parts])})"


def _bare(shape: str) -> str:
    return re.sub(r"(\[\])+$", "", shape)


def _run(written: str, struct: DIE, array: str, fields: list[str] | None, is_tail: bool) -> str:
    kind = "TAIL" if is_tail else "RUN"
    if fields is None:
        return f"MOAT_{kind}_SLOTS({written}, {array})"
    return f"MOAT_{kind}_STRUCTS({', '.join([written, array, _element_of(struct, array), *fields])})"


def _tail_of(struct: DIE) -> str | None:
    """The name of a struct's flexible array."""
    members = members_of(struct)
    last = type_of(members[-1]) if members else None
    flexible = last is not None and last.tag == "DW_TAG_array_type" and count_of(last) is None
    return members[-1].attributes["DW_AT_name"].value.decode() if flexible else None


def _element_of(struct: DIE, path: str) -> str:
    """How the elements of an array of structs are written."""
    at: DIE | None = struct
    for word in path.split("."):
        found = [member for member in (members_of(at) if at is not None else ())
                 if "DW_AT_name" in member.attributes and member.attributes["DW_AT_name"].value.decode() == word]
        at = type_of(found[0]) if found else None
        while at is not None and at.tag == "DW_TAG_array_type":
            at = type_of(at)
    keywords = {tag: keyword for keyword, tag in TAGS.items()}
    if at is None or "DW_AT_name" not in at.attributes:
        return "its struct"
    return f"{keywords.get(at.tag, '')} {at.attributes['DW_AT_name'].value.decode()}".strip()
