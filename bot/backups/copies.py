"""Changes the copies of databases that are kept beside those in use, as what is in use was changed.

These are the backups in the data folder, what a restore replaced, and what was damaged and moved aside. A
copy is changed whole or not at all, so that a backup can be restored at every moment.
"""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backups.making import backups_in, copy_database, held, sweep
from bot.backups.manifest import (
    KEY_FILE,
    LOG_FILE,
    MANIFEST,
    STATE_FILE,
    STEPS,
    UNFINISHED,
    BackupError,
    check_sum,
    check_whole,
    describe,
    read_manifest,
    write_manifest,
)
from bot.backups.restoring import REPLACED
from bot.damage import COMPANIONS, is_damaged
from bot.pseudonyms import KEY_BYTES, Pseudonyms
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Change = Callable[[Path], bool]
    """Changes a database, given by its path, and tells whether it did."""

BACKUPS = "backups"
INBOX_FILE = "inbox.db"
ASIDE = re.compile(r"(\w+\.db)\.(?!.*-(?:wal|shm)$).+")
"""The names of databases that were moved aside as damaged, by the bot or by the operator."""
PASSING = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM,
}  # fmt: skip
"""Primary codes of errors that are not the database's own: another try may do."""

logger = logging.getLogger(__name__)


class Copies:
    """For the process that holds the data folder. Every method waits for the disk and raises BackupError."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._backups = data / BACKUPS

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nobody make a backup meanwhile: it would keep what is being deleted."""
        try:
            sweep(self._data)  # what a crash has left of a change
            self._backups.mkdir(parents=True, exist_ok=True)
            with held(self._backups):
                yield
        except OSError as error:
            raise BackupError(f"备份的文件夹用不了：{self._backups}（{error.strerror}）") from error

    def pseudonyms(self) -> list[Pseudonyms]:
        """Return one for every key that the people in the copies may be hashed with."""
        keys = set()
        for path in (self._data, *self._data.glob(f"{REPLACED}*"), *backups_in(self._backups)):
            try:
                keys.add((path / KEY_FILE).read_bytes())
            except OSError as error:
                logger.warning("密钥读不了：%s（%s）", path / KEY_FILE, error.strerror)
        return [Pseudonyms(key) for key in keys if len(key) == KEY_BYTES]

    def change(self, changes: Mapping[str, Change]) -> None:
        """Change the copies of each database, given by its name.

        A copy that cannot be read is named in the operator's log; BackupError says that another try may do.
        """
        for path, name in list(self._kept()):
            if name not in changes:
                continue
            try:
                self._change(path, changes[name])
            except (WenjuError, sqlite3.DatabaseError, OSError) as error:
                if _is_passing(error):
                    raise BackupError(f"个人数据还没有从 {path} 中删除：{error}") from error
                logger.warning("%s 读不了，其中的个人数据没能删除，请自行删除这个文件：%s", path, error)

    def _kept(self) -> Iterator[tuple[Path, str]]:
        """Yield the copies, each with the name that it had in use."""
        for folder in (*backups_in(self._backups), *self._data.glob(f"{REPLACED}*")):
            yield from ((folder / name, name) for name in STEPS if (folder / name).exists())
        for path in self._data.iterdir():
            match = ASIDE.fullmatch(path.name)
            if match and match[1] in (LOG_FILE, STATE_FILE, INBOX_FILE):
                yield path, match[1]

    def _change(self, path: Path, change: Change) -> None:
        in_backup = (path.parent / MANIFEST).exists()
        with _changed(path, change, self._backups if in_backup else self._data) as new:
            if new and in_backup:
                _replace_in_backup(path, new)
            elif new:
                for suffix in COMPANIONS[1:]:
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                new.replace(path)


@contextmanager
def _changed(path: Path, change: Change, place: Path) -> Iterator[Path | None]:
    """Give a changed and packed copy of a database, None where there was nothing to change."""
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=place) as name:
        copy, new = Path(name, "copy"), Path(name, path.name)
        shutil.copyfile(path, copy)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            shutil.copyfile(log, f"{copy}-wal")
        if is_damaged(copy):
            _reindex(copy)  # where only an index is damaged, a row could hide behind it
        if not change(copy):
            yield None
            return
        copy_database(copy, new)
        check_whole(new)
        yield new


def _reindex(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("REINDEX")
    finally:
        connection.close()


def _replace_in_backup(path: Path, new: Path) -> None:
    """Put a new database in the place of a backup's; at every moment the checksum of one of them holds."""
    backup, name = path.parent, path.name
    manifest, after = read_manifest(backup), describe(new)
    both = replace(after, sha256_before=check_sum(path, manifest))
    write_manifest(backup, replace(manifest, files={**manifest.files, name: both}))
    new.replace(path)
    write_manifest(backup, replace(manifest, files={**manifest.files, name: after}))


def _is_passing(error: Exception) -> bool:
    cause = error.__cause__ if isinstance(error, WenjuError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    return isinstance(cause, OSError) or code in PASSING
