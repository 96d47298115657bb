"""Telegram's HTML and what Telegram finds in plain text by itself."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import find_entities, formatted, parse_html, utf16_length, utf16_slice
from bot.sandbox.wire import ApiError


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<h1>题</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("果<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("3 < 5", 'Unsupported start tag "" at byte offset 2'),
        ("<5>", 'Unsupported start tag "5" at byte offset 0'),
        ("<b>粗", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href=>x</a>", None),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x:y>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, reason: str | None) -> None:
    """Offsets count bytes of UTF-8, as Telegram's do."""
    if reason is None:
        assert parse_html(source)[0] == "x"
        return
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "kind", "details"),
    [
        ("<b>字</b>", "bold", {}),
        ("<strong>字</strong>", "bold", {}),
        ("<i>字</i>", "italic", {}),
        ("<em>字</em>", "italic", {}),
        ("<u>字</u>", "underline", {}),
        ("<ins>字</ins>", "underline", {}),
        ("<s>字</s>", "strikethrough", {}),
        ("<strike>字</strike>", "strikethrough", {}),
        ("<del>字</del>", "strikethrough", {}),
        ("<tg-spoiler>字</tg-spoiler>", "spoiler", {}),
        ('<span class="tg-spoiler">字</span>', "spoiler", {}),
        ("<code>字</code>", "code", {}),
        ("<pre>字</pre>", "pre", {}),
        ('<pre><code class="language-python">字</code></pre>', "pre", {"language": "python"}),
        ("<blockquote>字</blockquote>", "blockquote", {}),
        ("<blockquote expandable>字</blockquote>", "expandable_blockquote", {}),
        (
            '<a href="https://example.org/?a=1&amp;b=2">字</a>',
            "text_link",
            {"url": "https://example.org/?a=1&b=2"},
        ),
        ('<tg-emoji emoji-id="5">字</tg-emoji>', "custom_emoji", {"custom_emoji_id": "5"}),
        ("<B>字</B>", "bold", {}),
        ("<b>字</>", "bold", {}),
    ],
)
def test_every_tag_of_telegrams_becomes_its_entity(source: str, kind: str, details: dict[str, str]) -> None:
    assert parse_html(source) == ("字", [{"type": kind, "offset": 0, "length": 1, **details}])


def test_offsets_count_utf16_units_and_white_space_at_the_ends_goes() -> None:
    text, entities = formatted("\n 😀<b>三😀</b> \n", "HTML")
    assert (text, entities) == ("😀三😀", [{"type": "bold", "offset": 2, "length": 3}])


def test_character_references_are_read_and_unknown_ones_stay() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#39;&#x4e09;&nbsp;&copy;")[0] == "<>&\"'三&nbsp;&copy;"


@given(st.text())
def test_any_escaped_text_comes_back_as_it_was(text: str) -> None:
    """What html.escape makes harmless is shown as it was written."""
    encodable = text.encode("utf-8", "replace").decode()
    assert parse_html(html.escape(encodable))[0] == encodable


@given(st.text(alphabet="<>/&;=\"' abpreitg-spoilerhf#x1字😀", max_size=40))
def test_any_text_is_read_or_refused_and_never_breaks(source: str) -> None:
    """Entities that come out lie within the text."""
    try:
        text, entities = formatted(source, "HTML")
    except ApiError:
        return
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= utf16_length(text) for e in entities)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/ask 有多少", [("bot_command", "/ask")]),
        ("/ask@wenju_bot 有多少", [("bot_command", "/ask@wenju_bot")]),
        ("/ask有多少", []),
        ("1/2 a/b", []),
        ("😀 @wenju_bot，有多少", [("mention", "@wenju_bot")]),
        ("写信给 me@example.org", [("email", "me@example.org")]),
        ("看https://example.org/a?b=1。", [("url", "https://example.org/a?b=1")]),
        ("#果园 #1", [("hashtag", "#果园")]),
    ],
)
def test_commands_mentions_links_and_hashtags_are_found(text: str, found: list[tuple[str, str]]) -> None:
    entities = find_entities(text)
    assert [(e["type"], utf16_slice(text, e["offset"], e["length"])) for e in entities] == found


def test_nothing_is_found_inside_code_and_links() -> None:
    _, entities = formatted('<code>/ask</code> <a href="https://example.org">@wenju_bot</a>', "HTML")
    assert [entity["type"] for entity in entities] == ["code", "text_link"]
