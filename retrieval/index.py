"""Builds Snapshots from a folder of documents, swaps them, and opens the newest.

A Snapshot is built beside the others, brought to the disk, and then named by the file `CURRENT`, above the
one before it: a reader sees the one before or the new one, never a mix. Nothing is changed in place, and the
one before stays for when the newest is damaged.
"""

from __future__ import annotations

import fcntl
import logging
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
from retrieval.dictionary import cached_dictionary, dictionary_key
from retrieval.disk import sync
from retrieval.engine import EMBEDDED
from retrieval.errors import DocumentError, FormatError, SnapshotError, WenjuError
from retrieval.isolation import load_ahead
from retrieval.language import normalise
from retrieval.progress import Progress
from retrieval.snapshot import FORMAT, PICTURES, Origin, Snapshot, copy_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from retrieval.engine import Engine
    from retrieval.isolation import Limits

READERS = "retrieval.rows"
"""The module of the workers' work: a build has them load it before it does so itself."""

_CURRENT = "CURRENT"
_BUILDING = "BUILDING"
_UNFINISHED = "UNFINISHED"
_DICTIONARIES = "DICTIONARIES"
_FEW = 10  # files, which somebody may well have removed together
_PATIENCE = 7.0  # seconds for another process's build
_NONE = "还没有索引，请先运行 wenju index"
_EMPTIED = (
    "{}: 文件夹是空的，而索引里有它的 {} 个文件，所以索引没有动（是否未挂载？）；"
    "确实要清空，请用 wenju index --full 或 /reindex full"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What a build found: `read` files were new or changed, `skipped` ones could not be read and say why.

    `removed` ones are there no more; `replaced` is the folder indexed before, where it was another. `remarks`
    say by file what was left out of those that could be read, and why.
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
    replaced: str | None = None


class Index:
    """The Snapshots in one folder. Safe for many threads and, builds included, many processes."""

    def __init__(
        self,
        folder: Path,
        dictionary: Path | None = None,
        limits: Limits | None = None,
        *,
        recognised: Path | None = None,
        engine: Engine = EMBEDDED,
    ) -> None:
        """`dictionary` is the user's own word list, in jieba's format; `limits` hold for reading a file.

        What is indexed is searched by `engine`. Images are read where there is a recogniser and a folder
        `recognised`, which keeps what was read.
        """
        self.trouble: str | None = None
        """Why the Snapshot in use is not the newest, as one line; the next build mends it."""
        self.folder = folder
        self.dictionary = dictionary
        self.limits = limits
        self.recognised = recognised
        self.engine = engine
        self._snapshot: Snapshot | None = None
        self._names: list[str] = []  # that `CURRENT` held when the Snapshot was opened
        self._suspect: str | None = None  # the name of a Snapshot that was found damaged
        self._opening = threading.Lock()

    def current(self) -> Snapshot:
        """The Snapshot in use; nobody waits while another thread opens the one that has taken its place.

        Raise as `newest` does.
        """
        in_use = self._snapshot
        if in_use and (self._opening.locked() or self._names == _names(self.folder)):
            return in_use
        return self.newest()

    def newest(self, *, searched: bool = True) -> Snapshot:
        """The newest Snapshot, opened where it is not in use yet, at once to be `searched` or not.

        Where it is missing or damaged, the one before, and `trouble` says so. Raise SnapshotError if neither
        can be opened, FormatError if the newest is of another format.
        """
        with self._opening:
            names = _names(self.folder)
            while self._snapshot is None or self._names != names or self.trouble:
                try:
                    self._snapshot, self.trouble = self._open(names, searched=searched)
                    self._names = names
                    break
                except SnapshotError:
                    # Between reading its name and opening it a Snapshot may have been replaced and removed.
                    if names == (names := _names(self.folder)):
                        raise
            return self._snapshot

    def _open(self, names: list[str], *, searched: bool) -> tuple[Snapshot, str | None]:
        """Open the first Snapshot of those named, else the one before with the reason why it is that one."""
        # Not a method: it would keep the Snapshot alive whose end it waits for.
        released = partial(_sweep, self.folder)
        opened = partial(Snapshot, when_released=released, engine=self.engine, searched=searched)
        try:
            thorough = names[0] == self._suspect
            return opened(self.folder / names[0], thorough=thorough), None
        except FormatError:
            raise
        except SnapshotError as damage:
            if len(names) == 1 or names != _names(self.folder):
                raise
            try:
                before = opened(self.folder / names[1])
            except SnapshotError:
                raise damage from None
            trouble = f"{damage}；暂用上一份索引，请重建索引"
            if trouble != self.trouble:  # said once
                logger.error(trouble)  # noqa: TRY400 - the line says it all
            return before, trouble

    def let_go_if_damaged(self) -> bool:
        """Look whether the Snapshot in use has been damaged since it was opened; then it is opened anew.

        It reads the whole Snapshot.
        """
        with self._opening:
            if self._snapshot is None or self._snapshot.is_whole():
                return False
            self._suspect, self._snapshot = self._snapshot.name, None
            return True

    def build(
        self, documents: Path, progress: Callable[[Progress], None] | None = None, *, full: bool = False
    ) -> Report:
        """Index the folder `documents`; only new and changed files are read, unless `full`.

        Raise WenjuError where the folder cannot be read, or is empty all at once and it is not to be `full`,
        where the engine is away or another process is building, and whatever `progress` raises: the Snapshot
        in use stays.
        """
        started = time.monotonic()
        if not documents.is_dir():
            raise WenjuError(f"{documents}: {'不是文件夹' if documents.exists() else '文件夹不存在'}")
        self.engine.check(None)  # rather now than after all is read
        self.folder.mkdir(parents=True, exist_ok=True)
        load_ahead(READERS)
        # A question needs no readers of documents.
        from retrieval.contents import Workplace, collect  # noqa: PLC0415
        from retrieval.documents import find_files, ocr  # noqa: PLC0415

        with self._only_builder(), self._new_folder() as folder:
            readers = ocr.identity() if self.recognised else ""
            source = str(documents.resolve())
            before, paths = self._in_use(), find_files(documents)
            same = before is not None and before.source == source
            gone = {file.path for file in before.files}.difference(paths if same else ()) if before else set()
            if same and not paths and len(gone) > _FEW and not full:
                raise WenjuError(_EMPTIED.format(documents, len(gone)))
            old = before if before and not full and self._is_reusable(before, source, readers) else None
            if old is None:
                cached_dictionary(self.folder / _DICTIONARIES, folder, self.dictionary, normalise)
            else:
                copy_dictionary(old.folder, folder)
            made_of = f"{FORMAT}\n{source}\n{readers}\n{dictionary_key(self.dictionary)}"
            work = Workplace(self.folder / _UNFINISHED, made_of, anew=full)
            content = collect(
                documents,
                paths,
                old,
                folder,
                work,
                progress=progress,
                limits=self.limits,
                recognised=self.recognised,
            )
            if old is None or content.changed or self.trouble or not self.engine.holds(old.name):
                pictures = [work.pictures, *([old.folder / PICTURES] if old else [])]
                origin = Origin(source, readers, content.refused)
                segment = snapshot.write(folder, content.files, origin, pictures, old)
                rows = segment.rows

                def taken(so_far: int) -> None:
                    if progress:
                        progress(Progress(so_far, rows, "", filling=True))

                self.engine.fill(folder, segment, taken)
                self._swap(folder)
            shutil.rmtree(self.folder / _UNFINISHED, ignore_errors=True)
            # The first time code may be compiled to search: rather here than where questions wait.
            current = self.newest(searched=old is None)
        _sweep(self.folder)
        return Report(
            snapshot=current.name,
            files=len(content.files) + len(content.skipped),
            read=content.read,
            unchanged=content.unchanged,
            removed=len(gone),
            documents=current.documents,
            paragraphs=current.paragraphs,
            figures=current.figures,
            skipped=tuple(content.skipped),
            remarks={file.path: file.remarks for _, file in content.files if file.remarks},
            seconds=time.monotonic() - started,
            replaced=before.source if before and not same else None,
        )

    def unchanged(self, documents: Path) -> Report | None:
        """The Report of a build of the folder, where it would find all as it is; None where it may not."""
        # A question needs no readers of documents.
        from retrieval.contents import is_unchanged  # noqa: PLC0415
        from retrieval.documents import ocr  # noqa: PLC0415

        started = time.monotonic()
        self.let_go_if_damaged()
        readers = ocr.identity() if self.recognised else ""
        old = self._in_use(searched=True)
        if old is None or not self._is_reusable(old, str(documents.resolve()), readers):
            return None
        if self.trouble or not documents.is_dir() or not is_unchanged(documents, old):
            return None
        if (self.folder / _UNFINISHED).exists() or not self.engine.holds(old.name):
            return None  # a build has something to tidy up, or to fill
        return Report(
            snapshot=old.name,
            files=len(old.files) + len(old.refused),
            read=0,
            unchanged=len(old.files),
            removed=0,
            documents=old.documents,
            paragraphs=old.paragraphs,
            figures=old.figures,
            skipped=tuple(DocumentError(file.path, file.reason) for file in old.refused),
            remarks={file.path: file.remarks for file in old.files if file.remarks},
            seconds=time.monotonic() - started,
        )

    def sweep(self) -> None:
        """Remove what a build that was killed has left."""
        _sweep(self.folder)

    def _in_use(self, *, searched: bool = False) -> Snapshot | None:
        try:
            return self.newest(searched=searched)
        except SnapshotError:
            return None

    def _is_reusable(self, old: Snapshot, source: str, readers: str) -> bool:
        """Whether a Snapshot is of this folder, and of what would be read and made of it now."""
        made_of = (source, readers, dictionary_key(self.dictionary))
        return (old.source, old.readers, old.dictionary.key) == made_of

    @contextmanager
    def _only_builder(self) -> Iterator[None]:
        descriptor = os.open(self.folder / _BUILDING, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _wait_for(descriptor)
            for folder in _unused(self.folder):
                if locks.is_abandoned(folder):
                    shutil.rmtree(folder, ignore_errors=True)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _new_folder(self) -> Iterator[Path]:
        """A locked folder for the next Snapshot; what has not come into use goes with the next sweep."""
        folder = self.folder / f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        folder.mkdir()
        lock = locks.hold(folder)
        try:
            yield folder
        except BaseException:
            if folder in _unused(self.folder):
                shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            os.close(lock)

    def _swap(self, folder: Path) -> None:
        """Name the new Snapshot, above the one in use before where that is whole."""
        try:
            names = [folder.name, self.newest(searched=False).name]
        except SnapshotError:
            names = [folder.name]
        beside = self.folder / f"{_CURRENT}.new"
        beside.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        sync(beside)
        beside.replace(self.folder / _CURRENT)
        sync(self.folder)
        try:
            self.engine.use(names)
        except WenjuError as error:  # the Snapshot is in use all the same
            logger.warning("旧索引未能清理：%s", error)


def _wait_for(lock: int) -> None:
    """Take the lock; a build whose bot was killed needs a few seconds to notice. Raise WenjuError."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise WenjuError("另一个进程正在建立索引，请稍后再试") from error
            time.sleep(0.1)
        else:
            return


def _names(snapshots: Path) -> list[str]:
    """Return the names of the newest Snapshot and of the one before, if any. Raise SnapshotError if none."""
    try:
        names = (snapshots / _CURRENT).read_text(encoding="utf-8", errors="replace").split()
    except OSError as error:
        raise SnapshotError(_NONE) from error
    if not names:
        raise SnapshotError(_NONE)
    return names


def _unused(snapshots: Path) -> list[Path]:
    try:
        names = _names(snapshots)
    except SnapshotError:
        names = []
    names = [*names, _UNFINISHED, _DICTIONARIES]
    found = sorted(snapshots.iterdir()) if snapshots.is_dir() else []
    return [folder for folder in found if folder.is_dir() and folder.name not in names]


def _sweep(snapshots: Path) -> None:
    """Remove the Snapshots that are neither named nor read nor being written."""
    for folder in _unused(snapshots):
        locks.remove_unread(folder)
