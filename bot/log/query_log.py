"""The query log: what was asked, what was answered, and what people thought of it.

Writing never waits and never raises: one thread writes in the background, tries again while the database is
locked, full or read-only, and what it still holds can be read by id. People and chats are keyed hashes. It
formats nothing and knows no type of Telegram's.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from bot.background_writer import BackgroundWriter
from bot.incoming.handling import new_entry_id
from bot.log.database import (
    QueryLogError,
    connect,
    delete_asker,
    delete_before,
    read_answered_question,
    read_entry,
    read_last_question,
    read_pictures,
    read_prompted_vote,
    read_replies,
    read_series,
    reading,
    vacuum,
    write_entry,
    write_reply,
    write_vote,
)
from bot.log.entry import Entry, Source, Verdict, Vote
from bot.log.recovery import prepare
from bot.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from bot.log.entry import Reason
    from retrieval.model import Answer, Series

T = TypeVar("T")

PENDING = 10_000  # records held in memory while the database cannot be written
BATCH = 200  # records a transaction
RECENT = timedelta(minutes=10)  # how long a question may be followed by another
LOOK_WAIT = 0.05  # seconds that a question waits for a locked log
EDITABLE = timedelta(days=2)  # how long Telegram lets people edit what they wrote
DELETE_WAIT = 10.0  # seconds that a deletion waits for a locked log
SHOWN_AFTER = 0.5  # seconds that what was just recorded may take before the log is shown without it

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replied:
    """A record that the message `entry.reply` carries the answer of an entry, which is written already."""

    entry: Entry


Record = Entry | Replied | Vote


class QueryLog:
    """Safe to call from any thread. Reads open a connection of their own: call them off the event loop."""

    def __init__(self, path: Path, pseudonyms: Pseudonyms) -> None:
        self.pseudonyms = pseudonyms
        self._path = path
        self._writer = BackgroundWriter[Record](
            path,
            connect=connect,
            write=self._write,
            written=self._written,
            failed=lambda batch, _: batch,
            batch=BATCH,
        )
        self._waiting, self._changed = self._writer.waiting, self._writer.changed
        self._pending: dict[str, Entry] = {}
        self._unwritten = 0
        self._recorded = 0  # records so far; the rest of them are unwritten
        self._when_written: deque[tuple[int, Callable[[], None]]] = deque()
        """What to call once so many records are written."""
        self._forgotten: dict[str, datetime] = {}
        """Up to when a person's records are not written any more."""
        self.questions = Counter[bool]()
        """How many were recorded since the start, by whether an answer was found."""
        self._writer.start()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Make the folder, the key and the database where they are missing.

        A damaged database is moved aside and a new one begun; one that cannot be written now is left to the
        writer's retries. Raise KeyFileError without a usable folder or key, NewerSchemaError for a log of a
        later release.
        """
        pseudonyms = Pseudonyms.open(path.with_suffix(".key"))
        prepare(path)
        return cls(path, pseudonyms)

    def new_entry(  # noqa: PLR0913 - one argument a fact of the row, by keyword
        self,
        answer: Answer,
        *,
        asker_id: int,
        chat_id: int,
        chat_kind: str,
        language: str,
        source: Source,
        message: int | None = None,
    ) -> Entry:
        """Make an entry of this moment, with an id of its own."""
        return Entry(
            id=new_entry_id(),
            at=datetime.now(UTC),
            answer=answer,
            asker=self.pseudonyms.user(asker_id),
            chat=self.pseudonyms.chat(chat_id),
            chat_kind=chat_kind,
            language=language,
            source=source,
            message=message,
        )

    def record(self, entry: Entry) -> None:
        """Have the entry written, or the one of its id replaced. Returns at once and never raises."""
        self.questions[entry.answer.found] += 1
        self._put(entry)

    def replied(self, entry: Entry, reply: int) -> None:
        """Have it written that the message `reply` carries a recorded entry.

        Returns at once and never raises.
        """
        self._put(Replied(replace(entry, reply=reply)))

    def vote(  # noqa: PLR0913 - one argument a fact of the row
        self,
        log_id: str,
        voter_id: int,
        verdict: Verdict,
        rank: int = 0,
        *,
        reason: Reason | None = None,
        prompt: int | None = None,
    ) -> None:
        """Have the vote on the hit at `rank`, from 0, written, in place of the person's earlier one.

        A reason or prompt is added to the same vote. Returns at once and never raises.
        """
        voter = self.pseudonyms.user(voter_id)
        self._put(Vote(log_id, voter, verdict, datetime.now(UTC), rank, reason, None, prompt))

    def comment(self, vote: Vote, text: str) -> None:
        """Have the comment added to the vote. Returns at once and never raises."""
        self._put(replace(vote, comment=text, at=datetime.now(UTC)))

    def prompted(self, voter_id: int, chat_id: int, prompt: int) -> Vote | None:
        """Return the vote that the message `prompt` asked the voter to comment on, None where it did not.

        None also where the log cannot be read at once.
        """
        self.flush(SHOWN_AFTER)
        chat, voter = self.pseudonyms.chat(chat_id), self.pseudonyms.user(voter_id)
        try:
            with reading(self._path, LOOK_WAIT) as db:
                return read_prompted_vote(db, chat, prompt, voter)
        except QueryLogError:
            return None

    def get(self, log_id: str) -> Entry | None:
        """Return the entry, written or still waiting. Raise QueryLogError where the log cannot be read."""
        with self._changed:
            if (entry := self._pending.get(log_id)) is not None:
                return entry
        with reading(self._path) as db:
            return read_entry(db, log_id)

    def question_before(
        self,
        asker_id: int,
        chat_id: int,
        reply: int | None = None,
        edited: tuple[int, datetime] | None = None,
    ) -> str | None:
        """Return the question, as it was read, that another one of the asker's may follow.

        That is the one which the message `reply` answers, else the asker's last in the chat if it is recent.
        For an `edited` message, given by its id and when it was first sent, it is the last one before that.
        None also where the log cannot be read at once: no answer waits for it.
        """
        chat, asker = self.pseudonyms.chat(chat_id), self.pseudonyms.user(asker_id)
        message, at = edited or (None, datetime.now(UTC))
        since = at - RECENT
        if reply is not None and (
            answered := self._question(
                lambda entry: (entry.chat, entry.reply) == (chat, reply),
                lambda db: read_answered_question(db, chat, reply),
            )
        ):
            return answered
        return self._question(
            lambda entry: (
                (entry.chat, entry.asker) == (chat, asker)
                and entry.at >= since
                and (message is None or (entry.message is not None and entry.message < message))
            ),
            lambda db: read_last_question(db, chat, asker, since, message),
        )

    def replies_to(self, asker_id: int, chat_id: int, message: int) -> list[int]:
        """Return the ids of the messages that answer the asker's `message`, in their order.

        Empty also where the log cannot be read.
        """
        self.flush(SHOWN_AFTER)
        chat, asker = self.pseudonyms.chat(chat_id), self.pseudonyms.user(asker_id)
        try:
            return self.read(lambda db: read_replies(db, chat, asker, message, datetime.now(UTC) - EDITABLE))
        except QueryLogError:
            return []

    def shown_to(self, asker_id: int, chat_id: int, message: int) -> tuple[frozenset[str], frozenset[Series]]:
        """Return the keys of the pictures, and the courses, that have answered the asker's `message`.

        Empty also where the log cannot be read.
        """
        asked = self.pseudonyms.chat(chat_id), self.pseudonyms.user(asker_id), message
        try:
            return self.read(lambda db: (read_pictures(db, *asked), read_series(db, *asked)))
        except QueryLogError:
            return frozenset(), frozenset()

    def read(self, work: Callable[[Database], T]) -> T:
        """Do the work on the written rows, which soon hold what was just recorded. Raise QueryLogError."""
        self.flush(SHOWN_AFTER)
        with reading(self._path) as db:
            return work(db)

    def forget(self, asker_id: int) -> int:
        """Delete all that a person asked and voted, from the disk too; return how many questions that were.

        Raise QueryLogError where the log cannot be written.
        """
        asker = self.pseudonyms.user(asker_id)
        self.flush()
        with self._changed:
            self._forgotten[asker] = datetime.now(UTC)
        return self._delete(lambda db: delete_asker(db, asker))

    def expire(self, before: datetime) -> int:
        """Delete the questions from before that moment, as `forget` does."""
        return self._delete(lambda db: delete_before(db, before))

    @property
    def trouble(self) -> str | None:
        """Why the last try to write failed, None when it did not."""
        return self._writer.trouble

    def after_written(self, call: Callable[[], None]) -> None:
        """Have `call` called, in any thread, once all that is recorded so far is written; not before."""
        with self._changed:
            if self._unwritten:
                self._when_written.append((self._recorded, call))
                return
        call()

    @property
    def unwritten(self) -> int:
        """How many records wait to be written."""
        return self._unwritten

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything is written; False when that takes longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unwritten == 0, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Write what is waiting, for `timeout` seconds at most, and stop."""
        self._writer.close(timeout)
        if self._unwritten:
            logger.error("query log closed with %d records unwritten: %s", self._unwritten, self.trouble)

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

    def _delete(self, work: Callable[[Database], int]) -> int:
        try:
            with closing(connect(self._path)) as db:
                db.execute(f"PRAGMA busy_timeout = {DELETE_WAIT * 1000:.0f}")
                with db.atomic():
                    count = work(db)
                if db.conn.total_changes:
                    vacuum(db)
        except sqlite3.DatabaseError as error:
            raise QueryLogError(f"查询日志写不进去：{error}") from error
        return count

    def _put(self, job: Record) -> None:
        calls: Sequence[Callable[[], None]] = ()
        with self._changed:
            if self._writer.closing:
                logger.error("query log is closed: one record is lost")
                return
            if len(self._waiting) >= PENDING:
                self._forget(self._waiting.popleft())
                logger.warning("query log holds %d unwritten records: the oldest is dropped", PENDING)
                calls = self._due()
            self._unwritten += 1
            self._recorded += 1
            if entry := _entry_of(job):
                self._pending[entry.id] = entry
            self._writer.put(job)
        for call in calls:
            call()

    def _forget(self, job: Record) -> None:
        self._unwritten -= 1
        if (entry := _entry_of(job)) and self._pending.get(entry.id) is entry:
            del self._pending[entry.id]

    def _write(self, db: Database, batch: Sequence[Record]) -> None:
        """Write all in one transaction but for a record that cannot be written: it holds up nothing else."""
        db.execute("BEGIN IMMEDIATE")
        with db.conn:
            # A person who is forgotten is so before the deletion begins, and it cannot begin from here on.
            for job in [job for job in batch if not self._is_forgotten(job)]:
                try:
                    with db.atomic():
                        if isinstance(job, Entry):
                            write_entry(db, job)
                        elif isinstance(job, Replied):
                            write_reply(db, job.entry)
                        else:
                            write_vote(db, job)
                except Exception as error:
                    if _is_passing(error):
                        raise
                    logger.exception("query log refuses a record: it is left out")

    def _is_forgotten(self, job: Record) -> bool:
        record = job.entry if isinstance(job, Replied) else job
        person = record.voter if isinstance(record, Vote) else record.asker
        return person in self._forgotten and record.at <= self._forgotten[person]

    def _written(self, batch: Sequence[Record]) -> None:
        with self._changed:
            for job in batch:
                self._forget(job)
            calls = self._due()
            self._changed.notify_all()
        for call in calls:
            call()

    def _due(self) -> list[Callable[[], None]]:
        """Take the calls that wait for nothing any more."""
        written = self._recorded - self._unwritten
        calls = []
        while self._when_written and self._when_written[0][0] <= written:
            calls.append(self._when_written.popleft()[1])
        return calls


def _entry_of(job: Record) -> Entry | None:
    return job.entry if isinstance(job, Replied) else job if isinstance(job, Entry) else None


def _is_passing(error: Exception) -> bool:
    """Tell whether the database, and not the record, is at fault, so that another try may do."""
    states = (sqlite3.OperationalError, sqlite3.InternalError, OSError)
    return isinstance(error, states) or type(error) is sqlite3.DatabaseError
