"""rank-bm25's class with its scores computed from postings, to the last bit.

rank-bm25 visits every row for every term of a query; the postings visit those that hold the term. Of its
variants this is BM25+ with delta 0: its idf `log((N + 1) / n)` stays positive when every row holds the term,
and so it ranks rightly in a corpus of one, two or three rows. k1 and b were chosen by recall on judged sets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from rank_bm25 import BM25Plus

from retrieval.postings import Postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.arrays import Floats, Integers

K1 = 1.0
B = 0.6


class BM25(BM25Plus):  # type: ignore[misc]  # rank-bm25 has no types
    """Used as rank-bm25's classes are; an empty corpus scores nothing instead of failing."""

    idf: dict[str, float]

    def __init__(
        self, corpus: Iterable[Sequence[str]], k1: float = K1, b: float = B, delta: float = 0.0
    ) -> None:
        self._over(Postings.count(corpus), k1, b, delta)

    @classmethod
    def over(cls, postings: Postings, k1: float = K1, b: float = B, delta: float = 0.0) -> BM25:
        """The scores of postings that exist already."""
        bm25 = cls.__new__(cls)
        bm25._over(postings, k1, b, delta)  # noqa: SLF001 - its own
        return bm25

    def _over(self, postings: Postings, k1: float, b: float, delta: float) -> None:
        self.k1, self.b, self.delta = k1, b, delta
        self.postings = postings
        self.doc_len = postings.lengths
        self.corpus_size = len(postings.lengths)
        self.avgdl = int(postings.lengths.sum()) / self.corpus_size if self.corpus_size else 0.0
        self.idf = {}
        every_length = np.arange(int(postings.lengths.max(initial=0)) + 1)
        self.saturation = saturation(every_length, self.avgdl, self.k1, self.b)

    def get_scores(self, query: Sequence[str]) -> Floats:
        """The scores of all rows, as `BM25Plus.get_scores`."""
        scores = np.zeros(self.corpus_size)
        for term in query:
            rows, weights = self.contribution(term)
            held = scores[rows] + weights
            if self.delta and len(rows):
                # BM25+ gives delta to the rows without the term, too.
                scores += self._idf_of(term) * self.delta
            scores[rows] = held
        return scores

    def get_batch_scores(self, query: Sequence[str], doc_ids: Sequence[int]) -> list[float]:
        return [float(score) for score in self.get_scores(query)[np.asarray(doc_ids, dtype=int)]]

    def scores_at(self, rows: Integers, query: Sequence[str]) -> Floats:
        """The scores of some rows, which ascend."""
        scores = np.zeros(len(rows))
        for term in query:
            held, weights = self.contribution(term)
            if len(held):
                places = np.minimum(np.searchsorted(held, rows), len(held) - 1)
                scores += np.where(held[places] == rows, weights[places], 0.0)
        return scores

    def contribution(self, term: str) -> tuple[Integers, Floats]:
        """The rows that hold `term`, and what it adds to the score of each."""
        rows, counts = self.postings.of(term)
        if not len(rows):
            return rows, np.empty(0)
        share = (counts * (self.k1 + 1)) / (self.saturation[self.doc_len[rows]] + counts)
        return rows, self._idf_of(term) * (self.delta + share)

    def phrase(self, terms: Sequence[str]) -> tuple[Integers, Floats]:
        """The rows that hold all of `terms`, and what these add there, as often as the scarcest of them."""
        (rows, counts), *others = sorted(map(self.postings.of, terms), key=lambda found: len(found[0]))
        for other_rows, other_counts in others:
            if not len(rows):
                break
            places = np.minimum(np.searchsorted(other_rows, rows), len(other_rows) - 1)
            both = other_rows[places] == rows
            rows, counts = rows[both], np.minimum(counts[both], other_counts[places[both]])
        if not len(rows):
            return rows, np.empty(0)
        share = (counts * (self.k1 + 1)) / (self.saturation[self.doc_len[rows]] + counts)
        return rows, sum(map(self._idf_of, terms)) * share

    def idf_of(self, terms: Iterable[str]) -> dict[str, float]:
        """The idf of each of the terms that a row holds."""
        return {term: self._idf_of(term) for term in terms if self._is_known(term)}

    def highest_score(self, query: Sequence[str]) -> float:
        """What no row can exceed: each term there countless times, an unknown one as if in one row."""
        unknown = math.log(self.corpus_size + 1)
        idfs = (self._idf_of(term) if self._is_known(term) else unknown for term in query)
        return (self.k1 + 1 + self.delta) * sum(idfs)

    def _is_known(self, term: str) -> bool:
        return term in self.idf or term in self.postings.terms

    def _idf_of(self, term: str) -> float:
        if term not in self.idf:
            # rank-bm25's own formula, asked for one term at a time.
            self._calc_idf({term: self.postings.held(term)})
        return self.idf[term]


def saturation(lengths: Integers, average: float, k1: float, b: float) -> Floats:
    """A text's own part of the denominator, by its length, in rank-bm25's order of operations."""
    return np.asarray(k1 * (1 - b + b * lengths / (average or 1.0)), dtype=np.float64)
