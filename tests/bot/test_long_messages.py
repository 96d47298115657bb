"""Long messages in parts, judged by the sandbox's own reader of Telegram's HTML."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.markup import units
from bot.outgoing.long_messages import parts
from bot.sandbox.entities import formatted, parse_html, utf16_length

OPENING = [
    "b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote", "blockquote expandable",
    'a href="https://example.org/?a=1&amp;b=&gt;"', "a href='x>y'",
]  # fmt: skip
FAMILY, FLAG, ACCENT = "👨\u200d👩\u200d👧\u200d👦", "🇨🇳", "e\u0301"
TEXT = st.text(max_size=40) | st.sampled_from(
    ["今天下雨。\n\n路上人少！", "one two. three", "&amp;<", "  \n", FAMILY]
)
TEXTS = TEXT.map(lambda text: escape(text.encode(errors="ignore").decode(), quote=False))


def tagged(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def wrapped(tag: str, content: list[str]) -> str:
        return f"<{tag}>{''.join(content)}</{tag.partition(' ')[0]}>"

    return st.builds(wrapped, st.sampled_from(OPENING), st.lists(inner, max_size=4))


HTML = st.lists(st.recursive(TEXTS, tagged, max_leaves=12), min_size=1, max_size=12).map("".join)


def styles(html: str) -> list[tuple[str, frozenset[tuple[str, str]]]]:
    """Each character that is no white space with the kinds and links of the entities over it."""
    text, entities = parse_html(html)
    found = []
    offset = 0
    for character in text:
        here = frozenset(
            (one["type"], one.get("url", ""))
            for one in entities
            if one["offset"] <= offset < one["offset"] + one["length"]
        )
        offset += utf16_length(character)
        if not character.isspace():
            found.append((character, here))
    return found


@settings(max_examples=120)
@given(HTML, st.sampled_from([8, 20, 60]))
@example("<b>a</b>&lt;b&gt;", 3)
def test_nothing_is_lost(html: str, limit: int) -> None:
    """Every part is valid and fits, and together they say the same with the same formatting, in order."""
    split = parts(html, limit)
    texts = [formatted(part, "HTML")[0] for part in split]
    rest = parse_html(html)[0]
    for text in texts:
        rest = rest.lstrip()
        assert rest.startswith(text)
        rest = rest[len(text) :]
        assert utf16_length(text) <= limit or FAMILY in text
    assert not rest.strip()
    assert [one for part in split for one in styles(part)] == styles(html)
    assert len(split) == 1 or all(texts)


@pytest.mark.parametrize(
    ("unit", "size"),
    [("😀", 1), (FAMILY, 7), (FLAG, 2), (ACCENT, 2), ("👍🏽", 2), ("&amp;", 1), ("&#128512;", 1)],
)
def test_no_character_is_cut(unit: str, size: int) -> None:
    """Pairs of code units, emoji made of several, flags, accents and entities stay whole."""
    split = parts(f"<b>{unit * 5000}</b>", 4095)
    assert len(split) > 1
    for part in split:
        text, _ = formatted(part, "HTML")
        assert units(text) <= 4095
        assert text == parse_html(unit)[0] * (len(text) // size)


@pytest.mark.parametrize(
    ("separator", "end"),
    [
        ("\n\n", "路上人少。"),
        ("\n", "路上人少。"),
        ("", "路上人少。"),
        (" ", "路上人少"),
    ],
)
def test_cut_where_something_ends(separator: str, end: str) -> None:
    """A part ends with a paragraph, or else a line, a sentence or a word."""
    piece = f"今天下雨，{end}"
    split = parts(separator.join([piece] * 2000))
    assert all(part.endswith(piece) and part.startswith("今天") for part in split)


def test_paragraphs_before_lines() -> None:
    """Lines that belong together stay so where a paragraph ends nearby."""
    entry = "1. 问题\n03-10 12:00"
    assert all(part.count("\n") % 3 == 1 for part in parts("\n\n".join([entry] * 400)))


def test_entities_are_counted() -> None:
    """A short text with very many tags comes in several parts, too."""
    split = parts("<b>a</b> <i>b</i> " * 120)
    assert [len(formatted(part, "HTML")[1]) for part in split] == [100, 100, 40]


@pytest.mark.parametrize("html", ["", "a", "<b></b>", "x" * 4096, "<b>&amp;</b>" * 100, " a\n"])
def test_what_fits_is_left_alone(html: str) -> None:
    """A message that fits comes back as it is."""
    assert parts(html) == [html]
