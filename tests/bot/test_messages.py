from __future__ import annotations

from dataclasses import fields
from string import Formatter

import pytest

from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words, words_for


def placeholders(words: Words, name: str) -> set[str]:
    value = getattr(words, name)
    texts = value.values() if isinstance(value, dict) else [value]
    return {field for text in texts for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("words", [TRADITIONAL, ENGLISH])
@pytest.mark.parametrize("name", [field.name for field in fields(Words)])
def test_languages_agree(words: Words, name: str) -> None:
    """Every text holds the same placeholders in each language, and none is empty."""
    assert placeholders(words, name) == placeholders(SIMPLIFIED, name)
    assert getattr(words, name)


@pytest.mark.parametrize("words", [TRADITIONAL, ENGLISH])
def test_commands_agree(words: Words) -> None:
    """The menus name the same commands in the same order in each language."""
    assert list(words.commands) == list(SIMPLIFIED.commands)
    assert list(words.admin_commands) == list(SIMPLIFIED.admin_commands)


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
