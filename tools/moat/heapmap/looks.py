"""How objects are drawn: one look for each of the types that take most memory, and one for each age. Looks are numbers
here; html/style.css and the patterns below give each a colour and a pattern, so that they can be told apart in black
and white too.

SPDX-License-Identifier: MIT"""
from dataclasses import dataclass
from typing import Iterable

from .figures import TypeRow

TYPES = 9                  # that get a look of their own
OTHERS, BYTES = TYPES, TYPES + 1
RAW = "bytes"              # the type of raw bytes, which is always there and looks like nothing in particular
AGES = (0, 1, 4, 16)       # collections survived, from which on an object has each look
PATTERN = 6                # width and height of a pattern

# Strokes of each pattern, by look.
TYPE_PATTERNS = ("", "M-1 1l2-2M-1 7l8-8M5 7l2-2", "M0 1.5h6", "M1.5 1.5h1.6v1.6h-1.6zM4.5 4.5h1.4v1.4h-1.4z",
                 "M1.5 0v6", "M-1 5l2 2M-1-1l8 8M5-1l2 2",
                 "M0 1.5h6M1.5 0v6", "M0 0l6 6M0 6l6-6", "M0 4l3-3l3 3", "M2.6 2.6h.8v.8h-.8z", "M0 1.5h3M3 4.5h3")
AGE_PATTERNS = ("M2.2 2.2h1.6v1.6h-1.6z", "M-1 1l2-2M-1 7l8-8M5 7l2-2", "M0 1.5h6", "")


@dataclass(frozen=True)
class Look:
    type: int
    age: int
    pinned: bool
    new: bool
    garbage: bool


def by_type(rows: Iterable[TypeRow]) -> dict[str, int]:
    """{type: its look}. rows: figures.TypeRow, most bytes first."""
    looks: dict[str, int] = {}
    number = 0
    for row in rows:
        if row.type == RAW:
            looks[row.type] = BYTES
        else:
            looks[row.type] = min(number, OTHERS)
            number += 1
    return looks


def by_age(survived: int) -> int:
    return max(i for i, least in enumerate(AGES) if survived >= least)


def age_names() -> list[str]:
    ends = [*(str(least - 1) for least in AGES[1:]), "more"]
    names = [str(least) if str(least) == end else f"{least} to {end}" if end != "more" else f"{least} and more"
             for least, end in zip(AGES, ends)]
    return [f"{name} collections" for name in names]


def patterns() -> str:
    """The definitions that shapes are filled with."""
    def pattern(name: str, strokes: str) -> str:
        mark = f'<path class="mark m-{name}" d="{strokes}"/>' if strokes else ""
        return (f'<pattern id="{name}" width="{PATTERN}" height="{PATTERN}" patternUnits="userSpaceOnUse">'
                f'<rect class="base b-{name}" width="{PATTERN}" height="{PATTERN}"/>{mark}</pattern>')
    found = [pattern(f"t{i}", strokes) for i, strokes in enumerate(TYPE_PATTERNS)]
    found += [pattern(f"a{i}", strokes) for i, strokes in enumerate(AGE_PATTERNS)]
    found.append(pattern("dark", "M0 6l6-6"))
    return "\n".join(['<svg class="defs" width="0" height="0" aria-hidden="true"><defs>', *found, "</defs></svg>"])
