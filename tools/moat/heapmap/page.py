"""The heap map: one HTML page with all that it needs in it. html/page.html is its template, which Jinja2 fills in.

SPDX-License-Identifier: MIT"""
import json
import pathlib
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence

import jinja2
from markupsafe import Markup

from . import looks
from .document import Document, page_data
from .figures import Bucket, share, type_name
from .picture import draw

FOLDER = pathlib.Path(__file__).resolve().parent / "html"
ROOTS_MAX = 400  # rows of the table
PROBLEMS_MAX = 40
BAR = 140        # width of a histogram's longest bar
ROOT_KINDS = {"root": "static root", "added": "added root", "pin": "pin", "handle": "handle", "stack": "stack",
              "register": "register", "persistent": "persistent block", "finalizer": "finalizer"}


def render(document: Document) -> str:
    """The page."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(number=_number, percent=_percent, share=share, address=_address, size=_size,
                               bar_width=_bar_width)
    # Markup is what this package writes itself, of which no part is a name, and JSON that can't end its element.
    data = json.dumps(page_data(document), separators=(",", ":")).replace("<", "\\u003c")
    return environment.get_template("page.html").render(
        document=document, heap=document.heap, found=document.figures, arenas=_arenas(document), roots=_roots(document),
        dumps=_dumps(document), others=looks.OTHERS, age_names=looks.age_names(), root_kinds=ROOT_KINDS, bar=BAR,
        problems_max=PROBLEMS_MAX, patterns=Markup(looks.patterns()), data=Markup(data), style=_file("style.css"),
        script=_file("script.js"))


def _file(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))


# ---- filters ----

def _number(value: int) -> str:
    return f"{value:,}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * share(part, whole):.1f} %"


def _address(value: int) -> str:
    return f"0x{value:x}"


def _size(size: int) -> str:
    for unit, limit in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= limit:
            return f"{size // limit} {unit}"
    return f"{size} B"


def _bar_width(bucket: Bucket, buckets: Sequence[Bucket]) -> float:
    """Of a histogram's bar: the longest is for the most bytes, and what is there is seen."""
    most = max(one.bytes for one in buckets)
    return max(round(BAR * share(bucket.bytes, most), 1), 1) if bucket.count else 0


# ---- what the template goes through ----

@dataclass(frozen=True)
class ArenaView:
    index: int
    start: int
    bytes: int
    used: int
    per_cell: int    # granules in a cell of the picture
    cell_bytes: int
    picture: Markup


@dataclass(frozen=True)
class RootView:
    kind: str
    name: str
    address: int
    target: int      # number of the object
    target_address: int
    type: str
    retained: int


def _arenas(document: Document) -> List[ArenaView]:
    views = []
    for arena, grid in zip(document.heap.arenas, document.grids):
        numbers = document.numbers_in(arena)
        objects = [document.heap.objects[i] for i in numbers]
        holes = [hole for hole in document.heap.holes if hole.arena == arena.index]
        picture = draw(arena, grid, objects, [document.look(i) for i in numbers], numbers, holes)
        views.append(ArenaView(arena.index, arena.start, arena.bytes, sum(found.bytes for found in objects),
                               grid.per_cell, grid.per_cell * grid.granule, Markup(picture)))
    return views


def _roots(document: Document) -> List[RootView]:
    views = []
    for root in document.heap.roots[:ROOTS_MAX]:
        target = document.graph.number[root.target]
        found = document.heap.objects[target]
        views.append(RootView(root.kind, root.name, root.address, target, found.address, type_name(found),
                              document.retained.objects[target]))
    return views


def _dumps(document: Document) -> List[Dict[str, Any]]:
    """The log's dumps up to this one."""
    views = []
    for name, heap in document.history:
        holes = [hole.bytes for hole in heap.holes if hole.kind != "dark"]
        views.append({"name": name, "current": heap is document.heap, "phase": heap.phase, "cycle": heap.cycle,
                      "objects": len(heap.objects), "used": sum(found.bytes for found in heap.objects),
                      "free": sum(holes), "largest": max(holes, default=0)})
    return views
