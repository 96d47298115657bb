"""Source lines with a page, what was read from images, captions, and results that are photos."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import InlineQueryResultArticle, InlineQueryResultCachedPhoto
from telegram.constants import MessageLimit

from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from bot.sandbox.entities import parse_html, utf16_length
from bot.screens.answers import answer_page, context_page, source_line
from bot.screens.inline import results_of
from bot.screens.pictures import caption
from retrieval.model import Answer, Hit, Paragraph, Picture, Question

PICTURE = Picture("a.png", 640, 420, "图1 茶园", "tea")
TEA = Paragraph(
    "tea", "tea.pdf", 0, 4, "茶业年报", "第一章 总况 › 一、种植 › （二）面积", "图1 茶园\n面积12万亩",
    date="2022-05-01", page=3, pictures=(PICTURE,), confidence=0.8,
)  # fmt: skip
ANSWER = Answer(
    Question("茶园的图", "茶园的图", ("茶园",)),
    found=True,
    hits=(Hit(TEA, 9.0),),
    figures=(),
    pictures=(PICTURE,),
)


@pytest.mark.parametrize(
    ("words", "page", "read"),
    [
        (SIMPLIFIED, "第3页 · 2022年5月1日", "🔍 识别自图片，可能有误"),
        (TRADITIONAL, "第3頁 · 2022年5月1日", "🔍 識別自圖片，可能有誤"),
        (ENGLISH, "p. 3 · 2022-05-01", "🔍 Read from an image, may be wrong"),
    ],
)
def test_a_source(words: Words, page: str, read: str) -> None:
    """It names the last two headings and the page, and says that its text was read from an image."""
    source, mark = source_line(TEA, words).split("\n")
    assert source == f"📄 茶业年报 · 一、种植 › （二）面积 · {page}"
    assert mark == read
    assert read in answer_page(ANSWER, 0, words)
    assert read in context_page(ANSWER.hits[0], None, TEA, None, words)


def test_a_text_read_well() -> None:
    """What was read with confidence is marked without a warning, other text is not marked."""
    assert source_line(replace(TEA, confidence=0.9), SIMPLIFIED).endswith("\n🔍 识别自图片")
    assert "🔍" not in source_line(replace(TEA, confidence=None), SIMPLIFIED)


def test_a_picture_paragraph_is_marked() -> None:
    """The quotation of a caption begins with a sign; that of a text does not."""
    assert "<blockquote>🖼 图1 茶园" in answer_page(ANSWER, 0, SIMPLIFIED)
    text = replace(TEA, pictures=(replace(PICTURE, caption=""),))
    assert "🖼" not in answer_page(replace(ANSWER, hits=(Hit(text, 9.0),)), 0, SIMPLIFIED)


def test_sources_of_an_album() -> None:
    """Each source is named once, below the pictures that are from it."""
    other = replace(TEA, id="road", title="公路", section=None, page=None, date=None, confidence=None)
    plain = replace(TEA, confidence=None)
    second, third = replace(PICTURE, caption="图2 茶树"), replace(PICTURE, caption="<图3>")
    shown = caption([(PICTURE, plain), (second, plain), (third, other)], TRADITIONAL)
    assert shown.split("\n") == [
        "圖1 茶園",
        "圖2 茶樹",
        "📄 茶業年報 · 一、種植 › （二）面積 · 第3頁 · 2022年5月1日",
        "&lt;圖3&gt;",
        "📄 公路",
    ]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=900), st.text(max_size=200)), min_size=1, max_size=10))
def test_a_caption_keeps_to_the_limit(described: list[tuple[str, str]]) -> None:
    """Whatever the captions and titles, what is sent is valid HTML that Telegram takes."""
    shown = [(replace(PICTURE, caption=said), replace(TEA, title=title)) for said, title in described]
    for words in (SIMPLIFIED, TRADITIONAL):
        text, _ = parse_html(caption(shown, words))
        assert utf16_length(text) <= MessageLimit.CAPTION_LENGTH


def test_a_photo_among_inline_results() -> None:
    """A known picture makes the result a photo with the answer, cut to a caption's length."""
    long = replace(TEA, text="图1 茶园\n" + "面积很大。" * 800)
    for answer in (ANSWER, replace(ANSWER, hits=(Hit(long, 9.0),))):
        [result] = results_of(answer, 0, SIMPLIFIED, {"a.png": "file"})
        assert isinstance(result, InlineQueryResultCachedPhoto)
        assert result.photo_file_id == "file"
        text, _ = parse_html(str(result.caption))
        assert text.startswith("❓ 茶园的图\n🖼 图1 茶园")
        assert "📄 茶业年报" in text
        assert utf16_length(text) <= MessageLimit.CAPTION_LENGTH
    [unknown] = results_of(ANSWER, 0, SIMPLIFIED, {"b.png": "file"})
    assert isinstance(unknown, InlineQueryResultArticle)
