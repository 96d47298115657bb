from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.constants import CallbackQueryLimit, InlineKeyboardButtonLimit, ReplyLimit

from bot.ids import new_id
from bot.keyboards.feedback import REASON, VOTE, ReasonPress, buttons_under, reason_buttons
from bot.log.database import read_answer
from bot.log.query_log import QueryLog
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from retrieval.model import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.entry import Entry, Reason, Vote

NOT_FOUND = Answer(Question("月亮呢", "月亮呢", ("月亮",)), found=False, hits=(), figures=())


@pytest.fixture
def log(tmp_path: Path) -> Iterator[QueryLog]:
    opened = QueryLog.open(tmp_path / "log.db")
    yield opened
    opened.close()


def asked(log: QueryLog, answer: Answer = NOT_FOUND) -> Entry:
    entry = log.new_entry(answer, asker_id=1, chat_id=5, chat_kind="private", language="zh", source="sandbox")
    log.record(entry)
    return entry


def vote_of(log: QueryLog, entry: Entry) -> Vote:
    assert log.flush()
    found = log.get(entry.id)
    assert found is not None
    [vote] = found.votes
    return vote


def test_reason_and_comment_belong_to_their_vote(log: QueryLog) -> None:
    """They stay with the same vote and go with another one; what the voter was asked by stays known."""
    entry = asked(log)
    log.vote(entry.id, 1, "down", reason="figure")
    log.vote(entry.id, 1, "down", prompt=12)
    prompted = log.prompted(1, 5, 12)
    assert prompted is not None
    log.comment(prompted, "不是这个数")
    vote = vote_of(log, entry)
    assert (vote.reason, vote.comment, vote.prompt) == ("figure", "不是这个数", 12)
    log.vote(entry.id, 1, "down", reason="other")
    vote = vote_of(log, entry)
    assert (vote.reason, vote.comment) == ("other", "不是这个数")
    log.vote(entry.id, 1, "up")
    vote = vote_of(log, entry)
    assert (vote.verdict, vote.reason, vote.comment, vote.prompt) == ("up", None, None, 12)


def test_only_the_voter_is_asked_by_a_prompt(log: QueryLog) -> None:
    """A prompt is nothing to other people, in other chats, and under other numbers."""
    entry = asked(log)
    log.vote(entry.id, 1, "down", prompt=12)
    assert log.prompted(1, 5, 12) is not None
    assert log.prompted(2, 5, 12) is None
    assert log.prompted(1, 6, 12) is None
    assert log.prompted(1, 5, 13) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.text(st.characters(), max_size=1000))
def test_any_comment_is_kept(log: QueryLog, comment: str) -> None:
    """A comment is kept whatever characters it has; lone surrogates become replacement characters."""
    entry = asked(log)
    log.vote(entry.id, 1, "down", prompt=12)
    prompted = log.prompted(1, 5, 12)
    assert prompted is not None
    log.comment(prompted, comment)
    kept = comment.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert vote_of(log, entry).comment == kept


def test_an_answer_is_known_by_its_message(log: QueryLog) -> None:
    """The row of an answer is found by the message that carries it, the newest where numbers come again."""
    chat = log.pseudonyms.chat(5)
    for second in range(2):
        entry = asked(log)
        log.record(replace(entry, reply=40, at=entry.at + timedelta(seconds=second)))
    found = log.read(lambda db: read_answer(db, chat, 40))
    assert found is not None
    assert found.id == entry.id
    assert log.read(lambda db: read_answer(db, chat, 41)) is None
    assert log.read(lambda db: read_answer(db, log.pseudonyms.chat(6), 40)) is None


@pytest.mark.parametrize("words", [SIMPLIFIED, TRADITIONAL, ENGLISH])
def test_texts_fit(words: Words) -> None:
    """Toasts and placeholders are no longer than Telegram takes."""
    texts = words.feedback
    toasts = (texts.thanks, texts.why, texts.not_yours, words.curation.taken, words.curation.nothing)
    assert max(map(len, toasts)) <= CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    curation = words.curation
    placeholders = (texts.placeholder, curation.search_placeholder, curation.reword_placeholder)
    assert max(map(len, placeholders)) <= ReplyLimit.MAX_INPUT_FIELD_PLACEHOLDER


@pytest.mark.parametrize("reason", list(SIMPLIFIED.feedback.reasons))
def test_callback_data(reason: Reason) -> None:
    """Each reason's data fits Telegram's limit, reads back as what was written, and is no vote."""
    press = ReasonPress(reason, new_id(), 99)
    assert len(str(press).encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    assert ReasonPress.parse(str(press)) == press
    assert VOTE.match(str(press)) is None


@given(st.text() | st.from_regex(r"reason-(figure|odd):[0-9a-z]{15,17}:[0-9]{1,3}"))
def test_forged_callback_data(data: str) -> None:
    """Only data of a known form is a reason."""
    press = ReasonPress.parse(data)
    assert (press is None) == (REASON.fullmatch(data) is None)
    assert press is None or press.reason in SIMPLIFIED.feedback.reasons


def test_the_chosen_reason_is_marked() -> None:
    """Of the reasons on offer the one chosen before has a tick."""
    rows = reason_buttons(new_id(), 0, SIMPLIFIED, "missed", back=False).inline_keyboard
    reasons = SIMPLIFIED.feedback.reasons
    assert [[button.text for button in row] for row in rows] == [
        [reasons["figure"], reasons["paragraph"]],
        [f"{reasons['missed']} ✓", reasons["other"]],
    ]


def test_not_found_with_a_suggestion(log: QueryLog) -> None:
    """Under an answer without a paragraph stand the suggestion, where there is one, and one 👎."""
    plain, suggesting = asked(log), asked(log, replace(NOT_FOUND, suggestion="月光呢"))
    missed = [SIMPLIFIED.feedback.should_be_there]
    for entry, expected in ((plain, [missed]), (suggesting, [[SIMPLIFIED.answers.ask_that], missed])):
        rows = buttons_under(entry, 0, SIMPLIFIED).inline_keyboard
        assert [[button.text for button in row] for row in rows] == expected
