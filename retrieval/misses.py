"""Explains what went wrong on a judged set: which paragraph won over the right one, and by which terms.

It searches anew for that and changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.judged_sets import JudgedQuestion
    from retrieval.model import Answer, Figure, Paragraph
    from retrieval.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Match:
    """How a paragraph matched: `rank` counts from 1 in the whole corpus, and is None where `score` is 0.

    `terms` are the question's terms in it with what each added to `score`, most first; `context` is what all
    else added.
    """

    paragraph: Paragraph
    rank: int | None
    score: float
    terms: tuple[tuple[str, float], ...]
    context: float


@dataclass(frozen=True, slots=True)
class Miss:
    """`gold` is the best right paragraph, None where the corpus has none; `first` came first instead."""

    question: str
    gold: Match | None
    first: Match | None

    @property
    def gap(self) -> float:
        """By how much the score of the first one is higher."""
        return (self.first.score if self.first else 0.0) - (self.gold.score if self.gold else 0.0)


@dataclass(frozen=True, slots=True)
class FigureMiss:
    """`shown` is the first figure; `rank` is the right one's place, `paragraph_rank` its paragraph's."""

    question: str
    answers: tuple[str, ...]
    shown: Figure | None
    rank: int | None
    paragraph_rank: int | None


def missed(corpus: Snapshot, judged: JudgedQuestion, given: Answer) -> Miss | None:
    """Explain an answer whose first paragraph is not a right one; None for any other."""
    if not judged.passage_ids or judged.rank(given) == 1:
        return None
    terms = given.question.terms
    gold_rows = {row for row in map(corpus.row, judged.passage_ids) if row is not None}
    return Miss(judged.question, _best_match(corpus, terms, gold_rows), first_match(corpus, terms))


def first_match(corpus: Snapshot, terms: Sequence[str]) -> Match | None:
    """Explain the paragraph that comes first for a question's terms."""
    return next((_match(corpus, terms, row, 1, score) for row, score in corpus.searcher.top(terms, 1)), None)


def figure_missed(judged: JudgedQuestion, given: Answer) -> FigureMiss | None:
    """Show an answer to a numeric question whose first figure is not a right one; None for any other."""
    if not judged.passage_ids or not judged.numeric or (rank := judged.figure_rank(given)) == 1:
        return None
    shown = given.figures[0] if given.figures else None
    return FigureMiss(judged.question, judged.answers, shown, rank, judged.rank(given))


def worst(misses: Iterable[Miss], limit: int) -> tuple[Miss, ...]:
    """Those whose right paragraph ranks lowest, among equals the widest gap first."""
    ordered = sorted(misses, key=lambda miss: (-_depth(miss.gold.rank if miss.gold else None), -miss.gap))
    return tuple(ordered[:limit])


def worst_figures(misses: Iterable[FigureMiss], limit: int) -> tuple[FigureMiss, ...]:
    """Those whose right figure ranks lowest, among equals those whose right paragraph ranks highest."""
    ordered = sorted(misses, key=lambda miss: (-_depth(miss.rank), _depth(miss.paragraph_rank)))
    return tuple(ordered[:limit])


def _best_match(corpus: Snapshot, terms: Sequence[str], rows: set[int]) -> Match | None:
    for rank, (row, score) in enumerate(corpus.searcher.top(terms, corpus.paragraphs), 1):
        if row in rows:
            return _match(corpus, terms, row, rank, score)
    return _match(corpus, terms, min(rows), None, 0.0) if rows else None


def _match(corpus: Snapshot, terms: Sequence[str], row: int, rank: int | None, score: float) -> Match:
    added: dict[str, float] = {}
    for term in terms:
        rows, weights = corpus.searcher.paragraphs.contribution(term)
        place = int(np.searchsorted(rows, row))
        if place < len(rows) and rows[place] == row:
            added[term] = added.get(term, 0.0) + float(weights[place])
    strongest = sorted(added.items(), key=lambda pair: -pair[1])
    return Match(corpus.at(row)[0], rank, score, tuple(strongest), score - sum(added.values()))


def _depth(rank: int | None) -> float:
    return math.inf if rank is None else rank
