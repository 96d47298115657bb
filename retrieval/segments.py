"""Rows of paragraphs as they are kept on the disk, in parts that are merged into one.

While documents are read, one Segment after another is written, each of what memory holds well. The next
Snapshot is merged from them and from what stays of the last one, which is a Segment too.
"""

from __future__ import annotations

import array
import json
import mmap
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.arrays import load_array
from retrieval.disk import sync
from retrieval.encoding import decode_texts
from retrieval.plain import folded
from retrieval.postings import Postings, PostingsCounter, merge

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.arrays import Integers
    from retrieval.encoding import Row

RECORDS = "paragraphs.jsonl"
CHARACTERS = "characters.json"
TERMS, METRICS = "terms", "metrics"
_OFFSETS, _IDS, _DOCUMENT_OF = "offsets.npy", "ids.npy", "document_of.npy"
_FILES = "files.json"
_COPIED = 1 << 24  # bytes at a time


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the documents' folder as it was read; its paragraphs are the rows `start` to `end`.

    `remarks` say what of it was left out, and why. `pictures` are the keys of its images.
    """

    path: str
    size: int
    changed: int  # modification time in nanoseconds
    start: int
    end: int
    figures: int
    pictures: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, fields: dict[str, Any]) -> SourceFile:
        """Return what `fields` has told."""
        return cls(**{**fields, "pictures": tuple(fields["pictures"]), "remarks": tuple(fields["remarks"])})

    def at(self, start: int) -> SourceFile:
        """Return it with its rows from `start` on."""
        if start == self.start:
            return self
        end = start + self.end - self.start
        return SourceFile(
            self.path, self.size, self.changed, start, end, self.figures, self.pictures, self.remarks
        )

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Segment:
    """Row r is `records[offsets[r]:offsets[r + 1]]`, of document `document_of[r]`, from 0, in order.

    `ids` are the paragraphs' ids as numbers. `terms` find the rows, `metrics` those with figures of a metric;
    `characters` says how many rows hold each. `files` are in the order of their rows.
    """

    records: mmap.mmap | bytes
    offsets: Integers
    ids: Integers
    document_of: Integers
    terms: Postings
    metrics: Postings
    characters: Counter[str]
    files: tuple[SourceFile, ...]

    @classmethod
    def open(cls, folder: Path, files: Iterable[SourceFile] | None = None) -> Segment:
        """Open what a SegmentWriter or `merge_into` has written; the latter is told its `files`.

        Raise OSError, ValueError, LookupError or TypeError where it is missing or damaged.
        """
        if files is None:
            files = map(SourceFile.of, json.loads((folder / _FILES).read_text(encoding="utf-8")))
        return cls(
            _map(folder / RECORDS),
            load_array(folder / _OFFSETS),
            load_array(folder / _IDS),
            load_array(folder / _DOCUMENT_OF),
            Postings.open(folder / TERMS),
            Postings.open(folder / METRICS),
            Counter(json.loads((folder / CHARACTERS).read_text(encoding="utf-8"))),
            tuple(files),
        )

    @property
    def rows(self) -> int:
        return len(self.ids)

    def record(self, row: int) -> bytes:
        """The record of the paragraph of `row`."""
        return bytes(self.records[self.offsets[row] : self.offsets[row + 1]])


class SegmentWriter:
    """Writes a Segment to a new folder, file by file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.files: list[SourceFile] = []
        self._records = (folder / RECORDS).open("wb")
        self._offsets = array.array("q", [0])
        self._ids = array.array("q")
        self._document_of = array.array("i")
        self._terms, self._metrics = PostingsCounter(), PostingsCounter()
        self._characters: list[str] = []

    @property
    def tokens(self) -> int:
        """How many tokens it has so far, or some more."""
        return len(self._terms)

    def add(
        self, path: str, status: os.stat_result, rows: Iterable[Row], remarks: tuple[str, ...] = ()
    ) -> None:
        """Add a file with its rows."""
        start, figures = len(self._ids), 0
        pictures: dict[str, None] = {}
        articles: dict[int, int] = {}
        first = self._document_of[-1] + 1 if self._document_of else 0
        for row in rows:
            self._records.write(row.record)
            self._offsets.append(self._offsets[-1] + len(row.record))
            self._ids.append(number_of(row.id))
            self._document_of.append(first + articles.setdefault(row.article, len(articles)))
            self._terms.add(row.words, row.runs)
            self._metrics.add(row.metrics)
            self._characters.append(row.characters)
            figures += row.figures
            pictures |= dict.fromkeys(row.pictures)
        end = len(self._ids)
        self.files.append(
            SourceFile(
                path, status.st_size, status.st_mtime_ns, start, end, figures, tuple(pictures), remarks
            )
        )

    def abandon(self) -> None:
        """Leave the Segment unwritten."""
        self._records.close()

    def close(self) -> Segment:
        """Write what is in memory, the list of files last."""
        self._records.close()
        np.save(self.folder / _OFFSETS, np.array(self._offsets))
        np.save(self.folder / _IDS, np.array(self._ids))
        np.save(self.folder / _DOCUMENT_OF, np.array(self._document_of, dtype=np.int32))
        self._terms.postings().save(self.folder / TERMS)
        self._metrics.postings().save(self.folder / METRICS)
        _save_characters(_counted_at_once(self._characters), self.folder)
        for path in [*self.folder.rglob("*"), self.folder]:
            sync(path)  # before it counts as written
        listed = json.dumps([file.fields() for file in self.files])
        beside = self.folder / f"{_FILES}.new"
        beside.write_text(listed, encoding="utf-8")
        sync(beside)
        beside.replace(self.folder / _FILES)
        return Segment.open(self.folder)


def merge_into(folder: Path, files: Sequence[tuple[Segment, SourceFile]]) -> tuple[SourceFile, ...]:
    """Write into `folder` one Segment of these files of others; return them as they are there."""
    pieces = _pieces(files)
    new_row = {id(segment): np.full(segment.rows, -1, dtype=np.int32) for segment, _, _ in pieces}
    size = 0
    for segment, start, end in pieces:
        new_row[id(segment)][start:end] = np.arange(size, size + end - start)
        size += end - start
    segments = {id(segment): segment for segment, _, _ in pieces}
    moved = [(segment, new_row[key]) for key, segment in segments.items()]
    with ThreadPoolExecutor(1) as beside:
        rows_are_written = beside.submit(_write_rows, folder, pieces)
        merge([(segment.terms, rows) for segment, rows in moved], size, folder / TERMS)
        merge([(segment.metrics, rows) for segment, rows in moved], size, folder / METRICS)
        rows_are_written.result()
    characters: Counter[str] = Counter()
    for segment, rows in moved:
        characters.update(_counted(segment, rows >= 0))
    _save_characters(characters, folder)
    placed, row = [], 0
    for _, file in files:
        placed.append(file.at(row))
        row = placed[-1].end
    return tuple(placed)


def number_of(paragraph_id: str) -> int:
    return int.from_bytes(blake2b(paragraph_id.encode(), digest_size=7).digest())


def _pieces(files: Sequence[tuple[Segment, SourceFile]]) -> list[tuple[Segment, int, int]]:
    """Return ranges of rows, of files that follow one another in one Segment as one."""
    pieces: list[tuple[Segment, int, int]] = []
    for segment, file in files:
        if pieces and pieces[-1][0] is segment and pieces[-1][2] == file.start:
            pieces[-1] = (segment, pieces[-1][1], file.end)
        else:
            pieces.append((segment, file.start, file.end))
    return pieces


def _write_rows(folder: Path, pieces: Sequence[tuple[Segment, int, int]]) -> None:
    lengths: list[Integers] = [np.zeros(1, np.int64)]
    ids: list[Integers] = [np.empty(0, np.int64)]
    starts: list[npt.NDArray[np.bool_]] = [np.empty(0, np.bool_)]
    with (folder / RECORDS).open("wb") as records:
        for segment, start, end in pieces:
            first, last = int(segment.offsets[start]), int(segment.offsets[end])
            stored = memoryview(segment.records)  # its slices are no copies
            for place in range(first, last, _COPIED):
                records.write(stored[place : min(place + _COPIED, last)])
            lengths.append(np.diff(segment.offsets[start : end + 1]))
            ids.append(segment.ids[start:end])
            starts.append(np.diff(segment.document_of[start:end], prepend=-1) != 0)
    np.save(folder / _OFFSETS, np.cumsum(np.concatenate(lengths)))
    np.save(folder / _IDS, np.concatenate(ids))
    np.save(folder / _DOCUMENT_OF, (np.cumsum(np.concatenate(starts)) - 1).astype(np.int32))


def _counted(segment: Segment, stays: npt.NDArray[np.bool_]) -> Counter[str]:
    """Return how many of the rows that stay hold each character."""
    dropped = np.flatnonzero(~stays)
    if len(dropped) <= len(stays) // 2:
        return segment.characters - _characters_of(segment, dropped)
    return _characters_of(segment, np.flatnonzero(stays))


def _characters_of(segment: Segment, rows: Integers) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in rows.tolist():
        counted.update(set(folded("".join(decode_texts(segment.record(row))))))
    return counted


def _counted_at_once(rows: Iterable[str]) -> Counter[str]:
    """Return how often each character occurs."""
    text = np.frombuffer("".join(rows).encode("utf-32-le", "surrogatepass"), "<u4")
    numbers, counts = np.unique(text, return_counts=True)
    return Counter(dict(zip(map(chr, numbers.tolist()), counts.tolist(), strict=True)))


def _save_characters(characters: Counter[str], folder: Path) -> None:
    (folder / CHARACTERS).write_text(
        json.dumps(dict(sorted(characters.items())), ensure_ascii=False), encoding="utf-8"
    )


def _map(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
