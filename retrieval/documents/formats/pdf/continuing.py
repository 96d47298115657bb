"""What a column's or a page's end has parted is one again: paragraphs and tables.

A paragraph also goes on past what stands between its parts: a picture, a table, a footnote in small letters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block, Table
from retrieval.documents.formats.pdf.paragraphs import Text, is_caption, joined
from retrieval.documents.formats.pdf.survey import NUMBERED
from retrieval.documents.sentences import is_closed, leads_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retrieval.documents.formats.pdf.tables import FoundTable

_MOST_BETWEEN = 12  # blocks between the parts of a paragraph
_MOST_ROWS = 20_000
_PROSE = frozenset(("text", "item"))
_SMALL = 0.93  # of the letters above: a footnote's


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table as far as a page has it."""

    found: FoundTable
    page: int

    def block(self) -> Block:
        return Block("table", "", page=self.page, table=self.found.table)


Part = Text | TablePart | Block


def blocks(parts: Iterable[Part], compounds: frozenset[str]) -> Iterator[Block]:
    """Yield the blocks that the parts of pages make, in order; compounds are words with a hyphen."""
    pending: Text | None = None
    between: list[Block] = []
    for part in _whole_tables(parts):
        if pending is None:
            if isinstance(part, Text) and part.kind in _PROSE:
                pending = part
            else:
                yield _block(part)
            continue
        if isinstance(part, Text) and _goes_on(pending, part):
            text = joined(pending.text, part.text, compounds)
            pending = replace(
                part, kind=pending.kind, text=text, page=pending.page, indented=pending.indented
            )
        elif _is_between(pending, part) and len(between) < _MOST_BETWEEN:
            between.append(_block(part))
        else:
            yield pending.block()
            yield from between
            between = []
            pending = None
            if isinstance(part, Text) and part.kind in _PROSE:
                pending = part
            else:
                yield _block(part)
    if pending:
        yield pending.block()
    yield from between


def _block(part: Part) -> Block:
    return part if isinstance(part, Block) else part.block()


def _goes_on(above: Text, below: Text) -> bool:
    if below.kind != "text" or not above.full or abs(above.size - below.size) > 0.6:
        return False
    if below.indented and above.kind != "item":
        return False
    if is_caption(above.text) or is_caption(below.text) or NUMBERED.match(below.text):
        return False
    return not is_closed(above.text) and not leads_in(above.text)


def _is_between(above: Text, part: Part) -> bool:
    """Whether a paragraph may go on after this part."""
    if is_closed(above.text) or not above.full:
        return False
    if isinstance(part, Text):
        return part.kind == "text" and (part.size < _SMALL * above.size or is_caption(part.text))
    return True


def _whole_tables(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts with each table that runs on over pages as one."""
    held: TablePart | None = None
    last = 0
    captions: list[Part] = []
    for part in parts:
        if held is None:
            if isinstance(part, TablePart):
                held, last = part, part.page
            else:
                yield part
        elif isinstance(part, TablePart) and _continues(held, last, part, captions):
            held = _one(held, part)
            last, captions = part.page, []
        elif isinstance(part, Text) and part.page == last + 1 and is_caption(part.text) and len(captions) < 3:
            captions.append(part)
        else:
            yield held
            yield from captions
            held, captions = None, []
            if isinstance(part, TablePart):
                held, last = part, part.page
            else:
                yield part
    if held:
        yield held
    yield from captions


def _continues(above: TablePart, last: int, below: TablePart, captions: list[Part]) -> bool:
    upper, lower = above.found, below.found
    named = [part.text for part in captions if isinstance(part, Text)]
    same = len(upper.edges) == len(lower.edges) and all(
        abs((one - upper.edges[0]) - (other - lower.edges[0])) < 8
        for one, other in zip(upper.edges, lower.edges, strict=True)
    )
    columns = len(upper.table.rows[0]) == len(lower.table.rows[0])
    again = upper.table.rows[0] == lower.table.rows[0]
    fresh = any(not text.startswith("续") and "单位" not in text for text in named)
    short = len(upper.table.rows) < _MOST_ROWS
    return below.page == last + 1 and columns and short and (same or again) and (again or not fresh)


def _one(above: TablePart, below: TablePart) -> TablePart:
    upper, lower = above.found.table, below.found.table
    heads = 0
    while heads < min(len(upper.rows), len(lower.rows)) and upper.rows[heads] == lower.rows[heads]:
        heads += 1
    table = Table(upper.rows + lower.rows[heads:], heads=heads or upper.heads)
    return TablePart(replace(above.found, table=table), above.page)
