"""The scores of a few rows, computed from how often each term stands in them and around them.

The formula is the embedded engine's, as `retrieval.search` and `retrieval.bm25` have it; here the counts come
from elsewhere, and only those of the rows in question.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from retrieval.bm25 import K1, B
from retrieval.language import phrase_terms
from retrieval.search import DOCUMENT, NEIGHBOUR, RELATED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrieval.arrays import Floats, Integers
    from retrieval.search import Related


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows, Documents and tokens there are."""

    rows: int
    documents: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each of some terms stands in each of some rows, or Documents.

    `numbers` are theirs, ascending, `lengths` their tokens; `counts` has a line each and a column a term.
    """

    numbers: Integers
    lengths: Floats
    counts: Floats


class Scores:
    """Scores by the terms of one search, whose columns are those of every Counts."""

    def __init__(self, size: Size, held: Mapping[str, tuple[int, int]]) -> None:
        """`held` tells in how many rows and in how many Documents each term stands."""
        self.terms = [term for term, (rows, _) in held.items() if rows]
        self._column = {term: column for column, term in enumerate(self.terms)}
        self._size = size
        self._held = held
        self.idf = np.array([math.log((size.rows + 1) / held[term][0]) for term in self.terms])
        self.document_idf = np.array([math.log((size.documents + 1) / held[term][1]) for term in self.terms])

    def columns(self, terms: Sequence[str]) -> list[int]:
        """The columns of those of the terms that a row holds."""
        return [self._column[term] for term in terms if term in self._column]

    def times(self, terms: Sequence[str]) -> Floats:
        """How often each column's term is among `terms`."""
        return np.bincount(self.columns(terms), minlength=len(self.terms)).astype(np.float64)

    def boosts(self, *, documents: bool = False) -> Floats:
        """What makes Lucene's score of each term this one: its idf is another, and it leaves out k1 + 1."""
        size, idf = self._size.rows, self.idf
        if documents:
            size, idf = self._size.documents, self.document_idf
        held: Floats = (size + 1) / np.exp(idf)
        other: Floats = np.log1p((size - held + 0.5) / (held + 0.5))
        return (K1 + 1) * idf / other

    def highest(self, terms: Sequence[str]) -> float:
        """What no row can exceed: each term there countless times, an unknown one as if in one row."""
        return (K1 + 1) * sum(math.log((self._size.rows + 1) / (self._held[term][0] or 1)) for term in terms)

    def own(self, rows: Counts) -> Floats:
        """What each term adds to the BM25 of each of the rows, once."""
        return self.idf * _saturated(rows.counts, self._damping(rows)[:, None])

    def in_context(self, rows: Integers, starts: Integers, around: Counts, documents: Counts) -> Floats:
        """What each term adds to each of `rows`: by itself, or where the row lacks it by what is around.

        `starts` are the first rows of all Documents. `around` has the rows and their neighbours, `documents`
        their Documents.
        """
        own = self.own(around)
        here = np.searchsorted(around.numbers, rows)
        if self._size.documents == self._size.rows:
            return own[here]  # each row is its own context
        average = self._size.tokens / self._size.documents
        whole = self.document_idf * _saturated(
            documents.counts, _damping(documents.lengths, average)[:, None]
        )
        document_of = np.searchsorted(starts, rows, "right") - 1
        lent = DOCUMENT * whole[np.searchsorted(documents.numbers, document_of)]
        for step in (-1, 1):
            near = np.clip(here + step, 0, len(around.numbers) - 1)
            beside = around.numbers[near] == rows + step
            beside &= np.searchsorted(starts, rows + step, "right") - 1 == document_of
            lent[beside] += NEIGHBOUR * own[near[beside]]
        return np.where(around.counts[here] > 0, own[here], lent)

    def gains(self, rows: Counts, related: Related) -> Floats:
        """What rows gain that say what may stand for a word, where they get less for the word itself."""
        damping = self._damping(rows)
        own = self.own(rows)
        gains = np.zeros(len(rows.numbers))
        for word, pairs in groupby(related, key=itemgetter(0)):
            asked = phrase_terms(word)
            best = own[:, self.columns(asked)].sum(axis=1)
            for _, other in pairs:
                phrase = phrase_terms(other)
                columns = self.columns(phrase)
                if len(columns) < max(len(phrase), 1):
                    continue
                # As often as the scarcest of its terms; not at all where one is missing.
                weights = self.idf[columns].sum() * _saturated(rows.counts[:, columns].min(axis=1), damping)
                gain = np.maximum(self.share(asked, phrase) * weights - best, 0.0)
                gains += gain
                best += gain
        return gains

    def share(self, word: Sequence[str], other: Sequence[str]) -> float:
        """What the terms of one word count where those of another are meant, at most RELATED.

        A long name has more terms than its abbreviation, and counts for no more.
        """
        return min(RELATED, RELATED * self.highest(word) / self.highest(other))

    def _damping(self, rows: Counts) -> Floats:
        return _damping(rows.lengths, self._size.tokens / max(self._size.rows, 1))


def _damping(lengths: Floats, average: float) -> Floats:
    return K1 * (1 - B + B * lengths / (average or 1.0))


def _saturated(counts: Floats, damping: Floats) -> Floats:
    return counts * (K1 + 1) / (damping + counts)
