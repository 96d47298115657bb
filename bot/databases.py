"""How the bot's own databases are opened: each is a SQLite file that its owner alone may read."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.migrations import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from bot.migrations import Steps


def open_database(
    path: Path, steps: Steps, *, patience: float, durable: bool = True, shared: bool = False
) -> Database:
    """Open for writing, with today's schema; a missing file is made. A lock is waited for `patience` seconds.

    A `durable` one has each commit on the disk when it returns; another may lose the last ones in a power
    cut. One that is `shared` may be used by other threads than this one.

    Raise OSError where it cannot be made, sqlite3.OperationalError while it is locked, full or read-only, and
    NewerSchemaError for one of a later release.
    """
    path.touch(mode=0o600)  # what people ask is nobody else's business
    connection = sqlite3.connect(path, timeout=patience, check_same_thread=not shared)
    try:
        db = Database(connection)
        db.enable_wal()
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        if durable:
            db.execute("PRAGMA synchronous = FULL")
        migrate(db, steps)
    except BaseException:
        connection.close()
        raise
    return db
