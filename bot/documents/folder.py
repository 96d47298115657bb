"""The folder of documents as the chat may change it: files come in, and no file is ever written over.

A file is written beside under a hidden name, brought to the disk, and then linked to its own name, which
fails where that is taken. Links in the folder are never followed on the way to a file. What the files say is
`retrieval`'s concern.
"""

from __future__ import annotations

import errno
import filecmp
import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Literal

from bot.file_names import numbered, safe_name, suffix_of
from retrieval.disk import sync
from retrieval.documents import SUFFIXES, find_files
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PART = ".wenju-{}.part"
ABANDONED = 3600.0  # seconds after which a part is one that a crash has left

Reason = Literal["type", "missing", "no_folder", "link", "read_only", "full", "failed"]

_REASONS: dict[int, Reason] = {
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.ELOOP: "link",
}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}  # what file systems without links say


class FolderError(WenjuError):
    """A file that cannot be stored, found or taken out; `reason` says why, for the bot to put into words."""

    def __init__(self, path: str, reason: Reason) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a content is; `known` where it was there before, perhaps under another name."""

    path: str
    known: bool = False


class DocumentsFolder:
    """Every `path` is a POSIX path relative to the folder. Methods block: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def store(self, name: str, data: bytes) -> Stored:
        """Store a file that somebody sent, under a safe form of its name. Raise FolderError."""
        name = safe_name(name)
        check_type(name)
        with told(name):
            self._require(name)
            if same := self._same(data):
                return Stored(same, known=True)
            return Stored(self._place(PurePosixPath(name), lambda part: part.write(data)))

    def take_in(self, file: Path, path: str) -> str:
        """Copy a file to `path`, or to a numbered name beside where that is taken; return where it is.

        The same content at `path` is what a crash has left of an earlier try. Raise FolderError.
        """
        with told(path):
            self._require(path)
            there = self._folder / path
            if there.is_file() and not there.is_symlink() and filecmp.cmp(there, file, shallow=False):
                return path

            def copy(part: BinaryIO) -> None:
                with file.open("rb") as source:
                    shutil.copyfileobj(source, part)

            return self._place(self._with_parents(PurePosixPath(path)), copy, times=file.stat())

    def find(self, path: str) -> Path:
        """Return where the regular file is. Raise FolderError where there is none, or only through a link."""
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts:
            raise FolderError(path, "missing")
        place = self._folder
        with told(path):
            for part in parts:
                place /= part
                if place.is_symlink():
                    raise FolderError(path, "link")
            if not place.is_file():
                raise FolderError(path, "missing")
        return place

    def remove(self, path: str) -> None:
        """Remove the file for good. Raise FolderError."""
        place = self.find(path)
        with told(path):
            place.unlink()
            sync(place.parent)

    def sweep(self) -> None:
        """Remove the parts that a crash has left."""
        for part in self._folder.rglob(PART.format("*")):
            with suppress(OSError):  # it harms nobody
                if time.time() - part.lstat().st_mtime > ABANDONED:
                    part.unlink()

    def _same(self, data: bytes) -> str | None:
        """Return the path of a file of just this content."""
        for path in find_files(self._folder):
            file = self._folder / path
            try:
                if file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data:
                    return path
            except OSError:
                continue  # what cannot be read is none that would be found
        return None

    def _require(self, path: str) -> None:
        if not self._folder.is_dir():
            raise FolderError(path, "no_folder")

    def _with_parents(self, path: PurePosixPath) -> PurePosixPath:
        """Make the folders of `path`; where something else stands in their way, its name alone has to do."""
        folder = self._folder
        for part in path.parent.parts:
            above, folder = folder, folder / part
            if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
                return PurePosixPath(path.name)
            if not folder.exists():
                folder.mkdir()
                sync(above)
        return path

    def _place(
        self, path: PurePosixPath, write: Callable[[BinaryIO], object], times: os.stat_result | None = None
    ) -> str:
        """Write a new file, durable before it has its name; return the path that was free."""
        folder = self._folder / path.parent
        part = folder / PART.format(secrets.token_hex(8))
        try:
            with part.open("xb") as file:
                write(file)
                file.flush()
                if times:
                    os.utime(file.fileno(), ns=(times.st_atime_ns, times.st_mtime_ns))
                os.fsync(file.fileno())
            number, free = 1, path
            while not _link(part, self._folder / free):
                number += 1
                free = path.with_name(numbered(path.name, number))
        finally:
            part.unlink(missing_ok=True)
        sync(folder)
        return free.as_posix()


def check_type(name: str) -> None:
    """Raise FolderError where no reader is there for files of this suffix."""
    if suffix_of(name).lower() not in SUFFIXES:
        raise FolderError(name, "type")


def _link(part: Path, target: Path) -> bool:
    """Give the part its name, as a whole or not at all; False where the name is taken, by a link even."""
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _claim(part, target)
    return True


def _claim(part: Path, target: Path) -> bool:
    """Do the same where there are no hard links: an empty file holds the name until the part replaces it."""
    try:
        target.open("xb").close()
    except FileExistsError:
        return False
    part.replace(target)
    return True


@contextmanager
def told(path: str) -> Iterator[None]:
    """Tell what the system refuses as a FolderError."""
    try:
        yield
    except OSError as error:
        raise FolderError(path, _REASONS.get(error.errno or 0, "failed")) from error
