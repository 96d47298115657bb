"""What admins read of the log stays within Telegram's limits and is HTML that it takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import MessageLimit

from bot.keyboards.logs import LISTED, GapsPlace, LogsPlace
from bot.log.entry import Entry, Vote
from bot.log.selection import LONGEST_WORD, Selection
from bot.log.statistics import Counted, DayCount, Dislike, Gap, Statistics, Wording
from bot.markup import units, visible
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from bot.sandbox.entities import parse_html
from bot.screens.logs import entry_page, gap_page, gaps_listing, logs_listing
from bot.screens.statistics import digest, statistics_caption
from retrieval.model import Answer, Figure, Hit, Paragraph, Question

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ANY = st.text(min_size=1) | st.sampled_from(["<b>&<", "𠮷" * 5000, "长" * 5000, "a\u202eb\x00", "\n\n"])
LANGUAGES = st.sampled_from((SIMPLIFIED, TRADITIONAL, ENGLISH))


def entry_of(text: str, hits: int = 10, *, found: bool = True, comment: str | None = None) -> Entry:
    paragraph = Paragraph("p", text, 0, 0, text, text, text)
    answer = Answer(
        Question(text, text, (), read_as=text),
        found=found,
        hits=(Hit(paragraph, 3.25),) * hits,
        figures=(Figure(text, "count", 1.0, None, 0, 1, text, text),) * 9,
        snapshot="20260310T120000-abcdef",
        stages={"search": 1.25, "elsewhere": 2.0},
    )
    votes = tuple(Vote("x", str(n), "down", NOON, n, "figure", comment) for n in range(9))
    return Entry("x" * 16, NOON, answer, "a" * 16, "c", "private", "zh-hans", "telegram", votes=votes)


def said(html: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> str:
    """Return the text as the strict parser of the sandbox reads it; fail where Telegram would refuse it."""
    text, entities = parse_html(html)
    assert 0 < units(text) <= limit
    assert len(entities) <= MessageLimit.MESSAGE_ENTITIES
    return str(text)


@given(ANY, ANY, LANGUAGES)
def test_any_row_can_be_shown(text: str, word: str, words: Words) -> None:
    """Listing and row stay within a message, whatever was asked, found, or said."""
    selection = Selection("week", unanswered=True, asker="a" * 16, word=Selection.of(word).word)
    entry = entry_of(text, comment=text)
    said(logs_listing([entry] * LISTED, 999_999, LogsPlace(9_999_990, selection), words))
    said(entry_page(entry, selection, words))
    said(entry_page(entry_of(text, 0, found=False), Selection(), words))


@given(ANY, LANGUAGES)
def test_any_gap_can_be_shown(text: str, words: Words) -> None:
    """Groups of questions stay within a message, whatever was asked."""
    gap = Gap(tuple(Wording(str(number), text, text, 1000, NOON) for number in range(30)))
    said(gaps_listing([gap] * LISTED, GapsPlace("all"), 9999, words))
    assert words.logs.more.format(count=22) in said(gap_page(gap, words))


@given(ANY, LANGUAGES)
def test_any_statistics_can_be_shown(text: str, words: Words) -> None:
    """The chart's caption stays within a caption, the digest within a message."""
    day = date(2026, 3, 10)
    counted = (Counted(text, 999_999),) * 5
    days = tuple(DayCount(day + timedelta(number), 9, 4) for number in range(30))
    figures = 9_999_999, 1_999_999, 99_999, 12.5, 99_999, 99_999, 99_999
    statistics = Statistics(*figures, days, counted, counted, frozenset())
    caption = said(statistics_caption(statistics, [text] * 999, words), MessageLimit.CAPTION_LENGTH)
    assert words.logs.unused_articles.format(count=999) in caption
    gap = Gap((Wording("1", text, text, 1000, NOON),))
    dislike = Dislike(text, Vote("x", "v", "down", NOON, 0, "other", text))
    said(digest(statistics, [gap] * 9, [dislike] * 5, day, words))


def test_a_row_shows_everything() -> None:
    """A row shows question, reading, outcome, asker, figures, scores, votes with why, stages, index."""
    text = visible(entry_page(entry_of("磨坊", 1, comment="不是这座"), Selection(word="坊"), SIMPLIFIED))
    for part in ("🔎 坊", "读作：磨坊", "已答", "a" * 16, "私聊", "3.2", "👎 第 9 条 数字不对 “不是这座”"):
        assert part in text
    assert "检索 1.2 · elsewhere 2.0" in text
    assert "20260310T120000-abcdef" in text


@pytest.mark.parametrize("word", ["茶", "a & b", "长" * LONGEST_WORD])
def test_the_word_is_the_first_code(word: str) -> None:
    """The buttons find the word that was searched for in the message's first code entity."""
    for html in (
        logs_listing([entry_of("问")], 1, LogsPlace(0, Selection(word=word)), SIMPLIFIED),
        entry_page(entry_of("问"), Selection(word=word), SIMPLIFIED),
    ):
        text, entities = parse_html(html)
        first = next(entity for entity in entities if entity["type"] == "code")
        encoded = text.encode("utf-16-le")
        start = first["offset"] * 2
        assert encoded[start : start + first["length"] * 2].decode("utf-16-le") == word
