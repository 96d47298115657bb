"""Which figure of the retrieved paragraphs answers the question: a weighted sum of visible evidence.

`figure_features` describes each figure by named numbers and `WEIGHTS` says what each is worth. They were
learned as a linear softmax over each question's figures, on judged question sets; nothing is learned here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.figure_features import Asked, RankedPassage, ask, describe, grams, scene, weigh
from retrieval.plain import plain
from retrieval.question import ASKING_FOR_OTHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.model import Figure, Wanted

__all__ = ["RankedPassage", "rank"]

PASSAGES = 5  # paragraphs that are looked into; later ones hardly ever win

WEIGHTS: dict[str, float] = {
    "milestone": -5.00,
    "retrieval score": 4.97,
    "not reached": -6.00,
    "sentence, the one before and title": 2.30,
    "date with year, year asked": 2.16,
    "stated in the question": -2.11,
    "another scope": -1.50,
    "what stands after": 1.38,
    "another kind": -1.29,
    "date with day, day asked": 1.21,
    "first kind": 1.18,
    "asked noun, and little else, before": 1.17,
    "unit": 1.08,
    "another period": -1.06,
    "near after": 1.03,
    "length of date, open asked": 1.01,
    "scope": 1.00,
    "sentence overlap": 0.99,
    "another unit": -0.97,
    "near before": 0.93,
    "near in sentence": 0.93,
    "date unknown, open asked": -0.91,
    "date with year, day asked": -0.86,
    "metric overlap": 0.84,
    "duration for a date": 0.78,
    "in parentheses": -0.76,
    "date with day, open asked": 0.73,
    "one, or just a": -0.71,
    "title overlap": 0.70,
    "same period": 0.68,
    "first passage": 0.68,
    "best sentence of its passage": 0.66,
    "date in another year": -0.60,
    "first of its kind": 0.57,
    "clause overlap": 0.52,
    "date unknown, none asked": -0.48,
    "asked noun before": 0.42,
    "what stands before, after": 0.39,
    "bare": -0.38,
    "date with time, day asked": 0.36,
    "length of date, day asked": -0.35,
    "metric named": -0.34,
    "what stands after, before": 0.34,
    "order": -0.33,
    "passage overlap": -0.32,
    "period in sentence": 0.30,
    "words of its own": -0.28,
    "date in the year asked about": 0.28,
    "second passage": 0.26,
    "date with day, year asked": 0.25,
    "date with year, none asked": -0.23,
    "date with time, open asked": 0.21,
    "date unknown, day asked": -0.20,
    "no unit": -0.20,
    "date with time, time asked": 0.19,
    "date with time, none asked": -0.16,
    "in the first sentence": 0.14,
    "length of date, none asked": 0.13,
    "date unknown, year asked": -0.12,
    "length of date, time asked": 0.10,
    "date with time, year asked": 0.08,
    "rate": 0.07,
    "length of date, month asked": 0.06,
    "date with day, none asked": -0.06,
    "range": 0.06,
    "compatible unit": 0.06,
    "date with day, month asked": -0.06,
    "date unknown, month asked": -0.05,
}


def rank(question: str, wanted: Wanted, passages: Sequence[RankedPassage]) -> list[Figure]:
    """Order the figures of the first passages, best first; `question` is in its normal form.

    A date is cut to the year or day asked for. Empty where the question neither asks for a figure nor names
    the metric of one.
    """
    if not wanted.kinds and ASKING_FOR_OTHER.search(question):
        return []
    asked = ask(question, wanted)
    scenes = [scene(passage, asked) for passage in passages[:PASSAGES]]
    weigh(asked, scenes)
    scored = [
        (_score(features), replace(figure, paragraph=found.passage.id))
        for found in scenes
        for figure, features in describe(found, asked)
        if wanted.kinds or _names(asked, figure)
    ]
    scored.sort(key=lambda pair: -pair[0])
    return _distinct(trim(figure, wanted) for _, figure in scored)


def _score(features: dict[str, float]) -> float:
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())


def _names(asked: Asked, figure: Figure) -> bool:
    """Tell whether a question without a question word names the figure's metric."""
    metric = plain(figure.metric or "").lower()
    own = grams(metric)
    common = sum(gram in asked.grams for gram in own)
    named = common >= max(2, 0.6 * len(asked.grams)) and common >= len(own) / 2
    return named or (len(metric) > 2 and metric in asked.text)


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
