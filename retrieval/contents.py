"""Reads a folder of documents into the files of the next Snapshot; what has not changed comes from the last.

Workers read the files, several at a time. What they have read is written down in Segments now and again: a
build that is killed goes on from there, and one of any size needs little memory.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Self

from retrieval.documents import find_files, ocr
from retrieval.errors import DocumentError
from retrieval.isolation import LimitError, Limits, WorkerError, Workers
from retrieval.progress import Progress
from retrieval.rows import FileRows, ReadRows
from retrieval.segments import Segment, SegmentWriter, SourceFile
from retrieval.snapshot import PICTURES, RefusedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from retrieval.isolation import Json
    from retrieval.snapshot import Snapshot

_MOST_WORKERS = 8  # each may need as much memory as the limits say
_LONGER = 4  # times, where each page may be an image to read
_SEGMENT = 3 << 21  # tokens that are gathered in memory
_TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)
_WRITTEN_AFTER = 60.0  # seconds of work that a kill loses at most


@dataclass(slots=True)
class Content:
    """The files of the next Snapshot in their order, each with the Segment that holds its rows."""

    files: list[tuple[Segment, SourceFile]] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    skipped: list[DocumentError] = field(default_factory=list)
    read: int = 0
    unchanged: int = 0
    changed: bool = False
    """Whether they differ from those of the last Snapshot."""


class Workplace:
    """A folder beside the Snapshots for what a build has read; it outlives a build that is killed.

    `made_of` tells apart what was read from something else or differently, which is of no use.
    """

    def __init__(self, folder: Path, made_of: str, *, anew: bool) -> None:
        self.folder = folder / blake2b(made_of.encode(), digest_size=8).hexdigest()
        if folder.exists():
            for other in folder.iterdir():
                if anew or other != self.folder:
                    shutil.rmtree(other, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._numbers = count(len(list(self.folder.iterdir())))

    @property
    def pictures(self) -> Path:
        return self.folder / PICTURES

    def segments(self) -> Iterator[Segment]:
        """Yield what an earlier build has written."""
        for folder in sorted(self.folder.glob("segment-*")):
            try:
                yield Segment.open(folder)
            except (OSError, ValueError, LookupError, TypeError) as error:
                if isinstance(error, OSError) and error.errno in _TOO_MANY_FILES:
                    raise
                continue  # it was killed while writing this

    def writer(self) -> SegmentWriter:
        return SegmentWriter(self.folder / f"segment-{next(self._numbers):06}")


class _Reading:
    """Gathers the rows of files that are read, in one Segment after another; the last ends with the block."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._writer: SegmentWriter | None = None
        self._begun = 0.0
        self.read: dict[str, tuple[Segment, SourceFile]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def add(self, path: str, status: os.stat_result, found: FileRows) -> None:
        if self._writer is None:
            self._writer, self._begun = self._workplace.writer(), time.monotonic()
        try:
            self._writer.add(path, status, found.rows, found.remarks)
        except BaseException:  # amid a row
            self._writer.abandon()
            self._writer = None
            raise
        if self._writer.tokens > _SEGMENT or time.monotonic() - self._begun > _WRITTEN_AFTER:
            self._close()

    def _close(self) -> None:
        if self._writer:
            segment = self._writer.close()
            self.read |= {file.path: (segment, file) for file in segment.files}
            self._writer = None


def collect(  # noqa: PLR0913 - what a build is made of
    documents: Path,
    paths: Sequence[str],
    old: Snapshot | None,
    folder: Path,
    workplace: Workplace,
    *,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
    recognised: Path | None = None,
) -> Content:
    """Read what is new or changed of the `paths`, and take the rest over from the `old` Snapshot.

    `folder` is the next Snapshot's, with its dictionary. In the folder `recognised` the text that was read in
    images outlives Snapshots.
    """
    content = Content()
    known = {file.path: (old.segment, file) for file in old.files} if old else {}
    earlier = {file.path: (segment, file) for segment in workplace.segments() for file in segment.files}
    refused = {file.path: file for file in old.refused} if old else {}
    states = {path: _status(documents, path) for path in paths}

    def as_now(file: SourceFile | RefusedFile) -> bool:
        now = states.get(file.path)
        return now is not None and (file.size, file.changed) == (now.st_size, now.st_mtime_ns)

    kept = {path: found for path, found in known.items() if as_now(found[1])}
    resumed = {path: found for path, found in earlier.items() if path not in kept and as_now(found[1])}
    still_refused = {path: file for path, file in refused.items() if as_now(file)}
    new = [path for path in paths if not (path in kept or path in resumed or path in still_refused)]
    work = ReadRows(documents, folder, workplace.pictures, recognised)
    writable = [workplace.folder, *([recognised] if recognised else [])]
    with (
        _Reading(workplace) as reading,
        Workers(work, _workers(len(new)), writable=writable, limits=_limits(limits)) as workers,
    ):
        results = workers.map(new)
        for done, path in enumerate(paths):
            if progress:
                progress(Progress(done, len(paths), _told(path)))
            if path in still_refused:
                content.refused.append(still_refused[path])
                content.skipped.append(DocumentError(path, still_refused[path].reason))
            elif path not in kept and path not in resumed:
                _add(content, reading, path, states[path], next(results))
    found = kept | resumed | reading.read
    content.files = [found[path] for path in paths if path in found]
    content.read = len(resumed) + len(reading.read)
    content.unchanged = len(kept)
    same = len(kept) == len(known) and len(refused) == len(still_refused) == len(content.refused)
    content.changed = bool(content.read) or not same
    if progress:
        progress(Progress(len(paths), len(paths), ""))
    return content


def is_unchanged(documents: Path, old: Snapshot) -> bool:
    """Whether the folder holds the files that the `old` Snapshot was made of, and no others."""
    known = {file.path: (file.size, file.changed) for file in old.files}
    known |= {file.path: (file.size, file.changed) for file in old.refused}
    found = {path: _status(documents, path) for path in find_files(documents)}
    return known == {path: status and (status.st_size, status.st_mtime_ns) for path, status in found.items()}


def _add(
    content: Content,
    reading: _Reading,
    path: str,
    status: os.stat_result | None,
    result: Future[list[Json]],
) -> None:
    """Add the rows of one file, or say why it is skipped."""
    try:
        found = FileRows.of(result.result())
    except LimitError as error:
        if status:
            refused = RefusedFile(_told(path), status.st_size, status.st_mtime_ns, str(error))
            content.refused.append(refused)
            content.skipped.append(DocumentError(refused.path, refused.reason))
    except WorkerError as error:
        content.skipped.append(DocumentError(_told(path), str(error)))
    else:
        if status:
            reading.add(path, status, found)


def _told(path: str) -> str:
    """Return a path as it can be shown and stored: one that is no UTF-8 has question marks instead."""
    return path.encode(errors="replace").decode()


def _status(folder: Path, path: str) -> os.stat_result | None:
    try:
        return os.stat(f"{folder}/{path}")  # noqa: PTH116 - ten times as fast for thousands of files
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
