"""Tables to rows of cells; a table that only arranges the page to what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from retrieval.documents.blocks import STILL_READING, Block, Table
from retrieval.documents.formats.word.markup import W, flattened, is_on, value, whole
from retrieval.documents.lines import join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element as Element

_NOTICED = 100  # rows
_MOST_COLUMNS = 63  # of one cell; all that a table has in Word
_WIDEST = 500  # columns
_WORD_LENGTH = 12  # characters of a word or a name that is broken over a cell's lines, at most
_TEXTS = frozenset(("heading", "text", "item", "caption"))


@dataclass(slots=True)
class _Row:
    texts: list[str] = field(default_factory=list)  # a text a column
    cells: list[list[Block]] = field(default_factory=list)  # the blocks of each cell
    heads: bool = False


def blocks(table: Element, read: Callable[[Element], list[Block]]) -> Iterator[Block]:
    """Yield a table and after it the pictures and tables in its cells; `read` returns the blocks of a cell.

    A table of a single column, of no text, or of a single row of several paragraphs only arranges the page:
    what stands in it is yielded instead.
    """
    rows: list[_Row] = []
    for element in flattened(table):
        if element.tag == W + "tr" and element.find(f"{W}trPr/{W}del") is None:
            rows.append(_row(element, rows[-1].texts if rows else [], read))
            if len(rows) % _NOTICED == 0:
                yield STILL_READING
    within = [block for row in rows for cell in row.cells for block in cell]
    rows = [row for row in rows if any(row.texts)]
    if _arranges(rows):
        yield from within
        return
    width = max(len(row.texts) for row in rows)
    heads = sum(1 for _ in takewhile(lambda row: row.heads, rows))
    if width > _WIDEST:
        yield Block("remark", f"一张表格有 {width} 列，只读了前 {_WIDEST} 列")
        width = _WIDEST
    cells = tuple((*row.texts[:width], *[""] * (width - len(row.texts))) for row in rows)
    yield Block("table", "", table=Table(cells, heads if 0 < heads < len(rows) else None))
    yield from (block for block in within if block.kind not in _TEXTS)


def _row(element: Element, above: list[str], read: Callable[[Element], list[Block]]) -> _Row:
    """Return a row; `above` are the texts of the row above it, for cells that go on from there."""
    row = _Row(heads=is_on(element.find(f"{W}trPr/{W}tblHeader")))
    row.texts += [""] * min(whole(value(element, "trPr/gridBefore")), _MOST_COLUMNS)
    for cell in flattened(element):
        if cell.tag != W + "tc":
            continue
        found = read(cell)
        row.cells.append(found)
        text = _text(found)
        column = len(row.texts)
        if not text and _goes_on(cell, "vMerge"):
            text = above[column] if column < len(above) else ""
        elif not text and _goes_on(cell, "hMerge"):
            text = row.texts[-1] if row.texts else ""
        row.texts += [text] * min(max(whole(value(cell, "tcPr/gridSpan"), 1), 1), _MOST_COLUMNS)
    return row


def _goes_on(cell: Element, direction: str) -> bool:
    """Whether a cell belongs to the one above (`vMerge`) or the one before it (`hMerge`)."""
    merged = cell.find(f"{W}tcPr/{W}{direction}")
    return merged is not None and merged.get(W + "val", "continue") == "continue"


def _arranges(rows: list[_Row]) -> bool:
    if all(len(row.cells) <= 1 for row in rows):
        return True
    return len(rows) == 1 and any(len(cell) > 2 for cell in rows[0].cells)


def _text(found: list[Block]) -> str:
    """Return the text of a cell on one line."""
    text = ""
    for block in found:
        if block.kind not in _TEXTS:
            continue
        broken = len(text + block.text) <= _WORD_LENGTH and not text[-1:].isdigit()
        text = join(text, block.text) if not text or broken else f"{text} {block.text}"
    return text
