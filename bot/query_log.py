"""The query log: what was asked, what was answered, and what people thought of it.

Writing never waits and never raises: one thread writes in the background, tries again while the database is
locked, full or read-only, and what it still holds can be read by id. People and chats are keyed hashes. It
formats nothing and knows no type of Telegram's.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import sqlite3
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from bot.log_database import (
    Entry,
    Filter,
    QueryLogError,
    Source,
    Verdict,
    Vote,
    connect,
    count_entries,
    read_answered_question,
    read_entries,
    read_entry,
    read_last_question,
    reading,
    write_entry,
    write_vote,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlite_utils import Database

    from retrieval.model import Answer

__all__ = ["SHOWN_AFTER", "Entry", "QueryLog", "QueryLogError", "Source", "Verdict", "new_id"]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, in the order of its codes
PENDING = 10_000  # records held in memory while the database cannot be written
BATCH = 200  # records a transaction
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0  # seconds between two tries
RECENT = timedelta(minutes=10)  # how long a question may be followed by another
LOOK_WAIT = 0.05  # seconds that a question waits for a locked log
KEY_BYTES = 32
SHOWN_AFTER = 0.5  # seconds that what was just recorded may take before the log is shown without it

logger = logging.getLogger(__name__)


def new_id() -> str:
    """Return 16 characters of `[0-9a-z]`: 45 bits of time in milliseconds, then 35 random ones."""
    number = (time.time_ns() // 1_000_000) << 35 | secrets.randbits(35)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))


class QueryLog:
    """Safe to call from any thread. Reads open a connection of their own: call them off the event loop."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._waiting: deque[Entry | Vote] = deque()
        self._pending: dict[str, Entry] = {}
        self._unwritten = 0
        self._trouble: str | None = None
        self._closing = False
        self._abandoned = False
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._write, name="query-log", daemon=True)
        self._writer.start()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Make the folder, the key and the database where they are missing.

        A damaged database is moved aside and a new one begun; one that cannot be written now is left to the
        writer's retries. Raise QueryLogError without a usable folder or key, NewerSchemaError for a log of a
        later release.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            key = _key(path.with_suffix(".key"))
        except OSError as error:
            raise QueryLogError(f"查询日志的文件夹用不了：{path.parent}（{error.strerror}）") from error
        prepare(path)
        return cls(path, key)

    def entry_of(  # noqa: PLR0913 - one argument a fact of the row, by keyword
        self,
        answer: Answer,
        *,
        asker_id: int,
        chat_id: int,
        chat_kind: str,
        language: str,
        source: Source,
    ) -> Entry:
        """Make an entry of this moment, with an id of its own."""
        return Entry(
            id=new_id(),
            at=datetime.now(UTC),
            answer=answer,
            asker=self.hash_user(asker_id),
            chat=self.hash_chat(chat_id),
            chat_kind=chat_kind,
            language=language,
            source=source,
        )

    def hash_user(self, user_id: int) -> str:
        return self._hash("user", user_id)

    def hash_chat(self, chat_id: int) -> str:
        return self._hash("chat", chat_id)

    def record(self, entry: Entry) -> None:
        """Have the entry written, or the one of its id replaced. Returns at once and never raises."""
        self._put(entry)

    def vote(self, log_id: str, voter_id: int, verdict: Verdict, rank: int = 0) -> None:
        """Have the vote on the hit at `rank`, from 0, written, in place of the person's earlier one.

        Returns at once and never raises.
        """
        self._put(Vote(log_id, self.hash_user(voter_id), verdict, datetime.now(UTC), rank))

    def get(self, log_id: str) -> Entry | None:
        """Return the entry, written or still waiting. Raise QueryLogError where the log cannot be read."""
        with self._changed:
            if (entry := self._pending.get(log_id)) is not None:
                return entry
        with reading(self._path) as db:
            return read_entry(db, log_id)

    def question_before(self, asker_id: int, chat_id: int, reply: int | None = None) -> str | None:
        """Return the question, as it was read, that another one of the asker's may follow.

        That is the one which the message `reply` answers, else the asker's last in the chat if it is recent.
        None also where the log cannot be read at once: no answer waits for it.
        """
        chat, asker, since = self.hash_chat(chat_id), self.hash_user(asker_id), datetime.now(UTC) - RECENT
        if reply is not None and (
            answered := self._question(
                lambda entry: (entry.chat, entry.reply) == (chat, reply),
                lambda db: read_answered_question(db, chat, reply),
            )
        ):
            return answered
        return self._question(
            lambda entry: (entry.chat, entry.asker) == (chat, asker) and entry.at >= since,
            lambda db: read_last_question(db, chat, asker, since),
        )

    def latest(self, limit: int, offset: int = 0, *, unanswered: bool = False) -> list[Entry]:
        """Return written entries, newest first. Raise QueryLogError as `get` does."""
        with reading(self._path) as db:
            return list(read_entries(db, Filter(unanswered=unanswered), limit=limit, offset=offset))

    def count(self, *, unanswered: bool = False) -> int:
        with reading(self._path) as db:
            return count_entries(db, Filter(unanswered=unanswered))

    @property
    def trouble(self) -> str | None:
        """Why the last try to write failed, None when it did not."""
        return self._trouble

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything is written; False when that takes longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unwritten == 0, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Write what is waiting, for `timeout` seconds at most, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._writer.join(timeout)
        with self._changed:
            if self._unwritten:
                logger.error("query log closed with %d records unwritten: %s", self._unwritten, self._trouble)
            self._abandoned = True
            self._changed.notify_all()

    def _question(self, waits: Callable[[Entry], bool], read: Callable[[Database], str | None]) -> str | None:
        """Look among the entries that wait, newest first, and then among the written ones."""
        with self._changed:
            waiting = next(filter(waits, reversed(self._pending.values())), None)
        if waiting:
            return waiting.answer.question.read_as or waiting.answer.question.text
        try:
            with reading(self._path, LOOK_WAIT) as db:
                return read(db)
        except QueryLogError:
            return None

    def _hash(self, kind: str, number: int) -> str:
        return hmac.new(self._key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()[:16]

    def _put(self, job: Entry | Vote) -> None:
        with self._changed:
            if self._closing:
                logger.error("query log is closed: one record is lost")
                return
            if len(self._waiting) >= PENDING:
                self._forget(self._waiting.popleft())
                logger.warning("query log holds %d unwritten records: the oldest is dropped", PENDING)
            self._waiting.append(job)
            self._unwritten += 1
            if isinstance(job, Entry):
                self._pending[job.id] = job
            self._changed.notify_all()

    def _forget(self, job: Entry | Vote) -> None:
        self._unwritten -= 1
        if isinstance(job, Entry) and self._pending.get(job.id) is job:
            del self._pending[job.id]

    def _take(self) -> list[Entry | Vote]:
        """Wait for work and take it; empty when the log is closed and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _write(self) -> None:
        """Be the thread that writes, whatever happens: without it no question is logged any more."""
        db: Database | None = None
        wait = FIRST_WAIT
        batch = self._take()
        while batch and not self._abandoned:
            try:
                db = db or connect(self._path)
                _write_batch(db, batch)
            except Exception as error:  # noqa: BLE001 - see above; it is logged, told as trouble and tried again
                self._failed(error)
                if db:
                    with suppress(sqlite3.Error):
                        db.close()
                    db = None
                with self._changed:
                    self._changed.wait_for(lambda: self._abandoned, wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                self._written(batch)
                wait = FIRST_WAIT
                batch = self._take()
        if db:
            db.close()

    def _written(self, batch: list[Entry | Vote]) -> None:
        with self._changed:
            if self._trouble:
                logger.warning("query log can be written again")
            self._trouble = None
            for job in batch:
                self._forget(job)
            self._changed.notify_all()

    def _failed(self, error: Exception) -> None:
        if str(error) != self._trouble:  # once an outage, not once a try
            logger.error("query log cannot be written, will try again: %s", error)
        self._trouble = str(error)
        if _damaged(error):
            with suppress(OSError):  # it stays where it is, and so does the trouble
                move_aside(self._path)


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
        if _damaged(error):
            return True
        raise
    finally:
        connection.close()
    return verdict != "ok"


def _damaged(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _write_batch(db: Database, batch: list[Entry | Vote]) -> None:
    """Write all in one transaction, leaving out a record that cannot be written: it holds up nothing else."""
    db.execute("BEGIN IMMEDIATE")
    with db.conn:
        for job in batch:
            try:
                with db.atomic():
                    if isinstance(job, Entry):
                        write_entry(db, job)
                    else:
                        write_vote(db, job)
            except Exception as error:
                if _is_passing(error):
                    raise
                logger.exception("query log refuses a record: it is left out")


def _is_passing(error: Exception) -> bool:
    """Tell whether the database, and not the record, is at fault, so that another try may do."""
    states = (sqlite3.OperationalError, sqlite3.InternalError, OSError)
    return isinstance(error, states) or type(error) is sqlite3.DatabaseError


def _key(path: Path) -> bytes:
    """Read the key of the hashes; make it, readable by its owner only, where there is none."""
    if not path.exists():
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name) as file:  # of mode 0600
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was first
                os.link(file.name, path)  # whole or not at all
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise QueryLogError(f"查询日志的密钥文件损坏：{path}")
    return key
