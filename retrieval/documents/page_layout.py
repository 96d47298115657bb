"""The layout of a page from its lines of text: columns in reading order, paragraphs, heads, and tables.

All that is known of a line is its text and its place, so all distances are in heights of the page's lines.
Where nothing is clear, lines that stand beside each other stay one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING

from retrieval.documents import lines as text_lines
from retrieval.documents.blocks import Block, Table
from retrieval.documents.sentences import is_closed, is_wide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LARGE = 1.25  # times the height of most text: a head
_SAME = 1.15
_HEAD_LENGTH = 60
_INDENT = 1.2
_SHORT = 2.5  # left free at a line's end where its paragraph ends
_RAGGED = 0.25  # the same of Latin text, as a share of the column
_GUTTER = 1.0
_SPANNING = 0.25  # share of the lines that may go across a page's columns
_FILLED = 0.6
_COLUMN_LINES, _COLUMN_LENGTH = 3, 8
_TABLE_ROWS = 3
_PAGE_NUMBER = re.compile(r"[-—–·.\s]*\d{1,4}[-—–·.\s]*|第\s*\d{1,4}\s*页.{0,12}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in an image: `confidence` from 0 to 1, its box in pixels from the image's top left."""

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return max(self.bottom - self.top, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Row = list[Line]


def blocks(lines: Sequence[Line], *, titled: bool = False) -> list[Block]:
    """Return a page's text as headings, texts and tables, in reading order and with their confidence.

    The largest head of a page that is `titled` is of level 1, where it is the first block.
    """
    if not lines:
        return []
    height = _text_height(lines)
    found: list[Block] = []
    for region in _regions(_numberless(lines), height):
        found += _read(_rows(region), height)
    heads = [block for block in found if block.kind == "heading"]
    if titled and heads and heads[0] is found[0]:
        found[0] = replace(found[0], level=1)
    return found


def text_of(block: Block) -> str:
    """Return a block's text as lines, a table's row a line."""
    rows = block.table.rows if block.table else ()
    return "\n".join(" ".join(filter(None, row)) for row in rows) or block.text


def mean_confidence(parts: Sequence[tuple[str, float]]) -> float:
    """Return the mean of texts' confidences, each counted by the length of its text."""
    length = sum(len(text) for text, _ in parts) or 1
    return round(sum(len(text) * confidence for text, confidence in parts) / length, 3)


def _text_height(lines: Sequence[Line]) -> float:
    """Return the height of most of the text."""
    return median(line.height for line in lines for _ in line.text)


def _numberless(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without the page's number, alone at the top or at the bottom."""
    rows = _rows(lines)
    edges = [row[0] for row in (rows[0], rows[-1]) if len(rows) > 2 and len(row) == 1]
    numbers = [line for line in edges if _PAGE_NUMBER.fullmatch(line.text)]
    return [line for line in lines if line not in numbers]


def _regions(lines: list[Line], height: float) -> Iterator[list[Line]]:
    """Yield the lines of each column, and of what stands across columns, in reading order."""
    gutter = _gutter(lines, height)
    if gutter is None:
        yield lines
        return

    def side(line: Line) -> str:
        return "across" if line.left < gutter < line.right else "beside"

    for kind, group in groupby(sorted(lines, key=lambda line: line.top), side):
        if kind == "across":
            yield list(group)
            continue
        beside = list(group)
        for column in (
            [line for line in beside if line.right <= gutter],
            [line for line in beside if line.left >= gutter],
        ):
            if column:
                yield from _regions(column, height)


def _gutter(lines: list[Line], height: float) -> float | None:
    """Return where two columns of running text are parted; None where there is one column, or a table."""
    start, end = min(line.left for line in lines), max(line.right for line in lines)
    for share in sorted(range(20, 81, 2), key=lambda share: abs(share - 50)):
        place = start + (end - start) * share / 100
        left = [line for line in lines if line.right <= place]
        right = [line for line in lines if line.left >= place]
        across = len(lines) - len(left) - len(right)
        if (
            across <= _SPANNING * len(lines)
            and _is_column(left)
            and _is_column(right)
            and min(line.left for line in right) - max(line.right for line in left) >= _GUTTER * height
            and _are_beside(left, right)
        ):
            return place
    return None


def _is_column(lines: list[Line]) -> bool:
    """Whether the lines are running text, which fills its column; a table's cells do not."""
    if len(lines) < _COLUMN_LINES:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    filled = median(line.right - line.left for line in lines) >= _FILLED * width
    return filled and median(len(line.text) for line in lines) >= _COLUMN_LENGTH


def _are_beside(left: list[Line], right: list[Line]) -> bool:
    tops = [min(line.top for line in side) for side in (left, right)]
    bottoms = [max(line.bottom for line in side) for side in (left, right)]
    shorter = min(bottom - top for top, bottom in zip(tops, bottoms, strict=True))
    return min(bottoms) - max(tops) >= shorter / 2


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Return what stands on one height together, from left to right."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if rows and rows[-1][0].top < line.middle < rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _read(rows: list[Row], height: float) -> Iterator[Block]:
    """Yield the tables of a region and, around them, its text."""
    texts: list[Line] = []
    for several, group in groupby(rows, lambda row: len(row) > 1):
        run = list(group)
        skipped, table = _table(run) if several else (len(run), None)
        texts += map(_joined, run[:skipped])
        if table:
            yield from _paragraphs(texts, height)
            texts = []
            said = [(line.text, line.confidence) for row in run[skipped:] for line in row]
            yield Block("table", "", table=table, confidence=mean_confidence(said))
    yield from _paragraphs(texts, height)


def _table(rows: list[Row]) -> tuple[int, Table | None]:
    """Return the table that the rows make, perhaps below a few that do not fit, and how many these are."""
    for skipped in range(3):
        body = rows[skipped:]
        columns = _columns(body)
        places = [[_column(columns, line) for line in row] for row in body]
        clear = all(len(set(row)) == len(row) for row in places)
        full = sum(map(len, body)) >= _FILLED * len(body) * len(columns)
        if len(body) >= _TABLE_ROWS and len(columns) > 1 and clear and full:
            cells = [
                {place: line.text for place, line in zip(row_places, row, strict=True)}
                for row_places, row in zip(places, body, strict=True)
            ]
            return skipped, Table.of([[row.get(place, "") for place in range(len(columns))] for row in cells])
    return len(rows), None


def _columns(rows: list[Row]) -> list[tuple[float, float]]:
    """Return the places from left to right that no empty stripe goes through."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((line.left, line.right) for row in rows for line in row):
        if columns and left < columns[-1][1]:
            columns[-1] = columns[-1][0], max(right, columns[-1][1])
        else:
            columns.append((left, right))
    return columns


def _column(columns: list[tuple[float, float]], line: Line) -> int:
    return next(place for place, (_, right) in enumerate(columns) if line.left < right or line.right <= right)


def _joined(row: Row) -> Line:
    """Return what stands beside each other as one line, with a space where there is a gap."""
    text = row[0].text
    for above, below in pairwise(row):
        near = below.left - above.right < above.height
        text = text_lines.join(text, below.text) if near else f"{text} {below.text}"
    return Line(
        text,
        mean_confidence([(line.text, line.confidence) for line in row]),
        row[0].left,
        min(line.top for line in row),
        row[-1].right,
        max(line.bottom for line in row),
    )


def _paragraphs(lines: list[Line], height: float) -> Iterator[Block]:
    """Yield the lines of one column as paragraphs and heads."""
    if not lines:
        return
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    gaps = [below.top - above.bottom for above, below in pairwise(lines)]
    usual = max(median(gaps), 0.0) if gaps else 0.0

    def begins(above: Line, below: Line) -> bool:
        """Whether the line below begins another paragraph."""
        if below.left > above.right or below.right < above.left:
            return True
        large = min(above.height, below.height) >= _LARGE * height
        apart = below.top - above.bottom > max(height, min(1.8 * usual, 2 * height))
        if max(above.height, below.height) > _SAME * _LARGE * min(above.height, below.height):
            return True
        if apart or large:
            return apart
        free = right - above.right
        wide = is_wide(above.text[-1])
        ends = free > (_SHORT * height if wide else _RAGGED * (right - left))
        return ends or below.left - left > _INDENT * height

    group = [lines[0]]
    for line in lines[1:]:
        if begins(group[-1], line):
            yield _paragraph(group, left, height)
            group = []
        group.append(line)
    yield _paragraph(group, left, height)


def _paragraph(group: list[Line], left: float, height: float) -> Block:
    text = group[0].text
    for line in group[1:]:
        text = text_lines.join(text, line.text)
    confidence = mean_confidence([(line.text, line.confidence) for line in group])
    large = min(line.height for line in group) >= _LARGE * height
    if large and len(text) <= _HEAD_LENGTH and not is_closed(text):
        return Block("heading", text, level=2, confidence=confidence)
    indented = group[0].left - left > _INDENT * height
    return Block("text", text, indented=indented, confidence=confidence)
