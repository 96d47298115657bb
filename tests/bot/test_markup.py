from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.markup import escape, excerpt, last_sentences, quote, shorten, styled, units, visible
from bot.sandbox.entities import parse_html, utf16_length

TEXTS = st.text(st.characters(), max_size=120) | st.text("甲乙丙。！？<>&😀\u202e ", max_size=120)
SPANS = st.lists(st.tuples(st.integers(-5, 130), st.integers(-5, 130), st.sampled_from("bu")), max_size=20)


@given(TEXTS)
def test_units_are_telegrams(text: str) -> None:
    """Length is counted as Telegram counts it, in UTF-16 units."""
    assert units(text) == utf16_length(text)


@given(TEXTS, SPANS)
def test_styled_text_is_whole(text: str, spans: list[tuple[int, int, str]]) -> None:
    """Whatever is marked, the reader sees the same text, and Telegram can read it."""
    html = styled(text, spans)
    assert visible(html) == visible(escape(text))
    assert parse_html(html)[0] == visible(html)


@given(TEXTS, st.integers(1, 40), st.integers(0, 120), st.integers(0, 8))
def test_excerpt_fits_and_keeps(text: str, limit: int, start: int, length: int) -> None:
    """An excerpt fits, and holds what is to be kept where that fits at all."""
    keep = (min(start, len(text)), min(start + length, len(text)))
    begin, end = excerpt(text, limit, keep)
    assert 0 <= begin <= end <= len(text)
    assert units(text[begin:end]) <= limit
    if units(text[slice(*keep)]) <= limit:
        assert begin <= keep[0]
        assert keep[1] <= end


@given(TEXTS, st.integers(2, 40))
def test_shortened_texts_fit(text: str, limit: int) -> None:
    """Names and neighbours are cut to their room."""
    assert units(shorten(text, limit)) <= limit
    assert units(text[slice(*last_sentences(text, limit))]) <= limit


def test_excerpt_ends_with_a_sentence() -> None:
    """A long text is cut at the end of a sentence, quotation marks included, around the figure."""
    text = "甲县有三条河。“乙县有四座山。”丙县种茶十万亩。"
    assert text[slice(*excerpt(text, 18))] == "甲县有三条河。“乙县有四座山。”"
    assert text[slice(*excerpt(text, 10, (20, 23)))] == "丙县种茶十万亩。"


def test_last_sentences_begin_with_one() -> None:
    """The end of a long text starts at a sentence."""
    text = "甲县有三条河。乙县有四座山。"
    assert text[slice(*last_sentences(text, 10))] == "乙县有四座山。"


def test_earlier_style_wins() -> None:
    """A figure within a matched stretch is shown as a figure, the rest as matched."""
    assert styled("茶园12万亩多", [(2, 6, "b"), (0, 7, "u")]) == "<u>茶园</u><b>12万亩</b><u>多</u>"


def test_direction_and_control_characters_go() -> None:
    """What would turn the message round or be refused is left out."""
    assert escape("甲\u202e乙\x00丙\ud800<b>") == "甲乙丙&lt;b&gt;"


def test_long_quotes_fold() -> None:
    """A quotation folds where it is long, and is left out where there is nothing to read."""
    assert quote("短句") == "<blockquote>短句</blockquote>"
    assert quote("长" * 201).startswith("<blockquote expandable>")
    assert not quote(" \n")
