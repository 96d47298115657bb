"""Whether a figure can be what a question asks for at all: of its kind, in its unit, for its year.

The ranking puts the likeliest figure first; it may still be none. This says so where it is plain, and decides
nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval import dates, units
from retrieval.figures import extract
from retrieval.metric_patterns import CHANGE
from retrieval.plain import plain

if TYPE_CHECKING:
    from retrieval.model import Figure, Question, Wanted

# An hour answers how many days, and dollars how much money: in these the kind is all that has to agree.
_CHANGE_ASKED = re.compile(
    "[增减升降涨跌]|提高|压缩|缩短|扩大|回落|下滑|收窄|上调|下调|节[约省]|变化|同比|环比|多少?倍|多多少|少多少|改善"
)
_GROWTH_ASKED = re.compile(
    "增速|增幅|涨幅|降幅|跌幅|(?:增长|下降|上升|上涨|下跌|下滑)(?:率|速度|百分)|(?:同比|环比)(?:增长|下降)(?:多少|[?？]?$)"
)
_SINCE = re.compile("以来|至今")
_ANY_UNIT = frozenset({"duration", "money", "percent", "ratio"})


def answers(figure: Figure, question: Question) -> bool:
    """Tell whether the figure may be what is asked for; a question that asks for no figure excludes none."""
    wanted = _is_wanted(figure, question.wanted) and _is_change(figure, question)
    return wanted and _is_of_year(figure, question)


def _is_change(figure: Figure, question: Question) -> bool:
    """Tell whether a change is asked for where the figure is one: `增长12%` is no export volume."""
    asked = _CHANGE_ASKED.search(question.normal) is not None
    if figure.kind == "date" or not question.wanted.kinds:
        return True
    if figure.metric is not None and CHANGE.search(figure.metric):
        return asked or question.wanted.kinds[0] in {"percent", "ratio"}
    return not _GROWTH_ASKED.search(question.normal) or figure.kind in {"percent", "ratio"}


def _is_wanted(figure: Figure, wanted: Wanted) -> bool:
    """Tell whether the kind and the unit agree; where the question does not say, they do."""
    unit = units.canonical(figure.unit.lower()) if figure.unit else None
    bare = figure.kind == "count" and unit is None
    growth = figure.kind in {"percent", "ratio"} and wanted.unit is None and wanted.kinds[:1] != ("date",)
    if not wanted.kinds or bare or growth or (unit is not None and unit == wanted.unit):
        return True
    if figure.kind not in wanted.kinds:
        return False
    if wanted.kinds[0] == "money" and figure.kind == "count":
        return False  # a number of things; `count` stands there for an amount without its unit
    return figure.kind in _ANY_UNIT or _same_quantity(unit, wanted.unit)


def _same_quantity(a: str | None, b: str | None) -> bool:
    """Compare two canonical units; one that holds the other (`人次` and `人`) measures much the same."""
    return units.compatible(a, b) or (a is not None and b is not None and (a in b or b in a))


def _is_of_year(figure: Figure, question: Question) -> bool:
    """Tell whether the figure's period, where it has one, meets a year that the question names."""
    own = _years(figure.period) if figure.period else None
    stated = (_years(date.text) for date in extract(question.normal) if date.kind == "date")
    asked = [years for years in stated if years]
    return not own or not asked or any(first <= own[1] and own[0] <= last for first, last in asked)


def _years(period: str) -> tuple[int, int] | None:
    """Return the first and the last year of a period, None where it names none; one may last until today."""
    value = (dates.read(plain(period), 0) or (0, None))[1]
    first, last = value if isinstance(value, tuple) else (value, value)
    if first is None or last is None or not (first[:4].isdecimal() and last[:4].isdecimal()):
        return None
    return int(first[:4]), 9999 if _SINCE.search(period) else int(last[:4])
