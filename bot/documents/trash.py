"""What was removed from the folder of documents, kept until somebody empties it.

Each removal is a folder of its own: `entry.json` says what it was, `content` holds the file. An entry counts
once its content is there as a whole; the original goes only after that, so a crash loses nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.documents.folder import FolderError, told
from retrieval.disk import sync

if TYPE_CHECKING:
    from pathlib import Path

    from bot.documents.folder import DocumentsFolder

_ENTRY, _CONTENT, _PART = "entry.json", "content", "content.part"


@dataclass(frozen=True, slots=True)
class Trashed:
    """A removed file: its `path` among the documents, its size in bytes, `by` whom as a keyed hash.

    The id, 20 hexadecimal digits, begins with the time of the removal.
    """

    id: str
    path: str
    size: int
    removed: datetime
    by: str


class Trash:
    """Methods block: call them off the event loop."""

    def __init__(self, folder: Path, documents: DocumentsFolder) -> None:
        self._folder = folder
        self._documents = documents

    def remove(self, path: str, by: str = "") -> Trashed:
        """Move a file of the documents here. Raise FolderError where that cannot be done."""
        file = self._documents.find(path)
        with told(path):
            before = file.stat()
            entry = Trashed(_new_id(), path, before.st_size, datetime.now(UTC), by)
            try:
                self._keep(entry, file)
                _require_unchanged(file, before, path)
                self._documents.remove(path)
            except (FolderError, OSError):
                if file.exists():
                    self._discard(entry.id)
                raise
        return entry

    def restore(self, entry_id: str) -> str | None:
        """Put a file back, at its path or beside what is there now; return where it is.

        None where the trash has no such entry any more. Raise FolderError where it cannot be put back.
        """
        entry = self._entry(entry_id)
        if entry is None:
            return None
        path = self._documents.take_in(self._folder / entry.id / _CONTENT, entry.path)
        self._discard(entry.id)
        return path

    def entries(self) -> list[Trashed]:
        """Return what can be restored, newest first."""
        return [entry for name in sorted(self._names(), reverse=True) if (entry := self._entry(name))]

    def empty(self, newest: str) -> int:
        """Delete for good what was removed up to the entry `newest`; return how many files that were."""
        gone = [entry for entry in self.entries() if entry.id <= newest]
        for entry in gone:
            self._discard(entry.id)
        return len(gone)

    def sweep(self) -> None:
        """Delete what a crash has left of removals that never came to be."""
        for name in self._names():
            if not (self._folder / name / _CONTENT).exists():
                self._discard(name)

    def _names(self) -> list[str]:
        return [place.name for place in self._folder.iterdir()] if self._folder.is_dir() else []

    def _keep(self, entry: Trashed, file: Path) -> None:
        """Copy the file, whole and durable before the entry counts."""
        folder = self._folder / entry.id
        folder.mkdir(parents=True)
        fields = asdict(entry) | {"removed": entry.removed.isoformat()}
        _write(folder / _ENTRY, json.dumps(fields).encode())
        shutil.copy2(file, folder / _PART)
        sync(folder / _PART)
        (folder / _PART).replace(folder / _CONTENT)
        for place in (folder, self._folder, self._folder.parent):
            sync(place)

    def _entry(self, name: str) -> Trashed | None:
        folder = self._folder / name
        try:
            fields = json.loads((folder / _ENTRY).read_bytes())
            entry = Trashed(**fields | {"removed": datetime.fromisoformat(fields["removed"])})
        except (OSError, ValueError, LookupError, TypeError):
            return None  # unfinished, or not ours
        return entry if entry.id == name and (folder / _CONTENT).is_file() else None

    def _discard(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)


def _new_id() -> str:
    return f"{time.time_ns():016x}{secrets.token_hex(2)}"


def _require_unchanged(file: Path, before: os.stat_result, path: str) -> None:
    """Raise FolderError where somebody is just writing the file: what is new has not been copied."""
    now = file.stat()
    if (now.st_ino, now.st_size, now.st_mtime_ns) != (before.st_ino, before.st_size, before.st_mtime_ns):
        raise FolderError(path, "failed")


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
