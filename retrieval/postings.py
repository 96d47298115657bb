"""Postings: for each term the rows it stands in, and how often. They count, and know nothing of scores.

They are arrays on the disk that are mapped into memory: opening is instant, and a search reads only the parts
of its terms. Larger ones than memory holds are merged from parts, a block of terms at a time.
"""

from __future__ import annotations

import array
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.arrays import ArrayWriter, let_go, load_array, places_in, read_ahead, side_by_side
from retrieval.terms import Terms, pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.arrays import Integers

BLOCK = 1 << 20  # postings that are worked on at a time; larger arrays are slow to allocate
_ARRAYS = ("offsets", "rows", "counts", "lengths")
_ROW_BITS = 32  # of a number that is a term and a row
_ROW = (1 << _ROW_BITS) - 1
_HIGHEST = np.iinfo(np.int64).max
_NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Postings:
    """Term number t stands in `rows[offsets[t]:offsets[t + 1]]`, ascending, as often as `counts` says there.

    `lengths` are the tokens of each row; a row without tokens has length 0 and no postings.
    """

    terms: Terms
    offsets: Integers
    rows: Integers
    counts: Integers
    lengths: Integers

    @classmethod
    def count(cls, corpus: Iterable[Sequence[str]]) -> Postings:
        """Count the tokens of each row of `corpus`."""
        counter = PostingsCounter()
        for tokens in corpus:
            counter.add(tokens)
        return counter.postings()

    def of(self, term: str) -> tuple[Integers, Integers]:
        """The rows of `term` and its counts there; both empty for an unknown one."""
        number = self.terms.number(term)
        if number is None:
            return _NOTHING, _NOTHING
        start, end = self.offsets[number], self.offsets[number + 1]
        return self.rows[start:end], self.counts[start:end]

    def read_ahead(self, terms: Iterable[str]) -> None:
        """Have what there is of these terms read from the disk at once, rather than page by page."""
        for term in terms:
            number = self.terms.number(term)
            if number is not None:
                for array in (self.rows, self.counts):
                    read_ahead(array, int(self.offsets[number]), int(self.offsets[number + 1]))

    def held(self, term: str) -> int:
        """How many rows hold the term."""
        number = self.terms.number(term)
        return 0 if number is None else int(self.offsets[number + 1] - self.offsets[number])

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield ranges of term numbers that have about BLOCK postings each, or one term with more."""
        return blocks(self.offsets, BLOCK)

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.terms.save(folder)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def open(cls, folder: Path) -> Postings:
        """Raise OSError or ValueError where the files are missing or damaged."""
        return cls(Terms.open(folder), *(load_array(folder / f"{name}.npy") for name in _ARRAYS))


class PostingsCounter:
    """Gathers the tokens of one row after another, in memory."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._number_of = array.array("i")
        self._tokens_of_row = array.array("i")
        self._runs: list[str] = []
        self._characters = 0

    def __len__(self) -> int:
        """How many tokens there are, or some more: spaces between runs count, too."""
        return len(self._number_of) + self._characters

    def add(self, tokens: Iterable[str], runs: Sequence[str] = ()) -> None:
        """Add a row of tokens; the overlapping bigrams of the runs, which hold no space, are tokens, too."""
        before = len(self._number_of)
        self._number_of.extend(map(self._numbers.__getitem__, tokens))
        self._tokens_of_row.append(len(self._number_of) - before)
        self._runs.append(" ".join(runs))
        self._characters += len(self._runs[-1])

    def postings(self) -> Postings:
        size = len(self._tokens_of_row)
        words, word_of = Terms.of(list(self._numbers))
        pairs, pair_of, rows_of_pairs = _bigrams(self._runs)
        lists = [words, pairs]
        terms, places = Terms.merged(lists, [np.ones(len(some), np.bool_) for some in lists])
        numbers = [places[0][word_of[np.array(self._number_of, np.int32)]], places[1][pair_of]]
        rows = np.repeat(np.arange(size, dtype=np.int32), np.array(self._tokens_of_row, np.int32))
        rows = np.concatenate([rows, rows_of_pairs])
        lengths = np.bincount(rows, minlength=size).astype(np.int32)
        keys = np.concatenate(numbers).astype(np.int64) << _ROW_BITS | rows
        keys.sort()
        begins = np.flatnonzero(np.diff(keys, prepend=-1))
        keys, counts = keys[begins], np.diff(begins, append=len(keys))
        offsets = _offsets(np.bincount(keys >> _ROW_BITS, minlength=len(terms)))
        rows = (keys & _ROW).astype(np.int32)
        return Postings(terms, offsets, rows, counts.astype(_smallest(counts)), lengths)


def _bigrams(runs: Sequence[str]) -> tuple[Terms, Integers, Integers]:
    """Return the bigrams of rows of runs, and for each time that one occurs its number and the row.

    The runs of a row have spaces between.
    """
    text = np.frombuffer("\n".join(runs).encode("utf-32-le", "surrogatepass"), "<u4")
    ends_row = text == ord("\n")
    is_within = ~(ends_row | (text == ord(" ")))
    places = np.flatnonzero(is_within[:-1] & is_within[1:])
    pairs, which = np.unique(pairs_of(text[places], text[places + 1]), return_inverse=True)
    bigrams, numbers = Terms.of_pairs(pairs)
    return bigrams, numbers[which], np.cumsum(ends_row, dtype=np.int32)[places]


def merge(parts: Sequence[tuple[Postings, Integers]], size: int, folder: Path) -> None:
    """Write the postings of `size` rows, joined from parts, into `folder`.

    With each part come its rows' new numbers, ascending, -1 for a row that is dropped; no two parts have one
    in common. Memory is needed for the terms, and for a few times BLOCK postings.
    """
    folder.mkdir(exist_ok=True)
    held_by = []
    lengths = np.zeros(size, dtype=np.int32)
    highest = 0
    for postings, new_row in parts:
        dropped = new_row < 0
        held = np.diff(postings.offsets)
        left = partial(_take_away, held, postings, dropped)
        highest = max([highest, *side_by_side(left, postings.blocks())])
        held_by.append(held)
        lengths[new_row[~dropped]] = postings.lengths[~dropped]
    terms, places = Terms.merged([postings.terms for postings, _ in parts], [held > 0 for held in held_by])
    held = np.zeros(len(terms), dtype=np.int64)
    for some, place in zip(held_by, places, strict=True):
        held[place[some > 0]] += some[some > 0]
    offsets = _offsets(held)
    terms.save(folder)
    np.save(folder / "offsets.npy", offsets)
    np.save(folder / "lengths.npy", lengths)
    rows_file = ArrayWriter(folder / "rows.npy", int(offsets[-1]), np.int32)
    counts_file = ArrayWriter(folder / "counts.npy", int(offsets[-1]), np.min_scalar_type(highest))
    for rows, counts in side_by_side(partial(_joined, parts, places), blocks(offsets, BLOCK)):
        rows_file.append(rows)
        counts_file.append(counts)
        for postings, _ in parts:
            let_go(postings.rows, postings.counts)
    rows_file.close()
    counts_file.close()


def blocks(offsets: Integers, size: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of places between which `offsets` grow by about `size`, or over one place by more."""
    first, last = 0, len(offsets) - 1
    while first < last:
        end = int(np.searchsorted(offsets, offsets[first] + size, "right")) - 1
        end = min(max(end, first + 1), last)
        yield first, end
        first = end


def _take_away(
    held: Integers, postings: Postings, dropped: npt.NDArray[np.bool_], block: tuple[int, int]
) -> int:
    """Take dropped rows from how many each term of a block is `held` by; return the highest count left."""
    first, end = block
    start, stop = postings.offsets[first], postings.offsets[end]
    counts, rows = postings.counts[start:stop], postings.rows[start:stop]
    least, most = np.flatnonzero(dropped)[[0, -1]] if dropped.any() else (0, -1)
    near = np.flatnonzero((rows >= least) & (rows <= most))  # far faster than to look up each
    if len(gone := near[dropped[rows[near]]]):
        terms_gone = postings.offsets[first:end].searchsorted(gone + start, "right") - 1
        held[first:end] -= np.bincount(terms_gone, minlength=end - first)
        counts = np.delete(counts, gone)
    highest = int(counts.max(initial=0))
    let_go(postings.rows, postings.counts)
    return highest


def _joined(
    parts: Sequence[tuple[Postings, Integers]], places: Sequence[Integers], block: tuple[int, int]
) -> tuple[Integers, Integers]:
    """Return the rows and counts of a block of merged terms, by term and row."""
    moved = [_moved(*part, place, *block) for part, place in zip(parts, places, strict=True)]
    # What is small is put into what is large.
    large, *others = sorted(moved, key=lambda part: -len(part.rows))
    rows, counts = large.rows, large.counts
    if any(len(part.rows) for part in others):
        keys = np.concatenate([part.keys() for part in others])
        added = np.concatenate([part.counts for part in others])
        order = np.argsort(keys, kind="stable")  # fast where a few sorted parts follow one another
        keys, added = keys[order], added[order]
        at = large.places_for(keys)
        rows = np.insert(rows, at, keys & _ROW)
        counts = np.insert(counts.astype(np.promote_types(counts.dtype, added.dtype)), at, added)
    return rows, counts


class _Moved(NamedTuple):
    """Postings of a part, moved: of term `terms[i]` those from `offsets[i]` to `offsets[i + 1]`.

    Several may have the same number, of which all but the first have no postings.
    """

    terms: Integers
    offsets: Integers
    rows: Integers
    counts: Integers

    def keys(self) -> Integers:
        """Return each posting's term and row as a number; they ascend."""
        return _keys(self.terms, np.diff(self.offsets), self.rows)

    def places_for(self, keys: Integers) -> Integers:
        """Return where postings with these ascending keys belong."""
        terms = keys >> _ROW_BITS
        ends = self.offsets[self.terms.searchsorted(terms, "right")]
        # Only terms that both have are looked into.
        asked = np.flatnonzero(np.isin(self.terms, terms))
        starts, lengths = self.offsets[asked], np.diff(self.offsets)[asked]
        within = places_in(starts, lengths)
        own = np.append(_keys(self.terms[asked], lengths, self.rows[within]), _HIGHEST)
        near = own.searchsorted(keys)
        return np.where(own[near] >> _ROW_BITS == terms, np.append(within, 0)[near], ends)


def _keys(terms: Integers, held: Integers, rows: Integers) -> Integers:
    """Return terms, which hold so many of the rows each, and rows as numbers in the order of both."""
    keys: Integers = np.repeat(terms.astype(np.int64) << _ROW_BITS, held)
    keys |= rows
    return keys


def _moved(postings: Postings, new_row: Integers, place: Integers, first: int, end: int) -> _Moved:
    """Return the postings of the merged terms from `first` to `end` that stay."""
    start, stop = place.searchsorted((first, end))
    offsets = postings.offsets[start : stop + 1]
    rows = new_row[postings.rows[offsets[0] : offsets[-1]]]
    counts = postings.counts[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    if len(gone := np.flatnonzero(rows < 0)):
        rows, counts = np.delete(rows, gone), np.delete(counts, gone)
        offsets -= gone.searchsorted(offsets)
    return _Moved(place[start:stop], offsets, rows, counts)


def _smallest(counts: Integers) -> np.dtype[np.unsignedinteger]:
    return np.min_scalar_type(int(counts.max(initial=0)))


def _offsets(held: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(held)])
