"""Builds Snapshots from a folder of documents, swaps them, and opens the newest.

A Snapshot is built beside the others, brought to the disk, and then named by the file `CURRENT`: a reader sees
the one before or the new one, never a mix. Nothing is changed in place.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retrieval import snapshot
from retrieval.dictionary import Dictionary, build_dictionary, dictionary_key
from retrieval.documents import find_files, read_documents
from retrieval.errors import DocumentError, SnapshotError, WenjuError
from retrieval.language import normalise
from retrieval.paragraphs import paragraphs
from retrieval.postings import PostingsCounter
from retrieval.snapshot import Snapshot, SourceFile, copy_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_CURRENT = "CURRENT"
_BUILDING = "BUILDING"


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files are through; `path` is the next one."""

    done: int
    total: int
    path: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a build found: `read` files were new or changed, `skipped` ones could not be read, with the reason."""

    snapshot: str
    files: int
    read: int
    unchanged: int
    removed: int
    documents: int
    paragraphs: int
    figures: int
    skipped: tuple[DocumentError, ...]
    seconds: float


class Index:
    """The Snapshots in one folder. Safe for many threads and, builds included, many processes."""

    def __init__(self, folder: Path, dictionary: Path | None = None) -> None:
        """`dictionary` is the user's own word list, in jieba's format."""
        self._folder = folder
        self._dictionary = dictionary
        self._snapshot: Snapshot | None = None
        self._opening = threading.Lock()

    def current(self) -> Snapshot:
        """The Snapshot in use, opened anew when another has taken its place. Raise SnapshotError if none."""
        name = self._current_name()
        with self._opening:
            while self._snapshot is None or self._snapshot.name != name:
                try:
                    self._snapshot = self._open(name)
                except SnapshotError:
                    # Between reading its name and opening it a Snapshot may have been replaced and removed.
                    if name == (name := self._current_name()):
                        raise
            return self._snapshot

    def build(
        self, documents: Path, progress: Callable[[Progress], None] | None = None, *, full: bool = False
    ) -> Report:
        """Index the folder `documents`; only new and changed files are read, unless `full`.

        Raise WenjuError where the folder cannot be read or another process is building, and whatever `progress`
        raises: the Snapshot in use stays.
        """
        started = time.monotonic()
        if not documents.is_dir():
            raise WenjuError(f"{documents}: 文件夹不存在")
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._only_builder(), self._new_folder() as folder:
            old = None if full else self._reusable()
            if old is None:
                build_dictionary(folder, self._dictionary, normalise)
            else:
                copy_dictionary(old.folder, folder)
            content = _collect(documents, old, Dictionary(folder), progress)
            if old is None or content.changed:
                snapshot.write(folder, content.records, content.counter.postings(), content.files)
                self._swap(folder)
            current = self.current()
        self._sweep()
        return Report(
            snapshot=current.name,
            files=len(content.files) + len(content.skipped),
            read=content.read,
            unchanged=content.unchanged,
            removed=content.removed,
            documents=current.documents,
            paragraphs=current.paragraphs,
            figures=current.figures,
            skipped=tuple(content.skipped),
            seconds=time.monotonic() - started,
        )

    def _current_name(self) -> str:
        try:
            return (self._folder / _CURRENT).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SnapshotError("还没有索引，请先运行 wenju index") from error

    def _open(self, name: str) -> Snapshot:
        opened = Snapshot(self._folder / name)
        opened.on_release(self._sweep)
        return opened

    def _reusable(self) -> Snapshot | None:
        """The Snapshot in use, where its tokens are the same that would be made now."""
        try:
            current = self.current()
        except SnapshotError:
            return None
        return current if current.dictionary.key == dictionary_key(self._dictionary) else None

    @contextmanager
    def _only_builder(self) -> Iterator[None]:
        descriptor = os.open(self._folder / _BUILDING, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise WenjuError("另一个进程正在建立索引，请稍后再试") from error
        finally:
            os.close(descriptor)

    @contextmanager
    def _new_folder(self) -> Iterator[Path]:
        """A locked folder for the next Snapshot; it is swept away later unless it comes into use."""
        folder = self._folder / f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        folder.mkdir()
        lock = snapshot.hold(folder)
        try:
            yield folder
        finally:
            os.close(lock)

    def _swap(self, folder: Path) -> None:
        beside = self._folder / f"{_CURRENT}.new"
        beside.write_text(folder.name, encoding="utf-8")
        snapshot.sync(beside)
        beside.replace(self._folder / _CURRENT)
        snapshot.sync(self._folder)

    def _sweep(self) -> None:
        """Remove the Snapshots that are neither in use nor read nor being written."""
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != self._current_name():
                snapshot.remove_unread(folder)


@dataclass(slots=True)
class _Content:
    """The rows of the next Snapshot, and where they are from."""

    records: list[bytes] = field(default_factory=list)
    counter: PostingsCounter = field(default_factory=PostingsCounter)
    files: list[SourceFile] = field(default_factory=list)
    skipped: list[DocumentError] = field(default_factory=list)
    read: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.read or self.removed)


def _collect(
    documents: Path, old: Snapshot | None, words: Dictionary, progress: Callable[[Progress], None] | None
) -> _Content:
    """Read what is new or changed, and take the rest over from the `old` Snapshot."""
    content = _Content()
    known = {file.path: file for file in old.files} if old else {}
    new_row = np.full(old.paragraphs if old else 0, -1)
    paths = find_files(documents)
    for done, path in enumerate(paths):
        if progress:
            progress(Progress(done, len(paths), path))
        start = len(content.records)
        try:
            stat = (documents / path).stat()
            before = known.get(path)
            if old and before and (before.size, before.changed) == (stat.st_size, stat.st_mtime_ns):
                new_row[before.start : before.end] = np.arange(start, start + before.end - before.start)
                content.records += map(old.record, range(before.start, before.end))
                content.unchanged += 1
            else:
                _read(documents, path, words, content)
                content.read += 1
            known.pop(path, None)
        except DocumentError as error:
            content.skipped.append(error)
        except OSError as error:
            content.skipped.append(DocumentError(path, f"无法读取（{error.strerror}）"))
        else:
            content.files.append(SourceFile(path, stat.st_size, stat.st_mtime_ns, start, len(content.records)))
    content.removed = len(known)
    if old:
        content.counter.take(old.searcher.paragraphs.postings, new_row)
    if progress:
        progress(Progress(len(paths), len(paths), ""))
    return content


def _read(documents: Path, path: str, words: Dictionary, content: _Content) -> None:
    for document in read_documents(documents, path):
        for paragraph in paragraphs(document):
            content.counter.add(len(content.records), snapshot.tokens(paragraph, words))
            content.records.append(snapshot.encode(paragraph))
