"""Makes the query log ready at the start, whatever state it is found in."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING

from bot.damage import is_damaged, move_aside
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
        if is_damaged(path):
            move_aside(path)
        connect(path).close()
    except sqlite3.DatabaseError as error:
        logger.error("query log cannot be set up now: %s", error)  # noqa: TRY400 - the line says it all
