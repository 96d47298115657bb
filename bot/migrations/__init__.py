"""The query log's schema, as numbered steps; a database's `user_version` is the number of its last step.

A step that has been released is never edited: a change is a new step. Going back is not supported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.migrations import m001_query_log, m002_reading
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

STEPS: tuple[Callable[[Database], None], ...] = (m001_query_log.apply, m002_reading.apply)
LATEST = len(STEPS)


class NewerSchemaError(WenjuError):
    """The log was written by a later release."""

    def __init__(self, found: int) -> None:
        super().__init__(f"查询日志的版本是 {found}，本程序只认识到 {LATEST}：请升级程序")
        self.found = found


def version(db: Database) -> int:
    number: int = db.execute("PRAGMA user_version").fetchone()[0]
    return number


def migrate(db: Database) -> None:
    """Take the missing steps, all or none. Raise NewerSchemaError for a log that is ahead of this program."""
    if version(db) == LATEST:
        return
    db.execute("BEGIN IMMEDIATE")  # two processes may start at once: only one takes the steps
    with db.conn:
        found = version(db)
        if found > LATEST:
            raise NewerSchemaError(found)
        for step in STEPS[found:]:
            step(db)
        db.execute(f"PRAGMA user_version = {LATEST}")
