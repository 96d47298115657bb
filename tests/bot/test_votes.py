"""Votes of the log as judged questions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.log.database import QueryLogError
from bot.log.entry import Entry
from bot.log.query_log import QueryLog
from bot.log.votes import read_votes
from retrieval.model import Answer, Hit, Paragraph, Question

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.entry import Verdict
    from retrieval.judged_sets import JudgedQuestion

HITS = tuple(
    Hit(Paragraph(name, "mill.md", 0, position, "水磨坊", None, "磨坊建于1890年。"), 2.0)
    for position, name in enumerate(("first", "second"))
)
VERDICTS: dict[str, tuple[Verdict, ...]] = {
    "liked": ("up",),
    "disliked": ("down",),
    "rather liked": ("up", "down", "up"),
    "torn": ("up", "down"),
    "no vote": (),
}


def entry(name: str, answer: Answer) -> Entry:
    return Entry(name, datetime.now(UTC), answer, "asker", "chat", "private", "zh", "telegram")


def logged(path: Path, answers: dict[str, tuple[Answer, tuple[Verdict, ...]]]) -> Path:
    log = QueryLog.open(path)
    for name, (answer, verdicts) in answers.items():
        log.record(entry(name, answer))
        for voter, verdict in enumerate(verdicts):
            log.vote(name, voter, verdict)
    log.close()
    return path


def said(votes: tuple[JudgedQuestion, ...]) -> set[tuple[str, str, frozenset[str]]]:
    return {(vote.id, vote.question, vote.passage_ids) for vote in votes}


def test_the_first_paragraph_is_judged_by_the_more_votes(tmp_path: Path) -> None:
    """More 👍 make it the right one, more 👎 the wrong one; as many of both, or none, say nothing."""
    answer = Answer(Question("磨坊在哪", "磨坊在哪", ("磨坊",)), found=True, hits=HITS, figures=())
    path = logged(tmp_path / "queries.db", {name: (answer, verdicts) for name, verdicts in VERDICTS.items()})
    votes = read_votes(path)
    first = frozenset({"first"})
    assert said(votes.up) == {("liked", "磨坊在哪", first), ("rather liked", "磨坊在哪", first)}
    assert said(votes.down) == {("disliked", "磨坊在哪", first)}


def test_the_paragraph_voted_on_is_judged(tmp_path: Path) -> None:
    """A vote on a later page is on its paragraph, and says nothing of the first one."""
    answer = Answer(Question("磨坊在哪", "磨坊在哪", ("磨坊",)), found=True, hits=HITS, figures=())
    path = logged(tmp_path / "queries.db", {"paged": (answer, ("down",))})
    log = QueryLog.open(path)
    log.vote("paged", 7, "up", 1)
    log.close()
    votes = read_votes(path)
    assert said(votes.up) == {("paged", "磨坊在哪", frozenset({"second"}))}
    assert said(votes.down) == {("paged", "磨坊在哪", frozenset({"first"}))}


def test_only_what_was_shown_is_judged(tmp_path: Path) -> None:
    """An offered paragraph was shown, those of an honest refusal were not."""
    question = Question("磨坊在哪", "磨坊在哪", ("磨坊",))
    answers = {
        "offered": Answer(question, found=False, near=True, hits=HITS, figures=()),
        "refused": Answer(question, found=False, hits=HITS, figures=()),
        "nothing": Answer(question, found=False, near=True, hits=(), figures=()),
    }
    path = logged(tmp_path / "queries.db", {name: (given, ("down",)) for name, given in answers.items()})
    assert [vote.id for vote in read_votes(path).down] == ["offered"]


def test_a_follow_up_is_asked_as_it_was_read(tmp_path: Path) -> None:
    """Asked anew without the question before it, it must stand by itself."""
    question = Question("那谁建的", "磨坊是谁建的", ("磨坊",), read_as="磨坊是谁建的")
    answer = Answer(question, found=True, hits=HITS, figures=())
    path = logged(tmp_path / "queries.db", {"follow-up": (answer, ("up",))})
    assert [vote.question for vote in read_votes(path).up] == ["磨坊是谁建的"]


def test_a_missing_log_is_told(tmp_path: Path) -> None:
    """Without a log there are no votes to read."""
    with pytest.raises(QueryLogError, match="还没有查询日志"):
        read_votes(tmp_path / "queries.db")
