"""A sheet to rows of texts: values as shown, merged cells filled, and only as wide as what is in them.

Every count that a file may claim is bounded here: how many rows and cells are gone through, and how many
cells a merge covers.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, cast

from openpyxl.utils import column_index_from_string

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.spreadsheet.number_formats import shown
from retrieval.documents.formats.spreadsheet.opening import BROKEN
from retrieval.documents.lines import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

GridRow = tuple[int, dict[int, str]]
"""A row's number from 1, and its texts by column from 0."""

_MOST_ROWS = 1_048_576
_MOST_CELLS = 20_000_000  # gone through, empty ones too
_MOST_COVERED = 1_000_000  # cells of all merges
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")


def rows(sheet: ReadOnlyWorksheet) -> Iterator[GridRow]:
    """Yield a sheet's rows that hold text, in order. Raise UnreadableError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dates out of range, and the like
            yield from _texts(sheet)
    except UnreadableError:
        raise
    except BROKEN as error:
        raise UnreadableError("工作表已损坏或不完整") from error


def with_merges(rows: Iterable[GridRow], markup: bytes) -> list[GridRow]:
    """Return the rows with the text of each merged cell in every place; `markup` is the sheet's XML."""
    found = dict(rows)
    for first, left, last, right in _merges(markup):
        text = found.get(first, {}).get(left)
        for number in range(first, last + 1) if text else ():
            if number in found:
                found[number].update(dict.fromkeys(range(left, right + 1), text or ""))
    return [(number, dict(sorted(texts.items()))) for number, texts in found.items()]


def _texts(sheet: ReadOnlyWorksheet) -> Iterator[GridRow]:
    sheet.reset_dimensions()  # those that the file states are often wrong
    gone_through = 0
    for number, cells in enumerate(cast("Worksheet", sheet).iter_rows(), 1):
        gone_through += len(cells) + 1
        if number > _MOST_ROWS or gone_through > _MOST_CELLS:
            raise UnreadableError("工作表过大")
        texts = {column: text for column, cell in enumerate(cells) if (text := _text(cell))}
        if texts:
            yield number, texts


def _text(cell: Cell | MergedCell) -> str:
    """Return a cell's value as shown; an error (`#DIV/0!`) is no value."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, str):
        return "\n".join(filter(None, map(tidy, value.splitlines())))
    return tidy(shown(value, cell.number_format or ""))


def _merges(markup: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield the merged ranges, as first row, first column, last row, last column."""
    covered = 0
    for left, first, right, last in _MERGE.findall(markup):
        columns = [column_index_from_string(name.decode()) - 1 for name in (left, right)]
        rows_of = int(first), int(last)
        covered += max(0, columns[1] - columns[0] + 1) * max(0, rows_of[1] - rows_of[0] + 1)
        if covered > _MOST_COVERED:
            return
        yield rows_of[0], columns[0], rows_of[1], columns[1]
