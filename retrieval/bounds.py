"""Amounts that a question compares with: `哪年进出口总额超过5000亿元` asks for what keeps a bound.

Only the rows of tables are compared, where it is certain which amount belongs to which period; the words of
a sentence (`力争2025年突破1万亿元`) may say anything of theirs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from retrieval import units
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.model import Figure

_COMPARED = re.compile(
    "(?:(?P<above>(?<!不)超过?|突破|大于|(?<!不)高于|(?<!不)多于|跨过|迈上|迈过)|(?<!不)低于|不足|(?<!不)少于|小于|不到|跌破)了?$"
)
_SAME_METRIC = 0.6  # of its bigrams that the question holds


class Bound(NamedTuple):
    """An amount, and whether what is asked for lies above or below it."""

    amount: Figure
    above: bool


def bound_of(question: str, stated: Sequence[Figure]) -> Bound | None:
    """Return what a question compares with, of the figures that it states; None where it does not."""
    for figure in stated:
        compared = _COMPARED.search(question, 0, figure.start)
        if compared and figure.kind != "date":
            return Bound(figure, above=compared["above"] is not None)
    return None


def keeps(date: Figure, row: Sequence[Figure], bound: Bound, question: str) -> bool | None:
    """Tell whether a row's amount for a date keeps the bound; None where it has none of the metric asked."""
    likeness = {True: 0.0, False: 0.0}
    for figure in row:
        holds = _holds(figure, bound)
        if holds is not None and figure.metric and date.text in (figure.period or ""):
            likeness[holds] = max(likeness[holds], _shared(figure.metric, question))
    if max(likeness.values()) < _SAME_METRIC:
        return None
    return likeness[True] >= likeness[False]


def _holds(figure: Figure, bound: Bound) -> bool | None:
    value, amount = figure.value, bound.amount.value
    comparable = figure.kind == bound.amount.kind and units.compatible(figure.unit, bound.amount.unit)
    if not comparable or not isinstance(value, float) or not isinstance(amount, float):
        return None
    here, there = units.in_base(value, figure.unit)[0], units.in_base(amount, bound.amount.unit)[0]
    return here > there if bound.above else here < there


def _shared(metric: str, question: str) -> float:
    simple = plain(metric).lower()
    pairs = {simple[place : place + 2] for place in range(max(1, len(simple) - 1))}
    return sum(pair in question for pair in pairs) / len(pairs)
