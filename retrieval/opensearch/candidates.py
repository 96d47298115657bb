"""Which rows may be the best for a search, by the cluster's own ranking: it rounds the lengths.

They are the best rows by themselves and the best ones of the best Documents. What may be missed is a row that
is neither, and gets its score from many terms around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval.language import phrase_terms
from retrieval.opensearch.entries import Best, term_query
from retrieval.opensearch.layout import DOCUMENT, NUMBER, PARAGRAPH, PART_OF, ROW
from retrieval.search import DOCUMENT as DOCUMENT_SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.arrays import Floats
    from retrieval.opensearch.entries import Entries, Query
    from retrieval.opensearch.scoring import Scores
    from retrieval.search import Related

_DOCUMENTS, _MOST_DOCUMENTS = 20, 500  # the best ones, whose rows may be; the cluster takes 1024 at once
_SHARE = 5  # rows sought for each Document
_SOUGHT = 150  # terms, the weightiest; what others add takes more time than it is worth


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for; `related` and `within` are as `search.Searcher` has them."""

    terms: Sequence[str]
    limit: int
    related: Related = ()
    within: range | None = None


def best_alone(
    entries: Entries, scores: Scores, search: Search, holding: str | None
) -> list[tuple[int, float]]:
    """The rows, with about their BM25, that are the best by themselves; only those `holding` a term."""
    own = _terms_of(PARAGRAPH, scores, scores.times(search.terms))
    having = [] if holding is None else [term_query(PARAGRAPH, holding)]
    return entries.best(Best(PARAGRAPH, _any_of(own, having), search.limit))[0] if own else []


def best_in_context(entries: Entries, scores: Scores, search: Search) -> list[tuple[int, float]]:
    """The rows that may be the best, with about their scores, best first; there may be twice the limit."""
    within, times = search.within, scores.times(search.terms)
    own = [*_terms_of(PARAGRAPH, scores, times), *_instead(search.related, scores)]
    if not own or (within is not None and not within):
        return []
    inside = [] if within is None else [_between(ROW, within.start, within.stop - 1)]
    alone = Best(PARAGRAPH, _any_of(own, inside), search.limit)
    of_documents = _terms_of(DOCUMENT, scores, times)
    if not of_documents or entries.size.documents == entries.size.rows:
        return entries.best(alone)[0]
    there: list[Query] = []
    if within is not None:
        first, last = entries.documents_of([within.start, within.stop - 1]).tolist()
        there = [_between(NUMBER, first, last)]
    most = min(max(search.limit // _SHARE, _DOCUMENTS), _MOST_DOCUMENTS)
    rows, documents = entries.best(alone, Best(DOCUMENT, _any_of(of_documents, there), most))
    if not documents:
        return rows
    lent: list[Query] = [
        {"constant_score": {"filter": {"term": {PART_OF: number}}, "boost": DOCUMENT_SHARE * score}}
        for number, score in documents
    ]
    # Every row of theirs counts, also one that has none of the terms.
    theirs: Query = {"terms": {PART_OF: [number for number, _ in documents]}}
    members: Query = {"bool": {"should": [*own, *lent], "filter": [*inside, theirs]}}
    found = dict(rows)
    for row, score in entries.best(Best(PARAGRAPH, members, search.limit))[0]:
        found[row] = max(score, found.get(row, 0.0))
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _terms_of(kind: str, scores: Scores, times: Floats) -> list[Query]:
    """Queries that add up to the BM25 of an entry, by the weightiest terms."""
    weights = times * scores.boosts(documents=kind == DOCUMENT)
    idf = times * (scores.document_idf if kind == DOCUMENT else scores.idf)
    sought = [column for column in np.argsort(-idf, kind="stable")[:_SOUGHT].tolist() if times[column]]
    return [term_query(kind, scores.terms[column], float(weights[column])) for column in sought]


def _instead(related: Related, scores: Scores) -> list[Query]:
    """Queries for what may stand for the words asked with; a row that says both gets too much here."""
    boosts = scores.boosts()
    queries: list[Query] = []
    for word, other in related:
        phrase = phrase_terms(other)
        columns = scores.columns(phrase)
        if len(columns) == len(phrase) > 0:
            weights = scores.share(phrase_terms(word), phrase) * boosts[columns]
            terms = map(term_query, [PARAGRAPH] * len(phrase), phrase, weights.tolist())
            queries.append({"bool": {"must": list(terms)}})
    return queries


def _any_of(queries: Sequence[Query], filters: Sequence[Query]) -> Query:
    return {"bool": {"should": queries, "filter": filters, "minimum_should_match": 1}}


def _between(field: str, first: int, last: int) -> Query:
    return {"range": {field: {"gte": first, "lte": last}}}
