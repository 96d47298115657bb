"""A list of terms on the disk, each with a number: its place in the order of their hashes.

By that order whole lists are looked up and merged as arrays, without a Python dict of millions. A term is
known by its hash of 64 bits: that any two of ten million terms share one has a chance of 1 in 400,000, and
then they count as one term. No two of two characters, as most are, share one.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from retrieval.arrays import let_go, load_array, places_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.arrays import Integers

    Hashes = npt.NDArray[np.uint64]

_MERGED = 1 << 19  # terms at a time; larger arrays are slow to allocate
_COPIED = 1 << 18  # texts at a time
_LONG_RUN = 100  # bytes of texts in a row, from which they are copied faster as a whole
_SHIFT, _CHARACTER = 32, 2**32 - 1
_ALL = 2**64 - 1
_LONGER_FROM = (0x80, 0x800, 0x10000)  # characters that take a byte more in UTF-8
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
        hashes = np.fromiter(map(hash_of, terms), dtype=np.uint64, count=len(terms))
        ordered, first, numbers = np.unique(hashes, return_index=True, return_inverse=True)
        return cls(ordered, *_joined([_encoded(terms[place]) for place in first.tolist()])), numbers

    @classmethod
    def of_pairs(cls, pairs: Hashes) -> tuple[Terms, Integers]:
        """As `of`, for terms of two characters, which are given as `pairs_of` has them, all different."""
        hashes = _mixed(pairs)
        order = np.argsort(hashes)
        characters = np.stack([pairs >> _SHIFT, pairs & _CHARACTER], axis=1).astype("<u4")
        lengths = np.full(len(pairs), 2)
        for longer in _LONGER_FROM:
            lengths += (characters >= longer).sum(axis=1)
        texts = _encoded(characters.tobytes().decode("utf-32-le", "surrogatepass"))
        starts = np.cumsum(lengths) - lengths
        chosen = places_in(starts[order], lengths[order])
        numbers = np.empty(len(order), np.int64)
        numbers[order] = np.arange(len(order))
        return cls(hashes[order], np.cumsum(lengths[order]), np.frombuffer(texts, np.uint8)[chosen]), numbers

    @classmethod
    def merged(
        cls, lists: Sequence[Terms], used: Sequence[npt.NDArray[np.bool_]]
    ) -> tuple[Terms, list[Integers]]:
        """Return the `used` terms of all lists, and for each list the numbers of its terms among them.

        One that is not used has the number of the one before it among them, or -1.
        """
        places: list[Integers] = [np.empty(len(terms), np.int32) for terms in lists]
        merged = [cls.of([])[0]]
        size = 0
        count = 1 + sum(map(len, lists)) // _MERGED
        bounds = np.array([number * (2**64 // count) for number in range(1, count)], np.uint64)
        ranges = [pairwise([0, *terms.hashes.searchsorted(bounds).tolist(), len(terms)]) for terms in lists]
        for some in zip(*ranges, strict=True):
            parts = [terms._part(*ends) for terms, ends in zip(lists, some, strict=True)]  # noqa: SLF001 - its own
            part, numbers = _merged(
                parts, [kept[slice(*ends)] for kept, ends in zip(used, some, strict=True)]
            )
            for place, ends, found in zip(places, some, numbers, strict=True):
                place[slice(*ends)] = size + found
            merged.append(part)
            size += len(part)
            for terms in lists:
                let_go(terms.hashes, terms.ends, terms.texts)
        return _in_a_row(merged), places

    def _part(self, start: int, end: int) -> Terms:
        first, last = (int(self.ends[place - 1]) if place else 0 for place in (start, end))
        return Terms(self.hashes[start:end], self.ends[start:end] - first, self.texts[first:last])

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

    def texts_of(self, numbers: Integers) -> Iterator[str]:
        """As `text`, for many."""
        ends = self.ends[numbers]
        starts = np.where(numbers, self.ends[numbers - 1], 0)
        stored = self.texts.data
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield _decoded(stored[start:end])

    def save(self, folder: Path) -> None:
        for name, part in ((_HASHES, self.hashes), (_ENDS, self.ends), (_TEXTS, self.texts)):
            np.save(folder / name, part)

    @classmethod
    def open(cls, folder: Path) -> Terms:
        """Raise OSError or ValueError where the files are missing or damaged."""
        return cls(*(load_array(folder / name) for name in (_HASHES, _ENDS, _TEXTS)))


def hash_of(term: str) -> int:
    """Return what a term is known by."""
    if len(term) == 2:  # as `of_pairs` does for many at once
        first, second = map(ord, term)
        return _mixed(first << _SHIFT | second)
    return int.from_bytes(blake2b(_encoded(term), digest_size=8).digest())


def pairs_of(first: Integers, second: Integers) -> Hashes:
    """Return each character and the one after it as a number."""
    return first.astype(np.uint64) << np.uint64(_SHIFT) | second.astype(np.uint64)


def held_in(hashes: Hashes, ascending: Hashes) -> npt.NDArray[np.bool_]:
    """Say of each of `hashes` whether it is among `ascending` ones."""
    if not len(ascending):
        return np.zeros(len(hashes), np.bool_)
    places = np.minimum(np.searchsorted(ascending, hashes), len(ascending) - 1)
    return np.asarray(ascending[places] == hashes)


def in_one_only(some: Hashes, others: Hashes) -> Hashes:
    """Return the hashes that are in one of two lists and not in both; all ascend, and no list has one twice.

    numpy's `setxor1d` takes longer: it does not see that the lists are sorted.
    """
    both = np.concatenate([some, others])
    both.sort(kind="stable")
    differs = both[1:] != both[:-1]
    return both[np.append(True, differs) & np.append(differs, True)] if len(both) else both


@overload
def _mixed(numbers: int) -> int: ...


@overload
def _mixed(numbers: Hashes) -> Hashes: ...


def _mixed(numbers: Any) -> Any:
    """Return numbers of 64 bits for such numbers, one for one: the finalizer of SplitMix64 (Steele, 2014)."""
    mixed = (numbers ^ (numbers >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _ALL
    return mixed ^ (mixed >> 31)


def _encoded(term: str) -> bytes:
    return term.encode(errors="surrogatepass")


def _decoded(text: bytes | memoryview) -> str:
    return str(text, "utf-8", "surrogatepass")


def _merged(lists: Sequence[Terms], used: Sequence[npt.NDArray[np.bool_]]) -> tuple[Terms, list[Integers]]:
    """Return what `Terms.merged` does."""
    hashes = np.concatenate([terms.hashes[kept] for terms, kept in zip(lists, used, strict=True)])
    order = np.argsort(hashes, kind="stable")  # fast where a few sorted lists follow one another
    hashes = hashes[order]
    is_first = np.diff(hashes, prepend=~hashes[:1]) != 0
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(is_first) - 1
    places: list[Integers] = []
    for kept in used:
        own, numbers = np.split(numbers, [np.count_nonzero(kept)])
        places.append(np.append(own, -1)[np.cumsum(kept) - 1])
    return Terms(hashes[is_first], *_selected(lists, used, order[is_first])), places


def _in_a_row(parts: Sequence[Terms]) -> Terms:
    """Join lists of which each has higher hashes than the one before."""
    sizes = np.cumsum([0, *(len(part.texts) for part in parts)])
    return Terms(
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.ends + before for part, before in zip(parts, sizes, strict=False)]),
        np.concatenate([part.texts for part in parts]),
    )


def _selected(
    lists: Sequence[Terms], used: Sequence[npt.NDArray[np.bool_]], chosen: Integers
) -> tuple[Integers, npt.NDArray[np.uint8]]:
    """Return the ends and the texts of the terms at the places `chosen` of the used ones of all lists."""
    texts = np.concatenate([np.empty(0, np.uint8), *(terms.texts for terms in lists)])
    base = 0
    starts: list[Integers] = [np.empty(0, np.int64)]
    lengths: list[Integers] = [np.empty(0, np.int64)]
    for terms, kept in zip(lists, used, strict=True):
        lengths.append(terms.lengths[kept])
        starts.append(base + terms.ends[kept] - lengths[-1])
        base += len(terms.texts)
    start, length = np.concatenate(starts)[chosen], np.concatenate(lengths)[chosen]
    pieces = [texts[:0]]
    for first in range(0, len(chosen), _COPIED):
        runs, sizes = _runs(start[first : first + _COPIED], length[first : first + _COPIED])
        if len(runs) * _LONG_RUN < sizes.sum():
            ends = (runs + sizes).tolist()
            pieces += [texts[begin:end] for begin, end in zip(runs.tolist(), ends, strict=True)]
        else:
            pieces.append(texts[places_in(runs, sizes)])
    return np.cumsum(length), np.concatenate(pieces)


def _runs(starts: Integers, lengths: Integers) -> tuple[Integers, Integers]:
    """Return ranges with those joined that follow one another without a gap."""
    begins = np.flatnonzero(np.append(True, starts[1:] != starts[:-1] + lengths[:-1]))
    return starts[begins], np.add.reduceat(lengths, begins)


def _joined(texts: Iterable[bytes]) -> tuple[Integers, npt.NDArray[np.uint8]]:
    texts = list(texts)
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    return ends, np.frombuffer(b"".join(texts), dtype=np.uint8)
