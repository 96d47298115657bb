"""The search on one machine: postings mapped into memory, and the best rows without scoring all of them.

With the extra `fast` a large corpus is searched by compiled code, which reads a fraction of the postings;
else whole arrays are computed. Both give the same scores to the last bit.
"""

from __future__ import annotations

import functools
import logging
import math
from contextlib import suppress
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from cachetools import LRUCache

from retrieval.arrays import let_go, load_array, side_by_side
from retrieval.bm25 import BM25, saturation
from retrieval.language import phrase_terms
from retrieval.search import DOCUMENT, NEIGHBOUR, RELATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import ModuleType

    import numpy.typing as npt

    from retrieval.arrays import Floats, Integers
    from retrieval.postings import Postings
    from retrieval.search import Related

logger = logging.getLogger(__name__)

_DOCUMENTS_WITH = "documents_with.npy"

LARGE = 20_000  # rows from which compiled code pays for being loaded
_KEPT = 1 << 27  # bytes of what is known of the terms asked last
_OWN_SIZE = 1000  # bytes of what is known of a term, however rare
_MOST_KEPT = 1000  # rows; more are found faster by sorting them all
_NO_ROWS = np.empty(0, dtype=np.int64), np.empty(0)


class _Known(NamedTuple):
    """A term's part of the postings, its idf, and what it adds to each document's rows at most, in units."""

    start: int
    end: int
    idf: float
    document_idf: float
    documents: Integers
    most: Integers
    unit: float

    def size(self) -> int:
        return self.documents.nbytes + self.most.nbytes + _OWN_SIZE


class EmbeddedSearcher:
    """A `search.Searcher` over Postings.

    `document_of` numbers the document of each row, from 0; `documents_with` says how many hold each term.
    """

    def __init__(self, postings: Postings, document_of: Integers, documents_with: Integers) -> None:
        self.postings = postings
        self.rows = len(postings.lengths)
        self._bm25 = BM25.over(postings)
        self._document_of = document_of
        self._documents_with = documents_with
        self._starts = np.append(np.flatnonzero(np.diff(document_of, prepend=-1)), self.rows)
        self._documents = len(self._starts) - 1
        self._saturation = _document_saturation(self._bm25, self._starts)
        # Where each paragraph is its own context, there is none to add.
        alone = self._documents == self.rows
        self._context = (0.0, 0.0) if alone else (DOCUMENT, NEIGHBOUR)
        self._kernel = _kernel() if self.rows >= LARGE else None
        self._weights = self._kernel and self._kernel.Weights(self._bm25.k1 + 1, *self._context)
        self._kept: LRUCache[str, _Known] = LRUCache(_KEPT, getsizeof=_Known.size)
        self._lock = Lock()

    @classmethod
    def over(cls, postings: Postings, document_of: Integers) -> EmbeddedSearcher:
        return cls(postings, document_of, _documents_with(postings, document_of))

    @staticmethod
    def write(folder: Path, postings: Postings, document_of: Integers) -> None:
        """Write what `open` needs and is not in the postings."""
        np.save(folder / _DOCUMENTS_WITH, _documents_with(postings, document_of))

    @classmethod
    def open(cls, folder: Path, postings: Postings, document_of: Integers) -> EmbeddedSearcher:
        """Raise OSError or ValueError where the file is missing or damaged."""
        searcher = cls(postings, document_of, load_array(folder / _DOCUMENTS_WITH))
        searcher._warm_up()
        return searcher

    def _warm_up(self) -> None:
        """Have the compiled code loaded before the first question, or do without it where that fails."""
        if not self._kernel or not len(self.postings.terms):
            return
        try:
            self._compiled([self.postings.terms.text(0)], 1, _NO_ROWS, None)
        except Exception:  # numba and a damaged or unwritable cache of its raise all sorts
            logger.exception("编译的检索用不了，改用较慢的；请删掉 numba 的缓存（*.nbi、*.nbc）再启动")
            self._kernel = None

    def idf_of(self, terms: Iterable[str]) -> dict[str, float]:
        return self._bm25.idf_of(terms)

    def highest_score(self, terms: Sequence[str]) -> float:
        return self._bm25.highest_score(terms)

    def held(self, term: str) -> int:
        return self.postings.held(term)

    def best_score(self, terms: Sequence[str], holding: str | None = None) -> float:
        if holding is None:
            return float(self._bm25.get_scores(terms).max(initial=0.0))
        return float(self._bm25.scores_at(self.postings.of(holding)[0], terms).max(initial=0.0))

    def contributions(self, row: int, terms: Iterable[str]) -> dict[str, float]:
        added: dict[str, float] = {}
        for term in terms:
            rows, weights = self._bm25.contribution(term)
            for weight in weights[rows == row]:  # one or none
                added[term] = added.get(term, 0.0) + float(weight)
        return added

    def document_rows(self, row: int) -> range:
        number = self._document_of[row]
        return range(int(self._starts[number]), int(self._starts[number + 1]))

    def document_holds(self, row: int, term: str) -> bool:
        rows, _ = self.postings.of(term)
        here = self.document_rows(row)
        place = int(rows.searchsorted(here.start))
        return place < len(rows) and int(rows[place]) in here

    def in_documents_with(self, rows: Iterable[int], term: str) -> set[int]:
        asked = np.fromiter(rows, dtype=np.int64)
        documents = self._document_of[self.postings.of(term)[0]]
        return set(asked[np.isin(self._document_of[asked], documents)].tolist())

    def top(
        self, terms: Sequence[str], limit: int, related: Related = (), within: range | None = None
    ) -> list[tuple[int, float]]:
        self.postings.read_ahead({term for term in terms if term not in self._kept})
        gains = self._gains(related)
        if self._kernel and limit <= _MOST_KEPT:
            rows, scores = self._compiled(terms, limit, gains, within)
        else:
            every = self.scores(terms)
            every[gains[0]] += gains[1]
            rows = np.flatnonzero(every > 0)
            if within is not None:
                rows = rows[(rows >= within.start) & (rows < within.stop)]
            if len(rows) > limit:
                threshold = np.partition(every[rows], -limit)[-limit]
                rows = rows[every[rows] >= threshold]
            scores = every[rows]
        order = np.lexsort((rows, -scores))[:limit]
        return [(int(rows[place]), float(scores[place])) for place in order]

    def scores(self, terms: Sequence[str]) -> Floats:
        """The score of every row."""
        document, neighbour = self._context
        if not document:
            return self._bm25.get_scores(terms)
        own = {term: self._bm25.contribution(term) for term in set(terms)}
        whole = {term: self._in_documents(term) for term in own}
        of_documents = np.zeros(self._documents)
        for term in terms:
            documents, weights = whole[term]
            of_documents[documents] += weights
        scores = document * of_documents[self._document_of]
        in_document = np.zeros(self._documents)
        holds = np.zeros(self.rows, dtype=bool)
        for term in terms:
            rows, weights = own[term]
            documents, document_weights = whole[term]
            in_document[documents] = document_weights
            # Every row that holds the term stands in one of these documents, so nothing older is read.
            scores[rows] += weights - document * in_document[self._document_of[rows]]
            holds[rows] = True
            for step in (-1, 1):
                self._lend(scores, rows, neighbour * weights, step, holds)
            holds[rows] = False
        return scores

    def _in_documents(self, term: str) -> tuple[Integers, Floats]:
        """The documents that hold a term, and what it adds to the score of each as a whole."""
        number = self.postings.terms.number(term)
        if number is None:
            return _NO_ROWS
        rows, counts = self.postings.of(term)
        documents = self._document_of[rows]
        first = np.flatnonzero(np.diff(documents, prepend=-1))
        documents, occurs = documents[first], np.add.reduceat(counts.astype(np.int64), first)
        share = (occurs * (self._bm25.k1 + 1)) / (self._saturation[documents] + occurs)
        return documents, self._document_idf(number) * share

    def _document_idf(self, number: int) -> float:
        return math.log((self._documents + 1) / int(self._documents_with[number]))

    def _lend(
        self, scores: Floats, rows: Integers, lent: Floats, step: int, holds: npt.NDArray[np.bool_]
    ) -> None:
        """Give the neighbours of `rows`, one `step` on, their share of a term that they lack."""
        near = rows + step
        inside = (near >= 0) & (near < len(scores))
        near, rows, lent = near[inside], rows[inside], lent[inside]
        same = (self._document_of[near] == self._document_of[rows]) & ~holds[near]
        scores[near[same]] += lent[same]

    def _gains(self, related: Related) -> tuple[Integers, Floats]:
        """The rows, ascending, that say what stands for a word of the question, and what they gain by it.

        They get what they would get for the word itself, where they get less for it.
        """
        found: list[tuple[Integers, Floats]] = []
        for word, pairs in groupby(related, key=itemgetter(0)):
            own = phrase_terms(word)
            most = RELATED * self._bm25.highest_score(own)
            said = []
            for _, other in pairs:
                terms = phrase_terms(other)
                rows, weights = self._bm25.phrase(terms)
                if len(rows):
                    # A long name has more terms than its abbreviation, and counts for no more.
                    said.append((rows, min(RELATED, most / self._bm25.highest_score(terms)) * weights))
            if said:
                together = np.unique(np.concatenate([rows for rows, _ in said]))
                have = self._bm25.scores_at(together, own)
                best = have.copy()
                for rows, weights in said:
                    places = np.searchsorted(together, rows)
                    best[places] = np.maximum(best[places], weights)
                found.append((together, best - have))
        if not found:
            return _NO_ROWS
        rows, places = np.unique(np.concatenate([rows for rows, _ in found]), return_inverse=True)
        summed = np.zeros(len(rows))
        np.add.at(summed, places, np.concatenate([gains for _, gains in found]))
        return rows.astype(np.int64), summed

    def _compiled(
        self, terms: Sequence[str], limit: int, gains: tuple[Integers, Floats], within: range | None
    ) -> tuple[Integers, Floats]:
        """Find the best rows by compiled code."""
        assert self._kernel
        asked = [(term, known) for term in terms if (known := self._known(term))]
        different = dict(asked)
        reach = np.zeros(self._documents, dtype=np.float32)
        for _, known in asked:
            self._kernel.add(reach, known.documents, known.most, known.unit)
        places = {term: place for place, term in enumerate(different)}
        query = self._kernel.Query(
            np.array([places[term] for term, _ in asked], dtype=np.int64),
            np.array([known.start for known in different.values()], dtype=np.int64),
            np.array([known.end for known in different.values()], dtype=np.int64),
            np.array([known.idf for known in different.values()], dtype=np.float64),
            np.array([known.document_idf for known in different.values()], dtype=np.float64),
            *gains,
        )
        first, end = 0, self._documents
        if within is not None:
            first, end = (int(place) for place in self._starts.searchsorted((within.start, within.stop)))
        found: tuple[Integers, Floats] = self._kernel.best_rows(
            self._corpus, query, self._weights, reach, limit, first, end
        )
        return found

    def _known(self, term: str) -> _Known | None:
        """What compiled code needs to know of a term; None where no row holds it."""
        with self._lock:
            if known := self._kept.get(term):
                return known
        number = self.postings.terms.number(term)
        if number is None:
            return None
        start, end = (int(offset) for offset in self.postings.offsets[number : number + 2])
        idf, document_idf = self._bm25.idf_of([term])[term], self._document_idf(number)
        assert self._kernel
        bounds = self._kernel.bounds(self._corpus, self._weights, start, end, idf, document_idf)
        known = _Known(start, end, idf, document_idf, *bounds)
        with self._lock, suppress(ValueError):  # of one that is larger than all that is kept
            self._kept[term] = known
        return known

    @functools.cached_property
    def _corpus(self) -> Any:  # noqa: ANN401 - the kernel's type, which may not be there
        parts = (
            self.postings.rows,
            self.postings.counts,
            self.postings.lengths,
            self._document_of,
            self._bm25.saturation,
            _share(np.ones(1, np.int64), self._bm25.saturation, self._bm25),
            self._starts,
            self._saturation,
        )
        return self._kernel and self._kernel.Corpus(*map(_frozen, parts))


@functools.cache
def _kernel() -> ModuleType | None:
    """The compiled code; None without the extra `fast`."""
    try:
        return import_module("retrieval.kernel")
    except ImportError:
        logger.info("段落很多：make fast（Docker：.env 中写 EXTRAS=fast）会让提问快好几倍")
        return None
    except RuntimeError as error:
        logger.warning("编译的检索用不了，请设 NUMBA_CACHE_DIR 为可写的文件夹：%s", error)
        return None


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array as one that cannot be written, as mapped ones are: compiled code tells them apart."""
    view = array.view()
    view.flags.writeable = False
    return view


def _document_saturation(bm25: BM25, starts: Integers) -> Floats:
    """Each document's own part of the denominator."""
    lengths = np.diff(np.append(0, np.cumsum(bm25.doc_len, dtype=np.int64))[starts])
    average = int(lengths.sum()) / len(lengths) if len(lengths) else 0.0
    return saturation(lengths, average, bm25.k1, bm25.b)


def _documents_with(postings: Postings, document_of: Integers) -> npt.NDArray[np.int32]:
    """Return how many documents hold each term."""
    documents_with = np.empty(len(postings.terms), dtype=np.int32)

    def count(block: tuple[int, int]) -> None:
        first, end = block
        offsets = postings.offsets[first : end + 1]
        documents = document_of[postings.rows[offsets[0] : offsets[-1]]]
        is_first = np.diff(documents, prepend=-1) != 0
        is_first[offsets[:-1] - offsets[0]] = True
        let_go(postings.rows)
        documents_with[first:end] = np.add.reduceat(is_first, offsets[:-1] - offsets[0], dtype=np.int32)

    for _ in side_by_side(count, postings.blocks()):
        pass
    return documents_with


def _share(counts: Integers, saturation: Floats, bm25: BM25) -> Floats:
    share: Floats = (counts * (bm25.k1 + 1)) / (saturation + counts)
    return share
