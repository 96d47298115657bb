"""The files of the documents' folder beside what the index has of them; it changes neither."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from retrieval.documents import find_files
from retrieval.language import normalise

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.snapshot import FileSummary, Snapshot


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A file with its size in bytes; `summary` is None where the index does not have it.

    `reason` says why it could not be read, where that is known; `outdated` that it has changed since.
    """

    path: str
    size: int
    modified: datetime
    summary: FileSummary | None
    reason: str = ""
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """`count` is of all files that were looked for."""

    entries: tuple[CatalogueEntry, ...]
    count: int


def key_of(path: str) -> str:
    """Return 16 hexadecimal digits that stand for a path where there is no room for it."""
    return hashlib.blake2b(path.encode(errors="surrogateescape"), digest_size=8).hexdigest()


def path_of(folder: Path, key: str) -> str | None:
    """Return the path of a key; None where no such file is there any more. Raise DocumentError."""
    return next((path for path in find_files(folder) if key_of(path) == key), None)


class Catalogue:
    """One look at a folder and a Snapshot, None where there is none; `reasons` are by path."""

    def __init__(self, folder: Path, snapshot: Snapshot | None, reasons: dict[str, str]) -> None:
        self._folder = folder
        self._snapshot = snapshot
        self._reasons = reasons
        self._known = {file.path: file for file in snapshot.files} if snapshot else {}

    def page(self, word: str, offset: int, limit: int) -> CataloguePage:
        """Return files whose name or first title holds the word, latest change first. Raise DocumentError."""
        wanted = normalise(word).casefold()
        found = [
            (modified, path, size)
            for path in find_files(self._folder)
            if not wanted or wanted in normalise(f"{path}\n{self._title(path)}").casefold()
            for size, modified in self._status(path)
        ]
        found.sort(key=lambda one: (-one[0], one[1]))
        shown = found[offset : offset + limit]
        return CataloguePage(tuple(self._entry(path, size, at) for at, path, size in shown), len(found))

    def entry(self, path: str) -> CatalogueEntry | None:
        """Return one file; None where it is not there."""
        return next((self._entry(path, size, at) for size, at in self._status(path)), None)

    def file_of(self, document: str) -> str:
        """Return the archive that a Document's path leads into, or the path itself where it is a file's."""
        above = (parent.as_posix() for parent in PurePosixPath(document).parents)
        return document if document in self._known else next(filter(self._known.get, above), document)

    def _entry(self, path: str, size: int, modified: int) -> CatalogueEntry:
        known = self._known.get(path)
        summary = self._snapshot.file(path) if self._snapshot else None
        outdated = known is not None and (known.size, known.changed) != (size, modified)
        at = datetime.fromtimestamp(modified / 1e9, UTC)
        return CatalogueEntry(path, size, at, summary, self._reasons.get(path, ""), outdated)

    def _status(self, path: str) -> list[tuple[int, int]]:
        """Return size and time of change in nanoseconds; nothing where the file is gone."""
        try:
            status = (self._folder / path).stat()
        except OSError:
            try:
                status = (self._folder / path).lstat()  # a broken link
            except OSError:
                return []
        return [(status.st_size, status.st_mtime_ns)]

    def _title(self, path: str) -> str:
        known = self._known.get(path)
        if known is None or self._snapshot is None or known.start == known.end:
            return ""
        return self._snapshot.at(known.start)[0].title
