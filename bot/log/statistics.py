"""Counts over the query log in SQL: of a span of days, and of what stayed unanswered. It formats nothing.

Days are those of this machine's time zone. Each query reads its span by an index.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.log.rows import stamp, vote_of
from retrieval.likeness import groups

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bot.log.entry import Vote

TOP = 5  # questions and articles named
WORDINGS = 4000  # unanswered ones compared with each other, a second's work; the latest where there are more


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, both ends included; `first` is None for all there is."""

    first: date | None
    last: date

    @classmethod
    def until_today(cls, count: int | None) -> Days:
        """Return the last `count` days, today included."""
        today = datetime.now().astimezone().date()
        return cls(None if count is None else today - timedelta(count - 1), today)

    @property
    def span(self) -> dict[str, str]:
        """The times in UTC between which they lie, as the log writes them."""
        end = stamp(_midnight(self.last + timedelta(1)))
        return {"since": stamp(_midnight(self.first)) if self.first else "", "until": end}


@dataclass(frozen=True, slots=True)
class DayCount:
    day: date
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A question or an article's title, and how often it was asked or stood first in an answer."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of some days; `p50` and `p95` are milliseconds that an answer took, None where nothing was asked.

    `documents` are the paths of the files of which an answer showed a paragraph.
    """

    asked: int
    answered: int
    askers: int
    p50: float | None
    p95: float | None
    ups: int
    downs: int
    by_day: tuple[DayCount, ...]
    questions: tuple[Counted, ...]
    articles: tuple[Counted, ...]
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Questions of one normal form; `id` is of the latest one's entry, `text` how that one was read."""

    id: str
    normal: str
    text: str
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """What the articles do not answer: near-identical questions, the wording most asked first."""

    wordings: tuple[Wording, ...]

    @property
    def count(self) -> int:
        return sum(wording.count for wording in self.wordings)

    @property
    def at(self) -> datetime:
        return max(wording.at for wording in self.wordings)


@dataclass(frozen=True, slots=True)
class Dislike:
    """A 👎 with the question it is on."""

    question: str
    vote: Vote


def read_statistics(db: Database, days: Days) -> Statistics:
    """Read what was asked in the days, each of which has its DayCount; `days.first` has to be given."""
    span = days.span
    by_day = _by_day(db, days)
    asked = sum(day.asked for day in by_day)
    askers = db.execute("SELECT count(DISTINCT asker) FROM queries WHERE at >= :since AND at < :until", span)
    articles, documents = _articles(db, span)
    votes = dict(
        db.execute(
            "SELECT verdict, count(*) FROM votes WHERE verdict IN ('up', 'down') AND at >= :since"
            " AND at < :until GROUP BY verdict",
            span,
        )
    )
    return Statistics(
        asked,
        sum(day.answered for day in by_day),
        askers.fetchone()[0],
        _percentile(db, span, asked, 0.50),
        _percentile(db, span, asked, 0.95),
        votes.get("up", 0),
        votes.get("down", 0),
        by_day,
        _questions(db, span),
        articles,
        documents,
    )


def read_gaps(db: Database, days: Days) -> list[Gap]:
    """Return the unanswered questions of the days by likeness, the most asked first."""
    rows = db.query(
        "SELECT latest.id, latest.normal, coalesce(read_as, question) AS text, count, latest.at"
        " FROM (SELECT max(id) AS id, normal, count(*) AS count, max(at) AS at FROM queries"
        "       WHERE found = 0 AND at >= :since AND at < :until"
        "       GROUP BY normal ORDER BY max(at) DESC LIMIT :limit) AS latest"
        " JOIN queries ON queries.id = latest.id",
        {**days.span, "limit": WORDINGS},
    )
    wordings = [Wording(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]
    wordings.sort(key=lambda wording: -wording.count)  # of equals the latest stays first
    gaps = [
        Gap(tuple(wordings[place] for place in group))
        for group in groups([wording.text for wording in wordings])
    ]
    return sorted(gaps, key=lambda gap: (gap.count, gap.at), reverse=True)


def read_dislikes(db: Database, days: Days, limit: int) -> list[Dislike]:
    """Return the latest 👎 of the days."""
    rows = db.query(
        "SELECT votes.*, coalesce(read_as, question) AS asked FROM votes"
        " JOIN queries ON queries.id = votes.query"
        " WHERE verdict = 'down' AND votes.at >= :since AND votes.at < :until"
        " ORDER BY votes.at DESC LIMIT :limit",
        {**days.span, "limit": limit},
    )
    return [Dislike(row.pop("asked"), vote_of(row)) for row in rows]


def _by_day(db: Database, days: Days) -> tuple[DayCount, ...]:
    rows = db.execute(
        "SELECT date(at, 'localtime') AS day, count(*), sum(found) FROM queries"
        " WHERE at >= :since AND at < :until GROUP BY day",
        days.span,
    )
    counted = {day: (asked, answered) for day, asked, answered in rows}
    assert days.first is not None
    count = (days.last - days.first).days + 1
    dates = (days.first + timedelta(number) for number in range(count))
    return tuple(DayCount(day, *counted.get(day.isoformat(), (0, 0))) for day in dates)


def _percentile(db: Database, span: dict[str, str], asked: int, share: float) -> float | None:
    """Return the least time that this share of the answers does not exceed: the nearest rank."""
    rows = db.execute(
        "SELECT milliseconds FROM queries WHERE at >= :since AND at < :until"
        " ORDER BY milliseconds LIMIT 1 OFFSET :place",
        {**span, "place": max(0, math.ceil(share * asked) - 1)},
    )
    row = rows.fetchone()
    return row[0] if row else None


def _questions(db: Database, span: dict[str, str]) -> tuple[Counted, ...]:
    rows = db.execute(
        "SELECT coalesce(read_as, question), count FROM"
        " (SELECT max(id) AS last, count(*) AS count FROM queries WHERE at >= :since AND at < :until"
        "   GROUP BY normal ORDER BY count DESC, last DESC LIMIT :top)"
        " JOIN queries ON queries.id = last ORDER BY count DESC, last DESC",
        {**span, "top": TOP},
    )
    return tuple(Counted(text, count) for text, count in rows)


def _articles(db: Database, span: dict[str, str]) -> tuple[tuple[Counted, ...], frozenset[str]]:
    """Return the articles that most often stood first, and the paths of all files that were shown."""
    rows = list(
        db.execute(
            "SELECT document, title, sum(first) AS first FROM"
            " (SELECT paragraph, sum(rank = 1) AS first FROM queries JOIN hits ON hits.query = queries.id"
            "  WHERE found = 1 AND at >= :since AND at < :until GROUP BY paragraph)"
            " JOIN paragraphs ON paragraphs.id = paragraph"
            " GROUP BY document, article ORDER BY first DESC, document, article",
            span,
        )
    )
    top = tuple(Counted(title or document, first) for document, title, first in rows[:TOP] if first)
    return top, frozenset(document for document, _, _ in rows)


def _midnight(day: date) -> datetime:
    """Return the first moment of the day on this machine."""
    return datetime.combine(day, time()).astimezone()
