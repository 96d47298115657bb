"""Postings read row by row, which is how a cluster takes them, with little in memory whatever their size."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.arrays import Integers
    from retrieval.postings import Postings

_ROWS = 1 << 16  # whose postings are held at once
_NOTHING = np.empty((0, 3), dtype=np.int32)


def by_rows(
    postings: Postings, document_of: Integers, scratch: Path
) -> Iterator[tuple[int, int, dict[str, int]]]:
    """Yield each row with its document's number and how often it has each term, as `fill` takes them.

    The folder `scratch` has to have room for 12 bytes a posting. Raise OSError where it has not.
    """
    with TemporaryDirectory(dir=scratch) as name:
        parts = [Path(name) / str(first) for first in range(0, len(document_of), _ROWS)]
        _distribute(postings, parts)
        for number, part in enumerate(parts):
            first = number * _ROWS
            end = min(first + _ROWS, len(document_of))
            found = np.fromfile(part, dtype=np.int32).reshape(-1, 3) if part.exists() else _NOTHING
            found = found[np.argsort(found[:, 0], kind="stable")]
            borders = np.searchsorted(found[:, 0], np.arange(first, end + 1)).tolist()
            # The texts of the terms of all these rows, each once.
            numbers, place = np.unique(found[:, 1], return_inverse=True)
            texts = np.array([postings.terms.text(each) for each in numbers.tolist()], dtype=object)[place]
            for row, (start, stop) in enumerate(pairwise(borders), first):
                counts = dict(zip(texts[start:stop], found[start:stop, 2].tolist(), strict=True))
                yield row, int(document_of[row]), counts
            part.unlink(missing_ok=True)


def _distribute(postings: Postings, parts: list[Path]) -> None:
    """Write rows, terms' numbers and counts to the parts that the rows belong to."""
    for first, end in postings.blocks():
        start, stop = int(postings.offsets[first]), int(postings.offsets[end])
        terms = np.repeat(np.arange(first, end), np.diff(postings.offsets[first : end + 1]))
        block = np.stack([postings.rows[start:stop], terms, postings.counts[start:stop]], axis=1)
        block = block.astype(np.int32)
        part_of = block[:, 0] // _ROWS
        order = np.argsort(part_of, kind="stable")
        block = block[order]
        borders = np.searchsorted(part_of[order], np.arange(len(parts) + 1)).tolist()
        for part, (left, right) in zip(parts, pairwise(borders), strict=True):
            if left < right:
                with part.open("ab") as file:
                    file.write(block[left:right].tobytes())
