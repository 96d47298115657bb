"""Builds Snapshots from a folder of documents, swaps them, and opens the newest.

A Snapshot is built beside the others, brought to the disk, and then named by the file `CURRENT`: a reader
sees the one before or the new one, never a mix. Nothing is changed in place.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from retrieval import locks, snapshot
from retrieval.dictionary import build_dictionary, dictionary_key
from retrieval.errors import SnapshotError, WenjuError
from retrieval.language import normalise
from retrieval.snapshot import Origin, Snapshot, copy_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from retrieval.contents import Progress
    from retrieval.errors import DocumentError
    from retrieval.isolation import Limits

_CURRENT = "CURRENT"
_BUILDING = "BUILDING"


@dataclass(frozen=True, slots=True)
class Report:
    """What a build found: `read` files were new or changed, `skipped` ones could not be read and say why.

    `remarks` say by file what was left out of those that could be read, and why.
    """

    snapshot: str
    files: int
    read: int
    unchanged: int
    removed: int
    documents: int
    paragraphs: int
    figures: int
    skipped: tuple[DocumentError, ...]
    remarks: dict[str, tuple[str, ...]]
    seconds: float


class Index:
    """The Snapshots in one folder. Safe for many threads and, builds included, many processes."""

    def __init__(
        self,
        folder: Path,
        dictionary: Path | None = None,
        limits: Limits | None = None,
        *,
        recognised: Path | None = None,
    ) -> None:
        """`dictionary` is the user's own word list, in jieba's format; `limits` hold for reading a file.

        Images are read where there is a recogniser and a folder `recognised`, which keeps what was read.
        """
        self._folder = folder
        self._dictionary = dictionary
        self._limits = limits
        self._recognised = recognised
        self._snapshot: Snapshot | None = None
        self._opening = threading.Lock()

    def current(self) -> Snapshot:
        """The Snapshot in use, opened anew when another has taken its place. Raise SnapshotError if none."""
        name = _current_name(self._folder)
        with self._opening:
            while self._snapshot is None or self._snapshot.name != name:
                try:
                    # Not a method: it would keep the Snapshot alive whose end it waits for.
                    self._snapshot = Snapshot(self._folder / name, partial(_sweep, self._folder))
                except SnapshotError:
                    # Between reading its name and opening it a Snapshot may have been replaced and removed.
                    if name == (name := _current_name(self._folder)):
                        raise
            return self._snapshot

    def build(
        self, documents: Path, progress: Callable[[Progress], None] | None = None, *, full: bool = False
    ) -> Report:
        """Index the folder `documents`; only new and changed files are read, unless `full`.

        Raise WenjuError where the folder cannot be read or another process is building, and whatever
        `progress` raises: the Snapshot in use stays.
        """
        # A question needs no readers of documents.
        from retrieval.contents import collect  # noqa: PLC0415
        from retrieval.documents import ocr  # noqa: PLC0415

        started = time.monotonic()
        if not documents.is_dir():
            raise WenjuError(f"{documents}: {'不是文件夹' if documents.exists() else '文件夹不存在'}")
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._only_builder(), self._new_folder() as folder:
            readers = ocr.identity() if self._recognised else ""
            old = None if full else self._reusable(documents, readers)
            if old is None:
                build_dictionary(folder, self._dictionary, normalise)
            else:
                copy_dictionary(old.folder, folder)
            content = collect(documents, old, folder, progress, self._limits, recognised=self._recognised)
            if old is None or content.changed:
                origin = Origin(str(documents.resolve()), readers, content.files, content.refused)
                snapshot.write(
                    folder, content.records, content.counter.postings(), origin, old.folder if old else None
                )
                self._swap(folder)
            current = self.current()
        _sweep(self._folder)
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
            remarks={file.path: file.remarks for file in content.files if file.remarks},
            seconds=time.monotonic() - started,
        )

    def _reusable(self, documents: Path, readers: str) -> Snapshot | None:
        """The Snapshot in use, where it is of this folder and of what would be read and made of it now."""
        try:
            current = self.current()
        except SnapshotError:
            return None
        made_of = (str(documents.resolve()), readers, dictionary_key(self._dictionary))
        found = (current.source, current.readers, current.dictionary.key)
        return current if found == made_of else None

    @contextmanager
    def _only_builder(self) -> Iterator[None]:
        descriptor = os.open(self._folder / _BUILDING, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WenjuError("另一个进程正在建立索引，请稍后再试") from error
            for folder in _unused(self._folder):
                if locks.is_abandoned(folder):
                    shutil.rmtree(folder, ignore_errors=True)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _new_folder(self) -> Iterator[Path]:
        """A locked folder for the next Snapshot; what has not come into use goes with the next sweep."""
        folder = self._folder / f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        folder.mkdir()
        lock = locks.hold(folder)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            os.close(lock)

    def _swap(self, folder: Path) -> None:
        beside = self._folder / f"{_CURRENT}.new"
        beside.write_text(folder.name, encoding="utf-8")
        snapshot.sync(beside)
        beside.replace(self._folder / _CURRENT)
        snapshot.sync(self._folder)


def _current_name(snapshots: Path) -> str:
    try:
        return (snapshots / _CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SnapshotError("还没有索引，请先运行 wenju index") from error


def _unused(snapshots: Path) -> list[Path]:
    try:
        current = _current_name(snapshots)
    except SnapshotError:
        current = ""
    found = sorted(snapshots.iterdir()) if snapshots.is_dir() else []
    return [folder for folder in found if folder.is_dir() and folder.name != current]


def _sweep(snapshots: Path) -> None:
    """Remove the Snapshots that are neither in use nor read nor being written."""
    for folder in _unused(snapshots):
        locks.remove_unread(folder)
