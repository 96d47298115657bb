"""Log entries as rows of SQLite and back. Knows the tables; knows no thread, queue, Telegram or hash."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Database

from bot.migrations import migrate
from retrieval.errors import WenjuError
from retrieval.model import Answer, Figure, Hit, Paragraph, Picture, Question, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from retrieval.model import Span

Verdict = Literal["up", "down"]
Source = Literal["telegram", "sandbox"]
Row = dict[str, Any]

CHUNK = 200  # entries loaded at once, so that a long export stays small in memory
PARAGRAPH_COLUMNS = tuple(Paragraph.__slots__)


class QueryLogError(WenjuError):
    """The log cannot be read or set up."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its Answer. `asker` and `chat` are keyed hashes, never Telegram's ids.

    `at` is in UTC; `chat_kind` is Telegram's (`private`, `group`, `supergroup`, …); `reply` is the id of
    the message that carries the answer, within its chat; `votes` are verdicts with the rank, from 0, of the
    hit that each is on.
    """

    id: str
    at: datetime
    answer: Answer
    asker: str
    chat: str
    chat_kind: str
    language: str
    source: Source
    reply: int | None = None
    votes: tuple[tuple[int, Verdict], ...] = ()

    @property
    def ups(self) -> int:
        return sum(verdict == "up" for _, verdict in self.votes)

    @property
    def downs(self) -> int:
        return sum(verdict == "down" for _, verdict in self.votes)


@dataclass(frozen=True, slots=True)
class Vote:
    """`rank` is the place of the hit that it is on, from 0."""

    query: str
    voter: str
    verdict: Verdict
    at: datetime
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: those that meet every condition. `since` is included, `until` is not.

    `word` stands in the question or in its normal form.
    """

    unanswered: bool = False
    downvoted: bool = False
    since: datetime | None = None
    until: datetime | None = None
    word: str | None = None
    voted: bool = False


EVERYTHING = Filter()


def connect(path: Path) -> Database:
    """Open for writing, in WAL mode and with today's schema. For one thread only.

    Raise sqlite3.OperationalError while the file is locked, full or read-only, NewerSchemaError for a log of
    a later release.
    """
    connection = sqlite3.connect(path, timeout=1)
    try:
        db = Database(connection)
        db.enable_wal()
        db.execute("PRAGMA foreign_keys = ON")
        migrate(db)
    except BaseException:
        connection.close()
        raise
    return db


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
    answer = entry.answer
    paragraphs = {p.id: p for hit in answer.hits for p in (*hit.continued, hit.paragraph)}
    db.table("queries").upsert(_query_row(entry), pk="id")
    for table in ("hits", "figures"):
        db.execute(f"DELETE FROM {table} WHERE query = ?", [entry.id])  # noqa: S608 - the two names above
    # Upserted, not ignored: a paragraph keeps its id when its date or place in the document is corrected.
    db.table("paragraphs").upsert_all(
        [_clean({**asdict(p), "continues": int(p.continues)}) for p in paragraphs.values()], pk="id"
    )
    db.table("hits").insert_all(
        {
            "query": entry.id,
            "rank": rank,
            "paragraph": hit.paragraph.id,
            "score": float(hit.score),
            "marks": _dump(hit.marks),
            "answering": _dump(hit.answering),
            "continued": _dump([paragraph.id for paragraph in hit.continued]),
            "same_as": hit.same_as,
        }
        for rank, hit in enumerate(answer.hits, 1)
    )
    db.table("figures").insert_all(
        _clean(
            {
                **asdict(figure),
                "query": entry.id,
                "rank": rank,
                "value": _dump(figure.value),
                "paragraph": figure.paragraph if figure.paragraph in paragraphs else None,
            }
        )
        for rank, figure in enumerate(answer.figures, 1)
    )


def write_vote(db: Database, vote: Vote) -> None:
    """Write a person's vote in place of the earlier one. Raise sqlite3.IntegrityError without its entry."""
    db.table("votes").upsert({**asdict(vote), "at": stamp(vote.at)}, pk=("query", "voter"))


def read_entry(db: Database, log_id: str) -> Entry | None:
    rows = list(db.query("SELECT * FROM queries WHERE id = ?", [log_id]))
    return next(iter(_entries(db, rows)), None)


def read_answered_question(db: Database, chat: str, reply: int) -> str | None:
    """Return the question, as it was read, that the message `reply` of the chat answers."""
    # The last one: a new sandbox counts its messages from the start again.
    return _question(db, "chat = ? AND reply = ? ORDER BY at DESC, id DESC LIMIT 1", [chat, reply])


def read_last_question(db: Database, chat: str, asker: str, since: datetime) -> str | None:
    """Return the asker's last question in the chat, as it was read, that is no older than `since`."""
    condition = "chat = ? AND asker = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT 1"
    return _question(db, condition, [chat, asker, stamp(since)])


def _question(db: Database, condition: str, values: list[str | int]) -> str | None:
    rows = db.query(f"SELECT coalesce(read_as, question) AS question FROM queries WHERE {condition}", values)  # noqa: S608 - `condition` is ours
    return next((row["question"] for row in rows), None)


def read_entries(
    db: Database, chosen: Filter = EVERYTHING, *, limit: int | None = None, offset: int = 0
) -> Iterator[Entry]:
    """Yield entries, newest first."""
    where, values = _where(chosen)
    ids = [
        row["id"]
        for row in db.query(
            f"SELECT id FROM queries WHERE {where} ORDER BY at DESC, id DESC LIMIT :limit OFFSET :offset",  # noqa: S608 - `where` is ours
            {**values, "limit": -1 if limit is None else limit, "offset": offset},
        )
    ]
    for start in range(0, len(ids), CHUNK):
        rows = db.query(
            "SELECT * FROM queries WHERE id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC",
            [json.dumps(ids[start : start + CHUNK])],
        )
        yield from _entries(db, list(rows))


def count_entries(db: Database, chosen: Filter = EVERYTHING) -> int:
    where, values = _where(chosen)
    total: int = db.execute(f"SELECT count(*) FROM queries WHERE {where}", values).fetchone()[0]  # noqa: S608 - `where` is ours
    return total


def stamp(at: datetime) -> str:
    """UTC as ISO 8601 of one width, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
    return " AND ".join(conditions), {
        "since": chosen.since and stamp(chosen.since),
        "until": chosen.until and stamp(chosen.until),
        "word": chosen.word,
    }


def _query_row(entry: Entry) -> Row:
    answer, question = entry.answer, entry.answer.question
    return _clean(
        {
            "id": entry.id,
            "at": stamp(entry.at),
            "question": question.text,
            "normal": question.normal,
            "read_as": question.read_as,
            "suggestion": answer.suggestion,
            "terms": _dump(question.terms),
            "wanted": _dump(asdict(question.wanted)),
            "found": int(answer.found),
            "near": int(answer.near),
            "milliseconds": float(answer.milliseconds),
            "stages": _dump(answer.stages),
            "snapshot": answer.snapshot,
            "pictures": _dump([asdict(picture) for picture in answer.pictures]),
            "asker": entry.asker,
            "chat": entry.chat,
            "chat_kind": entry.chat_kind,
            "language": entry.language,
            "source": entry.source,
            "reply": entry.reply,
        }
    )


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
        row["id"]: _paragraph(row)
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
        db.query(
            "SELECT query, rank, verdict FROM votes WHERE query IN (SELECT value FROM json_each(?))", [ids]
        )
    )
    for row in rows:
        found = [_hit(hit, continued) for hit in hits.get(row["id"], ())]
        yield Entry(
            id=row["id"],
            at=datetime.fromisoformat(row["at"]),
            answer=_answer(row, found, figures.get(row["id"], ())),
            asker=row["asker"],
            chat=row["chat"],
            chat_kind=row["chat_kind"],
            language=row["language"],
            source=row["source"],
            reply=row["reply"],
            votes=tuple((vote["rank"], vote["verdict"]) for vote in votes.get(row["id"], ())),
        )


def _answer(row: Row, hits: Iterable[Hit], figures: Iterable[Row]) -> Answer:
    wanted = Wanted(**json.loads(row["wanted"]))
    return Answer(
        question=Question(
            text=row["question"],
            normal=row["normal"],
            terms=tuple(json.loads(row["terms"])),
            wanted=replace(wanted, kinds=tuple(wanted.kinds)),
            read_as=row["read_as"],
        ),
        found=bool(row["found"]),
        near=bool(row["near"]),
        hits=tuple(hits),
        figures=tuple(_figure(figure) for figure in figures),
        pictures=tuple(Picture(**picture) for picture in json.loads(row["pictures"])),
        suggestion=row["suggestion"],
        snapshot=row["snapshot"],
        stages=json.loads(row["stages"]),
    )


def _hit(row: Row, continued: Mapping[str, Paragraph]) -> Hit:
    return Hit(
        paragraph=_paragraph(row),
        score=row["score"],
        marks=_spans(row["marks"]),
        answering=_spans(row["answering"]),
        continued=tuple(continued[paragraph] for paragraph in json.loads(row["continued"])),
        same_as=row["same_as"],
    )


def _paragraph(row: Row) -> Paragraph:
    fields = {name: row[name] for name in PARAGRAPH_COLUMNS}
    return Paragraph(**{**fields, "continues": bool(row["continues"])})


def _spans(text: str) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in json.loads(text))


def _figure(row: Row) -> Figure:
    value = json.loads(row["value"])
    return Figure(
        text=row["text"],
        kind=row["kind"],
        value=tuple(value) if isinstance(value, list) else value,
        unit=row["unit"],
        start=row["start"],
        end=row["end"],
        metric=row["metric"],
        period=row["period"],
        paragraph=row["paragraph"] or "",
    )


def _by_query(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["query"], []).append(row)
    return grouped


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _clean(row: Row) -> Row:
    """Replace lone surrogates, which JSON may carry and UTF-8 cannot."""
    return {name: _whole(value) if isinstance(value, str) else value for name, value in row.items()}


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
