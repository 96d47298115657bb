"""For when a figure is, as one value that can be put in order: `2021`, `2021-06`, `2021-Q1`, `2021-H1`.

What a figure's own words leave out (`全年`) is taken from the title where that names one year, or from the
article's date (`去年`). A span of several periods, such as the first six months, is none of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval import dates
from retrieval.plain import plain

if TYPE_CHECKING:
    from retrieval.model import Figure, Paragraph
    from retrieval.series.course import Grain

_POINT = re.compile(
    r"(?P<year>[12]\d{3})(?:-(?:(?P<month>0[1-9]|1[0-2])|(?P<quarter>Q[1-4])|(?P<half>H[12])))?"
)
_UNNAMED = re.compile(r"XXXX(?=-(?:0[1-9]|1[0-2])$)|^(?=Q[1-4]$|H[12]$)")
_WHOLE_YEAR = re.compile("全年|当年|本年度?|报告期|年末|年底")
_YEAR_BEFORE = re.compile("去年|上年")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_LASTS = re.compile("以来|至今|前[一二三]?季度?|累计")
_NO_FACT = re.compile(
    "(?:尚未|还未|未能|没有|即将|目标|力争|计划|预计|预期|规划|争取|确保|将达|将突破|有望|将(?:实现|完成|增[至到]))[^。；;]{0,16}$"
)
_REACH = 24  # characters before a figure that tell whether it is a fact


def period_of(figure: Figure, paragraph: Paragraph) -> str | None:
    """Return a figure's period; None where it has none that is a point in time."""
    text = plain(figure.period or (figure.metric or "")[:2]).strip()
    if _LASTS.search(text):
        return None
    if _WHOLE_YEAR.fullmatch(text):
        return _year_of_title(paragraph)
    if _YEAR_BEFORE.fullmatch(text):
        year = (paragraph.date or "")[:4]
        return f"{int(year) - 1:04}" if year.isdecimal() else None
    found = dates.read(text, 0)
    if found is None or text[found[0] :].strip("度份底末初间的 "):
        return None
    return _point(found[1], paragraph)


def grain_of(period: str) -> Grain | None:
    """Say how fine a period is; None for half years."""
    match = _POINT.fullmatch(period)
    if match is None or match["half"]:
        return None
    return "month" if match["month"] else "quarter" if match["quarter"] else "year"


def is_fact(figure: Figure, text: str) -> bool:
    """Tell whether the words before a figure, in its paragraph's `text`, call it no plan and not missed."""
    return _NO_FACT.search(plain(text[max(0, figure.start - _REACH) : figure.start])) is None


def _point(value: dates.Value, paragraph: Paragraph) -> str | None:
    if isinstance(value, tuple):
        first, last = value
        whole = first[:4] == last[:4] and (first[4:], last[4:]) in {("-01", "-12"), ("-01-01", "-12-31")}
        return first[:4] if whole else None
    if value is None:
        return None
    if _UNNAMED.search(value):
        year = _year_of_title(paragraph)
        value = _UNNAMED.sub(f"{year}-" if value[0] != "X" else f"{year}", value) if year else ""
    if re.fullmatch(r"\d{4}-12-31", value):
        value = value[:4]  # what there was at the end of the year
    return value if _POINT.fullmatch(value) else None


def _year_of_title(paragraph: Paragraph) -> str | None:
    years = set(_YEAR.findall(plain(f"{paragraph.section or ''} {paragraph.title}")))
    return years.pop() if len(years) == 1 else None
