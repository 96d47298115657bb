"""The figures of a metric in the rows of a Snapshot, and those of them that are of one thing.

Each has its period and, where it is known, its place. Which of them agree is for `agreement` to say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from retrieval.language import phrase_terms
from retrieval.plain import folded
from retrieval.series.metric_index import with_metrics
from retrieval.series.metric_names import keys_of, place_of
from retrieval.series.points_in_time import grain_of, is_fact, period_of
from retrieval.series.written_values import base_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.model import Figure, Hit, Paragraph
    from retrieval.series.course import Course
    from retrieval.snapshot import Snapshot

PERIODS = 3
"""Fewer make no course."""

_TITLE_NUMBERS = re.compile(r"[\d〇零一二三四五六七八九十]+[年月日季度]*")


class Candidate(NamedTuple):
    """A figure that may belong to the course."""

    row: int
    paragraph: Paragraph
    figure: Figure
    period: str
    place: str | None


class ReadRow(NamedTuple):
    """A row of a Snapshot with its figures that have a metric."""

    row: int
    paragraph: Paragraph
    figures: tuple[tuple[Figure, frozenset[str]], ...]  # each with the keys of its metric


def read_row(snapshot: Snapshot, row: int) -> ReadRow:
    paragraph, figures = snapshot.at(row)
    with_keys = ((figure, frozenset(keys_of(figure))) for figure in with_metrics(paragraph.text, figures))
    return ReadRow(row, paragraph, tuple(with_keys))


def candidates(here: ReadRow, keys: tuple[str, ...]) -> Iterator[Candidate]:
    """Yield the figures of a row that have one of the keys and a period, and are facts."""
    row, paragraph, figures = here
    for figure, own in figures:
        if not isinstance(figure.value, float) or own.isdisjoint(keys):
            continue
        period = period_of(figure, paragraph)
        if period and is_fact(figure, paragraph.text):
            said = whole(replace(figure, paragraph=paragraph.id), paragraph.text)
            yield Candidate(row, paragraph, said, period, place_of(figure, paragraph))


def nearest(found: Sequence[Candidate], words: Sequence[str]) -> Sequence[Candidate]:
    """Take the figures whose paragraph, section or title has the words, unless too few do."""

    def has_them(here: Paragraph) -> bool:
        near = folded(f"{here.title}\n{here.section or ''}\n{here.text}")
        return all(word in near for word in words)

    near = [one for one in found if has_them(one.paragraph)]
    return near if len({one.period for one in near}) >= PERIODS else found


def of_grain(found: Sequence[Candidate], course: Course) -> list[Candidate]:
    """Take the periods that are asked for: of years, or else of what there is enough of."""
    for grain in (course.grain,) if course.grain else ("year", "quarter", "month"):
        own = [one for one in found if grain_of(one.period) == grain]
        if len({one.period for one in own}) >= PERIODS:
            return own
    return []


def of_place(
    found: Sequence[Candidate], places: Sequence[str], hits: Sequence[Hit], snapshot: Snapshot
) -> list[Candidate]:
    """Take the figures of one place: the one that is named, or else the one of the best paragraph.

    Without a named one, figures that name no place at all count for whichever it is.
    """
    if places:
        asked = places[-1]
        terms = phrase_terms(asked)

        def holds(row: int) -> bool:
            return all(snapshot.searcher.document_holds(row, term) for term in terms)

        return [one for one in found if one.place == asked or (one.place is None and holds(one.row))]
    known = {one.place for one in found}
    if len(known - {None}) < 2:
        return list(found)
    rank = {hit.paragraph.id: place for place, hit in enumerate(hits)}
    order = sorted(found, key=lambda one: rank.get(one.paragraph.id, len(rank)))
    for place in dict.fromkeys(one.place for one in order):
        own = [one for one in found if one.place in (place, None)]
        if len({one.period for one in own}) >= PERIODS:
            return own
    return []


def of_family(found: Sequence[Candidate], hits: Sequence[Hit]) -> list[Candidate]:
    """Take the figures from articles whose titles are like the best paragraph's but for their dates."""
    rank = {hit.paragraph.id: place for place, hit in enumerate(hits)}
    best = min(found, key=lambda one: rank.get(one.paragraph.id, len(rank)))
    family = _TITLE_NUMBERS.sub("", best.paragraph.title)
    return [one for one in found if _TITLE_NUMBERS.sub("", one.paragraph.title) == family]


def of_unit(found: Sequence[Candidate]) -> list[Candidate]:
    """Take the figures of one quantity, the one of most periods; a bare number agrees with no unit."""
    periods: dict[str | None, set[str]] = {}
    for one in found:
        periods.setdefault(base_of(one.figure), set()).add(one.period)
    most = max(periods, key=lambda base: len(periods[base]), default=None)
    return [one for one in found if base_of(one.figure) == most]
