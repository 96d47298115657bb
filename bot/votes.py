"""What people thought of logged answers, as judged questions. It reads the log and measures nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.log_database import Filter, read_entries, reading
from retrieval.judged_sets import JudgedQuestion

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log_database import Entry


class Votes(NamedTuple):
    """The paragraph that was shown first is each question's `passage_ids`: voted right, or wrong."""

    up: tuple[JudgedQuestion, ...]
    down: tuple[JudgedQuestion, ...]


def read_votes(path: Path) -> Votes:
    """Read the answers that showed a paragraph and have more votes of one sort than of the other.

    Raise QueryLogError where there is no log or it cannot be read.
    """
    with reading(path) as db:
        entries = [entry for entry in read_entries(db, Filter(voted=True)) if _has_paragraph(entry)]
    return Votes(
        tuple(_judged(entry) for entry in entries if entry.ups > entry.downs),
        tuple(_judged(entry) for entry in entries if entry.ups < entry.downs),
    )


def _has_paragraph(entry: Entry) -> bool:
    return bool(entry.answer.hits) and (entry.answer.found or entry.answer.near)


def _judged(entry: Entry) -> JudgedQuestion:
    question = entry.answer.question
    first = entry.answer.hits[0].paragraph.id
    return JudgedQuestion(entry.id, question.read_as or question.text, frozenset({first}))
