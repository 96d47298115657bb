"""Makes backups, beside a running bot too, and deletes the oldest. A half backup never looks whole."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backups.manifest import (
    FILES,
    KEY_FILE,
    MANIFEST,
    STEPS,
    UNFINISHED,
    BackupError,
    Manifest,
    check_whole,
    describe,
    write_manifest,
)
from retrieval.disk import sync

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "%Y%m%dT%H%M%S%fZ"
"""The form of a backup's name: the time in UTC, so that the names sort by it."""
NAMED = re.compile(r"\d{8}T\d{12}Z")
LOCK_WAIT = 5.0  # seconds for a lock of a database
TURN_WAIT = 60.0  # seconds for another process that works in the folder


def make(data: Path, folder: Path) -> Path:
    """Make a backup of the data folder's databases in a folder, which may be missing; return it.

    Raise BackupError where nothing was made; nothing half is left then.
    """
    if missing := next((name for name in FILES if not (data / name).exists()), None):
        raise BackupError(f"没有可以备份的数据：{data / missing}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with held(folder), unfinished(folder) as part:
            now = datetime.now(UTC)
            for name in STEPS:
                copy_database(data / name, part / name)
            copy_file(data / KEY_FILE, part / KEY_FILE)
            for name in STEPS:
                check_whole(part / name)
            files = {name: describe(part / name) for name in FILES}
            write_manifest(part, Manifest(now.isoformat(timespec="seconds"), files))
            backup = part.rename(folder / f"{now:{NAME}}")
            sync(folder)
            return backup
    except sqlite3.DatabaseError as error:
        raise BackupError(f"备份没有完成：{error}") from error
    except OSError as error:
        raise BackupError(f"备份没有完成：{error.filename or folder}（{error.strerror}）") from error


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes into it; the copy is for the owner only.

    Raise OSError, sqlite3.DatabaseError.
    """
    target.touch(mode=0o600)
    uri = f"{source.resolve(strict=True).as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_WAIT)) as connection:
        connection.execute("VACUUM INTO ?", [str(target)])
    sync(target)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, for the owner only. Raise OSError."""
    target.touch(mode=0o600)
    shutil.copyfile(source, target)
    sync(target)


def backups_in(folder: Path) -> list[Path]:
    """Return the whole backups of a folder, the oldest first."""
    found = (path.parent for path in folder.glob(f"*/{MANIFEST}"))
    return sorted(path for path in found if NAMED.fullmatch(path.name))


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest backups beyond `keep`; return them. Raise BackupError."""
    try:
        with held(folder):
            surplus = backups_in(folder)[:-keep]
            for backup in surplus:
                shutil.rmtree(backup.rename(backup.with_name(UNFINISHED + backup.name)))
            return surplus
    except OSError as error:
        raise BackupError(f"旧备份删不掉：{error.filename or folder}（{error.strerror}）") from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder of backups: nobody else makes, deletes or changes one there meanwhile.

    What others have left unfinished is deleted. Raise BackupError where it takes them too long, OSError.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        _wait_for(handle, folder)
        sweep(folder)
        yield
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Delete what a crash has left unfinished. Raise OSError."""
    for leftover in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover)


def _wait_for(handle: int, folder: Path) -> None:
    deadline = time.monotonic() + TURN_WAIT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise BackupError(f"另一个备份正在进行：{folder}") from error
            time.sleep(0.1)
        else:
            return


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """Give a folder, for the owner only, that is deleted unless it gets another name."""
    part = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
