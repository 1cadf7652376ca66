"""The heap map: one HTML page with all that it needs in it.

SPDX-License-Identifier: MIT"""
import json
import pathlib
from html import escape

from . import looks
from .document import page_data
from .figures import share, type_name
from .picture import draw

FOLDER = pathlib.Path(__file__).resolve().parent / "page"
ROOTS_MAX = 400  # rows of the table
PROBLEMS_MAX = 40
BAR = 140        # width of a histogram's longest bar
ROOT_KINDS = {"root": "static root", "added": "added root", "pin": "pin", "handle": "handle", "stack": "stack",
              "register": "register",
              "persistent": "persistent block", "finalizer": "finalizer"}


def number(value):
    return f"{value:,}"


def percent(part, whole):
    return f"{100 * share(part, whole):.1f} %"


def noun(word, count):
    return word if count == 1 else f"{word}s"


def address(value):
    return f"0x{value:x}"


def render(document):
    """The page."""
    title = f"Heap map of {escape(document.firmware)}"
    data = json.dumps(page_data(document), separators=(",", ":")).replace("<", "\\u003c")
    parts = ["<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width, initial-scale=1">',
             '<meta name="generator" content="moat-heapmap">',
             f"<title>{title}</title>", f"<style>\n{_file('style.css')}</style></head>", "<body>", looks.patterns(),
             _header(document), "<main>", _problems(document), _figures(document), _map(document), _types(document),
             _charts(document),
             _roots(document), _dumps(document), _notes(document), "</main>",
             f'<script type="application/json" id="data">{data}</script>', f"<script>\n{_file('script.js')}</script>",
             "</body></html>", ""]
    return "\n".join(part for part in parts if part)


def _file(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def _header(document):
    heap = document.heap
    facts = [("Build", f'<code>{escape(document.build_id[:16]) or "no build id"}</code>'),
             ("From", escape(document.source)),
             ("Collector", f"{escape(heap.phase)}, cycle {number(heap.cycle)}"),
             ("Machine", f"{8 * heap.word} bits, granules of {heap.granule} bytes")]
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return (f'<header><p class="kicker">moat heap map</p><h1>{escape(document.firmware)}</h1><dl '
            f'class="facts">{rows}</dl></header>')


def _problems(document):
    if not document.problems:
        return ""
    shown = document.problems[:PROBLEMS_MAX]
    more = len(document.problems) - len(shown)
    rows = "".join(f"<li>{escape(sentence)}</li>" for sentence in shown) + (f"<li>and {more} more</li>" if more else "")
    return ('<section class="problems" role="alert"><h2>What is missing or broken</h2><ul '
            f'id="problems">{rows}</ul></section>')


# ---- figures ----

def _figure(name, label, value, unit, note):
    return (f'<div class="figure"><dt>{label}</dt><dd><span class="value" data-figure="{name}">{value}</span>'
            f'<span class="unit">{unit}</span><span class="note">{note}</span></dd></div>')


def _figures(document):
    found = document.figures
    garbage = (f'<span data-figure="garbage">{number(found.garbage)}</span> of them garbage' if found.garbage
               else "all of them reachable")
    cards = [
        _figure("used", "In use", number(found.used), "bytes",
                f"{percent(found.used, found.arena)} of {number(found.arena)}"),
        _figure("objects", "Objects", number(found.objects), "", garbage),
        _figure("free", "Free", number(found.free), "bytes",
                f'in <span data-figure="holes">{number(found.holes)}</span> {noun("hole", found.holes)}; '
                f'<span data-figure="dark">{number(found.dark)}</span> more in no hole'),
        _figure("largest", "Largest hole", number(found.largest), "bytes",
                f"{percent(found.largest, found.free)} of what is free"),
        _figure("fragmentation", "Fragmentation", f"{100 * found.fragmentation:.1f}", "%",
                "of what is free is outside the largest hole"),
        _figure("pinned", "Pinned", number(found.pinned), "",
                f'<span data-figure="pins">{number(found.pins)}</span> {noun("pin", found.pins)}, '
                f'<span data-figure="handles">{number(found.handles)}</span> {noun("handle", found.handles)}'),
    ]
    return f'<section class="figures" aria-label="Figures"><dl>{"".join(cards)}</dl></section>'


# ---- the map ----

def _swatch(name, extra=""):
    return (f'<svg class="swatch" width="18" height="12" aria-hidden="true"><rect class="o {name}" width="18" '
            f'height="12"/>{extra}</svg>')


def _legend(document):
    shown, others = [], False
    for row in document.figures.types:
        look = document.looks[row.type]
        if look == looks.OTHERS:
            others = True
        else:
            shown.append(f'<li>{_swatch(f"t{look}")}{escape(row.type)}</li>')
    if others:
        shown.append(f'<li>{_swatch(f"t{looks.OTHERS}")}other types</li>')
    ages = [f'<li>{_swatch(f"a{i}")}{name}</li>' for i, name in enumerate(looks.age_names())]
    marks = [f'<li><svg class="swatch" width="18" height="12"><rect class="ground" width="18" height="12"/></svg>free</li>',
             f'<li><svg class="swatch" width="18" height="12"><rect class="h dark" width="18" height="12"/></svg>free, in no hole</li>',
             '<li><svg class="swatch" width="18" height="12"><path class="caret" d="M6 1l5 5l-5 5z"/></svg>next object</li>',
             '<li><svg class="swatch" width="18" height="12"><path class="pin" d="M5 2h9l-9 9z"/></svg>pinned</li>']
    if document.figures.garbage:
        marks.append(f'<li>{_swatch("t0 g")}garbage</li>')
    if document.has_history:
        marks.append('<li><svg class="swatch" width="18" height="12"><circle class="new" cx="9" cy="6" r="2.4"/></svg>new since the dump before</li>')
    return (f'<ul class="legend for-type">{"".join(shown)}</ul><ul class="legend for-age">{"".join(ages)}</ul>'
            f'<ul class="legend marks">{"".join(marks)}</ul>')


def _arena(document, arena, grid):
    numbers = document.numbers_in(arena)
    objects = [document.heap.objects[i] for i in numbers]
    holes = [hole for hole in document.heap.holes if hole.arena == arena.index]
    used = sum(found.bytes for found in objects)
    cell = "granule" if grid.per_cell == 1 else f"{number(grid.per_cell)} granules"
    caption = (f"<b>Arena {arena.index}</b> at <code>{address(arena.start)}</code>, {number(arena.bytes)} bytes, "
               f"{percent(used, arena.bytes)} in use. A cell is a{'' if grid.per_cell == 1 else ' run of'} {cell} "
               f"({number(grid.per_cell * grid.granule)} bytes).")
    picture = draw(arena, grid, objects, [document.look(i) for i in numbers], numbers, holes)
    return f'<figure class="arena"><figcaption>{caption}</figcaption>{picture}</figure>'


def _map(document):
    views = ('<fieldset class="views"><legend>Colour by</legend><label><input type="radio" name="view" value="type" checked> type</label>'
             '<label><input type="radio" name="view" value="age"> age</label></fieldset>') if document.has_history else ""
    arenas = "".join(_arena(document, arena, grid) for arena, grid in zip(document.heap.arenas, document.grids))
    return (f'<section id="map" class="by-type"><div class="head"><h2>Map</h2>{views}</div>{_legend(document)}'
            f'<div class="split"><div class="arenas">{arenas}</div><aside id="inspector" aria-live="polite">'
            '<p class="hint">Point at an object, or press Tab and then the arrow keys, to see what it is, what keeps it and what it keeps. '
            "Click or press Enter to hold it.</p></aside></div></section>")


# ---- tables and charts ----

def _types(document):
    found, rows = document.figures, []
    for row in found.types:
        wide = round(100 * share(row.bytes, found.used), 1)
        new = f'<td class="n">{number(row.new)}</td>' if document.has_history else ""
        rows.append(f'<tr data-type="{escape(row.type)}"><th scope="row">{_swatch(f"t{document.looks[row.type]}")}<code>{escape(row.type)}</code></th>'
                    f'<td class="n">{number(row.objects)}</td><td class="n">{number(row.bytes)}</td>'
                    f'<td class="share"><span style="width:{wide}%"></span><b>{wide:.1f} %</b></td><td class="n">{number(row.retained)}</td>{new}</tr>')
    new = '<th scope="col" class="n">New</th>' if document.has_history else ""
    return ('<section><h2>Types</h2><table id="types"><thead><tr><th scope="col">Type</th><th scope="col" class="n">Objects</th>'
            '<th scope="col" class="n">Bytes</th><th scope="col">Share</th>'
            f'<th scope="col" class="n">Retained</th>{new}</tr></thead><tbody>{"".join(rows)}</tbody></table></section>')


def size_text(size):
    for unit, limit in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= limit:
            return f"{size // limit} {unit}"
    return f"{size} B"


def _bar(bucket, most):
    wide = max(round(BAR * share(bucket.bytes, most), 1), 1) if bucket.count else 0
    return f'<svg width="{BAR}" height="10" aria-hidden="true"><rect width="{wide}" height="10"/></svg>'


def _chart(name, title, buckets, empty):
    """Bars of bytes, one for each doubling of the size."""
    most = max((bucket.bytes for bucket in buckets), default=0)
    rows = "".join(f'<tr><th scope="row">{size_text(bucket.low)}</th><td class="bar">{_bar(bucket, most)}</td>'
                   f'<td class="n">{number(bucket.count)}</td><td class="n">{number(bucket.bytes)}</td></tr>' for bucket in buckets)
    body = f'<table id="{name}"><thead><tr><th scope="col">Size from</th><th scope="col">Bytes in all</th><th scope="col" class="n">Count</th>' \
           f'<th scope="col" class="n">Bytes</th></tr></thead><tbody>{rows}</tbody></table>' if buckets else f"<p>{empty}</p>"
    return f"<div><h2>{title}</h2>{body}</div>"


def _charts(document):
    found = document.figures
    return (f'<section class="charts">{_chart("hole-sizes", "Holes by size", found.hole_sizes, "There is no hole.")}'
            f'{_chart("object-sizes", "Objects by size", found.object_sizes, "There is no object.")}</section>')


def _roots(document):
    rows = []
    for root in document.heap.roots[:ROOTS_MAX]:
        target = document.graph.number[root.target]
        found = document.heap.objects[target]
        what = f'<button class="go" data-go="{target}"><code>{escape(type_name(found))}</code> at <code>{address(found.address)}</code></button>'
        where = f"<code>{address(root.address)}</code>" if root.address else "–"
        rows.append(f'<tr data-kind="{escape(root.kind)}"><td>{escape(ROOT_KINDS.get(root.kind, root.kind))}</td><td><code>{escape(root.name)}</code></td>'
                    f'<td>{where}</td><td>{what}</td><td class="n">{number(document.retained.objects[target])}</td></tr>')
    more = len(document.heap.roots) - len(rows)
    note = f"<p>and {number(more)} more</p>" if more else ""
    return ('<section><h2>Roots</h2><table id="roots"><thead><tr><th scope="col">Kind</th><th scope="col">Name</th><th scope="col">Word at</th>'
            f'<th scope="col">Keeps</th><th scope="col" class="n">Retained</th></tr></thead><tbody>{"".join(rows)}</tbody></table>{note}</section>')


def _dumps(document):
    """The log's dumps up to this one."""
    if not document.has_history:
        return ""
    rows = []
    for name, heap in document.history:
        holes = [hole.bytes for hole in heap.holes if hole.kind != "dark"]
        used = sum(found.bytes for found in heap.objects)
        current = ' aria-current="true"' if heap is document.heap else ""
        rows.append(f'<tr{current}><th scope="row">{escape(name)}</th><td>{escape(heap.phase)}, cycle {number(heap.cycle)}</td>'
                    f'<td class="n">{number(len(heap.objects))}</td><td class="n">{number(used)}</td><td class="n">{number(sum(holes))}</td>'
                    f'<td class="n">{number(max(holes, default=0))}</td></tr>')
    return ('<section><h2>Dumps in the log</h2><table id="dumps"><thead><tr><th scope="col">Dump</th><th scope="col">Collector</th>'
            '<th scope="col" class="n">Objects</th><th scope="col" class="n">In use</th><th scope="col" class="n">Free</th>'
            f'<th scope="col" class="n">Largest hole</th></tr></thead><tbody>{"".join(rows)}</tbody></table></section>')


def _notes(document):
    age = ("<p><b>Age</b> is what successive dumps tell: an object at the same address, of the same type and size as in the dump before is taken for the same. "
           "An address that was freed and used again for its like in between counts as old.</p>" if document.has_history else
           "<p><b>Age</b> is not shown: it takes a log with two dumps of one run or more.</p>")
    return ('<section class="notes"><h2>How to read this</h2><p><b>Bytes</b> are of whole objects, header and padding included. <b>Retained</b> is '
            "what would be freed with an object, or with all objects of a type: itself and all that is reachable through it only. <b>Garbage</b> is "
            "what no root reaches: the next collections free it. <b>In no hole</b> is what allocations can't have yet: single granules between "
            f"objects, and dead objects that the sweep has still to come to.</p>{age}<p>A stack is searched for words that may be pointers, as the "
            "collector does: a root on a stack may be a number that looks like one.</p></section>")
