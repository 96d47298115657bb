"""The query log's SQL. Knows the tables; knows no thread, queue, Telegram or hash."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.databases import open_database
from bot.log.rows import (
    entry_of,
    figure_rows,
    hit_rows,
    paragraph_of,
    paragraph_rows,
    query_row,
    series_of,
    stamp,
    vote_of,
    vote_row,
)
from bot.migrations import LOG
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.log.entry import Entry, Vote
    from bot.log.rows import Row
    from retrieval.model import Series

CHECKPOINTS, CHECKPOINT_PAUSE = 20, 0.25  # tries, and seconds between them, while somebody reads
CHUNK = 200  # entries loaded at once, so that a long export stays small in memory


class QueryLogError(WenjuError):
    """The log cannot be read or set up."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: those that meet every condition. `since` is included, `until` is not.

    `word` stands in the question or in its normal form; `asker` is a keyed hash or its beginning.
    """

    unanswered: bool = False
    downvoted: bool = False
    since: datetime | None = None
    until: datetime | None = None
    word: str | None = None
    voted: bool = False
    asker: str | None = None


EVERYTHING = Filter()


def connect(path: Path) -> Database:
    """Open for writing, for one thread. Raise as `open_database` does."""
    return open_database(path, LOG, patience=1.0, durable=False)


@contextmanager
def reading(path: Path, patience: float = 1.0) -> Iterator[Database]:
    """Open for reading, for one thread; wait `patience` seconds for a lock.

    Raise QueryLogError with one clear line when that fails.
    """
    if not path.exists():
        raise QueryLogError(f"还没有查询日志：{path}")
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=patience)
        ) as connection:
            yield Database(connection)
    except sqlite3.DatabaseError as error:
        raise QueryLogError(f"查询日志读不了：{error}") from error


def write_entry(db: Database, entry: Entry) -> None:
    """Insert the entry, or replace the one of the same id; its votes stay."""
    _write(db, "queries", [query_row(entry)])
    for table in ("hits", "figures"):
        db.execute(f"DELETE FROM {table} WHERE query = ?", [entry.id])  # noqa: S608 - the two names above
    # Upserted, not ignored: a paragraph keeps its id when its date or place in the document is corrected.
    _write(db, "paragraphs", paragraph_rows(entry.answer))
    _write(db, "hits", hit_rows(entry))
    _write(db, "figures", figure_rows(entry))


def write_reply(db: Database, entry: Entry) -> None:
    """Write which message carries the answer of an entry that is written already."""
    db.execute("UPDATE queries SET reply = ? WHERE id = ?", [entry.reply, entry.id])


def write_vote(db: Database, vote: Vote) -> None:
    """Write a person's vote in place of the earlier one, whose reason and comment stay with the same verdict.

    Its prompt stays in any case: a person is asked once about an answer.

    Raise sqlite3.IntegrityError without its entry.
    """
    row = vote_row(vote)
    before = read_vote(db, vote.query, vote.voter)
    if before:
        same = (before.verdict, before.rank) == (vote.verdict, vote.rank)
        kept = ("reason", "comment", "prompt") if same else ("prompt",)
        row |= {name: value for name, value in vote_row(before).items() if name in kept and row[name] is None}
    db.table("votes").upsert(row, pk=("query", "voter"))


def read_vote(db: Database, query: str, voter: str) -> Vote | None:
    rows = db.query("SELECT * FROM votes WHERE query = ? AND voter = ?", [query, voter])
    return next(map(vote_of, rows), None)


def read_prompted_vote(db: Database, chat: str, prompt: int, voter: str) -> Vote | None:
    """Return the vote whose voter was asked for a comment by the message `prompt` of the chat."""
    rows = db.query(
        "SELECT votes.* FROM votes JOIN queries ON queries.id = votes.query"
        " WHERE chat = ? AND prompt = ? AND voter = ? ORDER BY votes.at DESC LIMIT 1",
        [chat, prompt, voter],
    )
    return next(map(vote_of, rows), None)


def read_entry(db: Database, log_id: str) -> Entry | None:
    rows = list(db.query("SELECT * FROM queries WHERE id = ?", [log_id]))
    return next(iter(_entries(db, rows)), None)


def read_answer(db: Database, chat: str, reply: int) -> Entry | None:
    """Return the entry that the message `reply` of the chat answers."""
    where = "chat = ? AND reply = ? ORDER BY at DESC, id DESC LIMIT 1"
    rows = list(db.query(f"SELECT * FROM queries WHERE {where}", [chat, reply]))  # noqa: S608 - `where` is ours
    return next(iter(_entries(db, rows)), None)


def read_answered_question(db: Database, chat: str, reply: int) -> str | None:
    """Return the question, as it was read, that the message `reply` of the chat answers."""
    # The last one: a new sandbox counts its messages from the start again.
    condition = "chat = :chat AND reply = :reply ORDER BY at DESC, id DESC LIMIT 1"
    return _question(db, condition, {"chat": chat, "reply": reply})


def read_last_question(
    db: Database, chat: str, asker: str, since: datetime, message: int | None = None
) -> str | None:
    """Return the asker's last question in the chat, as it was read, that is no older than `since`.

    With a `message`, only what messages before that one asked.
    """
    condition = (
        "chat = :chat AND asker = :asker AND at >= :since AND (:message IS NULL OR message < :message)"
        " ORDER BY at DESC, id DESC LIMIT 1"
    )
    values = {"chat": chat, "asker": asker, "since": stamp(since), "message": message}
    return _question(db, condition, values)


def read_replies(db: Database, chat: str, asker: str, message: int, since: datetime) -> list[int]:
    """Return the ids of the messages that answer the asker's `message`, in their order."""
    rows = db.query(
        "SELECT DISTINCT reply FROM queries"
        " WHERE chat = ? AND asker = ? AND message = ? AND at >= ? AND reply IS NOT NULL ORDER BY reply",
        [chat, asker, message, stamp(since)],
    )
    return [row["reply"] for row in rows]


def read_pictures(db: Database, chat: str, asker: str, message: int) -> frozenset[str]:
    """Return the keys of the pictures that have answered the asker's `message`."""
    rows = db.query(
        "SELECT DISTINCT json_extract(value, '$.key') AS key FROM queries, json_each(queries.pictures)"
        " WHERE chat = ? AND asker = ? AND message = ?",
        [chat, asker, message],
    )
    return frozenset(row["key"] for row in rows)


def read_series(db: Database, chat: str, asker: str, message: int) -> frozenset[Series]:
    """Return the courses that have answered the asker's `message`."""
    rows = db.query(
        "SELECT DISTINCT series FROM queries"
        " WHERE chat = ? AND asker = ? AND message = ? AND series IS NOT NULL",
        [chat, asker, message],
    )
    return frozenset(series_of(row["series"]) for row in rows)


def read_entries(
    db: Database, chosen: Filter = EVERYTHING, *, limit: int | None = None, offset: int = 0
) -> Iterator[Entry]:
    """Yield entries, newest first."""
    where, values = _where(chosen)
    ids = db.execute(
        f"SELECT id FROM queries WHERE {where} ORDER BY at DESC, id DESC LIMIT :limit OFFSET :offset",  # noqa: S608 - `where` is ours
        {**values, "limit": -1 if limit is None else limit, "offset": offset},
    )
    while chunk := ids.fetchmany(CHUNK):
        rows = db.query(
            "SELECT * FROM queries WHERE id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC",
            [json.dumps([log_id for (log_id,) in chunk])],
        )
        yield from _entries(db, list(rows))


def count_entries(db: Database, chosen: Filter = EVERYTHING) -> int:
    where, values = _where(chosen)
    total: int = db.execute(f"SELECT count(*) FROM queries WHERE {where}", values).fetchone()[0]  # noqa: S608 - `where` is ours
    return total


def delete_asker(db: Database, asker: str) -> int:
    """Delete what a person asked and voted; return how many questions that were."""
    db.execute("DELETE FROM votes WHERE voter = ?", [asker])
    return _delete(db, "asker = ?", asker)


def delete_before(db: Database, at: datetime) -> int:
    """Delete the questions older than `at` with all that hangs on them; return how many."""
    return _delete(db, "at < ?", stamp(at))


def vacuum(db: Database) -> None:
    """Leave nothing of what was deleted, in the database or its write-ahead log; outside of a transaction."""
    db.execute("VACUUM")
    empty_write_ahead_log(db)


def empty_write_ahead_log(db: Database) -> None:
    """Raise sqlite3.OperationalError where readers keep it for too long."""
    for _ in range(CHECKPOINTS):
        busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        time.sleep(CHECKPOINT_PAUSE)
    raise sqlite3.OperationalError("readers keep the write-ahead log")


def _write(db: Database, table: str, rows: Sequence[Row]) -> None:
    """Insert rows of the same columns; one whose `id` is there already is replaced in place."""
    if not rows:
        return
    names = list(rows[0])
    replaced = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    there = f" ON CONFLICT (id) DO UPDATE SET {replaced}" if "id" in names else ""
    places = ", ".join(f":{name}" for name in names)
    # One statement for all: with sqlite-utils' own insert an entry takes four times as long.
    db.conn.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}){there}", rows)  # noqa: S608 - ours


def _delete(db: Database, condition: str, value: str) -> int:
    gone = f"SELECT id FROM queries WHERE {condition}"  # noqa: S608 - `condition` is ours
    for table in ("votes", "hits", "figures"):
        db.execute(f"DELETE FROM {table} WHERE query IN ({gone})", [value])  # noqa: S608 - as above
    count = db.execute(f"DELETE FROM queries WHERE {condition}", [value]).rowcount  # noqa: S608 - as above
    db.execute(
        "DELETE FROM paragraphs WHERE id NOT IN (SELECT paragraph FROM hits)"
        " AND id NOT IN (SELECT paragraph FROM figures WHERE paragraph IS NOT NULL)"
        " AND id NOT IN (SELECT json_each.value FROM hits, json_each(continued))"
    )
    return count


def _question(db: Database, condition: str, values: Row) -> str | None:
    rows = db.query(f"SELECT coalesce(read_as, question) AS question FROM queries WHERE {condition}", values)  # noqa: S608 - `condition` is ours
    return next((row["question"] for row in rows), None)


def _where(chosen: Filter) -> tuple[str, Row]:
    conditions = ["1"]
    if chosen.unanswered:
        conditions.append("found = 0")
    if chosen.downvoted:
        conditions.append("id IN (SELECT query FROM votes WHERE verdict = 'down')")
    if chosen.since:
        conditions.append("at >= :since")
    if chosen.until:
        conditions.append("at < :until")
    if chosen.voted:
        conditions.append("id IN (SELECT query FROM votes)")
    if chosen.word:
        conditions.append("(instr(lower(question), lower(:word)) OR instr(normal, lower(:word)))")
    if chosen.asker:
        conditions.append("asker >= :asker AND asker < :asker || 'g'")  # the digits end with f
    return " AND ".join(conditions), {
        **asdict(chosen),
        "since": chosen.since and stamp(chosen.since),
        "until": chosen.until and stamp(chosen.until),
    }


def _entries(db: Database, rows: list[Row]) -> Iterator[Entry]:
    ids = json.dumps([row["id"] for row in rows])
    hits = _by_query(
        db.query(
            "SELECT * FROM hits JOIN paragraphs ON paragraphs.id = hits.paragraph"
            " WHERE query IN (SELECT value FROM json_each(?)) ORDER BY query, rank",
            [ids],
        )
    )
    continued = {
        row["id"]: paragraph_of(row)
        for row in db.query(
            "SELECT * FROM paragraphs WHERE id IN (SELECT json_each.value FROM hits, json_each(continued)"
            " WHERE query IN (SELECT value FROM json_each(?)))",
            [ids],
        )
    }
    figures = _by_query(
        db.query(
            "SELECT * FROM figures WHERE query IN (SELECT value FROM json_each(?)) ORDER BY query, rank",
            [ids],
        )
    )
    votes = _by_query(
        db.query("SELECT * FROM votes WHERE query IN (SELECT value FROM json_each(?)) ORDER BY at", [ids])
    )
    for row in rows:
        query = row["id"]
        yield entry_of(row, hits.get(query, ()), continued, figures.get(query, ()), votes.get(query, ()))


def _by_query(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["query"], []).append(row)
    return grouped
