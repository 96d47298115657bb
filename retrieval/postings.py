"""Postings: for each term the rows it stands in, and how often. They count, and know nothing of scores.

Four files hold them: the terms as a trie (a term's number is its place in the others), the offsets of each
term's part in `rows` and `counts`, and these two. All are mapped into memory, so opening is instant.
"""

from __future__ import annotations

import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import marisa_trie
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Integers = npt.NDArray[np.integer]

_TERMS = "terms.marisa"
_ARRAYS = ("offsets", "rows", "counts", "lengths")
_NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Postings:
    """Term number t stands in `rows[offsets[t]:offsets[t + 1]]`, ascending, as often as `counts` says there.

    `lengths` are the tokens of each row; a row without tokens has length 0 and no postings.
    """

    terms: marisa_trie.Trie
    offsets: Integers
    rows: Integers
    counts: Integers
    lengths: Integers

    @classmethod
    def count(cls, corpus: Iterable[Sequence[str]]) -> Postings:
        """Count the tokens of each row of `corpus`."""
        counter = PostingsCounter()
        for row, tokens in enumerate(corpus):
            counter.add(row, Counter(tokens))
        return counter.postings()

    def of(self, term: str) -> tuple[Integers, Integers]:
        """The rows of `term` and its counts there; both empty for an unknown one."""
        number = self.terms.get(term)
        if number is None:
            return _NOTHING, _NOTHING
        start, end = self.offsets[number], self.offsets[number + 1]
        return self.rows[start:end], self.counts[start:end]

    def grouped(self, group_of: Integers) -> Postings:
        """The postings of groups of rows: row r counts for group `group_of[r]`; the terms stay the same."""
        groups = int(group_of.max(initial=0)) + 1
        term_of = np.repeat(np.arange(len(self.terms)), np.diff(self.offsets))
        pairs, place = np.unique(term_of * groups + group_of[self.rows], return_inverse=True)
        counts = np.bincount(place, weights=self.counts, minlength=len(pairs)).astype(np.int32)
        lengths = np.bincount(group_of, weights=self.lengths).astype(np.int32)
        term_of, rows = pairs // groups, (pairs % groups).astype(np.int32)
        return Postings(self.terms, _offsets(term_of, len(self.terms)), rows, counts, lengths)

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.terms.save(str(folder / _TERMS))
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def open(cls, folder: Path) -> Postings:
        """Raise OSError, ValueError or RuntimeError where the files are missing or damaged."""
        terms = marisa_trie.Trie()
        terms.mmap(str(folder / _TERMS))
        return cls(terms, *(load_array(folder / f"{name}.npy") for name in _ARRAYS))


class PostingsCounter:
    """Gathers postings row by row, counted from tokens or taken over from older postings."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._term_of = array.array("i")
        self._row_of = array.array("i")
        self._counts = array.array("i")
        self._size = 0

    def add(self, row: int, counts: Mapping[str, int]) -> None:
        """Note how often each token occurs in `row`, which has none yet."""
        self._size = max(self._size, row + 1)
        for token, occurrences in counts.items():
            self._term_of.append(self._numbers.setdefault(token, len(self._numbers)))
            self._row_of.append(row)
            self._counts.append(occurrences)

    def take(self, older: Postings, new_row: Integers) -> None:
        """Take over older rows: row r becomes `new_row[r]`, or is dropped where that is -1."""
        row_of = new_row[older.rows]
        stays = row_of >= 0
        older_term_of = np.repeat(np.arange(len(older.terms)), np.diff(older.offsets))[stays]
        number_of = np.zeros(len(older.terms), dtype=np.int32)
        for term in np.unique(older_term_of):
            number_of[term] = self._numbers.setdefault(older.terms.restore_key(int(term)), len(self._numbers))
        self._term_of.frombytes(number_of[older_term_of].tobytes())
        self._row_of.frombytes(row_of[stays].astype(np.int32).tobytes())
        self._counts.frombytes(np.asarray(older.counts)[stays].astype(np.int32).tobytes())
        self._size = max(self._size, int(new_row.max(initial=-1)) + 1)

    def postings(self) -> Postings:
        trie = marisa_trie.Trie(self._numbers)
        number_of = np.fromiter((trie[term] for term in self._numbers), dtype=np.int64, count=len(trie))
        numbers = number_of[np.array(self._term_of, dtype=np.int64)]
        rows, counts = np.array(self._row_of, dtype=np.int32), np.array(self._counts, dtype=np.int32)
        order = np.lexsort((rows, numbers))
        lengths = np.bincount(rows, weights=counts, minlength=self._size).astype(np.int32)
        return Postings(trie, _offsets(numbers, len(trie)), rows[order], counts[order], lengths)


def load_array(path: Path) -> npt.NDArray[Any]:
    """Map a saved array into memory. Raise OSError or ValueError where it is missing or damaged."""
    try:
        loaded = np.load(path, mmap_mode="r")
    except ValueError:
        loaded = np.load(path)  # an empty one cannot be mapped
    # A plain view of the mapped memory: numpy's memmap class makes every slice slow.
    return np.asarray(loaded)


def _offsets(term_of: Integers, terms: int) -> Integers:
    offsets = np.zeros(terms + 1, dtype=np.int64)
    np.cumsum(np.bincount(term_of, minlength=terms), out=offsets[1:])
    return offsets
