"""Whether a figure can be what a question asks for at all: of its kind, in its unit, for its year.

The ranking puts the likeliest figure first; it may still be none. This says so where it is plain, and decides
nothing else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval import dates, units
from retrieval.figures import extract
from retrieval.metric_patterns import CHANGE
from retrieval.numerals import normalise_numerals
from retrieval.plain import plain

if TYPE_CHECKING:
    from retrieval.model import Answer, Figure, Question, Wanted

_CHANGE_ASKED = re.compile(
    "[增减升降涨跌]|提高|压缩|缩短|扩大|回落|下滑|收窄|上调|下调|节[约省]|变化|同比|环比|多少?倍|多多少|少多少|改善"
)
_AMOUNT_OF_CHANGE = "(?:增长|增加|提高|上升|上涨|下降|下跌|下滑|减少|降低)了?(?:多少|几)"
_AMOUNT_OF_CHANGE_ASKED = re.compile(_AMOUNT_OF_CHANGE)
_GROWTH_ASKED = re.compile(
    "增速|增幅|涨幅|降幅|跌幅|(?:增长|下降|上升|上涨|下跌|下滑)(?:率|速度|百分)|(?:同比|环比)(?:增长|下降)[?？]?$"
    f"|{_AMOUNT_OF_CHANGE}"
)
_EXPORTS_OR_IMPORTS = re.compile("(?:进口|出口)(?:总?[额值量]|多少)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
_SINCE = re.compile("以来|至今")
# An hour answers how many days, and dollars how much money: in these the kind is all that has to agree.
_ANY_UNIT = frozenset({"duration", "money", "percent", "ratio"})


def fitting(given: Answer) -> list[Figure]:
    """Choose the figures of an Answer that may be what was asked for, best first.

    None where the first one may not: the next ones may so even less. None that measures in another unit than
    the first: it only stands near it.
    """
    texts = {hit.paragraph.id: hit.paragraph.text for hit in given.hits}
    fit = [
        figure for figure in given.figures if answers(figure, given.question, texts.get(figure.paragraph, ""))
    ]
    if not fit or fit[0] is not given.figures[0]:
        return []
    return [figure for figure in fit if (figure.kind, figure.unit) == (fit[0].kind, fit[0].unit)]


def answers(figure: Figure, question: Question, text: str = "") -> bool:
    """Tell whether the figure may be what is asked for; a question that asks for no figure excludes none.

    `text` is the figure's paragraph: a figure without a period is of no year but those named there.
    """
    wanted = _is_wanted(figure, question.wanted) and _is_change(figure, question)
    return wanted and _is_same_trade(figure, question) and _is_of_year(figure, question, text)


def _is_same_trade(figure: Figure, question: Question) -> bool:
    """Tell exports and imports from both together, which holds the name of either."""
    either = _EXPORTS_OR_IMPORTS.search(question.normal) is not None and "进出口" not in question.normal
    return not (either and "进出口" in plain(figure.metric or ""))


def _is_change(figure: Figure, question: Question) -> bool:
    """Tell whether a change is asked for where the figure is one: `增长12%` is no export volume."""
    asked = _CHANGE_ASKED.search(question.normal) is not None
    if figure.kind == "date" or not question.wanted.kinds:
        return True
    if figure.metric is not None and CHANGE.search(figure.metric):
        return asked or question.wanted.kinds[0] in {"percent", "ratio"}
    if _AMOUNT_OF_CHANGE_ASKED.search(question.normal) and figure.metric is None:
        return True  # it may be one: 比上年多300万元
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


def _is_of_year(figure: Figure, question: Question, text: str) -> bool:
    """Tell whether its period, or else one of its paragraph's years, meets a year that the question names."""
    asked = _years_of(question.normal)
    period = _years(figure.period) if figure.period else None
    own = (period,) if period else _named_years(text) if asked and figure.kind != "date" else ()
    if not own or not asked:
        return True
    return any(first <= until and since <= last for first, last in asked for since, until in own)


@lru_cache(maxsize=16)  # each figure of an answer asks
def _years_of(normal: str) -> tuple[tuple[int, int], ...]:
    stated = (_years(date.text) for date in extract(normal) if date.kind == "date")
    return tuple(years for years in stated if years)


@lru_cache(maxsize=16)
def _named_years(text: str) -> tuple[tuple[int, int], ...]:
    """Return the years that a text names, as first and last ones."""
    return tuple((int(year), int(year)) for year in _YEAR.findall(normalise_numerals(plain(text))))


@lru_cache(maxsize=4096)  # the same few periods come again and again
def _years(period: str) -> tuple[int, int] | None:
    """Return the first and the last year of a period, None where it names none; one may last until today."""
    value = (dates.read(plain(period), 0) or (0, None))[1]
    first, last = value if isinstance(value, tuple) else (value, value)
    if first is None or last is None or not (first[:4].isdecimal() and last[:4].isdecimal()):
        return None
    return int(first[:4]), 9999 if _SINCE.search(period) else int(last[:4])
