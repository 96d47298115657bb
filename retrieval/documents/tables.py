"""A table to paragraphs, one a row: `2021年 · 进出口总额 5972.8亿元 · 同比增长 22.6%`.

What names the row stands first, then each value behind its column's head and before its unit, so that a row
can be found and read alone; `同比增长` is named with the row above it. Every text stands as the table has it.
The values become Cells, which say by the heads what they measure and for when. A very wide row is several
paragraphs, each with the row's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from retrieval.cells import is_number
from retrieval.documents import table_layout
from retrieval.documents.table_heads import Head, both_periods, is_change, read_head, unit_for
from retrieval.model import Cell, WholeParagraph
from retrieval.paragraphs import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from retrieval.documents.blocks import Block, Table
    from retrieval.documents.table_layout import Layout, Row

SEPARATOR = " · "

_LONGEST_NAME = LONGEST // 2
_NUMERAL = re.compile("[0-9０-９一二三四五六七八九十百千万亿两半]")
_GROUP_LEVELS = (
    re.compile("第?[一二三四五六七八九十]+[、章节部]"),
    re.compile("[（(][一二三四五六七八九十]+[）)]"),
    re.compile(r"\d+[.．、]"),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a row's text, with the places of its values in it."""

    text: str
    cells: tuple[Cell, ...] = ()

    def joined(self, other: _Part) -> _Part:
        if not self.text or not other.text:
            return other if not self.text else self
        text = f"{self.text}{SEPARATOR}"
        moved = (
            Cell(cell.start + len(text), cell.end + len(text), cell.metric, cell.period)
            for cell in other.cells
        )
        return _Part(text + other.text, (*self.cells, *moved))


@dataclass(frozen=True, slots=True)
class _Name:
    """What a row is called: as shown, what it measures, its unit and its period."""

    shown: _Part
    words: str = ""
    unit: str | None = None
    period: str | None = None


def caption_of(block: Block) -> str:
    """Return what a table is called, by its caption or a row over its heads; empty where by nothing."""
    return table_layout.title_of(block.table, block.text) if block.table else ""


def of_block(block: Block, alive: Callable[[], None] = lambda: None) -> list[WholeParagraph]:
    """Return the paragraphs of a table's block; its caption alone where the table is empty.

    `alive` is called with each of them.
    """
    found = paragraphs(block.table, block.text, block.page, alive) if block.table else []
    if not found and block.text:
        found = [WholeParagraph(block.text, page=block.page)]
    if block.picture is None and block.confidence is None:
        return found
    pictures = (block.picture,) if block.picture else ()
    return [replace(whole, confidence=block.confidence, pictures=pictures) for whole in found]


def paragraphs(
    table: Table, caption: str = "", page: int | None = None, alive: Callable[[], None] = lambda: None
) -> list[WholeParagraph]:
    """Return a table's rows as paragraphs, in order; those with `cells` are at most LONGEST characters long.

    Heads are said with the values below them and nowhere else. The texts of a table that only lays text out
    are paragraphs of their own; an empty table has none.
    """
    rows = table_layout.tidy_rows(table)
    if not rows:
        return []
    texts = None if table.heads else table_layout.prose(rows)
    parts = _rows(table_layout.lay_out(rows, table.heads, caption)) if texts is None else map(_Part, texts)
    found: list[WholeParagraph] = []
    for part in parts:
        alive()
        if part.text:
            found.append(WholeParagraph(part.text, page=page, cells=part.cells))
    return found


def _rows(layout: Layout) -> Iterator[_Part]:
    groups: list[tuple[int, str]] = []
    told = True  # whether a row below the last group has named it
    above = ""  # the name of the last row that has one of its own
    for row in layout.body:
        if row in layout.head_rows:
            continue  # the heads again, on a further page
        if table_layout.is_note(row):
            yield _Part(row[0])
        elif table_layout.is_group(row) and not layout.record:
            level = _level(row[0])
            kept = [group for group in groups if group[0] < level]
            if not told and len(kept) < len(groups):
                yield _Part(SEPARATOR.join(text for _, text in groups))
            groups, told = [*kept, (level, row[0])], False
        else:
            told = True
            within = [text for _, text in groups]
            name = _name(row, layout, within)
            if not is_change(name.words):
                above = name.words
            elif above:
                name = replace(_name(row, layout, [*within, above]), words=f"{above} {name.words}")
            yield from _row(row, layout, name)
    if not told:
        yield _Part(SEPARATOR.join(text for _, text in groups))


def _level(group: str) -> int:
    return next((level for level, mark in enumerate(_GROUP_LEVELS) if mark.match(group)), 0)


def _row(row: Row, layout: Layout, name: _Name) -> Iterator[_Part]:
    """Yield a row as one paragraph or, where it is wide, as several."""
    own_unit = row[layout.unit_column] if layout.unit_column is not None else None
    others = [
        column
        for column in range(len(row))
        if row[column]
        and column not in layout.keys
        and column not in layout.left_out
        and column != layout.unit_column
    ]
    values = [_value(row, column, layout, name, own_unit) for column in others]
    if own_unit and not any(own_unit in value.text for value in values):
        values.insert(0, _Part(f"{layout.heads[layout.unit_column or 0].text} {own_unit}"))
    yield from _packed(name.shown, values)


def _name(row: Row, layout: Layout, groups: list[str]) -> _Name:
    keys = [(column, row[column]) for column in layout.keys if row[column]]
    heads = [table_layout.key_head(text, layout.heads[column]) for column, text in keys]
    unit = next((head.unit for head in reversed(heads) if head.unit), None)
    others = [column for column in range(len(row)) if column not in layout.keys]
    # The unit is said with each number; where there is none, it is said here.
    carried = any(is_number(row[column]) and not layout.heads[column].unit for column in others)
    shown = _Part("")
    period = layout.period
    for head in chain(map(read_head, groups), heads):
        period = both_periods(period, head.period)
    for group in groups:
        shown = shown.joined(_Part(group))
    for (column, _), head in zip(keys, heads, strict=True):
        text = head.shown if carried or not head.unit else head.text
        before = f"{layout.heads[column].text} " if layout.record else ""
        shown = shown.joined(_Part(before + text, _dates(before + text, head)))
    return _Name(shown, " ".join(head.name for head in heads if head.name), unit, period)


def _dates(text: str, head: Head) -> tuple[Cell, ...]:
    """Return the place of the period that a head names, which is a figure too."""
    start = text.find(head.period) if head.period else -1
    return (Cell(start, start + len(head.period or ""), None),) if start >= 0 else ()


def _value(row: Row, column: int, layout: Layout, name: _Name, own_unit: str | None) -> _Part:
    """Return a cell's text behind its head, a bare number with its unit."""
    cell, head = row[column], layout.heads[column]
    label, said = head.text, cell
    if is_number(cell) and column not in layout.labels:
        stated = unit_for(f"{name.words} {head.text}", layout.units)
        unit = head.unit or own_unit or name.unit or stated
        label, said = head.shown if head.unit or not layout.record else head.text, f"{cell}{unit or ''}"
    start = len(label) + 1 if label else 0
    text = f"{label} {said}" if label else said
    if column in layout.labels or not _NUMERAL.search(said):
        return _Part(text, _dates(label, head))
    metric = " ".join(filter(None, (name.words, head.name))) or None
    period = both_periods(name.period, head.period)
    return _Part(text, (*_dates(label, head), Cell(start, start + len(said), metric, period)))


def _packed(name: _Part, values: Iterable[_Part]) -> Iterator[_Part]:
    """Yield the values behind the row's name, in as few paragraphs as hold them; a long text has its own."""
    if len(name.text) > _LONGEST_NAME:
        yield _Part(name.text)
        name = _Part("")
    line, whole = name, False
    for value in values:
        if len(name.text) + len(SEPARATOR) + len(value.text) > LONGEST:
            if whole:
                yield line
            yield _Part(name.joined(value).text)
            line, whole = name, True
            continue
        if len(line.text) + len(SEPARATOR) + len(value.text) > LONGEST:
            yield line
            line = name
        line, whole = line.joined(value), True
    if line.text and (line is not name or not whole):
        yield line
