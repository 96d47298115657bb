"""Searches a Snapshot's index on the cluster as the embedded engine searches its postings.

The cluster finds candidates, and says how often the terms stand in them, in their neighbours and Documents.
From that the scores are computed here, as the embedded engine has them.
"""

from __future__ import annotations

import math
import threading
import time
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from retrieval.language import phrase_terms
from retrieval.opensearch import layout
from retrieval.opensearch.candidates import Search, best_alone, best_in_context
from retrieval.opensearch.cluster import ClusterError
from retrieval.opensearch.entries import Best, Entries, term_query
from retrieval.opensearch.filling import ALIAS
from retrieval.opensearch.layout import DOCUMENT, NUMBER
from retrieval.opensearch.scoring import Counts, Scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.arrays import Floats, Integers
    from retrieval.opensearch.cluster import Cluster
    from retrieval.search import Related

_CANDIDATES = 100
"""Rows that are looked for, by themselves and by their Documents, in a search for a few."""
_EXACT = 1000
"""Rows that are scored exactly at most."""
_NUMBERS = 5000  # Documents that are asked about at once
_REMEMBERED = 500_000  # Documents and terms, some 100 MB
_REST = 3.0  # seconds after a failure in which the cluster is not asked for the index again


class OpenSearchSearcher:
    """Safe for many threads. Every method raises ClusterError where the cluster does not answer in time."""

    def __init__(self, cluster: Cluster, snapshot: str, rows: int, alias: str = ALIAS) -> None:
        """The Snapshot has so many `rows`. The first search looks for its index, not this."""
        self.rows = rows
        self._cluster = cluster
        self._index = layout.name_of(alias, snapshot)
        self._opening = threading.Lock()
        self._opened: Entries | None = None
        self._failure, self._failed_at = "", -math.inf
        self._mentions: dict[tuple[int, str], bool] = {}  # whether a Document has a term

    def idf_of(self, terms: Iterable[str]) -> dict[str, float]:
        """The idf of each of the terms that a row holds."""
        scores = self._scores(terms)
        return dict(zip(scores.terms, scores.idf.tolist(), strict=True))

    def highest_score(self, terms: Sequence[str]) -> float:
        """What no row can exceed: each term there countless times, an unknown one as if in one row."""
        return self._scores(terms).highest(terms)

    def held(self, term: str) -> int:
        """How many rows hold the term."""
        return self._entries.held([term])[term][0]

    def top(
        self,
        terms: Sequence[str],
        limit: int,
        related: Related = (),
        within: range | None = None,
    ) -> list[tuple[int, float]]:
        """The `limit` best rows with their scores, best first, among equals the earlier; none at 0.

        `related` are words in normal form, each with one that may stand for it; only rows `within` are taken
        where that is given. Behind the first thousand rows the order is the cluster's own.
        """
        words = dict.fromkeys(chain.from_iterable(related))
        scores = self._scores([*terms, *chain.from_iterable(map(phrase_terms, words))])
        search = Search(terms, max(_CANDIDATES, 2 * limit), related, within)
        found = best_in_context(self._entries, scores, search)
        near = np.sort(np.array([row for row, _ in found[:_EXACT]], dtype=np.int64))
        exact = self._in_context(near, scores, search)
        order = np.lexsort((near, -exact))
        best = [(int(near[place]), float(exact[place])) for place in order if exact[place] > 0]
        least = best[-1][1] if best else 0.0
        return [*best, *((row, min(score, least)) for row, score in found[_EXACT:])][:limit]

    def best_score(self, terms: Sequence[str], holding: str | None = None) -> float:
        """The highest BM25, without context, of a row, or of one that holds the term `holding`."""
        scores = self._scores(terms)
        found = best_alone(self._entries, scores, Search(terms, _CANDIDATES), holding)
        rows = np.sort(np.array([row for row, _ in found], dtype=np.int64))
        return float((self._own(rows, scores) @ scores.times(terms)).max(initial=0.0))

    def contributions(self, row: int, terms: Iterable[str]) -> dict[str, float]:
        """What each of the terms that a row holds adds to its BM25, without context."""
        asked = list(terms)
        scores = self._scores(asked)
        added = self._own(np.array([row]), scores)[0] * scores.times(asked)
        return {term: float(weight) for term, weight in zip(scores.terms, added, strict=True) if weight}

    def document_rows(self, row: int) -> range:
        """The rows of the document of a row."""
        starts = self._entries.starts
        number = int(self._entries.documents_of([row])[0])
        return range(int(starts[number]), int(starts[number + 1]) if number + 1 < len(starts) else self.rows)

    def document_holds(self, row: int, term: str) -> bool:
        """Whether the document of a row has the term anywhere."""
        return bool(self.in_documents_with([row], term))

    def in_documents_with(self, rows: Iterable[int], term: str) -> set[int]:
        """Those of the rows whose documents have the term anywhere."""
        asked = list(rows)
        numbers = self._entries.documents_of(asked).tolist()
        known = {
            number: held for number in numbers if (held := self._mentions.get((number, term))) is not None
        }
        unknown = sorted({number for number in numbers if number not in known})
        known |= dict.fromkeys(unknown, False)
        for start in range(0, len(unknown), _NUMBERS):
            part = unknown[start : start + _NUMBERS]
            query = {"bool": {"filter": [{"terms": {NUMBER: part}}, term_query(DOCUMENT, term)]}}
            for number, _ in self._entries.best(Best(DOCUMENT, query, len(part)))[0]:
                known[number] = True
        if len(self._mentions) + len(unknown) > _REMEMBERED:
            self._mentions.clear()
        self._mentions |= {(number, term): known[number] for number in unknown}
        return {row for row, number in zip(asked, numbers, strict=True) if known[number]}

    @property
    def _entries(self) -> Entries:
        """Raise ClusterError where the cluster has no complete index of the Snapshot, or does not answer.

        Those who have waited meanwhile are told the same at once.
        """
        if self._opened is None:
            with self._opening:
                if self._opened is None:
                    self._opened = self._open()
        return self._opened

    def _open(self) -> Entries:
        if time.monotonic() - self._failed_at < _REST:
            raise ClusterError(self._failure)
        try:
            return Entries(self._cluster, self._index)
        except ClusterError as error:
            self._failure, self._failed_at = str(error), time.monotonic()
            raise

    def _scores(self, terms: Iterable[str]) -> Scores:
        return Scores(self._entries.size, self._entries.held(list(dict.fromkeys(terms))))

    def _own(self, rows: Integers, scores: Scores) -> Floats:
        return scores.own(self._entries.counts(scores.terms, rows)[0])

    def _in_context(self, rows: Integers, scores: Scores, search: Search) -> Floats:
        entries = self._entries
        near = np.unique(np.concatenate([rows - 1, rows, rows + 1]))
        near = near[(near >= 0) & (near < self.rows)]
        around, documents = entries.counts(scores.terms, near, np.unique(entries.documents_of(rows)))
        here = np.searchsorted(near, rows)
        alone = Counts(rows, around.lengths[here], around.counts[here])
        added = scores.in_context(rows, entries.starts, around, documents)
        return added @ scores.times(search.terms) + scores.gains(alone, search.related)
