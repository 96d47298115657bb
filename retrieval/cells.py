"""The figures of a table's row: those of its cells, with the metric and period that the heads give them.

What a number in a cell means is settled by the heads and not by the words around it, so a bare number is a
figure here where its head says what it measures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval.figures import extract
from retrieval.model import Figure
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.model import Cell, FigureKind

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|(?!0\d)\d{1,15})(?:\.\d+)?(?:[eE][-+]\d\d)?"
_NUMBER = re.compile(rf"(?P<open>\()?(?P<sign>[-+−])?\s?(?P<digits>{_DIGITS})(?(open)\))")
_UNIT = re.compile(r"[^\W\d]\S{0,9}")
_OF_DATES = frozenset("年月日号时点")


def is_number(text: str) -> bool:
    """Whether a cell holds a number and nothing else; one in brackets is below zero, as accountants write."""
    return _NUMBER.fullmatch(plain(text)) is not None


def figures(text: str, cells: Sequence[Cell]) -> list[Figure]:
    """Return the figures of a row's `text`, in order; none overlap where the cells do not."""
    return [figure for cell in cells for figure in _figures(text, cell)]


def _figures(text: str, cell: Cell) -> Iterator[Figure]:
    said = text[cell.start : cell.end]
    for figure in _of_number(said, named=cell.metric is not None) or _of_words(said):
        dated = figure.kind == "date"
        yield replace(
            figure,
            start=cell.start + figure.start,
            end=cell.start + figure.end,
            metric=figure.metric or cell.metric,
            period=None if dated else figure.period or cell.period,
        )


def _of_number(said: str, *, named: bool) -> list[Figure]:
    """Return the figure of a cell that begins with a number and ends with its unit; none for other cells."""
    simple = plain(said)
    match = _NUMBER.match(simple)
    if match is None:
        return []
    below_zero = match["open"] is not None or match["sign"] in {"-", "−"}
    amount = Decimal(match["digits"].replace(",", "")) * (-1 if below_zero else 1)
    unit = simple[match.end() :].strip()
    if not unit:
        return [Figure(said, "count", float(amount), None, 0, len(said))] if named else []
    if unit[0] not in _OF_DATES and (one := _one(unit)) is not None:
        value = amount * Decimal(str(one[1]))  # 75.1亿 is not a hair less
        return [Figure(said, one[0], float(value), one[2], 0, len(said))]
    if extract(f"{match['digits']}{unit}") or not named or not _UNIT.fullmatch(unit):
        return []
    return [Figure(said, "measure", float(amount), unit, 0, len(said))]


@lru_cache(maxsize=1024)  # columns repeat themselves
def _of_words(said: str) -> tuple[Figure, ...]:
    return tuple(extract(said))


@lru_cache(maxsize=1024)
def _one(unit: str) -> tuple[FigureKind, float, str | None] | None:
    """Return the kind, the size and the canonical name of one unit; None where it is not known."""
    read = extract(f"1{unit}")
    first = read[0] if read else None
    whole = first is not None and (len(first.text) == len(unit) + 1 or "/" in unit)
    if first is None or first.start or not whole or not isinstance(first.value, float):
        return None
    return first.kind, first.value, first.unit
