"""A query log that is damaged is moved aside and a new one begun: the bot goes on, and nothing is deleted."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.log.database import connect

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


def prepare(path: Path) -> None:
    """Make the database or bring it to today's schema, after moving a damaged one aside.

    A database that is locked, full or read-only just now is left as it is. Raise NewerSchemaError for a log
    of a later release.
    """
    try:
        if _is_damaged(path):
            move_aside(path)
        connect(path).close()
    except sqlite3.DatabaseError as error:
        logger.error("query log cannot be set up now: %s", error)  # noqa: TRY400 - the line says it all


def move_aside(path: Path) -> Path:
    """Rename a damaged database and its companions; nothing is deleted."""
    target = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    logger.error("query log was damaged: kept as %s, a new one is begun", target)
    return target


def _is_damaged(path: Path) -> bool:
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


def is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
