"""Whether a question asks for the course of a metric over time, of which years, and year by year or finer.

It reads the question's words alone; whether the articles hold such figures is for `finding` to find out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from retrieval.figures import extract
from retrieval.numerals import parse_number

Grain = Literal["year", "quarter", "month"]

# These ask for a course whatever the metric; the others only beside the name of one.
_PLAIN = (
    r"历年来?|历届|各年[度份]?|逐年|这些年来?|近[几\d一二三四五六七八九十]+个?年来?|(?:最近|过去)[几\d一二三四五六七八九十]+年"
    r"|逐[月季]|各个?月份?|各个?季度|(?:\d{4}年?)(?:[至到~]|[-—–]+)\d{4}年?(?:间|期间)?|\d{4}年?(?:以来|至今)|历史(?:数据|走势|变化)"
)
_BESIDE_METRIC = (
    r"每年|近年来?|变化|变动|趋势|走势|曲线|分别|历程|各[是为]?多少|增长情况|[月季]度|\d{4}年?[和与、]\d{4}年"
)
ASKING = re.compile(f"{_PLAIN}|{_BESIDE_METRIC}")
"""Words by which a course is asked for, or may be."""

_ASKING_PLAINLY = re.compile(_PLAIN)
_FOR_OTHER = re.compile(
    "谁|为什么|为何|原因|影响|措施|意义|作用|哪[些里儿家个位]|是否|有没有|吗|最[高低多少大小]"
)
_LAST_YEARS = re.compile(r"(?:最近|过去|近)(?P<n>\d+|[二三四五六七八九十]+)个?年")
_SINCE = re.compile(r"(?:以来|至今|起|开始|以后|之后)")
_MONTHS = re.compile("逐月|各个?月|每个?月|月度|月份")
_QUARTERS = re.compile("逐季|各个?季|每个?季|季度")
_TIMES = re.compile(rf"{_PLAIN}|每[年月]|每个[月季]度?|近年来?|以来|至今")
_RATE = re.compile("增速|增幅|涨幅|降幅|跌幅|增长率|增长速度|同比|环比|百分")
_SERIES = 3  # years that are named one by one


@dataclass(frozen=True, slots=True)
class Course:
    """A course that is asked for.

    `core` is the question, in its normal form, without the words for time. The years are from `first` to
    `last`, the `newest` so many of those that there are, and only those `named` where any are. `plainly` says
    that a course is asked for whatever the metric, and `rate` that growth rates are.
    """

    core: str
    grain: Grain | None
    plainly: bool
    rate: bool
    first: int = 0
    last: int = 9999
    newest: int | None = None
    named: frozenset[int] = frozenset()

    def holds(self, year: int) -> bool:
        return self.first <= year <= self.last and (not self.named or year in self.named)


def asked_course(normal: str) -> Course | None:
    """Read a question in its normal form; None where it asks for no course."""
    if not ASKING.search(normal) or _FOR_OTHER.search(normal):
        return None
    first, last, named, spans = _years(normal)
    core = normal
    for start, end in reversed(spans):
        core = core[:start] + core[end:]
    count = _LAST_YEARS.search(normal)
    newest = parse_number(count["n"]) if count else None
    months, quarters = _MONTHS.search(normal), _QUARTERS.search(normal)
    return Course(
        core=_TIMES.sub("", core),
        grain="month" if months else "quarter" if quarters else None,
        plainly=bool(_ASKING_PLAINLY.search(normal)) or len(named) >= _SERIES,
        rate=_RATE.search(normal) is not None,
        first=first,
        last=last,
        newest=int(newest) if newest else None,
        named=frozenset(named),
    )


def _years(normal: str) -> tuple[int, int, list[int], list[tuple[int, int]]]:
    """Return the first and the last year asked for, those named one by one, and where dates stand."""
    first, last, named, spans = 0, 9999, [], []
    for date in extract(normal):
        if date.kind != "date":
            continue
        spans.append((date.start, date.end))
        since, until = date.value if isinstance(date.value, tuple) else (date.value, date.value)
        years = [str(value)[:4] for value in (since, until)]
        if not all(year.isdecimal() for year in years):
            continue
        if years[0] != years[1]:
            first, last = int(years[0]), int(years[1])
        elif _SINCE.match(normal, date.end):
            first = int(years[0])
        else:
            named.append(int(years[0]))
    return first, last, named, spans
