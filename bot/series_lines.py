"""Which points, values and sources of a Series are shown, and by which numbers. It renders nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from retrieval.model import Point, Series, Source, Statement

PERIODS = 12  # shown, the newest
VALUES = 3  # of a period that contradict each other
SOURCES = 2  # of a value


class Value(NamedTuple):
    """A value as it is written, without the Series' unit, and the numbers of its sources."""

    text: str
    sources: tuple[int, ...]


class Line(NamedTuple):
    """The values of a period; `others` are left out."""

    period: str
    values: tuple[Value, ...]
    others: int


class Lines(NamedTuple):
    """What is shown of a Series: its lines, the sources numbered from 1, and how many older `left` out."""

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    left: int


def lines_of(series: Series, most: int = PERIODS) -> Lines:
    """Choose the newest points, `most` of them; paragraphs of one page and section are one source."""
    by_id = {source.id: source for source in series.sources}
    numbers: dict[object, int] = {}
    shown: list[Source] = []

    def number(source: Source) -> int:
        place = source.document, source.title, source.section, source.page
        if place not in numbers:
            numbers[place] = len(numbers) + 1
            shown.append(source)
        return numbers[place]

    def value(statement: Statement) -> Value:
        known = (by_id[key] for key in statement.sources if key in by_id)
        first = {(source.document, source.title): source for source in known}
        chosen = {number(source): None for source in list(first.values())[:SOURCES]}
        return Value(without_unit(statement.figure.text, series.unit), tuple(sorted(chosen)))

    def line(point: Point) -> Line:
        values = tuple(map(value, point.statements[:VALUES]))
        return Line(point.period, values, len(point.statements) - len(values))

    lines = tuple(map(line, series.points[-most:]))
    return Lines(lines, tuple(shown), len(series.points) - len(lines))


def without_unit(text: str, unit: str) -> str:
    """Return a figure without the unit that is said once for all; one in another unit stays whole."""
    bare = text.removesuffix(unit).rstrip() if unit else text
    return bare if bare[-1:].isdecimal() else text


def name_of(series: Series) -> str:
    """Return what a Series is of: its place, where it is known, and its metric."""
    return " · ".join(part for part in (series.scope, series.metric) if part)
