"""The best rows of a search as compiled code: what `embedded` computes in whole arrays, to the last bit.

Block-Max Pruning (Mallia, Suel and Tonellotto 2024) with documents as its blocks. A document's reach is the
most that all terms together can lift one of its rows to; those that reach furthest are scored first, row by
row and in the arrays' order of operations, and those that cannot get among the best are not looked into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np

if TYPE_CHECKING:
    from retrieval.arrays import Floats, Integers

    Array = Any

_ROUNDING = 2.0**-23  # what each addition to a reach, of 32 bits, may leave out, and as much again
_SCORED_FIRST = 32  # documents, whose scores spare many others

_compiled = numba.njit(cache=True, nogil=True)


class Corpus(NamedTuple):
    """What `EmbeddedSearcher` has; `saturation` and `share_of_one` are by length."""

    rows: Integers
    counts: Integers
    lengths: Integers
    document_of: Integers
    saturation: Floats
    share_of_one: Floats
    document_starts: Integers
    document_saturation: Floats


class Query(NamedTuple):
    """The different terms, each with its part of the postings and its idf.

    `sequence` has them as places, as often and in the order in which they are asked. `gained` are rows,
    ascending, that get `gains` on top.
    """

    sequence: Integers
    starts: Integers
    ends: Integers
    idf: Floats
    document_idf: Floats
    gained: Integers
    gains: Floats


class Weights(NamedTuple):
    """`k` is k1 + 1; what a term counts that only the document, or a neighbour, holds."""

    k: float
    document: float
    neighbour: float


@_compiled
def _find(rows: Array, start: int, end: int, row: int) -> int:
    """Return the first place from `start` on that has `row` or a later one, by steps that double."""
    low, step = start, 1
    while low + step < end and rows[low + step] < row:
        low += step
        step *= 2
    high = min(low + step, end)
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@_compiled
def _share(share_of_one: Array, saturation: Array, k: float, length: int, occurs: int) -> float:
    """Return what share of its idf a term adds to a row in which it occurs so often."""
    if occurs == 1:
        return float(share_of_one[length])
    return float((occurs * k) / (saturation[length] + occurs))


@_compiled
def bounds(
    corpus: Corpus, weights: Weights, start: int, end: int, idf: float, document_idf: float
) -> tuple[Array, Array, float]:
    """Return the documents of a term's postings, what it adds to their rows at most, and the unit of that."""
    rows, counts, lengths = corpus.rows, corpus.counts, corpus.lengths
    saturation, share_of_one = corpus.saturation, corpus.share_of_one
    document_of, document_saturation = corpus.document_of, corpus.document_saturation
    k, lent, borrowed = weights.k, weights.document * document_idf, 2 * weights.neighbour
    unit = k * max(idf, lent + borrowed * idf) / 255  # no share is higher than k
    documents, most = np.empty(end - start, np.int32), np.empty(end - start, np.uint8)
    found, place = 0, start
    while place < end:
        document = document_of[rows[place]]
        in_row, occurs_in_all = 0.0, 0
        while place < end and document_of[rows[place]] == document:
            occurs = counts[place]
            in_row = max(in_row, _share(share_of_one, saturation, k, lengths[rows[place]], occurs))
            occurs_in_all += occurs
            place += 1
        in_row *= idf
        whole = (occurs_in_all * k) / (document_saturation[document] + occurs_in_all)
        documents[found] = document
        most[found] = int(max(in_row, lent * whole + borrowed * in_row) / unit) + 1
        found += 1
    return documents[:found].copy(), most[:found].copy(), unit


@_compiled
def add(reach: Array, documents: Array, most: Array, unit: float) -> None:
    """Add what a term adds at most to the reach of each document."""
    for place in range(len(documents)):
        reach[documents[place]] += most[place] * unit


@_compiled
def _score(
    corpus: Corpus,
    query: Query,
    weights: Weights,
    document: int,
    bases: Array,
    scores: Array,
    own: Array,
    holds: Array,
    spans: Array,
    in_document: Array,
) -> None:
    """Fill `scores` with those of the document's rows.

    No term's postings of it stand before `bases`, which are brought there for the documents behind it.
    """
    rows, counts, lengths = corpus.rows, corpus.counts, corpus.lengths
    saturation, share_of_one = corpus.saturation, corpus.share_of_one
    ends, document_idf = query.ends, query.document_idf
    k, lent, borrowed = weights.k, weights.document, weights.neighbour
    first, end = corpus.document_starts[document], corpus.document_starts[document + 1]
    for term in range(len(ends)):
        stop = ends[term]
        place = _find(rows, bases[term], stop, first)
        bases[term] = spans[term, 0] = place
        occurs_in_all = 0
        while place < stop and rows[place] < end:
            occurs_in_all += counts[place]
            place += 1
        spans[term, 1] = place
        in_document[term] = 0.0
        if occurs_in_all:
            whole = (occurs_in_all * k) / (corpus.document_saturation[document] + occurs_in_all)
            in_document[term] = document_idf[term] * whole
    from_document = 0.0
    for term in query.sequence:
        from_document += in_document[term]
    for near in range(end - first):
        scores[near] = lent * from_document
        holds[near] = -1
    for turn, term in enumerate(query.sequence):
        idf = query.idf[term]
        start, stop = spans[term, 0], spans[term, 1]
        for place in range(start, stop):
            row, occurs = rows[place], counts[place]
            near = row - first
            own[near] = idf * _share(share_of_one, saturation, k, lengths[row], occurs)
            scores[near] += own[near] - lent * in_document[term]
            holds[near] = turn
        for place in range(start, stop):
            near = rows[place] - first - 1
            if near >= 0 and holds[near] != turn:
                scores[near] += borrowed * own[near + 1]
        for place in range(start, stop):
            near = rows[place] - first + 1
            if near < end - first and holds[near] != turn:
                scores[near] += borrowed * own[near - 1]
    if len(query.gained):
        place = _find(query.gained, 0, len(query.gained), first)
        while place < len(query.gained) and query.gained[place] < end:
            scores[query.gained[place] - first] += query.gains[place]
            place += 1


@_compiled
def _is_worse(score: float, row: int, than_score: float, than_row: int) -> bool:
    return score < than_score or (score == than_score and row > than_row)


@_compiled
def _keep(score: float, row: int, held: int, best_rows: Array, best_scores: Array) -> int:
    """Put a row among the best, a heap with the worst on top; return how many it has now."""
    limit = len(best_rows)
    if held < limit:
        place = held
        while place and _is_worse(score, row, best_scores[(place - 1) // 2], best_rows[(place - 1) // 2]):
            best_scores[place], best_rows[place] = best_scores[(place - 1) // 2], best_rows[(place - 1) // 2]
            place = (place - 1) // 2
        held += 1
    elif _is_worse(best_scores[0], best_rows[0], score, row):
        place = 0
        while 2 * place + 1 < limit:
            child = 2 * place + 1
            other = child + 1
            if other < limit and _is_worse(
                best_scores[other], best_rows[other], best_scores[child], best_rows[child]
            ):
                child = other
            if _is_worse(score, row, best_scores[child], best_rows[child]):
                break
            best_scores[place], best_rows[place] = best_scores[child], best_rows[child]
            place = child
    else:
        return held
    best_scores[place], best_rows[place] = score, row
    return held


@_compiled
def _furthest(reach: Array, first: int, end: int, limit: int) -> Array:
    """Return the documents of a range that reach furthest, ascending; none that reach nothing."""
    found, reaches, held = np.empty(limit, np.int64), np.zeros(limit), 0
    for document in range(first, end):
        if reach[document] > reaches[0] or (held < limit and reach[document] > 0.0):
            held = _keep(reach[document], document, held, found, reaches)
    for unsorted in range(1, held):  # few, and NumPy's sort would take seconds to be compiled
        place, document = unsorted, found[unsorted]
        while place and found[place - 1] > document:
            found[place] = found[place - 1]
            place -= 1
        found[place] = document
    return found[:held]


@_compiled
def _reaching(reach: Array, first: int, end: int, least: float) -> Array:
    """Return the documents of a range that reach so far, ascending; none that reach nothing."""
    found, count = np.empty(end - first, np.int64), 0
    low = np.float32(least)  # rounded, it lets the same documents through, or one more
    for document in range(first, end):
        # Without a branch it takes a tenth of the time.
        found[count] = document
        count += (reach[document] >= low) & (reach[document] > 0)
    return found[:count]


@_compiled
def best_rows(
    corpus: Corpus, query: Query, weights: Weights, reach: Array, limit: int, first: int, end: int
) -> tuple[Array, Array]:
    """Return the `limit` best rows of the documents `first` to `end` with their scores, in no order.

    None has a score of 0. `reach` is what the terms make it, and is used up.
    """
    place = 0
    while place < len(query.gained):
        document = corpus.document_of[query.gained[place]]
        most = 0.0
        while place < len(query.gained) and query.gained[place] < corpus.document_starts[document + 1]:
            most = max(most, query.gains[place])
            place += 1
        reach[document] += most

    terms = len(query.starts)
    slack = 1.0 + (len(query.sequence) + 2) * _ROUNDING
    spans, in_document = np.empty((terms, 2), np.int64), np.empty(terms)
    best, best_scores, held = np.empty(limit, np.int64), np.empty(limit), 0
    for turn in range(2):
        if turn == 0:
            documents = _furthest(reach, first, end, max(limit, _SCORED_FIRST))
        else:
            documents = _reaching(reach, first, end, best_scores[0] / slack if held == limit else 0.0)
        longest = 0
        for document in documents:
            longest = max(longest, corpus.document_starts[document + 1] - corpus.document_starts[document])
        scores, own, holds = np.empty(longest), np.empty(longest), np.empty(longest, np.int64)
        bases = query.starts.copy()
        for document in documents:
            if held == limit and reach[document] * slack < best_scores[0]:
                continue
            reach[document] = 0.0  # it is scored once
            _score(corpus, query, weights, document, bases, scores, own, holds, spans, in_document)
            row = corpus.document_starts[document]
            for near in range(corpus.document_starts[document + 1] - row):
                if scores[near] > 0.0:
                    held = _keep(scores[near], row + near, held, best, best_scores)
    return best[:held], best_scores[:held]
