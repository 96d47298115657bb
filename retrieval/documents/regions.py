"""Rows of a sheet or of a text file to blocks: tables divided by empty rows, and the lines around them.

A line alone above a table is left to it: `tables` tells titles and units in the first rows. Lines below a
table, and lines far from any, are text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block, Table
from retrieval.documents.sentences import is_closed, is_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Row = dict[int, str]

_TITLE_ROWS = 3


def blocks(numbered: Iterable[tuple[int, Row]]) -> Iterator[Block]:
    """Yield the blocks of rows with their numbers; where a number is missing, an empty row divides."""
    waiting: list[Row] = []  # lines that may be the next table's title
    for region in _regions(numbered):
        if all(_is_line(row) for row in region):
            yield from map(_line, waiting)
            title = len(region) <= _TITLE_ROWS and all(_may_be_title(row) for row in region)
            waiting = region if title else []
            yield from () if title else map(_line, region)
            continue
        end = len(region)
        while end > 1 and _is_line(region[end - 1]) and 0 in region[end - 1] and _ends(region[end - 1]):
            end -= 1
        yield Block("table", "", table=_table([*waiting, *region[:end]]))
        yield from map(_line, region[end:])
        waiting = []
    yield from map(_line, waiting)


def _regions(numbered: Iterable[tuple[int, Row]]) -> Iterator[list[Row]]:
    region: list[Row] = []
    before = 0
    for number, row in numbered:
        if region and number > before + 1:
            yield region
            region = []
        region.append(row)
        before = number
    if region:
        yield region


def _is_line(row: Row) -> bool:
    return len(set(row.values())) == 1


def _may_be_title(row: Row) -> bool:
    text = next(iter(row.values()))
    return is_title(text) or "单位" in text


def _ends(row: Row) -> bool:
    """Whether a row alone below a table is a remark and no name without values."""
    text = next(iter(row.values()))
    return is_closed(text) or "：" in text or ":" in text


def _line(row: Row) -> Block:
    return Block("text", next(iter(row.values())).replace("\n", " "))


def _table(region: list[Row]) -> Table:
    """Return a region as a table, without the empty columns beside it."""
    columns = sorted({column for row in region for column in row})
    places = {column: place for place, column in enumerate(columns)}
    filled = []
    for row in region:
        texts = [""] * (places[max(row)] + 1)
        for column, text in row.items():
            texts[places[column]] = text
        filled.append(texts)
    return Table.of(filled)
