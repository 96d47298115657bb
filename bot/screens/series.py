"""A Series as a message: a line a period, each value with the numbers of its sources, and these below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.markup import escape, lines, quote, shorten, units, visible
from bot.series_lines import PERIODS, lines_of, name_of

if TYPE_CHECKING:
    from bot.messages import Words
    from bot.series_lines import Line, Lines, Value
    from retrieval.model import Series, Source

FOLDED = 150  # units of sources from which they are folded to their first three lines
TABLE_UNITS = 2600  # leave room for the best paragraph below
NAME_UNITS = 60
TITLE_UNITS = 60
VALUE_UNITS = 40
FEWEST = 3  # periods that are shown, however long the sources are
FIGURE_SPACE = "\u2007"  # as wide as a digit
WIDE_SPACE = "\u3000"
CONFLICT = "⚠"
_WHOLE = re.compile(r"-?[\d,]+")


def series_table(series: Series, words: Words) -> str:
    """Render the newest points with their sources, as many as there is room for."""
    for most in range(PERIODS, FEWEST - 1, -1):
        table = _table(series, lines_of(series, most), words)
        if units(visible(table)) <= TABLE_UNITS:
            break
    return table


def series_caption(series: Series, words: Words) -> str:
    """Render what the chart of a Series says in words: of what, in which unit, from when to when, by whom."""
    first, last = (_period(series.points[place].period, words) for place in (0, -1))
    sources = len({(source.document, source.title) for source in series.sources})
    said = [
        _head(series, words),
        words.answers.course_of.format(first=first, last=last, sources=sources),
        words.answers.course_conflicts if any(len(point.statements) > 1 for point in series.points) else "",
    ]
    return words.shown(lines(said))


def _head(series: Series, words: Words) -> str:
    unit = words.answers.in_unit.format(unit=escape(series.unit)) if series.unit else ""
    return f"📈 <b>{escape(shorten(name_of(series), NAME_UNITS))}</b>{unit}"


def _table(series: Series, chosen: Lines, words: Words) -> str:
    wholes = [_whole(line.values[0]) for line in chosen.lines]
    width = max(map(len, wholes), default=0)
    left = words.answers.older_periods.format(count=chosen.left) if chosen.left else ""
    parts = [
        _head(series, words),
        *(_line(line, width, words) for line in chosen.lines),
        left,
    ]
    sources = [
        f"{_circled(number)} {_source(source, words)}" for number, source in enumerate(chosen.sources, 1)
    ]
    return f"{lines(parts)}\n\n{quote(lines(sources), FOLDED)}\n"


def _line(line: Line, width: int, words: Words) -> str:
    pad = FIGURE_SPACE * (width - len(_whole(line.values[0])))
    values = words.answers.or_value.join(_value(value) for value in line.values)
    others = words.answers.other_values.format(count=line.others) if line.others else ""
    conflict = f" {CONFLICT}" if len(line.values) > 1 else ""
    return f"{_period(line.period, words)}{WIDE_SPACE}{pad}{values}{others}{conflict}"


def _whole(value: Value) -> str:
    """Return the digits before the point, by which values are put below each other."""
    match = _WHOLE.match(value.text)
    return match[0] if match else ""


def _value(value: Value) -> str:
    return f"{escape(shorten(value.text, VALUE_UNITS))} {''.join(map(_circled, value.sources))}"


def _circled(number: int) -> str:
    """`①` to `⑳`, then `㉑` to `㉟`, then the number in brackets."""
    if number <= 20:
        return chr(0x2460 + number - 1)
    return chr(0x3251 + number - 21) if number <= 35 else f"({number})"


def _source(source: Source, words: Words) -> str:
    parts = (
        source.title.strip() or source.document,
        source.section,
        words.answers.page.format(page=source.page) if source.page else None,
        source.date,
    )
    return escape(" · ".join(shorten(part, TITLE_UNITS) for part in parts if part))


def _period(period: str, words: Words) -> str:
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return words.answers.quarter.format(year=year, quarter=part[1:])
    return (
        words.answers.month.format(year=year, month=int(part))
        if part
        else words.answers.year.format(year=year)
    )
