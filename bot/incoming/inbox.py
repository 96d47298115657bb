"""The inbox: every update is on the disk before Telegram may forget it, and stays until it is done.

One thread writes, many jobs to a transaction, each on the disk (WAL, synchronous=FULL) before it counts. What
was sent for an update is kept with it, so that a repetition after a crash does not send it again. When an
update is done its text is erased; its id stays for a while, so that Telegram's repetitions are known.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from concurrent.futures import Future, InvalidStateError
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from bot.background_writer import BackgroundWriter
from bot.damage import is_damaged, move_aside
from bot.databases import open_database
from bot.incoming.handling import Handling
from bot.migrations import INBOX
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlite_utils import Database
    from telegram._utils.types import JSONDict

FULL = 10_000  # updates waiting; more are left with Telegram, which keeps them for a day
KEPT = 10_000  # updates whose ids are remembered when they are done
# What waits for another bot, in case its token comes back; looked at when the inbox is opened.
FOREIGN_KEPT = timedelta(days=7)
BATCH = 500  # jobs a transaction
LOCK_WAIT = 5.0  # seconds


class InboxError(WenjuError):
    """The inbox cannot be written now."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An update that waits: as Telegram sent it, and what is known of its handling.

    `crashes` counts the ends of the process that it may be to blame for.
    """

    payload: JSONDict
    handling: Handling
    crashes: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to write; `written` is set when it is, or when the first try has failed."""

    work: Callable[[Database], object]
    is_kept: bool
    """Whether it is tried again until it is written."""
    written: Future[None] = field(default_factory=Future)


class Inbox:
    """Safe to call from any thread. The updates are those of one bot; others in the file are left alone."""

    def __init__(self, path: Path, bot_id: int) -> None:
        self._path = path
        self._bot = bot_id
        self._waiting: dict[int, datetime] = {}
        self._writer = BackgroundWriter[_Job](
            path,
            connect=_connect,
            write=self._write,
            written=self._written,
            failed=self._failed,
            idle=self._idle,
            batch=BATCH,
        )
        self._changed = self._writer.changed

    @classmethod
    def open(cls, path: Path, bot_id: int) -> Self:
        """Make a missing file; a damaged one is moved aside.

        One that cannot be written now is left to the writer's next tries. Raise NewerSchemaError for one of a
        later release.
        """
        inbox = cls(path, bot_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if is_damaged(path):
                move_aside(path)
            with closing(_connect(path)) as db:
                inbox._waiting = {row["id"]: _time(row) for row in inbox._rows(db)}
                with db.atomic():
                    _drop_foreign(db, bot_id)
        except (sqlite3.DatabaseError, OSError) as error:
            inbox._writer.note(error)
            inbox._put(_probe())
        inbox._writer.start()
        return inbox

    def letters(self) -> list[Letter]:
        """Return what waits, in the order of its arrival. Raise InboxError where that cannot be read now."""
        try:
            with closing(_connect(self._path)) as db:
                return [self._letter(db, row) for row in self._rows(db)]
        except (sqlite3.DatabaseError, OSError) as error:
            raise InboxError(f"收件箱读不了：{error}") from error

    def resume(self, letters: Sequence[Letter]) -> None:
        """Count letters of the last run among those that wait."""
        with self._changed:
            self._waiting |= {letter.handling.update_id: letter.handling.received for letter in letters}

    async def accept(self, updates: Sequence[JSONDict]) -> list[Letter]:
        """Keep updates, each a Bot API Update; return the new ones. Raise InboxError if they are not kept."""
        received = datetime.now(UTC)
        new: list[int] = []

        def insert(db: Database) -> None:
            for update in updates:
                cursor = db.execute(
                    "INSERT OR IGNORE INTO updates (bot, id, received, payload) VALUES (?, ?, ?, ?)",
                    [self._bot, update["update_id"], received.isoformat(), json.dumps(update)],
                )
                if cursor.rowcount:
                    new.append(update["update_id"])
            db.execute(
                "DELETE FROM updates WHERE payload IS NULL AND place <= (SELECT max(place) FROM updates) - ?",
                [KEPT],
            )

        await asyncio.wrap_future(self._put(_Job(insert, is_kept=False)))
        with self._changed:
            self._waiting |= dict.fromkeys(new, received)
        return [
            Letter(update, Handling(update["update_id"], received, self))
            for update in updates
            if update["update_id"] in new
        ]

    def suspect(self, update_id: int) -> Future[None]:
        """Count an end of the process against the update, until it is cleared."""
        return self._change(
            "UPDATE updates SET crashes = crashes + 1 WHERE bot = :bot AND id = :id", update_id
        )

    def clear(self, update_id: int) -> None:
        """Take the suspicion from an update: the process has not ended."""
        self._change("UPDATE updates SET crashes = 0 WHERE bot = :bot AND id = :id", update_id)

    def sent(self, update_id: int, call: str, result: str) -> Future[None]:
        """Keep what was sent in the handling of an update."""
        return self._change(
            "INSERT INTO sent (place, call, result)"
            " SELECT place, :call, :result FROM updates"
            " WHERE bot = :bot AND id = :id AND payload IS NOT NULL",
            update_id,
            call=call,
            result=result,
        )

    def done(self, update_id: int) -> None:
        """Erase an update that is answered, or whose failure was said."""
        with self._changed:
            self._waiting.pop(update_id, None)
        self._change(
            "DELETE FROM sent WHERE place IN (SELECT place FROM updates WHERE bot = :bot AND id = :id)",
            update_id,
        )
        self._change("UPDATE updates SET payload = NULL WHERE bot = :bot AND id = :id", update_id)

    @property
    def depth(self) -> int:
        """How many updates wait or are being handled."""
        return len(self._waiting)

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of them arrived."""
        with self._changed:
            return next(iter(self._waiting.values()), None)

    @property
    def has_room(self) -> bool:
        return self.depth < FULL

    @property
    def trouble(self) -> str | None:
        """Why the last try to write failed, None when it did not."""
        return self._writer.trouble

    def close(self, timeout: float = 5.0) -> None:
        """Write what is left to write, for `timeout` seconds at most, and stop."""
        self._writer.close(timeout)

    def _rows(self, db: Database) -> list[dict[str, Any]]:
        return list(
            db.query(
                "SELECT * FROM updates WHERE bot = ? AND payload IS NOT NULL ORDER BY place", [self._bot]
            )
        )

    def _letter(self, db: Database, row: dict[str, Any]) -> Letter:
        sent = db.execute("SELECT call, result FROM sent WHERE place = ? ORDER BY number", [row["place"]])
        handling = Handling(row["id"], _time(row), self, sent=sent.fetchall(), repeated=True)
        return Letter(json.loads(row["payload"]), handling, row["crashes"])

    def _change(self, sql: str, update_id: int, **values: str) -> Future[None]:
        given = {"bot": self._bot, "id": update_id, **values}
        return self._put(_Job(lambda db: db.execute(sql, given), is_kept=True))

    def _put(self, job: _Job) -> Future[None]:
        self._writer.put(job)
        return job.written

    @staticmethod
    def _write(db: Database, jobs: Sequence[_Job]) -> None:
        with db.atomic():
            for job in jobs:
                job.work(db)

    def _idle(self, db: Database) -> None:
        if not self._waiting:  # the texts leave the write-ahead log too
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @staticmethod
    def _written(jobs: Sequence[_Job]) -> None:
        for job in jobs:
            with suppress(InvalidStateError):  # it failed before, or nobody waits any more
                job.written.set_result(None)

    @staticmethod
    def _failed(jobs: Sequence[_Job], error: Exception) -> Sequence[_Job]:
        """Let those know who wait; return what is kept, if only to see when the disk takes it again."""
        for job in jobs:
            with suppress(InvalidStateError):
                job.written.set_exception(InboxError(f"收件箱写不进去：{error}"))
        return [job for job in jobs if job.is_kept] or [_probe()]


def _probe() -> _Job:
    """Return a job that writes, and changes nothing."""
    return _Job(lambda db: db.execute(f"PRAGMA user_version = {len(INBOX)}"), is_kept=True)


def _connect(path: Path) -> Database:
    return open_database(path, INBOX, patience=LOCK_WAIT)


def _drop_foreign(db: Database, bot_id: int) -> None:
    """Delete what has waited for long for another bot, whose token was here before."""
    before = (datetime.now(UTC) - FOREIGN_KEPT).isoformat()
    gone = "SELECT place FROM updates WHERE bot != :bot AND received < :before"
    for table in ("sent", "updates"):
        db.execute(f"DELETE FROM {table} WHERE place IN ({gone})", {"bot": bot_id, "before": before})  # noqa: S608 - the two names above


def _time(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["received"])
