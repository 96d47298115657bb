"""Explains what went wrong on a judged set: which paragraph won over the right one, and by which terms.

It searches on where an answer ends and changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.reranking import CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.judged_sets import JudgedQuestion
    from retrieval.model import Answer, Figure, Paragraph, Question
    from retrieval.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Match:
    """How a paragraph matched: `rank` counts from 1 in the whole corpus, and is None where `score` is 0.

    `terms` are the question's terms in it with what each added to `score`, most first; `rest` is what all
    else added or took away: the context, words that mean the same, the reranking.
    """

    paragraph: Paragraph
    rank: int | None
    score: float
    terms: tuple[tuple[str, float], ...]
    rest: float


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
    return Miss(judged.question, _gold(corpus, judged, given), first_match(corpus, given))


def first_match(corpus: Snapshot, given: Answer) -> Match | None:
    """Explain the first paragraph of an answer."""
    return _hit_match(corpus, given, 1) if given.hits else None


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


def _gold(corpus: Snapshot, judged: JudgedQuestion, given: Answer) -> Match | None:
    if rank := judged.rank(given):
        return _hit_match(corpus, given, rank)
    question = given.question
    candidates = [hit for hit, _ in corpus.search(question, CANDIDATES)]
    if rank := judged.rank_in(hit.paragraph.id for hit in candidates):
        hit = candidates[rank - 1]
        return _match(corpus, question, hit.paragraph, rank, hit.score)
    # Behind the candidates, which alone are reranked, the order is the search's own.
    gold = {row for row in map(corpus.row, judged.passage_ids) if row is not None}
    found = corpus.searcher.top(question.terms, corpus.paragraphs, question.related)
    for rank, (row, score) in enumerate(found, 1):
        if row in gold:
            return _match(corpus, question, corpus.at(row)[0], rank, score)
    return _match(corpus, question, corpus.at(min(gold))[0], None, 0.0) if gold else None


def _hit_match(corpus: Snapshot, given: Answer, rank: int) -> Match:
    hit = given.hits[rank - 1]
    return _match(corpus, given.question, hit.paragraph, rank, hit.score)


def _match(
    corpus: Snapshot, question: Question, paragraph: Paragraph, rank: int | None, score: float
) -> Match:
    row = corpus.row(paragraph.id)
    added = {} if row is None else corpus.searcher.contributions(row, question.terms)
    strongest = sorted(added.items(), key=lambda pair: -pair[1])
    return Match(paragraph, rank, score, tuple(strongest), score - sum(added.values()))


def _depth(rank: int | None) -> float:
    return math.inf if rank is None else rank
