"""CSV and TSV to blocks: the delimiter found by what divides the lines evenly, then as a sheet's rows.

A file of one column is text, a line a block. A quote that is never closed takes no more than its line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from retrieval.documents import regions
from retrieval.documents.blocks import Block, Content, UnreadableError
from retrieval.documents.decoding import UndecodableError, decode
from retrieval.documents.lines import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ",\t;|"
_SAMPLE = 65536  # characters that tell the delimiter
_EVEN = 0.5  # of the rows have to be divided alike


def read(data: bytes) -> Content:
    """Return the blocks of a text of rows. Raise UnreadableError."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableError("内容是 Excel 工作簿，请改用扩展名 .xlsx")
    try:
        text = decode(data)
    except UndecodableError as error:
        raise UnreadableError(str(error)) from error
    return Content(_blocks(text.replace("\x00", "")))


def _blocks(text: str) -> Iterator[Block]:
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    hint, _, rest = text.partition("\n")
    if hint.lower().startswith("sep=") and len(hint) == len("sep=,"):  # Excel's own
        text, delimiter = rest, hint[-1]
    else:
        delimiter = _delimiter(text[:_SAMPLE]) or ""
    if delimiter:
        yield from regions.blocks(_numbered(_rows(text, delimiter)))
    else:
        yield from (Block("text", line) for raw in text.split("\n") if (line := tidy(raw)))


def _delimiter(text: str) -> str | None:
    """Return what divides most rows into the same number of fields, None where nothing does."""
    scores: dict[str, float] = {}
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in _rows(text, delimiter) if any(row))
        divided = Counter({width: count for width, count in widths.items() if width > 1})
        if divided and (even := divided.most_common(1)[0][1] / widths.total()) >= _EVEN:
            scores[delimiter] = even
    return max(scores, key=scores.__getitem__, default=None)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows; where the quotes of a text are not in order, each line is one or more fields."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return [_fields(line, delimiter) for line in text.split("\n")]


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return line.split(delimiter)


def _numbered(rows: list[list[str]]) -> Iterator[tuple[int, dict[int, str]]]:
    """Yield the rows that hold text with their numbers; empty lines count where they are the exception."""
    kept = [
        {column: text for column, field in enumerate(row) if field and (text := _tidy(field))} for row in rows
    ]
    filled = [row for row in kept if row]
    divided = len(kept) - len(filled) <= len(filled) / 2
    yield from ((number, row) for number, row in enumerate(kept if divided else filled) if row)


def _tidy(field: str) -> str:
    return "\n".join(filter(None, map(tidy, field.splitlines())))
