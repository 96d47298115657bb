"""A list of terms on the disk, each with a number: its place in the order of their hashes.

By that order whole lists are looked up and merged as arrays, without a Python dict of millions. A term is
known by its hash of 64 bits: that any two of ten million terms share one has a chance of 1 in 400,000, and
then they count as one term.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from retrieval.arrays import load_array, places_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.arrays import Integers

    Hashes = npt.NDArray[np.uint64]

_COPIED = 1 << 18  # texts at a time
_HASHES, _ENDS, _TEXTS = "hashes.npy", "ends.npy", "texts.npy"


@dataclass(frozen=True, slots=True)
class Terms:
    """Term number t is `texts[ends[t - 1]:ends[t]]` in UTF-8, and `hashes` ascend."""

    hashes: Hashes
    ends: Integers
    texts: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, terms: Sequence[str]) -> tuple[Terms, Integers]:
        """Return the list of terms, all different, and the number of each of them there."""
        texts = [_encoded(term) for term in terms]
        hashes = np.fromiter(map(_hash, texts), dtype=np.uint64, count=len(texts))
        ordered, first, numbers = np.unique(hashes, return_index=True, return_inverse=True)
        return cls(ordered, *_joined([texts[place] for place in first.tolist()])), numbers

    @classmethod
    def merged(cls, lists: Sequence[Terms]) -> tuple[Terms, list[Integers]]:
        """Return the terms of all lists, and for each list the numbers of its terms among them."""
        hashes = np.concatenate([np.empty(0, np.uint64), *(terms.hashes for terms in lists)])
        hashes.sort(kind="stable")  # fast where a few sorted lists follow one another
        hashes = hashes[np.diff(hashes, prepend=~hashes[:1]) != 0]
        places: list[Integers] = [np.searchsorted(hashes, terms.hashes) for terms in lists]
        lengths = np.zeros(len(hashes), np.int64)
        for terms, place in zip(lists, places, strict=True):
            lengths[place] = terms.lengths
        ends = np.cumsum(lengths)
        texts = np.empty(ends[-1] if len(ends) else 0, np.uint8)
        missing = np.ones(len(hashes), np.bool_)
        for terms, place in zip(lists, places, strict=True):
            for numbers, length, pieces in terms._pieces(np.flatnonzero(missing[place])):  # noqa: SLF001 - its own
                texts[places_in(ends[place[numbers]] - length, length)] = pieces
            missing[place] = False
        return cls(hashes, ends, texts), places

    def without(self, unused: npt.NDArray[np.bool_]) -> Terms:
        """Return the terms but for the `unused` ones."""
        if not unused.any():
            return self
        kept = np.flatnonzero(~unused)
        texts = [pieces for _, _, pieces in self._pieces(kept)]
        return Terms(
            self.hashes[kept], np.cumsum(self.lengths[kept]), np.concatenate([self.texts[:0], *texts])
        )

    def _pieces(self, numbers: Integers) -> Iterator[tuple[Integers, Integers, npt.NDArray[np.uint8]]]:
        """Yield some of the numbers at a time, the lengths of their texts, and these one behind another."""
        lengths = self.lengths[numbers]
        for first in range(0, len(numbers), _COPIED):
            some, length = numbers[first : first + _COPIED], lengths[first : first + _COPIED]
            yield some, length, self.texts[places_in(self.ends[some] - length, length)]

    @property
    def lengths(self) -> Integers:
        """The bytes of each text."""
        return np.diff(self.ends, prepend=0)

    def __len__(self) -> int:
        return len(self.hashes)

    def __iter__(self) -> Iterator[str]:
        """Yield the terms in the order of their numbers."""
        texts, start = self.texts.tobytes(), 0
        for end in self.ends.tolist():
            yield _decoded(texts[start:end])
            start = end

    def __contains__(self, term: str) -> bool:
        return self.number(term) is not None

    def number(self, term: str) -> int | None:
        """Return the number of a term, None for one that is not in the list."""
        sought = np.uint64(hash_of(term))
        place = int(self.hashes.searchsorted(sought))
        return place if place < len(self.hashes) and self.hashes[place] == sought else None

    def text(self, number: int) -> str:
        start = self.ends[number - 1] if number else 0
        return _decoded(self.texts[start : self.ends[number]].tobytes())

    def save(self, folder: Path) -> None:
        for name, part in ((_HASHES, self.hashes), (_ENDS, self.ends), (_TEXTS, self.texts)):
            np.save(folder / name, part)

    @classmethod
    def open(cls, folder: Path) -> Terms:
        """Raise OSError or ValueError where the files are missing or damaged."""
        return cls(*(load_array(folder / name) for name in (_HASHES, _ENDS, _TEXTS)))


def hash_of(term: str) -> int:
    """Return what a term is known by."""
    return _hash(_encoded(term))


def held_in(hashes: Hashes, ascending: Hashes) -> npt.NDArray[np.bool_]:
    """Say of each of `hashes` whether it is among `ascending` ones."""
    if not len(ascending):
        return np.zeros(len(hashes), np.bool_)
    places = np.minimum(np.searchsorted(ascending, hashes), len(ascending) - 1)
    return np.asarray(ascending[places] == hashes)


def _hash(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _encoded(term: str) -> bytes:
    return term.encode(errors="surrogatepass")


def _decoded(text: bytes) -> str:
    return text.decode(errors="surrogatepass")


def _joined(texts: Iterable[bytes]) -> tuple[Integers, npt.NDArray[np.uint8]]:
    texts = list(texts)
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    return ends, np.frombuffer(b"".join(texts), dtype=np.uint8)
