"""Rejoins paragraphs that the file broke: hard-wrapped lines, and sentences cut by a blank line.

Nothing that is whole is glued: a heading, an item, a row, a title, a lead-in that ends with a colon, a closed
sentence. Nor is text joined over a gap, since what follows there is not what came before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.documents import article_date
from retrieval.documents.blocks import BESIDE_TITLE
from retrieval.documents.lines import separator
from retrieval.documents.sentences import (
    columns,
    ends_with_comma,
    is_closed,
    is_prose,
    is_title,
    is_torn,
    is_wide,
    leads_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.documents.blocks import Block

_NARROWEST, _WIDEST = 30, 130  # columns of a hard-wrapped text
_SLACK = 3  # columns that a punctuation mark kept off the next line's start may leave free
_VERSE = 16  # characters of a verse, at most
_REDACTION = re.compile(r"[*＊]{2,}")
_OPENER = re.compile(
    r"第[一二三四五六七八九十百零〇\d]+[编章节条款]|[一二三四五六七八九十]{1,3}、"
    r"|[（(][一二三四五六七八九十]{1,3}[）)]|[■□●▲◆★—]|附件|附：|[QA问答]\d*[:：]"
)
_FIRST_WORD = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file sets its lines.

    `width` is where it wraps them, in columns, if it does. `indents` says whether an indent marks a
    paragraph, `punctuates` whether paragraphs end with a sentence's end, so that one that does not is cut.
    """

    width: int | None
    indents: bool
    punctuates: bool

    @classmethod
    def of(cls, blocks: list[Block]) -> _Layout:
        texts = [block for block in blocks if block.kind == "text"]
        prose = [block for block in texts if is_prose(block.text)]
        closed = sum(is_closed(block.text) for block in prose)
        indented = sum(block.indented for block in texts)
        return cls(
            width=_wrap_width(blocks),
            indents=0 < indented < len(texts),
            punctuates=len(prose) < 4 or closed >= len(prose) / 4,
        )

    def fills(self, above: Block, below: Block) -> bool:
        """Whether the line above was broken because the first word of the line below did not fit."""
        if self.width is None or below.spaced:
            return False
        word = _FIRST_WORD.match(below.text)
        needed = columns(above.text) + (len(word[0]) + 1 if word else 2)
        return needed + _SLACK > self.width


def rejoin(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with every broken paragraph in one; a byline or caption within one follows it."""
    given = list(blocks)
    layout = _Layout.of(given)
    title = _title(given, layout)
    groups: list[list[Block]] = []
    last: list[Block] | None = None  # the group that a text may go on with
    for block in given:
        if last and block.kind == "text" and last[0] is not title and _goes_on(last[-1], block, layout):
            last.append(block)
            continue
        if _REDACTION.fullmatch(block.text):
            continue  # a rule, or the redaction of a whole line
        groups.append([block])
        if block.kind not in ("byline", "caption"):
            last = groups[-1] if block.kind in ("text", "item") else None
    return [_glued(group) for group in groups]


def _title(blocks: list[Block], layout: _Layout) -> Block | None:
    """Return the first line, where it is a title and not the beginning of a paragraph."""
    first = next((block for block in blocks if block.kind not in BESIDE_TITLE), None)
    if first is None or first.kind != "text" or not is_title(first.text) or len(blocks) == 1:
        return None
    following = next((block for block in blocks if block is not first and block.kind == "text"), None)
    torn = following is not None and (layout.fills(first, following) or is_torn(first.text, following.text))
    return None if torn else first


def _wrap_width(blocks: list[Block]) -> int | None:
    """Return the width at which the lines are wrapped, in columns, or None where each line is a paragraph."""
    inner = [
        above.text
        for above, below in pairwise(blocks)
        if above.kind in ("text", "item") and below.kind == "text" and not below.spaced and not below.indented
    ]
    if len(inner) < 2:
        return None
    widths = sorted(min(columns(text[:_WIDEST]), _WIDEST) for text in inner)
    width = widths[len(widths) * 9 // 10]
    # Latin lines are ragged: a word of up to ten letters may not have fitted.
    full = [text for text in inner if columns(text[:_WIDEST]) >= width - (4 if is_wide(text[-1]) else 12)]
    if not _NARROWEST <= width < _WIDEST or len(full) < len(inner) * 0.6:
        return None
    return width if sum(is_closed(text) for text in full) <= len(full) * 0.6 else None


def _goes_on(above: Block, below: Block, layout: _Layout) -> bool:
    """Whether the line below goes on with the paragraph of the line above."""
    upper, lower = above.text, below.text
    if _REDACTION.fullmatch(lower) or _REDACTION.fullmatch(upper):
        return not is_closed(upper)
    if _OPENER.match(lower) or article_date.is_date(lower):
        return False
    if is_torn(upper, lower) or (layout.fills(above, below) and not below.indented):
        return True
    if ends_with_comma(upper):
        verses = not below.spaced and max(len(upper), len(lower)) <= _VERSE
        return not verses
    marked = below.indented and layout.indents
    return not marked and layout.punctuates and _is_cut(upper) and _can_go_on(upper, lower)


def _is_cut(text: str) -> bool:
    return is_prose(text) and not is_closed(text) and not leads_in(text)


def _can_go_on(upper: str, lower: str) -> bool:
    """Whether the text below reads on: in English with a small letter, else with part of a sentence."""
    if upper[-1].isascii() and lower[0].isascii() and lower[0].isalpha():
        return lower[0].islower()
    return is_prose(lower) or is_closed(lower)


def _glued(group: list[Block]) -> Block:
    if len(group) == 1:
        return group[0]
    parts = [group[0].text]
    for above, below in pairwise(group):
        parts += separator(above.text[-1:], below.text[:1]), below.text
    return replace(group[0], text="".join(parts))
