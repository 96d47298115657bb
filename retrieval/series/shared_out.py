"""Values that a sentence shares out among years: `2018年、2019年和2020年产量分别为24吨、27吨和31吨`.

Each value is given the metric and its own year where there are as many years as values, else nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.metric_patterns import CHANGE, JOINS
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.model import Figure

_SHARED = re.compile("分别|依次")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[,，、：:]")
_TO_VALUE = re.compile(r"(?P<change>[^\d,，。；]{0,8}?)[为是达到约近:：]*")
_JOINED = re.compile(rf"[{re.escape(JOINS)}三四五六七八九两\d年]*")  # 2018年至2020年三年
_YEAR = re.compile(r"[12]\d{3}")
_LONGEST_NOUN = 16
_MOST_YEARS = 30


def share_out(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures of a text, in order, those that are shared out with their metric and their year."""
    found = list(figures)
    simple = plain(text)
    for shared in _SHARED.finditer(simple):
        values = _values(simple, found, shared.end())
        begin = max((end.end() for end in _SENTENCE_END.finditer(simple, 0, shared.start())), default=0)
        dates = [f for f in found if f.kind == "date" and begin <= f.start and f.end <= shared.start()]
        years, start, end = _years(simple, dates)
        if len(years) != len(values) or len(years) < 2:
            continue
        between, before = simple[end : shared.start()], simple[begin:start]
        if _SHARED.search(between):  # 2019年和2020年收入分别为…，利润分别为…
            between = _CLAUSE_END.split(between)[-1]
        noun = _noun(between) or _noun(_CLAUSE_END.split(before)[-1])
        if not noun:
            continue
        link = _TO_VALUE.fullmatch(simple, shared.end(), found[values[0]].start)
        change = CHANGE.search(link["change"]) if link else None
        metric = noun + (change["change"] if change else "")
        for place, year in zip(values, years, strict=True):
            found[place] = replace(found[place], metric=metric, period=f"{year}年")
    return found


def _values(simple: str, figures: Sequence[Figure], start: int) -> list[int]:
    """Return the places of the figures of one kind that are listed from `start` on."""
    places: list[int] = []
    for place, figure in enumerate(figures):
        if figure.start < start:
            continue
        if places:
            last = figures[places[-1]]
            alike = (figure.kind, figure.unit) == (last.kind, last.unit)
            if not alike or simple[last.end : figure.start].strip(JOINS):
                break
        elif figure.kind == "date" or not _TO_VALUE.fullmatch(simple, start, figure.start):
            break
        places.append(place)
    return places


def _years(simple: str, dates: Sequence[Figure]) -> tuple[list[str], int, int]:
    """Return the years that are listed last, and where the list starts and ends."""
    listed: list[Figure] = []
    for date in reversed(dates):
        if listed and not _JOINED.fullmatch(simple, date.end, listed[0].start):
            break
        listed.insert(0, date)
    years: list[str] = []
    for date in listed:
        ends = date.value if isinstance(date.value, tuple) else (date.value, date.value)
        if not all(_YEAR.fullmatch(str(end)) for end in ends):
            return [], 0, 0
        first, last = (int(str(end)) for end in ends)
        years += [f"{year}" for year in range(first, min(last, first + _MOST_YEARS) + 1)]
    return (years, listed[0].start, listed[-1].end) if listed else ([], 0, 0)


def _noun(words: str) -> str:
    """Return the words as the name of a metric; empty where they are none."""
    noun = re.sub(r"^(?:[两三四五六七八九\d]年)?[的,，间\s]*", "", words).strip(" ,，的").removesuffix("同比")
    return noun if 2 <= len(noun) <= _LONGEST_NOUN and not _CLAUSE_END.search(noun) else ""
