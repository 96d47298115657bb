"""Arrays on the disk, and ranges of them."""

from __future__ import annotations

import mmap
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    import numpy.typing as npt

    Integers = npt.NDArray[np.integer]
    Floats = npt.NDArray[np.float64]

T = TypeVar("T")
U = TypeVar("U")

_THREADS = 2
_SMALL = 1 << 18  # bytes


def load_array(path: Path) -> npt.NDArray[Any]:
    """Map a saved array into memory. Raise OSError or ValueError where it is missing or damaged.

    A small one is read, so that it takes no file descriptor.
    """
    try:
        loaded = np.load(path, mmap_mode="r" if path.stat().st_size > _SMALL else None)
    except EOFError as error:
        raise ValueError(f"{path} is empty") from error
    # A plain view of the mapped memory: numpy's memmap class makes every slice slow.
    array = np.asarray(loaded)
    array.flags.writeable = False
    return array


def let_go(*arrays: npt.NDArray[Any]) -> None:
    """Drop what was read of mapped arrays from this process's memory; the next look reads it again."""
    for array in arrays:
        if (mapping := _mapping_of(array)) is not None:
            mapping.madvise(mmap.MADV_DONTNEED)


def read_ahead(array: npt.NDArray[Any], start: int, end: int) -> None:
    """Have the system begin to read a part of a whole mapped array; nobody waits for it."""
    mapping = _mapping_of(array)
    if mapping is not None and start < end:
        first = len(mapping) - array.nbytes + start * array.itemsize
        page = first - first % mmap.PAGESIZE
        with suppress(OSError):  # it is advice
            mapping.madvise(mmap.MADV_WILLNEED, page, first - page + (end - start) * array.itemsize)


def _mapping_of(array: npt.NDArray[Any]) -> mmap.mmap | None:
    owner: Any = array
    while owner is not None and not isinstance(owner, mmap.mmap):
        owner = getattr(owner, "base", None)
    return owner


class ArrayWriter:
    """Writes one array of a known length to a file, a piece at a time."""

    def __init__(self, path: Path, length: int, kind: npt.DTypeLike) -> None:
        self._kind = np.dtype(kind)
        self._file = path.open("wb")
        described = {"descr": self._kind.str, "fortran_order": False, "shape": (length,)}
        np.lib.format.write_array_header_1_0(self._file, described)

    def append(self, piece: npt.NDArray[Any]) -> None:
        self._file.write(np.ascontiguousarray(piece, dtype=self._kind).data)

    def close(self) -> None:
        self._file.close()


def side_by_side(work: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
    """Yield what `work` makes of each item, in order; threads are some items ahead.

    On large arrays numpy works without Python's lock.
    """
    with ThreadPoolExecutor(_THREADS) as threads:
        under_way: deque[Future[U]] = deque()
        for item in items:
            under_way.append(threads.submit(work, item))
            if len(under_way) > _THREADS:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def places_in(starts: Integers, lengths: Integers) -> Integers:
    """Return the numbers of all ranges, each from its start on, one range behind the other."""
    ends = np.cumsum(lengths)
    if not len(ends):
        return np.empty(0, np.int64)
    places: Integers = np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)
    return places
