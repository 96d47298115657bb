from __future__ import annotations

import mmap
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.arrays import load_array, read_ahead, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 128  # bytes of a file before the array


class Noting(mmap.mmap):
    """Notes which bytes were asked for ahead, as one range."""

    asked: range

    def madvise(self, option: int, start: int = 0, length: int | None = None) -> None:
        super().madvise(option, start, len(self) if length is None else length)
        self.asked = range(start, start + (length or 0))


@given(size=st.integers(1, 5000), places=st.tuples(st.integers(0, 5000), st.integers(0, 5000)))
def test_a_part_that_is_read_ahead(size: int, places: tuple[int, int]) -> None:
    """All bytes of the part are asked for, and none that are pages away."""
    start, end = sorted(min(place, size) for place in places)
    mapping = Noting(-1, HEAD + 4 * size)
    mapping.asked = range(0)
    array = np.ndarray(size, np.int32, mapping, HEAD)
    read_ahead(array, start, end)
    if start == end:
        assert not mapping.asked
        return
    first, last = HEAD + 4 * start, HEAD + 4 * end
    assert mapping.asked.start <= first < mapping.asked.start + mmap.PAGESIZE
    assert mapping.asked.stop == last


def test_what_is_not_on_the_disk_needs_no_reading(tmp_path: Path) -> None:
    """An array in memory is left alone, and so is an empty file's."""
    read_ahead(np.arange(3), 0, 3)
    np.save(tmp_path / "none.npy", np.arange(0))
    read_ahead(load_array(tmp_path / "none.npy"), 0, 0)
    np.save(tmp_path / "some.npy", np.arange(3))
    array = load_array(tmp_path / "some.npy")
    read_ahead(array, 1, 3)
    assert array.tolist() == [0, 1, 2]


@given(items=st.lists(st.integers()))
def test_what_is_worked_on_side_by_side_keeps_its_order(items: list[int]) -> None:
    assert list(side_by_side(str, items)) == [str(item) for item in items]


def test_threads_are_only_some_items_ahead() -> None:
    """Of what never ends as much is worked on as is taken, and a little more; an error comes in its turn."""
    begun: list[int] = []

    def work(number: int) -> float:
        begun.append(number)
        return 6 / (5 - number)

    results = side_by_side(work, count())
    assert [next(results) for _ in range(5)] == [6 / 5, 6 / 4, 2, 3, 6]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert max(begun) < 10
