"""A database that is damaged is moved aside and a new one begun: the bot goes on, and nothing is deleted."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COMPANIONS = ("", "-wal", "-shm")
"""The suffixes of a database's files."""

logger = logging.getLogger(__name__)


def is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_damaged(path: Path) -> bool:
    """Look through a database; a missing one is whole. Raise sqlite3.DatabaseError if it cannot be read."""
    if not path.exists():
        return False
    connection = sqlite3.connect(path, timeout=1)
    try:
        verdict: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return True
        raise
    finally:
        connection.close()
    return verdict != "ok"


def move_aside(path: Path) -> Path:
    """Rename a damaged database and its companions; nothing is deleted. Raise OSError."""
    target = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for suffix in COMPANIONS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    logger.error("%s was damaged: kept as %s, a new one is begun", path.name, target)
    return target
