"""The map of an arena as SVG: rows of cells, from low addresses to high. A cell is a granule, or a power of two of them
where the arena is large; runs of equal cells are one shape. What the shapes look like is for html/style.css to say.

SPDX-License-Identifier: MIT"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterator, Sequence

from moat.heap.model import Arena, Heap, Hole, Object

from .looks import Look

COLUMNS = 96
ROWS_MAX = 56
CELL, ROW = 8, 13          # width and height of a cell
BAR = 11                   # height of what is drawn in a row
GAP = 1                    # between objects
LEFT = 64                  # for the addresses
LEVELS = 4                 # how full a cell can look


@dataclass(frozen=True)
class Grid:
    """Where an arena's granules stand in its picture."""

    low: int        # address of the first
    granule: int    # bytes of one
    granules: int   # that objects can use
    per_cell: int   # a power of two
    rows: int

    @classmethod
    def of(cls, arena: Arena, heap: Heap) -> Grid:
        """Objects and holes cover an arena: the first of them begins where it does."""
        starts = [found.address - heap.word for found in heap.objects if found.arena == arena.index][:1]
        starts += [hole.address for hole in heap.holes if hole.arena == arena.index][:1]
        granules = max(arena.bytes // heap.granule, 1)
        per_cell = 1
        while granules > COLUMNS * ROWS_MAX * per_cell:
            per_cell *= 2
        return cls(min(starts, default=arena.start), heap.granule, granules, per_cell,
                   -(-granules // (COLUMNS * per_cell)))

    def place(self, address: int, size: int) -> tuple[int, int]:
        """(first granule, granules) of memory."""
        return (address - self.low) // self.granule, size // self.granule

    @property
    def width(self) -> int:
        return LEFT + COLUMNS * CELL

    @property
    def height(self) -> int:
        return self.rows * ROW

    def runs(self, first: int, count: int) -> Iterator[tuple[int, int, int]]:
        """(x, y, width) in each row of cells first to first + count - 1."""
        while count > 0:
            row, column = divmod(first, COLUMNS)
            fits = min(count, COLUMNS - column)
            yield LEFT + column * CELL, row * ROW, fits * CELL
            first += fits
            count -= fits


def _bar(x: int, y: int, width: int, height: int = BAR) -> str:
    return f"M{x} {y + BAR - height}h{width - GAP}v{height}h{GAP - width}z"


def _path(grid: Grid, first: int, count: int, height: int = BAR) -> str:
    return "".join(_bar(x, y, width, height) for x, y, width in grid.runs(first, count))


def _row_labels(grid: Grid) -> list[str]:
    every = 4 if grid.rows > 8 else 1
    step = COLUMNS * grid.per_cell * grid.granule
    return [f'<text class="addr" x="{LEFT - 8}" y="{row * ROW + BAR - 2}">{grid.low + row * step:08x}</text>'
            for row in range(0, grid.rows, every)]


def _ground(grid: Grid) -> str:
    """The arena's granules, whether used or not."""
    cells = -(-grid.granules // grid.per_cell)
    return f'<path class="ground" d="{_path(grid, 0, cells)}"/>'


def _pin(x: int, y: int) -> str:
    return f'<path class="pin" d="M{x - 1} {y - 1}h7l-7 7z"/>'


def _caret(x: int, y: int) -> str:
    return f'<path class="caret" d="M{x} {y - 2}l4 4l-4 4z"/>'


def _marks(grid: Grid, first: int, look: Look) -> str:
    """A pin on an object's first cell, a dot for what is new."""
    x, y, _ = next(grid.runs(first, 1))
    if look.pinned:
        return _pin(x, y)
    return f'<circle class="new" cx="{x + 3.5}" cy="{y + 3.5}" r="1.6"/>' if look.new else ""


def _classes(look: Look) -> str:
    return f"o t{look.type} a{look.age}" + (" g" if look.garbage else "")


def _objects(grid: Grid, objects: Sequence[Object], looks: Sequence[Look], numbers: Sequence[int]) -> list[str]:
    """Each object by itself."""
    shapes, marks = [], []
    for found, look, number in zip(objects, looks, numbers):
        first, count = grid.place(found.address, found.bytes)
        shapes.append(f'<path class="{_classes(look)}" data-o="{number}" d="{_path(grid, first, count)}"/>')
        marks.append(_marks(grid, first, look))
    return shapes + [mark for mark in marks if mark]


def _free(grid: Grid, holes: Sequence[Hole]) -> list[str]:
    shapes = []
    for hole in holes:
        first, count = grid.place(hole.address, hole.bytes)
        if hole.kind == "cursor" and count:
            x, y, _ = next(grid.runs(first, 1))
            shapes.append(f'<path class="h cursor" d="{_path(grid, first, count)}"/>{_caret(x, y)}')
        elif hole.kind == "dark":
            shapes.append(f'<path class="h dark" d="{_path(grid, first, count)}"/>')
    return shapes


class _Cell:
    """What lies in a cell, in granules."""

    def __init__(self) -> None:
        self.used, self.garbage, self.pinned = 0, 0, False
        self.types: Counter[int] = Counter()
        self.ages: Counter[int] = Counter()

    def add(self, look: Look, granules: int) -> None:
        self.used += granules
        self.garbage += granules * look.garbage
        self.types[look.type] += granules
        self.ages[look.age] += granules

    def look(self, per_cell: int) -> tuple[str, int]:
        """(the classes that most of it has, how full it is)"""
        most = Look(_most(self.types), _most(self.ages), False, False, 2 * self.garbage > self.used)
        return _classes(most), max(1, round(LEVELS * self.used / per_cell))


def _most(counter: Counter[int]) -> int:
    return min(counter, key=lambda look: (-counter[look], look))


def _cells(grid: Grid, objects: Sequence[Object], looks: Sequence[Look]) -> dict[int, _Cell]:
    cells: dict[int, _Cell] = {}
    for found, look in zip(objects, looks):
        at, count = grid.place(found.address, found.bytes)
        if look.pinned:
            cells.setdefault(at // grid.per_cell, _Cell()).pinned = True
        while count > 0:
            part = min(count, grid.per_cell - at % grid.per_cell)
            cells.setdefault(at // grid.per_cell, _Cell()).add(look, part)
            at += part
            count -= part
    return cells


def _overview(grid: Grid, objects: Sequence[Object], looks: Sequence[Look], holes: Sequence[Hole]) -> list[str]:
    """Runs of cells that look the same, filled from below as far as they are used."""
    cells = _cells(grid, objects, looks)
    runs: list[tuple[int, tuple[str, int], int]] = []
    marks = []
    for number in sorted(cells):
        look = cells[number].look(grid.per_cell)
        if runs and runs[-1][1] == look and runs[-1][0] + runs[-1][2] == number:
            runs[-1] = (runs[-1][0], look, runs[-1][2] + 1)
        else:
            runs.append((number, look, 1))
        if cells[number].pinned:
            marks.append(_pin(*next(grid.runs(number, 1))[:2]))
    shapes = [f'<path class="{classes}" d="{_path(grid, first, count, BAR * level // LEVELS)}"/>'
              for first, (classes, level), count in runs]
    carets = [_caret(*next(grid.runs(grid.place(hole.address, 0)[0] // grid.per_cell, 1))[:2]) for hole in holes
              if hole.kind == "cursor" and hole.bytes]
    return shapes + carets + marks


def draw(arena: Arena, grid: Grid, objects: Sequence[Object], looks: Sequence[Look], numbers: Sequence[int],
         holes: Sequence[Hole]) -> str:
    """The picture of an arena: its objects with their looks and their numbers on the page, and its holes."""
    parts = [f'<svg class="map" id="arena{arena.index}" role="application" tabindex="0" viewBox="-2 -3 '
             f'{grid.width + 4} {grid.height + 6}" '
             f'data-arena="{arena.index}" '
             f'aria-label="Map of arena {arena.index}: arrow keys go from object to object">']
    parts += _row_labels(grid)
    parts.append(_ground(grid))
    if grid.per_cell == 1:
        parts += _free(grid, holes)
        parts += _objects(grid, objects, looks, numbers)
    else:
        parts += _overview(grid, objects, looks, holes)
    parts.append('<g class="overlay"></g></svg>')
    return "\n".join(parts)
