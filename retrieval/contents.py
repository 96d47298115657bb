"""Reads a folder of documents into the next Snapshot's rows; what has not changed comes from the last.

Workers read the files, several at a time; the rows are in the order of the files all the same.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from retrieval.documents import find_files, ocr
from retrieval.errors import DocumentError
from retrieval.isolation import LimitError, Limits, WorkerError, Workers
from retrieval.postings import PostingsCounter
from retrieval.rows import FileRows, ReadRows
from retrieval.snapshot import PICTURES, RefusedFile, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.isolation import Json
    from retrieval.snapshot import Snapshot

_MOST_WORKERS = 8  # each may need as much memory as the limits say
_LONGER = 4  # times, where each page may be an image to read


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files are through; `path` is the next one."""

    done: int
    total: int
    path: str


@dataclass(slots=True)
class Content:
    """The rows of the next Snapshot, and where they are from."""

    records: list[bytes] = field(default_factory=list)
    counter: PostingsCounter = field(default_factory=PostingsCounter)
    files: list[SourceFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    skipped: list[DocumentError] = field(default_factory=list)
    read: int = 0
    unchanged: int = 0
    removed: int = 0
    newly_refused: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.read or self.removed or self.newly_refused)

    def add(self, path: str, status: os.stat_result, found: FileRows) -> None:
        """Add the rows of a file that was read."""
        start = len(self.records)
        for record, counts in found.rows:
            self.counter.add(len(self.records), counts)
            self.records.append(record)
        end = len(self.records)
        self.files.append(SourceFile(path, status.st_size, status.st_mtime_ns, start, end, found.remarks))
        self.read += 1

    def take(self, file: SourceFile, old: Snapshot, new_row: npt.NDArray[np.int64]) -> None:
        """Take the rows of an unchanged file over from the `old` Snapshot."""
        start = len(self.records)
        end = start + file.end - file.start
        new_row[file.start : file.end] = np.arange(start, end)
        self.records += map(old.record, range(file.start, file.end))
        self.files.append(replace(file, start=start, end=end))
        self.unchanged += 1

    def refuse(self, file: RefusedFile, *, newly: bool) -> None:
        """Skip a file, now and until it changes."""
        self.refused.append(file)
        self.skipped.append(DocumentError(file.path, file.reason))
        self.newly_refused += newly


def collect(  # noqa: PLR0913 - what a build is made of
    documents: Path,
    old: Snapshot | None,
    folder: Path,
    progress: Callable[[Progress], None] | None,
    limits: Limits | None = None,
    *,
    recognised: Path | None = None,
) -> Content:
    """Read what is new or changed, and take the rest over from the `old` Snapshot.

    `folder` is the next Snapshot's: its dictionary is there, its new pictures are stored there. In the folder
    `recognised` the text that was read in images outlives Snapshots.
    """
    content = Content()
    known = {file.path: file for file in old.files} if old else {}
    refused = {file.path: file for file in old.refused} if old else {}
    new_row = np.full(old.paragraphs if old else 0, -1)
    paths = find_files(documents)
    states = {path: _status(documents / path) for path in paths}

    def is_known(path: str) -> bool:
        before, now = known.get(path) or refused.get(path), states[path]
        return bool(before and now and (before.size, before.changed) == (now.st_size, now.st_mtime_ns))

    new = [path for path in paths if not is_known(path)]
    work = ReadRows(documents, folder, folder / PICTURES, recognised)
    writable = [folder, *([recognised] if recognised else [])]
    with Workers(work, _workers(len(new)), writable=writable, limits=_limits(limits)) as workers:
        results = workers.map(new)
        for done, path in enumerate(paths):
            if progress:
                progress(Progress(done, len(paths), _told(path)))
            if not is_known(path):
                _add(content, path, states[path], next(results))
            elif old and path in known:
                content.take(known[path], old, new_row)
            else:
                content.refuse(refused[path], newly=False)
    content.removed = len(known.keys() - {file.path for file in content.files})
    if old:
        content.counter.take(old.searcher.paragraphs.postings, new_row)
    if progress:
        progress(Progress(len(paths), len(paths), ""))
    return content


def is_unchanged(documents: Path, old: Snapshot) -> bool:
    """Whether the folder holds the files that the `old` Snapshot was made of, and no others."""
    known = {file.path: (file.size, file.changed) for file in old.files}
    known |= {file.path: (file.size, file.changed) for file in old.refused}
    found = {path: _status(documents / path) for path in find_files(documents)}
    return known == {path: status and (status.st_size, status.st_mtime_ns) for path, status in found.items()}


def _add(content: Content, path: str, status: os.stat_result | None, result: Future[list[Json]]) -> None:
    """Add the rows of one file, or say why it is skipped."""
    try:
        found = FileRows.of(result.result())
    except LimitError as error:
        if status:
            refused = RefusedFile(_told(path), status.st_size, status.st_mtime_ns, str(error))
            content.refuse(refused, newly=True)
    except WorkerError as error:
        content.skipped.append(DocumentError(_told(path), str(error)))
    else:
        if status:
            content.add(path, status, found)


def _told(path: str) -> str:
    """Return a path as it can be shown and stored: one that is no UTF-8 has question marks instead."""
    return path.encode(errors="replace").decode()


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None  # reading says why


def _limits(given: Limits | None) -> Limits:
    """Return a worker's limits; one that may read images needs more memory, and time for a whole book."""
    limits = given or Limits()
    if not ocr.identity():
        return limits
    return replace(limits, longest=limits.longest * _LONGER, memory=limits.memory + ocr.ROOM)


def _workers(files: int) -> int:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_WORKERS, processors, files))
