"""Splits a message that is too long for Telegram, as HTML, into parts that are valid by themselves.

Lengths are UTF-16 code units of what a reader sees, as Telegram counts. Tags that are open where a part ends
are closed there and opened anew in the next one; white space at a cut is left out. It sends nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import unescape
from itertools import takewhile
from typing import TYPE_CHECKING

from telegram.constants import MessageLimit

from bot.markup import units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PIECE = re.compile(
    r"""<(?P<end>/?)(?P<name>[^\s>]*)(?:"[^"]*"|'[^']*'|[^>"'])*>"""
    r"|&(?:lt|gt|amp|quot|\#\d+|\#x[0-9a-fA-F]+);?"
    r"|.",
    re.DOTALL,
)
# Where to cut, the best first: after a paragraph, a line, a sentence, a word.
_ENDS = [
    re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[。！？；!?;…]+[”’」』）)】]*|\.(?=\s)", r"\s+")
]
_JOINER = "\u200d"
_FLAGS = range(0x1F1E6, 0x1F200)  # regional indicators: two of them are one flag
_EXTENDING = (range(0x1F3FB, 0x1F400), range(0xE0020, 0xE0080))  # skin tones, and the tags of flags


@dataclass(frozen=True, slots=True, eq=False)
class _Tag:
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class _Character:
    """A character with how it is written and the tags around it, the outermost first."""

    shown: str
    source: str
    tags: tuple[_Tag, ...]


def parts(html: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """Return the message as parts of at most `limit` units and as many entities as Telegram takes.

    The HTML is taken to be valid; one that fits comes back as it is.
    """
    if units(html) <= limit and html.count("<") <= MessageLimit.MESSAGE_ENTITIES:
        return [html]  # as nearly all do, even with the tags counted
    characters = list(_characters(html))
    if _reach(characters, 0, limit) == len(characters):
        return [html]
    text = "".join(one.shown or "\0" for one in characters)  # a place for each
    found = []
    start = 0
    while start < len(characters):
        if text[start].isspace():
            start += 1
            continue
        end = _reach(characters, start, limit)
        cut = _cut(text, start, end) if end < len(characters) else end
        found.append(_html(characters[start : start + len(text[start:cut].rstrip())]))
        start = cut
    return found or [html]


def _characters(html: str) -> Iterator[_Character]:
    tags: tuple[_Tag, ...] = ()
    for piece in _PIECE.finditer(html):
        source = piece[0]
        if piece["name"] is None:
            yield _Character(unescape(source), source, tags)
        elif piece["end"]:
            tags = tags[:-1]
        else:
            tags = (*tags, _Tag(piece["name"], source))


def _reach(characters: Sequence[_Character], start: int, limit: int) -> int:
    """Return the largest end for which the characters from `start` fit a message; at least one does."""
    tags: set[_Tag] = set()
    for place in range(start, len(characters)):
        limit -= units(characters[place].shown)
        tags.update(characters[place].tags)
        if (limit < 0 or len(tags) > MessageLimit.MESSAGE_ENTITIES) and place > start:
            return place
    return len(characters)


def _cut(text: str, start: int, end: int) -> int:
    """Return the best place to cut in the second half of text[start:end], else `end`."""
    half = start + (end - start) // 2
    for pattern in _ENDS:
        places = [match.end() for match in pattern.finditer(text, half, end)]
        if whole := [place for place in places if not _inside_character(text, place)]:
            return whole[-1]
    return next((place for place in range(end, half, -1) if not _inside_character(text, place)), end)


def _inside_character(text: str, place: int) -> bool:
    """Tell whether a reader takes what is before and after `place` for one character."""
    before, after = text[place - 1], text[place : place + 1]
    if not after:
        return False
    if _JOINER in (before, after) or unicodedata.category(after).startswith("M"):
        return True
    if ord(after) in _FLAGS:
        flags = takewhile(lambda one: ord(one) in _FLAGS, reversed(text[:place]))
        return len(list(flags)) % 2 == 1
    return any(ord(after) in extending for extending in _EXTENDING)


def _html(characters: Sequence[_Character]) -> str:
    pieces = []
    opened: tuple[_Tag, ...] = ()
    for one in characters:
        pieces += [_between(opened, one.tags), one.source]
        opened = one.tags
    return "".join([*pieces, _between(opened, ())])


def _between(before: tuple[_Tag, ...], after: tuple[_Tag, ...]) -> str:
    """Close the tags that end between two characters and open those that begin."""
    kept = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(before, after, strict=False)))
    closed = "".join(f"</{tag.name}>" for tag in reversed(before[kept:]))
    return closed + "".join(tag.source for tag in after[kept:])
