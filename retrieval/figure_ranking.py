"""Which figure of the retrieved paragraphs answers the question: a weighted sum of visible evidence.

`figure_features` describes each figure by named numbers and `WEIGHTS` says what each is worth. Most were
learned as a linear softmax over each question's figures, on judged question sets; round ones were chosen by
hand and measured there. Nothing is learned here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.figure_features import Asked, RankedPassage, ask, describe, grams, scene, weigh
from retrieval.plain import plain
from retrieval.question import ASKING_FOR_OTHER
from retrieval.series.course import ASKING as ASKING_FOR_COURSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.model import Figure, Wanted

__all__ = ["RankedPassage", "rank"]

PASSAGES = 5  # paragraphs that are looked into; later ones hardly ever win

WEIGHTS: dict[str, float] = {
    "bound kept": 10.00,
    "bound missed": -10.00,
    "not reached": -6.00,
    "milestone": -5.00,
    "retrieval score": 4.95,
    "date with year, year asked": 2.08,
    "another fate": -2.00,
    "sentence, the one before and title": 2.00,
    "stated in the question": -1.92,
    "another kind": -1.67,
    "another scope": -1.50,
    "first kind": 1.45,
    "what stands after": 1.38,
    "asked noun, and little else, before": 1.23,
    "date with day, day asked": 1.22,
    "sentence overlap": 1.06,
    "unit": 1.05,
    "date unknown, open asked": -1.02,
    "length of date, open asked": 1.01,
    "scope": 1.00,
    "passage overlap": -1.00,
    "near after": 0.99,
    "near before": 0.98,
    "near in sentence": 0.98,
    "same fate": 1.00,
    "report's date, asked": 1.00,
    "report's date, not asked": -1.00,
    "per one, not asked": -1.00,
    "first passage": 0.93,
    "another unit": -0.93,
    "metric overlap": 0.78,
    "duration for a date": 0.76,
    "one, or just a": -0.73,
    "best sentence of its passage": 0.68,
    "date with day, open asked": 0.67,
    "another period": -1.00,
    "in parentheses": -0.53,
    "same period": 0.51,
    "per one, asked": 0.50,
    "asked noun before": 0.50,
    "second passage": 0.49,
    "length of date, none asked": -0.48,
    "clause overlap": 0.47,
    "first of its kind": 0.47,
    "date with day, none asked": -0.46,
    "what stands before, after": 0.43,
    "title overlap": 0.42,
    "date with year, day asked": -0.42,
    "date unknown, none asked": -0.41,
    "what stands after, before": 0.38,
    "order": -0.38,
    "date with year, none asked": -0.36,
    "date with time, open asked": 0.34,
    "date in the year asked about": 0.31,
    "date with time, day asked": 0.24,
    "no unit": -0.23,
    "words of its own": -0.23,
    "date unknown, year asked": -0.21,
    "date in another year": -0.60,
    "date unknown, day asked": -0.11,
    "second kind": 0.11,
    "bare": -0.11,
    "date with day, year asked": 0.11,
    "length of date, day asked": -0.10,
    "date with time, year asked": 0.09,
    "compatible unit": 0.08,
    "date with time, none asked": -0.08,
    "period in sentence": -0.07,
    "date with day, month asked": -0.06,
    "length of date, month asked": 0.06,
    "length of date, year asked": 0.05,
    "date unknown, month asked": -0.05,
    "date with time, month asked": -0.05,
    "metric named": 0.05,
    "length of date, time asked": 0.05,
}


_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def rank(question: str, wanted: Wanted, passages: Sequence[RankedPassage]) -> list[Figure]:
    """Order the figures of the first passages, best first; `question` is in its normal form.

    A date is cut to the year or day asked for. Empty where the question neither asks for a figure nor names
    the metric of one.
    """
    if not wanted.kinds and ASKING_FOR_OTHER.search(question):
        return []
    asked = ask(question, wanted)
    looked_into = [passage for place, passage in enumerate(passages) if place < PASSAGES or passage.row]
    scenes = [scene(passage, asked) for passage in looked_into]
    weigh(asked, scenes)
    scored = [
        (_score(features), features.get("bound kept") == 1.0, replace(figure, paragraph=found.passage.id))
        for found in scenes
        for figure, features in describe(found, asked)
        if wanted.kinds or _names(asked, figure)
    ]
    scored.sort(key=lambda one: -one[0])
    # Of several years that keep a bound, the first one is when it was passed.
    keeping = iter(sorted((figure for _, keeps, figure in scored if keeps), key=lambda one: str(one.value)))
    ordered = (next(keeping) if keeps else figure for _, keeps, figure in scored)
    figures = _distinct(trim(figure, wanted) for figure in ordered)
    return _in_order(figures) if ASKING_FOR_COURSE.search(question) else figures


def _score(features: dict[str, float]) -> float:
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())


def _names(asked: Asked, figure: Figure) -> bool:
    """Tell whether a question without a question word names the figure's metric."""
    metric = plain(figure.metric or "").lower()
    own = grams(metric)
    common = sum(gram in asked.grams for gram in own)
    named = common >= max(2, 0.6 * len(asked.grams)) and common >= len(own) / 2
    return named or (len(metric) > 2 and metric in asked.text)


def _in_order(figures: list[Figure]) -> list[Figure]:
    """Put what measures the same as the best one, over other years, in the order of time."""
    best = figures[0] if figures else None
    if best is None or _year(best) is None:
        return figures
    same = [
        place
        for place, figure in enumerate(figures)
        if (figure.metric, figure.kind, figure.unit) == (best.metric, best.kind, best.unit) and _year(figure)
    ]
    ordered = list(figures)
    for place, figure in zip(
        same, sorted((figures[place] for place in same), key=lambda one: _year(one) or ""), strict=True
    ):
        ordered[place] = figure
    return ordered


def _year(figure: Figure) -> str | None:
    found = _YEAR.search(plain(figure.period or ""))
    return found[0] if found else None


def _distinct(figures: Iterable[Figure]) -> list[Figure]:
    first: dict[object, Figure] = {}
    for figure in figures:
        said = figure.text if figure.value is None else figure.value
        first.setdefault((figure.kind, said, figure.unit), figure)
    return list(first.values())


_GRAINS = {
    "year": (re.compile(r".*?年(?![代度])"), re.compile(r"-?\d{4}(?!\d)")),
    "day": (re.compile(r".*?[日号]"), re.compile(r"[-\dX]{4,5}-[\dX]{2}-\d{2}")),
}


def trim(figure: Figure, wanted: Wanted) -> Figure:
    """Cut a date to its year or its day, where that is asked for."""
    if wanted.grain not in _GRAINS or figure.kind != "date":
        return figure
    value = figure.value
    if isinstance(value, tuple) and str(value[0])[:10] == str(value[1])[:10]:
        value = value[0]  # from hour to hour of one day
    if not isinstance(value, str):
        return figure
    in_words, in_value = _GRAINS[wanted.grain]
    words, date = in_words.match(plain(figure.text)), in_value.match(value)
    if words is None or date is None:
        return figure
    return replace(figure, text=figure.text[: words.end()], value=date[0], end=figure.start + words.end())
