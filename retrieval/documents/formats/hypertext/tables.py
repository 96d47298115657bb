"""Tables of a page: which hold data and which only set out the page, and the cells of the former."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from lxml import etree

from retrieval.documents.blocks import Table
from retrieval.documents.lines import separator, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LONGEST_CELL = 400  # characters; a longer one is part of a page set out by a table
_WIDEST_SPAN = 1000  # columns, as browsers have it
_MOST_CELLS = 200_000
_BREAKS = frozenset("br p div li ul ol section h1 h2 h3 h4 h5 h6 tr dd dt pre blockquote".split())  # noqa: SIM905 - shorter
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    origin: bool  # whether the cell begins in this column


_EMPTY = _Cell("", origin=False)


def nesting(root: Element) -> set[Element]:
    """Return the tables that have tables in them."""
    open_tables: list[Element] = []
    found = set()
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="table"):
        if event == "end":
            open_tables.pop()
            continue
        if open_tables:
            found.add(open_tables[-1])
        open_tables.append(element)
    return found


def read(table: Element) -> Table | None:
    """Return the data of a table without tables in it, None where it only sets out a page.

    A merged cell's text is repeated where it covers the grid; empty rows are left out.
    """
    if table.get("role") in ("presentation", "none"):
        return None
    rows = [row for row in table.iter("tr") if len(row)]
    cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
    texts = {cell: text(cell) for row in cells for cell in row}
    marked = next(table.iter("th", "thead", "caption"), None) is not None
    if not _is_data(cells, texts, marked=marked):
        return None
    grid = _grid(cells, texts)
    columns = sorted({column for row in grid for column, cell in enumerate(row) if cell.origin})
    heads = sum(1 for _ in takewhile(_is_head, rows))
    filled = [tuple(_at(row, column).text for column in columns) for row in grid]
    kept = tuple(row for row in filled if any(row))
    heads = sum(1 for row in filled[:heads] if any(row))
    return Table(kept, heads if 0 < heads < len(kept) else None)


def caption(table: Element) -> str:
    """Return what the table's `caption` says, empty where it has none."""
    element = next(table.iter("caption"), None)
    return "" if element is None else text(element)


def text(element: Element) -> str:
    """Return the text of an element as one line."""
    if len(element) == 0:
        return tidy(_SPACES.sub(" ", element.text or ""))
    lines: list[str] = []
    parts: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner.tag in _BREAKS:
            lines.append("".join(parts))
            parts.clear()
        parts.append((inner.text if event == "start" else inner.tail if inner is not element else None) or "")
    whole: list[str] = []
    for line in (*lines, "".join(parts)):
        if line := tidy(_SPACES.sub(" ", line)):
            whole += (separator(whole[-1][-1], line[0]), line) if whole else (line,)
    return "".join(whole)


def _is_data(rows: list[list[Element]], texts: dict[Element, str], *, marked: bool) -> bool:
    """Whether two rows at least have two cells at least with words in them, and none is a page's column."""
    full = [row for row in rows if sum(1 for cell in row if texts[cell]) >= 2]
    longest = max(map(len, texts.values()), default=0)
    many = len(full) >= 2 and len(full) * 2 >= sum(1 for row in rows if any(texts[cell] for cell in row))
    return many and (marked or longest <= _LONGEST_CELL)


def _is_head(row: Element) -> bool:
    return next(row.iterancestors("thead"), None) is not None or all(cell.tag == "th" for cell in row)


def _grid(rows: list[list[Element]], texts: dict[Element, str]) -> list[list[_Cell]]:
    """Return the rows with merged cells expanded; in a grid beyond reason the rest stands as it is."""
    grid: list[list[_Cell]] = []
    covered: dict[int, tuple[int, _Cell]] = {}  # column -> for how many rows, and by which cell above
    size = 0
    for number, row in enumerate(rows):
        line: list[_Cell] = []
        own = iter(row)
        end = max(covered, default=-1)
        while True:
            column = len(line)
            if column in covered:
                left, above = covered.pop(column)
                line.append(above)
                if left > 1:
                    covered[column] = (left - 1, above)
                continue
            cell = next(own, None)
            if cell is None and column > end:
                break
            line.append(_EMPTY if cell is None else _Cell(texts[cell], origin=True))
            if cell is None or size > _MOST_CELLS:
                continue
            wide, tall = _span(cell, "colspan", _WIDEST_SPAN), _span(cell, "rowspan", len(rows) - number)
            while len(line) < column + wide and len(line) not in covered:
                line.append(_Cell(texts[cell], origin=False))
            if tall > 1:
                covered |= {place: (tall - 1, line[place]) for place in range(column, len(line))}
        size += len(line)
        if size > _MOST_CELLS:
            covered.clear()
        grid.append(line)
    return grid


def _span(cell: Element, name: str, most: int) -> int:
    """Return how many columns or rows a cell covers; 0 means all that are left."""
    given = cell.get(name, "").strip()
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return min(number or (most if name == "rowspan" else 1), most)


def _at(row: list[_Cell], column: int) -> _Cell:
    return row[column] if column < len(row) else _EMPTY
