"""Ranks the paragraphs for a question's terms: BM25, with each paragraph in its context.

A term that a paragraph lacks still counts for it where its document (by DOCUMENT) or a neighbour (by
NEIGHBOUR) holds the term. A term that it holds counts once, by its own BM25: adding the whole document's
score instead would push many paragraphs of one article to the top.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from retrieval.bm25 import BM25
from retrieval.language import phrase_terms
from retrieval.postings import Postings, load_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.bm25 import Floats
    from retrieval.postings import Integers

DOCUMENT = 0.3
NEIGHBOUR = 0.05
RELATED = 1.0  # what a word with the same meaning counts, in shares of the question's own

_PARAGRAPHS = "paragraphs"
_DOCUMENTS = "documents"
_DOCUMENT_OF = "document_of.npy"


class Searcher:
    """Searches paragraphs; those of one document stand in consecutive rows, in their order."""

    def __init__(self, paragraphs: Postings, documents: Postings, document_of: Integers) -> None:
        self.paragraphs = BM25.over(paragraphs)
        self.documents = BM25.over(documents)
        self._document_of = document_of

    @classmethod
    def over(cls, paragraphs: Postings, document_of: Integers) -> Searcher:
        """`document_of` numbers the document of each row, from 0."""
        return cls(paragraphs, paragraphs.grouped(document_of), document_of)

    def save(self, folder: Path) -> None:
        self.paragraphs.postings.save(folder / _PARAGRAPHS)
        self.documents.postings.save(folder / _DOCUMENTS)
        np.save(folder / _DOCUMENT_OF, self._document_of)

    @classmethod
    def open(cls, folder: Path) -> Searcher:
        """Raise OSError, ValueError or RuntimeError where the files are missing or damaged."""
        return cls(
            Postings.open(folder / _PARAGRAPHS),
            Postings.open(folder / _DOCUMENTS),
            load_array(folder / _DOCUMENT_OF),
        )

    def document_holds(self, row: int, term: str) -> bool:
        """Whether the document of a row has the term anywhere."""
        documents, _ = self.documents.postings.of(term)
        place = int(np.searchsorted(documents, self._document_of[row]))
        return place < len(documents) and bool(documents[place] == self._document_of[row])

    def in_documents_with(self, rows: Iterable[int], term: str) -> set[int]:
        """Those of the rows whose documents have the term anywhere."""
        asked = np.fromiter(rows, dtype=np.int64)
        documents, _ = self.documents.postings.of(term)
        return set(asked[np.isin(self._document_of[asked], documents)].tolist())

    def document_rows(self, row: int) -> range:
        """The rows of the document of a row."""
        number = self._document_of[row]
        first, end = (int(np.searchsorted(self._document_of, number, side)) for side in ("left", "right"))
        return range(first, end)

    def scores(self, terms: Sequence[str]) -> Floats:
        """The score of every row."""
        if self.documents.corpus_size == self.paragraphs.corpus_size:
            return self.paragraphs.get_scores(terms)  # each paragraph is its own context
        scores = DOCUMENT * self.documents.get_scores(terms)[self._document_of]
        in_document = np.zeros(self.documents.corpus_size)
        holds = np.zeros(self.paragraphs.corpus_size, dtype=bool)
        for term in terms:
            rows, weights = self.paragraphs.contribution(term)
            documents, document_weights = self.documents.contribution(term)
            in_document[documents] = document_weights
            # Every row that holds the term stands in one of these documents, so nothing older is read.
            scores[rows] += weights - DOCUMENT * in_document[self._document_of[rows]]
            holds[rows] = True
            for step in (-1, 1):
                self._lend(scores, rows, weights, step, holds)
            holds[rows] = False
        return scores

    def _count_instead(self, scores: Floats, word: str, others: Iterable[str]) -> None:
        """Raise the rows that say one of `others` to what they would get for `word`, where they get less."""
        own = phrase_terms(word)
        most = RELATED * self.paragraphs.highest_score(own)
        best = self.paragraphs.get_scores(own)
        for other in others:
            terms = phrase_terms(other)
            rows, weights = self.paragraphs.phrase(terms)
            if not len(rows):
                continue
            # A long name has more terms than its abbreviation, and counts for no more.
            share = min(RELATED, most / self.paragraphs.highest_score(terms))
            gain = np.maximum(share * weights - best[rows], 0.0)
            scores[rows] += gain
            best[rows] += gain

    def _lend(
        self, scores: Floats, rows: Integers, weights: Floats, step: int, holds: npt.NDArray[np.bool_]
    ) -> None:
        """Give the neighbours of `rows`, one `step` on, their share of a term that they lack."""
        near = rows + step
        inside = (near >= 0) & (near < len(scores))
        near, rows, weights = near[inside], rows[inside], weights[inside]
        same = (self._document_of[near] == self._document_of[rows]) & ~holds[near]
        scores[near[same]] += NEIGHBOUR * weights[same]

    def top(
        self,
        terms: Sequence[str],
        limit: int,
        related: Sequence[tuple[str, str]] = (),
        within: range | None = None,
    ) -> list[tuple[int, float]]:
        """The `limit` best rows with their scores, best first, among equals the earlier; none at 0.

        `related` are words in normal form, each with one that may stand for it, as Question has them. Only
        rows `within` are taken where that is given.
        """
        scores = self.scores(terms)
        for word, pairs in groupby(related, key=itemgetter(0)):
            self._count_instead(scores, word, [other for _, other in pairs])
        rows = np.flatnonzero(scores > 0)
        if within is not None:
            rows = rows[(rows >= within.start) & (rows < within.stop)]
        if len(rows) > limit:
            threshold = np.partition(scores[rows], -limit)[-limit]
            rows = rows[scores[rows] >= threshold]
        order = np.lexsort((rows, -scores[rows]))[:limit]
        return [(int(row), float(scores[row])) for row in rows[order]]
