from __future__ import annotations

from dataclasses import fields, is_dataclass
from string import Formatter

import pytest
from opencc import OpenCC
from telegram.constants import BotCommandLimit

from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words, words_for


def texts(words: Words) -> dict[str, str]:
    """Return every text by its place: `area.name`, and `area.name.entry` in a table of texts."""
    found: dict[str, str] = {}
    for area in fields(words):
        if is_dataclass(table := getattr(words, area.name)):
            for field in fields(table):
                value = getattr(table, field.name)
                entries = value.items() if isinstance(value, dict) else [("", value)]
                found |= {f"{area.name}.{field.name}.{key}".rstrip("."): text for key, text in entries}
    return found


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("words", [TRADITIONAL, ENGLISH])
def test_languages_agree(words: Words) -> None:
    """Each language has the same texts in the same order, with the same placeholders, and none is empty."""
    ours, theirs = texts(SIMPLIFIED), texts(words)
    assert list(ours) == list(theirs)
    for place, text in ours.items():
        assert placeholders(theirs[place]) == placeholders(text), place
        assert text.strip(), place
        assert theirs[place].strip(), place


def test_traditional_is_traditional() -> None:
    """The traditional texts hold no simplified character, and quote as is done in Taiwan."""
    for place, text in texts(TRADITIONAL).items():
        assert text == OpenCC("s2tw").convert(text), place
        assert "“" not in text


@pytest.mark.parametrize("words", [SIMPLIFIED, TRADITIONAL, ENGLISH])
def test_toasts_and_commands_fit(words: Words) -> None:
    """Descriptions of commands are no longer than Telegram takes."""
    for menu in (words.conversation.commands, words.conversation.admin_commands):
        assert all(len(text) <= BotCommandLimit.MAX_DESCRIPTION for text in menu.values())


def test_evidence_is_shown_in_the_readers_characters() -> None:
    """A traditional reader sees traditional characters, word for word; the others the original."""
    assert TRADITIONAL.shown("进出口软件数据<b>5.2万</b>") == "進出口軟件數據<b>5.2萬</b>"
    assert SIMPLIFIED.shown("進出口") == "進出口"


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("zh-hans", SIMPLIFIED),
        ("zh", SIMPLIFIED),
        ("zh-CN", SIMPLIFIED),
        ("zh-hant", TRADITIONAL),
        ("zh-Hant-HK", TRADITIONAL),
        ("zh_TW", TRADITIONAL),
        ("zh-HK", TRADITIONAL),
        ("en", ENGLISH),
        ("en-GB", ENGLISH),
        ("de", SIMPLIFIED),
        ("enm", SIMPLIFIED),
        ("", SIMPLIFIED),
        (None, SIMPLIFIED),
    ],
)
def test_language_of_user(tag: str | None, words: Words) -> None:
    """The asker's language decides, and Chinese serves where it is another one or not known."""
    assert words_for(tag) is words
