"""For when a figure is: the date or other period that the words before it in its sentence name.

A date at the head of its sentence or of a clause holds on from there, one in mid-sentence for its own clause.
The dates of reports and deadlines, and those compared with, are no periods.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval import metric_patterns as patterns

if TYPE_CHECKING:
    from retrieval.model import Figure

REACH = 80  # characters before a figure in which its metric and period are looked for


def begin_of(simple: str, place: int, marks: frozenset[str], floor: int) -> int:
    """Go back from `place` to just after the nearest of `marks`, but not beyond `floor`."""
    while place > floor and simple[place - 1] not in marks:
        place -= 1
    return place


class Periods:
    """Follows the dates of a text, and tells for when a figure is."""

    def __init__(self, text: str, simple: str) -> None:
        self._text, self._simple = text, simple
        self._sentence = 0
        self._said: str | None = None  # the period that stands at the head of the sentence or of a clause
        self._here: str | None = None  # a date in mid-sentence, for its own clause
        self._end = 0  # where that date ends

    def begin(self, sentence: int) -> None:
        """Begin the sentence that starts at `sentence`."""
        self._sentence, self._said, self._here = sentence, None, None

    def pass_by(self, date: Figure) -> None:
        """Note a date of the sentence."""
        simple = self._simple
        clock = isinstance(date.value, str) and date.value.startswith("XXXXT")
        if clock or patterns.COMPARED_WITH.search(simple[max(self._sentence, date.start - 1) : date.start]):
            return
        if any(
            pattern.match(simple, date.end) for pattern in (patterns.NEWS, patterns.DEADLINE, patterns.BASE)
        ):
            return
        since = patterns.SINCE.match(simple, date.end)
        said = self._text[date.start : since.end() if since else date.end]
        clause = begin_of(simple, date.start, patterns.CLAUSE, max(self._sentence, date.start - REACH))
        opens = simple[clause : date.start].strip("截至止到自从在 “\"'") == ""
        heads = opens and (clause == self._sentence or simple[date.end : date.end + 1] in {"，", ","})
        if heads:
            self._said, self._here = said, None
        else:
            self._said = None if opens else self._said
            self._here, self._end = said, date.end

    def of(self, figure: Figure, *, carried: bool) -> str | None:
        """Give the period of a figure; one that carries its metric on carries the period on."""
        if self._here is not None:
            near = figure.start - self._end < REACH
            apart = not near or re.search("[，,；]", self._simple[self._end : figure.start]) is not None
            if not apart or carried:
                return self._here
            self._here = None
        if self._said is None:
            plans = list(
                patterns.SPAN_OF_TIME.finditer(
                    self._simple, max(self._sentence, figure.start - REACH), figure.start
                )
            )
            return self._text[plans[-1].start() : plans[-1].end()] if plans else None
        return self._said
