"""The schemas of the query log (`m…`), the bot's state (`s…`) and the inbox (`i…`), as numbered steps.

A database's `user_version` is the number of its last step.

A step that has been released is never edited: a change is a new step. Going back is not supported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.migrations import (
    i001_inbox,
    m001_query_log,
    m002_reading,
    m003_feedback,
    m004_statistics,
    m005_pages_and_pictures,
    s001_people,
    s002_file_ids,
    s003_who_replied,
)
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

Steps = tuple["Callable[[Database], None]", ...]

LOG: Steps = (
    m001_query_log.apply,
    m002_reading.apply,
    m003_feedback.apply,
    m004_statistics.apply,
    m005_pages_and_pictures.apply,
)
STATE: Steps = (s001_people.apply, s002_file_ids.apply, s003_who_replied.apply)
INBOX: Steps = (i001_inbox.apply,)


class NewerSchemaError(WenjuError):
    """The database was written by a later release."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"数据库的版本是 {found}，本程序只认识到 {known}：请升级程序")
        self.found = found


def version(db: Database) -> int:
    number: int = db.execute("PRAGMA user_version").fetchone()[0]
    return number


def migrate(db: Database, steps: Steps) -> None:
    """Take the missing steps, all or none. Raise NewerSchemaError for a database ahead of this program."""
    latest = len(steps)
    if version(db) == latest:
        return
    db.execute("BEGIN IMMEDIATE")  # two processes may start at once: only one takes the steps
    with db.conn:
        found = version(db)
        if found > latest:
            raise NewerSchemaError(found, latest)
        for step in steps[found:]:
            step(db)
        db.execute(f"PRAGMA user_version = {latest}")
