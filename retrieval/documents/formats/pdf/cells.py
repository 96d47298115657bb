"""The text of a table's cells: which run stands in which, and rows that no line parts."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from retrieval.documents.formats.pdf.runs import in_lines
from retrieval.documents.lines import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.documents.formats.pdf.runs import Run

    Place = tuple[int, int]

_LONGEST_CELL = 60  # characters on average; columns of prose are longer


class Grid:
    """Places between lines, of which some are merged; a place is a row's and a column's number from 0."""

    def __init__(self, xs: list[float], ys: list[float]) -> None:
        self.xs, self.ys = xs, ys
        self.columns, self.rows = len(xs) - 1, len(ys) - 1
        self._owners = list(range(self.columns * self.rows))

    def merge(self, one: Place, other: Place) -> None:
        """Make one cell of the cells that these places are in."""
        self._owners[self._owner(self._number(one))] = self._owner(self._number(other))

    def owner(self, place: Place) -> int:
        """Return a number that all places of a cell have, and no other cell's."""
        return self._owner(self._number(place))

    def place(self, x: float, y: float) -> Place:
        return _interval(self.ys, y), _interval(self.xs, x)

    @property
    def cells(self) -> int:
        return len({self._owner(number) for number in range(len(self._owners))})

    def _number(self, place: Place) -> int:
        return place[0] * self.columns + place[1]

    def _owner(self, number: int) -> int:
        while self._owners[number] != number:
            self._owners[number] = self._owners[self._owners[number]]
            number = self._owners[number]
        return number


def _interval(edges: Sequence[float], value: float) -> int:
    return min(max(bisect_left(edges, value) - 1, 0), len(edges) - 2)


def filled(grid: Grid, runs: list[Run]) -> tuple[tuple[tuple[str, ...], ...], float]:
    """Return the rows of a grid's texts, no empty row or column, and the share of cells with text."""
    inside: dict[int, list[Run]] = {}
    for run in runs:
        inside.setdefault(grid.owner(grid.place(*run.box.centre)), []).append(run)
    rows: list[tuple[str, ...]] = []
    for row in range(grid.rows):
        owners = [grid.owner((row, column)) for column in range(grid.columns)]
        own = [inside.get(owner, []) for owner in owners]
        rows += _split(own) or [tuple(text_of(cell) for cell in own)]
    kept = [column for column in range(grid.columns) if any(row[column] for row in rows)]
    cleaned = tuple(tuple(row[column] for column in kept) for row in rows if any(row))
    return cleaned, len(inside) / grid.cells


def _split(cells: list[list[Run]]) -> list[tuple[str, ...]]:
    """Return the rows that a row between lines holds in truth: all its columns share their baselines."""
    lines = [in_lines(cell) for cell in cells]
    counts = sorted(len(cell) for cell in lines if cell)
    if len(counts) < 2 or counts[-1] < 3 or counts[len(counts) // 2] < 3:
        return []
    baselines = _baselines(line for cell in lines for line in cell)
    shared = [
        baseline
        for baseline in baselines
        if sum(any(abs(line.baseline - baseline) < 2 for line in cell) for cell in lines) > 1
    ]
    if len(shared) < 0.8 * len(baselines):
        return []
    rows = []
    for baseline in baselines:
        near = ([line.text for line in cell if abs(line.baseline - baseline) < 2] for cell in lines)
        rows.append(tuple("".join(texts) for texts in near))
    return rows


def rows_between(runs: list[Run], edges: list[float], *, spanning: bool) -> list[tuple[str, ...]]:
    """Return the rows that runs make in columns, a row a baseline.

    With `spanning`, the text of a run over several columns stands in each. A row that only goes on with a
    cell of the row above is part of that.
    """
    rows: list[list[str]] = []
    baselines: list[float] = []
    for baseline in _baselines(runs):
        row = [""] * (len(edges) - 1)
        level = [run for run in runs if abs(run.baseline - baseline) < run.size * 0.4]
        for run in sorted(level, key=lambda run: run.box.left):
            first, last = _interval(edges, run.box.left + 1), _interval(edges, run.box.right - 1)
            middle = _interval(edges, run.box.centre[0])
            for column in range(first, last + 1) if spanning else (middle,):
                row[column] = join(row[column], run.text) if row[column] else run.text
        tight = bool(baselines) and baseline - baselines[-1] < level[0].size * 1.5
        if rows and not row[0] and tight and not spanning and sum(map(bool, row)) == 1:
            column = next(place for place, cell in enumerate(row) if cell)
            rows[-1][column] = join(rows[-1][column], row[column])
        else:
            rows.append(row)
        baselines.append(baseline)
    return [tuple(row) for row in rows]


def _baselines(runs: Iterable[Run]) -> list[float]:
    found: list[float] = []
    for run in sorted(runs, key=lambda run: run.baseline):
        if not found or run.baseline - found[-1] >= run.size * 0.4:
            found.append(run.baseline)
    return found


def text_of(runs: list[Run]) -> str:
    """Return the text of a cell, its lines put together."""
    text = ""
    for line in in_lines(runs):
        text = join(text, line.text) if text else line.text
    return text


def is_of_columns(rows: Sequence[tuple[str, ...]]) -> bool:
    """Whether rows are a table's: most fill two columns, and not with prose."""
    if not rows or len(rows[0]) < 2:
        return False
    full = sum(sum(map(bool, row)) >= 2 for row in rows)
    texts = [cell for row in rows for cell in row if cell]
    return full * 2 >= len(rows) and sum(map(len, texts)) <= _LONGEST_CELL * len(texts)
