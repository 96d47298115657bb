"""Deletes what the bot keeps of a person, or for too long: in use, in the copies, and from the disk's pages.

The inbox erases what it holds once that is answered. Backups in other places are the operator's. Checked
answers stay: they name nobody.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.backups.copies import INBOX_FILE, Copies
from bot.backups.manifest import LOG_FILE, STATE_FILE, BackupError
from bot.log.database import connect, delete_asker, delete_before, empty_write_ahead_log, vacuum
from bot.state.curation_prompts import CurationPrompts
from bot.state.database import StateDatabase
from bot.state.people import People

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from bot.backups.copies import Change
    from bot.log.query_log import QueryLog
    from bot.pseudonyms import Pseudonyms

LOCK_WAIT = 10.0  # seconds


class Erasure:
    """Safe to call from any thread. Each call waits for the disk, and for the one before.

    WenjuError says that not all could be deleted now: the same again goes on with it.
    """

    def __init__(self, data: Path, log: QueryLog, people: People, prompts: CurationPrompts) -> None:
        self._log = log
        self._people = people
        self._prompts = prompts
        self._files = [data / LOG_FILE, data / STATE_FILE]
        self._copies = Copies(data)
        self._turn = threading.Lock()

    def forget(self, user_id: int) -> int:
        """Delete what is kept of a person; return how many questions that were in use. A guest stays one."""
        with self._turn, self._copies.held():
            count = self._log.forget(user_id)
            self._people.forget(user_id)
            self._prompts.forget(user_id)
            self._clean(vacuum)
            self._copies.change(_forgetting(user_id, self._copies.pseudonyms()))
        return count

    def expire(self, before: datetime | None) -> int:
        """Delete the questions from before that moment, and prompts that are too old to be answered.

        Return how many questions that were in use.
        """
        with self._turn, self._copies.held():
            count = self._log.expire(before) if before else 0
            self._prompts.expire()
            self._clean(empty_write_ahead_log)
            self._copies.change(_expiring(before, self._log.pseudonyms))
        return count

    def _clean(self, work: Callable[[Database], None]) -> None:
        """Do away with what a deletion leaves on the disk, also with what an earlier one had to leave."""
        for path in self._files:
            try:
                with closing(sqlite3.connect(path, timeout=LOCK_WAIT)) as connection:
                    work(Database(connection))
            except sqlite3.DatabaseError as error:
                raise BackupError(f"{path} 里删除的还没有清除：{error}") from error


def _forgetting(user_id: int, hashed: list[Pseudonyms]) -> dict[str, Change]:
    def log(db: Database) -> None:
        for pseudonyms in hashed:
            delete_asker(db, pseudonyms.user(user_id))

    def state(database: StateDatabase) -> int:
        return sum(
            People(database, pseudonyms, frozenset()).forget(user_id)
            + CurationPrompts(database, pseudonyms).forget(user_id)
            for pseudonyms in hashed
        )

    return {
        LOG_FILE: lambda path: _in_log(path, log),
        STATE_FILE: lambda path: _in_state(path, state),
        INBOX_FILE: lambda path: _in_inbox(path, "instr(payload, ?)", str(user_id)),
    }


def _expiring(before: datetime | None, pseudonyms: Pseudonyms) -> dict[str, Change]:
    state: dict[str, Change] = {
        STATE_FILE: lambda path: _in_state(path, lambda it: CurationPrompts(it, pseudonyms).expire())
    }
    if before is None:
        return state
    return state | {
        LOG_FILE: lambda path: _in_log(path, lambda db: delete_before(db, before)),
        INBOX_FILE: lambda path: _in_inbox(path, "received < ?", before.isoformat()),
    }


def _in_log(path: Path, work: Callable[[Database], object]) -> bool:
    with closing(connect(path)) as db:
        before = db.conn.total_changes
        with db.atomic():
            work(db)
        return bool(db.conn.total_changes > before)


def _in_state(path: Path, work: Callable[[StateDatabase], int]) -> bool:
    with closing(StateDatabase.open(path)) as state:
        return bool(work(state))


def _in_inbox(path: Path, condition: str, value: str) -> bool:
    """Delete updates of an inbox that was moved aside, with what was sent for them."""
    gone = f"SELECT place FROM updates WHERE {condition}"  # noqa: S608 - the conditions above
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"DELETE FROM sent WHERE place IN ({gone})", [value])  # noqa: S608 - as above
        connection.execute(f"DELETE FROM updates WHERE {condition}", [value])  # noqa: S608 - as above
        return connection.total_changes > 0
