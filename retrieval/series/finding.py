"""Finds the course of a metric over time: every value that the corpus states for it, with its sources.

The metric is the longest one that the question names, the place the one that it names or that its best
paragraph is of; what else the question names has to stand in a figure's article. Nothing is computed: values
that contradict each other stay side by side, and a value that only rounds another is the same.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from retrieval.language import phrase_terms
from retrieval.series import agreement
from retrieval.series.asked_metrics import SAID_OF_COURSE, asked_metrics
from retrieval.series.candidates import (
    PERIODS,
    ReadRow,
    candidates,
    nearest,
    of_family,
    of_grain,
    of_place,
    of_unit,
    read_row,
)
from retrieval.series.course import asked_course
from retrieval.series.metric_names import WHOLE_COUNTRY, places_in
from retrieval.word_roles import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.model import Figure, Hit, Question, Series
    from retrieval.series.course import Course
    from retrieval.snapshot import Snapshot

MOST_ROWS = 100
"""Rows of one metric and place that are read, the best ones: each takes a good part of a millisecond."""

_MOST_SCORED = 10_000  # rows that the search puts in order
_BEST_ROWS = 10  # that tell of which place a course may be
_PLACES = 3  # that are tried where the question names none


def course_of(
    snapshot: Snapshot,
    question: Question,
    hits: Sequence[Hit],
    figures: Sequence[Figure],
    within: range | None = None,
) -> Series | None:
    """Return the Series that a question asks for; None where it asks for none, or the corpus has none.

    `hits` and `figures` are what the search and the ranking found, best first. Only rows `within` count where
    that is given.
    """
    course = asked_course(question.normal)
    if course is None:
        return None
    search = _Search(snapshot, course, question, hits, within)
    found = (search.series(keys, rest) for keys, rest in asked_metrics(snapshot, course, question, figures))
    return next((series for series in found if series is not None), None)


class _Search:
    """Looks for the figures of one question."""

    def __init__(
        self,
        snapshot: Snapshot,
        course: Course,
        question: Question,
        hits: Sequence[Hit],
        within: range | None,
    ) -> None:
        self._snapshot, self._course, self._question = snapshot, course, question
        self._hits, self._within = hits, within
        self._rows: dict[int, ReadRow] = {}  # several metrics are tried that stand in the same rows
        self._order: list[int] = []

    def series(self, keys: tuple[str, ...], rest: str) -> Series | None:
        """Return the Series of a metric by its names; `rest` is what the question says beside it."""
        rows = {row for key in keys for row in self._snapshot.metrics.rows(key)}
        places = places_in(rest)
        words = _words(rest, places, self._snapshot)
        named = [*words, *(place for place in places[-1:] if place != WHOLE_COUNTRY)]
        held = self._mentioning(rows if self._within is None else rows.intersection(self._within), named)
        if len(held) <= MOST_ROWS:
            return self._of_rows(sorted(held), keys, places, words)
        best = self._best_first(held)
        if places:
            return self._of_rows(best[:MOST_ROWS], keys, places, words)
        for place in self._places(best, keys):
            own = self._mentioning(held, [place]) if place else held
            first = islice((row for row in best if row in own), MOST_ROWS)
            found = self._of_rows(list(first), keys, [place] if place else [], words)
            if found is not None:
                return found
        return None

    def _of_rows(
        self, rows: Sequence[int], keys: tuple[str, ...], places: Sequence[str], words: Sequence[str]
    ) -> Series | None:
        course, hits = self._course, self._hits
        found = [one for row in rows for one in candidates(self._read(row), keys)]
        found = of_grain(nearest(found, words), course)
        found = of_place(found, places, hits, self._snapshot)
        found = of_unit(found)
        points, unit = agreement.points(found, course)
        if agreement.mixed(points):
            points, unit = agreement.points(of_family(found, hits), course)
        if len(points) < PERIODS or agreement.mixed(points):
            return None
        held = Counter(one.place for one in found).most_common(1)[0][0]
        return agreement.told(keys[0], places[-1] if places else held, points, unit)

    def _read(self, row: int) -> ReadRow:
        if row not in self._rows:
            self._rows[row] = read_row(self._snapshot, row)
        return self._rows[row]

    def _mentioning(self, rows: set[int], words: Iterable[str]) -> set[int]:
        """Return the rows whose documents have all the words."""
        for term in {term for word in words for term in phrase_terms(word)}:
            rows = self._snapshot.searcher.in_documents_with(rows, term)
        return rows

    def _best_first(self, rows: set[int]) -> list[int]:
        """Put rows in the search's order: those of its hits, then the others by their scores."""
        if not self._order:
            snapshot, question = self._snapshot, self._question
            hits = (snapshot.row(hit.paragraph.id) for hit in self._hits)
            scored = snapshot.searcher.top(question.terms, _MOST_SCORED, question.related, self._within)
            order = (row for row in (*hits, *(row for row, _ in scored)) if row is not None)
            self._order = list(dict.fromkeys(order))
        best = [row for row in self._order if row in rows]
        return [*best, *sorted(rows.difference(best))]

    def _places(self, rows: Iterable[int], keys: tuple[str, ...]) -> list[str | None]:
        """Return the places that the best rows are of, None for the figures that name none."""
        best = islice(rows, _BEST_ROWS)
        found = (one.place for row in best for one in candidates(self._read(row), keys))
        return list(dict.fromkeys(found))[:_PLACES] or [None]


def _words(rest: str, places: Sequence[str], snapshot: Snapshot) -> list[str]:
    """Return what a question names beside the metric, its places apart."""
    said = SAID_OF_COURSE.sub(" ", rest)
    words = (
        word.text for word in read(said, snapshot.dictionary) if word.role in {"topic", "area", "quantity"}
    )
    return [word for word in words if len(word) > 1 and not any(place in word for place in places)]
