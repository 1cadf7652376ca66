"""The map of an arena as SVG: rows of cells, from low addresses to high. A cell is a granule, or a power of two of them where the arena is large; runs
of equal cells are one shape. What the shapes look like is for page/style.css to say.

SPDX-License-Identifier: MIT"""
from collections import Counter
from dataclasses import dataclass

COLUMNS = 96
ROWS_MAX = 56
CELL, ROW = 8, 13          # width and height of a cell
BAR = 11                   # height of what is drawn in a row
GAP = 1                    # between objects
LEFT = 64                  # for the addresses
LEVELS = 4                 # how full a cell can look


@dataclass(frozen=True)
class Look:
    """How an object is drawn."""

    type: int      # number of its look, by type
    age: int       # and by age
    pinned: bool
    new: bool


@dataclass(frozen=True)
class Grid:
    """Where an arena's granules stand in its picture."""

    granule: int    # bytes of one
    granules: int   # of the arena
    per_cell: int   # a power of two
    rows: int

    @classmethod
    def of(cls, arena, granule):
        granules = max(arena.bytes // granule, 1)
        per_cell = 1
        while granules > COLUMNS * ROWS_MAX * per_cell:
            per_cell *= 2
        return cls(granule, granules, per_cell, -(-granules // (COLUMNS * per_cell)))

    @property
    def width(self):
        return LEFT + COLUMNS * CELL

    @property
    def height(self):
        return self.rows * ROW

    def runs(self, first, count):
        """(x, y, width) in each row of cells first to first + count - 1."""
        while count > 0:
            row, column = divmod(first, COLUMNS)
            fits = min(count, COLUMNS - column)
            yield LEFT + column * CELL, row * ROW, fits * CELL
            first += fits
            count -= fits


def _bar(x, y, width, height=BAR):
    return f"M{x} {y + BAR - height}h{width - GAP}v{height}h{GAP - width}z"


def _path(grid, first, count, height=BAR):
    return "".join(_bar(x, y, width, height) for x, y, width in grid.runs(first, count))


def _row_labels(arena, grid):
    every = 4 if grid.rows > 8 else 1
    step = COLUMNS * grid.per_cell * grid.granule
    return [f'<text class="addr" x="{LEFT - 8}" y="{row * ROW + BAR - 2}">{arena.low + row * step & 0xffffffff:08x}</text>'
            for row in range(0, grid.rows, every)]


def _ground(grid):
    """The arena's granules, whether used or not."""
    cells = -(-grid.granules // grid.per_cell)
    return f'<path class="ground" d="{_path(grid, 0, cells)}"/>'


def _marks(grid, first, look):
    """A pin on an object's first cell, a dot for what is new."""
    x, y, _ = next(grid.runs(first, 1))
    if look.pinned:
        return f'<path class="pin" d="M{x - 1} {y - 1}h7l-7 7z"/>'
    return f'<circle class="new" cx="{x + 3.5}" cy="{y + 3.5}" r="1.6"/>' if look.new else ""


def _objects(arena, grid, objects, looks, numbers):
    """Each object by itself."""
    shapes, marks = [], []
    for found, look, number in zip(objects, looks, numbers):
        first, count = (found.address - arena.low) // grid.granule, found.bytes // grid.granule
        shapes.append(f'<path class="o t{look.type} a{look.age}" data-o="{number}" d="{_path(grid, first, count)}"/>')
        marks.append(_marks(grid, first, look))
    return shapes + [mark for mark in marks if mark]


def _free(arena, grid, holes):
    shapes = []
    for hole in holes:
        first, count = (hole.address - arena.low) // grid.granule, hole.bytes // grid.granule
        if hole.kind == "cursor" and count:
            x, y, _ = next(grid.runs(first, 1))
            shapes.append(f'<path class="h cursor" d="{_path(grid, first, count)}"/><path class="caret" d="M{x} {y - 2}l4 4l-4 4z"/>')
        elif hole.kind == "dark":
            shapes.append(f'<path class="h dark" d="{_path(grid, first, count)}"/>')
    return shapes


def _cells(arena, grid, objects, looks):
    """[(granules used, the look of most of them, any pinned)] of each cell that objects use."""
    cells = {}
    for found, look in zip(objects, looks):
        at, end = (found.address - arena.low) // grid.granule, (found.address - arena.low + found.bytes) // grid.granule
        while at < end:
            cell = at // grid.per_cell
            upto = min(end, (cell + 1) * grid.per_cell)
            used, types, ages, pinned = cells.setdefault(cell, [0, Counter(), Counter(), False])
            types[look.type] += upto - at
            ages[look.age] += upto - at
            cells[cell][0] = used + upto - at
            cells[cell][3] = pinned or look.pinned and at == (found.address - arena.low) // grid.granule
            at = upto
    return cells


def _most(counter):
    return min(counter, key=lambda look: (-counter[look], look))


def _overview(arena, grid, objects, looks, holes):
    """Cells that look the same, run by run: filled from below as far as they are used."""
    cells = _cells(arena, grid, objects, looks)
    runs, pins = [], []
    for cell in sorted(cells):
        used, types, ages, pinned = cells[cell]
        look = (_most(types), _most(ages), max(1, round(LEVELS * used / grid.per_cell)))
        if runs and runs[-1][1] == look and runs[-1][0] + runs[-1][2] == cell:
            runs[-1][2] += 1
        else:
            runs.append([cell, look, 1])
        if pinned:
            x, y, _ = next(grid.runs(cell, 1))
            pins.append(f'<path class="pin" d="M{x - 1} {y - 1}h7l-7 7z"/>')
    shapes = [f'<path class="o t{look[0]} a{look[1]}" d="{_path(grid, cell, count, BAR * look[2] // LEVELS)}"/>'
              for cell, look, count in runs]
    for hole in holes:
        if hole.kind == "cursor" and hole.bytes:
            x, y, _ = next(grid.runs((hole.address - arena.low) // grid.granule // grid.per_cell, 1))
            shapes.append(f'<path class="caret" d="M{x} {y - 2}l4 4l-4 4z"/>')
    return shapes + pins


def draw(arena, grid, objects, looks, numbers, holes):
    """The picture of an arena: its objects with their looks and their numbers on the page, and its holes."""
    parts = [f'<svg class="map" id="arena{arena.index}" role="application" tabindex="0" viewBox="-2 -3 {grid.width + 4} {grid.height + 6}" '
             f'data-arena="{arena.index}" aria-label="Map of arena {arena.index}: arrow keys go from object to object">']
    parts += _row_labels(arena, grid)
    parts.append(_ground(grid))
    if grid.per_cell == 1:
        parts += _free(arena, grid, holes)
        parts += _objects(arena, grid, objects, looks, numbers)
    else:
        parts += _overview(arena, grid, objects, looks, holes)
    parts.append('<g class="overlay"></g></svg>')
    return "\n".join(parts)
