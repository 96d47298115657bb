"""Chinese in traditional characters: the bot's texts in Taiwan's words, the articles' word for word."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from opencc import OpenCC

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

# What OpenCC's table of Taiwan's words leaves or says otherwise.
_CONVERTIBLE = re.compile(r"[^\x00\ud800-\udfff]+")  # OpenCC ends at a NUL and fails at a lone surrogate
_OWN_WORDS = {"“": "「", "”": "」", "資料": "數據", "反饋": "回饋", "命令": "指令", "群裡": "群組裡"}


def in_traditional(words: T) -> T:
    """Convert every text of an area, the menus' among them."""
    return replace(words, **{field.name: _converted(getattr(words, field.name)) for field in fields(words)})


def shown_in_traditional(evidence: str) -> str:
    """Change the characters only, never the words: it stays a quotation."""
    return _CONVERTIBLE.sub(lambda run: _opencc("s2tw").convert(run[0]), evidence)


def _converted(value: Any) -> Any:  # noqa: ANN401 - a text, or a menu of texts
    if isinstance(value, dict):
        return {name: _converted(text) for name, text in value.items()}
    text = _opencc("s2twp").convert(value)
    for ours, taiwans in _OWN_WORDS.items():
        text = text.replace(ours, taiwans)
    return text


@cache
def _opencc(table: str) -> OpenCC:
    return OpenCC(table)
