"""The best rows of a search as compiled code: what `embedded` computes in whole arrays, to the last bit.

MaxScore over documents (Turtle and Flood 1995): a document whose terms cannot lift any of its rows above the
worst of the best found so far is not looked into, and terms that are too weak to do so together are only
looked up. What may get among the best is scored row by row, in the arrays' order of operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np

if TYPE_CHECKING:
    from retrieval.arrays import Floats, Integers

    Array = Any

_WINDOW = 2048  # documents whose bounds are added up together
_SLACK = 1.0 + 1e-9  # bounds are summed in another order, and may come out that much too low
# What has the strongest terms is looked into first: its scores spare many others.
_READ_FIRST = 4096  # postings
_SCORED_FIRST = 32  # documents

_compiled = numba.njit(cache=True, nogil=True)
_inlined = numba.njit(cache=True, nogil=True, inline="always")


class Corpus(NamedTuple):
    """What `EmbeddedSearcher` has; `saturation` and `share_of_one` are by length."""

    rows: Integers
    counts: Integers
    lengths: Integers
    saturation: Floats
    share_of_one: Floats
    document_of: Integers
    document_starts: Integers
    document_saturation: Floats


class Query(NamedTuple):
    """The different terms, each with its part of the postings, its idf, and the most it can add to a row.

    `sequence` has them as places, as often and in the order in which they are asked. `gained` are rows,
    ascending, that get `gains` on top; where there are any, the last of `bounds` is the highest of `gains`.
    """

    sequence: Integers
    starts: Integers
    ends: Integers
    idf: Floats
    document_idf: Floats
    bounds: Floats
    gained: Integers
    gains: Floats


class Weights(NamedTuple):
    """`k` is k1 + 1; what a term counts that only the document, or a neighbour, holds."""

    k: float
    document: float
    neighbour: float


@_inlined
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


@_inlined
def _share(corpus: Corpus, weights: Weights, row: int, occurs: int) -> float:
    """Return what share of its idf a term adds to a row in which it occurs so often."""
    length = corpus.lengths[row]
    if occurs == 1:
        return float(corpus.share_of_one[length])
    return float((occurs * weights.k) / (corpus.saturation[length] + occurs))


@_inlined
def _reach(
    corpus: Corpus, query: Query, weights: Weights, term: int, place: int, stop: int
) -> tuple[float, int]:
    """Return the most that a term adds to a row of the document of its posting at `place`, and the next's."""
    document = corpus.document_of[corpus.rows[place]]
    end = corpus.document_starts[document + 1]
    most, occurs_in_all = 0.0, 0
    while place < stop and corpus.rows[place] < end:
        occurs = corpus.counts[place]
        most = max(most, _share(corpus, weights, corpus.rows[place], occurs))
        occurs_in_all += occurs
        place += 1
    most *= query.idf[term]
    whole = (occurs_in_all * weights.k) / (corpus.document_saturation[document] + occurs_in_all)
    lent = weights.document * query.document_idf[term] * whole + 2 * weights.neighbour * most
    return max(most, lent), place


@_inlined
def _gain(corpus: Corpus, query: Query, place: int, stop: int) -> tuple[float, int]:
    """Return the highest gain in the document of the one at `place`, and the place of the next document's."""
    end = corpus.document_starts[corpus.document_of[query.gained[place]] + 1]
    most = 0.0
    while place < stop and query.gained[place] < end:
        most = max(most, query.gains[place])
        place += 1
    return most, place


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
    first, end = corpus.document_starts[document], corpus.document_starts[document + 1]
    for term in range(len(query.starts)):
        place = _find(corpus.rows, bases[term], query.ends[term], first)
        bases[term] = spans[term, 0] = place
        occurs_in_all = 0
        while place < query.ends[term] and corpus.rows[place] < end:
            occurs_in_all += corpus.counts[place]
            place += 1
        spans[term, 1] = place
        in_document[term] = 0.0
        if occurs_in_all:
            whole = (occurs_in_all * weights.k) / (corpus.document_saturation[document] + occurs_in_all)
            in_document[term] = query.document_idf[term] * whole
    from_document = 0.0
    for term in query.sequence:
        from_document += in_document[term]
    scores[: end - first] = weights.document * from_document
    for turn, term in enumerate(query.sequence):
        start, stop = spans[term, 0], spans[term, 1]
        for place in range(start, stop):
            row, occurs = corpus.rows[place], corpus.counts[place]
            own[row - first] = query.idf[term] * _share(corpus, weights, row, occurs)
            scores[row - first] += own[row - first] - weights.document * in_document[term]
            holds[row - first] = turn
        for place in range(start, stop):
            near = corpus.rows[place] - first - 1
            if near >= 0 and holds[near] != turn:
                scores[near] += weights.neighbour * own[near + 1]
        for place in range(start, stop):
            near = corpus.rows[place] - first + 1
            if near < end - first and holds[near] != turn:
                scores[near] += weights.neighbour * own[near - 1]
    holds[: end - first] = -1
    if len(query.gained):
        place = _find(query.gained, bases[-1], len(query.gained), first)
        while place < len(query.gained) and query.gained[place] < end:
            scores[query.gained[place] - first] += query.gains[place]
            place += 1


@_inlined
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
def _promising(
    corpus: Corpus, query: Query, weights: Weights, order: Array, cursors: Array, stops: Array
) -> Array:
    """Return some documents that the strongest terms alone may lift most."""
    reach = np.zeros(len(corpus.document_starts), np.float32)
    touched = np.empty(_READ_FIRST, np.int64)
    found, left = 0, _READ_FIRST
    for rank in range(len(order) - 1, -1, -1):
        term = order[rank]
        if term == len(query.starts):
            continue  # what gains by a word that means the same
        place, stop = cursors[term], min(stops[term], cursors[term] + left)
        left -= stop - place
        while place < stop:
            document = corpus.document_of[corpus.rows[place]]
            most, place = _reach(corpus, query, weights, term, place, stop)
            if reach[document] == 0.0:
                touched[found] = document
                found += 1
            reach[document] += most
        if not left:
            break
    best, best_reach, held = np.empty(_SCORED_FIRST, np.int64), np.empty(_SCORED_FIRST), 0
    for place in range(found):
        held = _keep(reach[touched[place]], touched[place], held, best, best_reach)
    return np.sort(best[:held])


@_compiled
def best_rows(
    corpus: Corpus, query: Query, weights: Weights, limit: int, first_document: int, end_document: int
) -> tuple[Array, Array]:
    """Return the `limit` best rows of a range of documents with their scores, in no order; none at 0."""
    terms = len(query.starts)
    lists = len(query.bounds)
    best, best_scores = np.empty(limit, np.int64), np.empty(limit)
    if first_document >= end_document or not lists:
        return best[:0], best_scores[:0]
    first_row, end_row = corpus.document_starts[first_document], corpus.document_starts[end_document]
    order = np.argsort(query.bounds)
    weaker = np.zeros(lists + 1)
    for rank in range(lists):
        weaker[rank + 1] = weaker[rank] + query.bounds[order[rank]]
    times = np.zeros(terms)
    for term in query.sequence:
        times[term] += 1
    cursors, stops = np.empty(lists, np.int64), np.empty(lists, np.int64)
    for term in range(terms):
        cursors[term] = _find(corpus.rows, query.starts[term], query.ends[term], first_row)
        stops[term] = _find(corpus.rows, cursors[term], query.ends[term], end_row)
    if lists > terms:
        cursors[terms] = _find(query.gained, 0, len(query.gained), first_row)
        stops[terms] = _find(query.gained, cursors[terms], len(query.gained), end_row)
    bases = cursors.copy()

    longest = 0
    for document in range(first_document, end_document):
        longest = max(longest, corpus.document_starts[document + 1] - corpus.document_starts[document])
    scores, own, holds = np.empty(longest), np.empty(longest), np.full(longest, -1)
    spans, in_document = np.empty((terms, 2), np.int64), np.empty(terms)

    done = np.zeros(end_document - first_document, np.bool_)
    reach = np.zeros(_WINDOW)
    candidates = _promising(corpus, query, weights, order, cursors, stops)
    found = len(candidates)
    held, threshold, essential = 0, 0.0, 0
    window, window_end = first_document, first_document  # at first none, for the promising ones
    while True:
        for place in range(found):
            document = candidates[place]
            if held == limit and window < window_end:
                start, bound, rank = corpus.document_starts[document], reach[document - window], essential
                while rank and (bound + weaker[rank]) * _SLACK >= threshold:
                    rank -= 1
                    term = order[rank]
                    if term < terms:
                        at = _find(corpus.rows, cursors[term], stops[term], start)
                        if at < stops[term] and corpus.document_of[corpus.rows[at]] == document:
                            bound += times[term] * _reach(corpus, query, weights, term, at, stops[term])[0]
                    else:
                        at = _find(query.gained, cursors[term], stops[term], start)
                        if at < stops[term] and corpus.document_of[query.gained[at]] == document:
                            bound += _gain(corpus, query, at, stops[term])[0]
                    cursors[term] = at
                if (bound + weaker[rank]) * _SLACK < threshold:
                    continue
            done[document - first_document] = True
            _score(corpus, query, weights, document, bases, scores, own, holds, spans, in_document)
            first = corpus.document_starts[document]
            for near in range(corpus.document_starts[document + 1] - first):
                if scores[near] > 0.0:
                    held = _keep(scores[near], first + near, held, best, best_scores)
            if held == limit:
                threshold = best_scores[0]
        if window_end == end_document:
            return best[:held], best_scores[:held]

        while held == limit and essential < lists and weaker[essential + 1] * _SLACK < threshold:
            essential += 1
        window, window_end = window_end, min(window_end + _WINDOW, end_document)
        reach[:] = 0.0
        bases[:] = cursors
        end = corpus.document_starts[window_end]
        for rank in range(essential, lists):
            term = order[rank]
            place, stop = cursors[term], stops[term]
            if term < terms:
                while place < stop and corpus.rows[place] < end:
                    document = corpus.document_of[corpus.rows[place]]
                    most, place = _reach(corpus, query, weights, term, place, stop)
                    reach[document - window] += times[term] * most
            else:
                while place < stop and query.gained[place] < end:
                    document = corpus.document_of[query.gained[place]]
                    most, place = _gain(corpus, query, place, stop)
                    reach[document - window] += most
            cursors[term] = place
        least = threshold / _SLACK - weaker[essential] if held == limit else 0.0
        candidates, found = np.empty(_WINDOW, np.int64), 0
        for near in range(window_end - window):
            if reach[near] > 0.0 and reach[near] >= least and not done[window + near - first_document]:
                candidates[found] = window + near
                found += 1
