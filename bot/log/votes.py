"""What people thought of logged answers, as judged questions. It reads the log and measures nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from bot.log.database import Filter, read_entries, reading
from bot.pages import shown_ranks
from retrieval.judged_sets import JudgedQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.entry import Entry


class Votes(NamedTuple):
    """The paragraph that was voted on is each question's `passage_ids`: right, or wrong."""

    up: tuple[JudgedQuestion, ...]
    down: tuple[JudgedQuestion, ...]


def read_votes(path: Path) -> Votes:
    """Read the paragraphs that were shown and have more votes of one sort than of the other.

    Raise QueryLogError where there is no log or it cannot be read.
    """
    with reading(path) as db:
        judged = [pair for entry in read_entries(db, Filter(voted=True)) for pair in _judged(entry)]
    return Votes(
        tuple(question for question, balance in judged if balance > 0),
        tuple(question for question, balance in judged if balance < 0),
    )


def _judged(entry: Entry) -> Iterator[tuple[JudgedQuestion, int]]:
    """Yield the question once a paragraph voted on, with how many more votes are up than down."""
    answer = entry.answer
    if not answer.hits or not (answer.found or answer.near):
        return
    balance = Counter[int]()
    for vote in entry.votes:
        balance[vote.rank] += 1 if vote.verdict == "up" else -1
    for rank in shown_ranks(answer):
        paragraph = answer.hits[rank].paragraph.id
        text = answer.question.read_as or answer.question.text
        yield JudgedQuestion(entry.id, text, frozenset({paragraph})), balance[rank]
