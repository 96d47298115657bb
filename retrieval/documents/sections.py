"""An article's blocks to Sections: finds the heads, and makes one paragraph of a list or a sign-off.

Heads are Markdown's, `第一章 总则`, `一、总体要求`, `（一）目标`, and a short line without punctuation or
digits before running text. `第三条 …` is a provision and `一、加强领导。各地要…` a paragraph: they stay text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.documents import article_date, tables
from retrieval.documents.sentences import is_closed, is_prose, is_title, leads_in
from retrieval.model import Section, WholeParagraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.documents.blocks import Block
    from retrieval.model import Picture

HEADING_SEPARATOR = " › "

_NUMERAL = "[一二三四五六七八九十百零〇]"
_LEVELS = (  # below Markdown's own six
    (7, re.compile(rf"第(?:{_NUMERAL}+|\d+)(?:编|篇|部分)(?!\S*[的是])")),
    (8, re.compile(rf"第(?:{_NUMERAL}+|\d+)章(?!\S*[的是])")),
    (9, re.compile(rf"第(?:{_NUMERAL}+|\d+)节(?!\S*[的是])")),
    (10, re.compile(rf"{_NUMERAL}{{1,3}}、")),
    (11, re.compile(rf"[（(]{_NUMERAL}{{1,3}}[）)]")),
)
_LOWEST_LEVEL = 12
_ORDINAL = re.compile(r"\d{1,2}(?:[.．、]\d{1,2})*[.．、\s]\s*")
_NUMBERED_LENGTH, _BARE_LENGTH = 40, 30
_ATTACHMENT = re.compile(r"附件?[:：]")
_ASIDE = re.compile(r"[（(][^（）()]{1,20}[）)]")
_JOINABLE = frozenset(("text", "item"))
_ITEM_LENGTH = 80  # a longer item is a paragraph of its own
_LINE_LENGTH = 40
_LIST_LENGTH = 400
_ORGANISATION = re.compile(r"[\u4e00-\u9fff（）()、\s]{3,40}[府厅委局部院会办司心学组处社队行署团室校站]")


def sections(
    blocks: list[Block], title: str | None = None, alive: Callable[[], None] = lambda: None
) -> tuple[Section, ...]:
    """Return the Sections of an article without its `title`, none without a paragraph; no text is left out.

    A table is a Section by itself, below the one that it stands in, unless the article's title names it.
    `alive` is called now and again.
    """
    found: list[tuple[str | None, list[WholeParagraph]]] = []
    path: list[tuple[int, str]] = []
    waiting: tuple[Picture, ...] = ()  # without a word of their own, before the first paragraph
    for group in _paragraphs(_with_heads(blocks)):
        alive()
        if group[0].kind == "heading":
            level = group[0].level
            path = [(above, text) for above, text in path if above < level] + [(level, group[0].text)]
            continue
        if group[0].kind == "table":
            names = [*(text for _, text in path), tables.caption_of(group[0])]
            heading = HEADING_SEPARATOR.join(name for name in names if name not in ("", title)) or None
            wholes = tables.of_block(group[0], alive)
            if wholes:
                wholes[0] = replace(wholes[0], pictures=waiting + wholes[0].pictures)
                waiting = ()
                found.append((heading, wholes))
            continue
        whole = _whole(group)
        if not whole.text and found:
            last = found[-1][1].pop()
            found[-1][1].append(replace(last, pictures=last.pictures + whole.pictures))
            continue
        if not whole.text:
            waiting += whole.pictures
            continue
        heading = HEADING_SEPARATOR.join(text for _, text in path) or None
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(replace(whole, pictures=waiting + whole.pictures))
        waiting = ()
    return tuple(Section(heading, tuple(paragraphs)) for heading, paragraphs in found)


def _whole(group: list[Block]) -> WholeParagraph:
    """Return the paragraph that a group makes; a picture's is its caption with what was read in it."""
    confidences = [block.confidence for block in group if block.confidence is not None]
    pictures = {block.picture: block.text for block in group if block.picture}
    return WholeParagraph(
        "\n".join(text for block in group for text in (block.text, block.recognised) if text),
        page=group[0].page,
        pictures=tuple(
            replace(picture, caption=text) if group[0].kind == "picture" else picture
            for picture, text in pictures.items()
        ),
        confidence=min(confidences, default=None),
    )


def numbered_level(text: str) -> int | None:
    """Return the level of a numbered head, or None where the text is no such head."""
    if len(text) > _NUMBERED_LENGTH or not is_title(text) or is_closed(text):
        return None
    return next((level for level, pattern in _LEVELS if pattern.match(text)), None)


def is_organisation(text: str) -> bool:
    return _ORGANISATION.fullmatch(text) is not None


def _with_heads(blocks: list[Block]) -> list[Block]:
    marked = [_marked(block, below) for block, below in zip(blocks, _below(blocks), strict=True)]
    marked = [block for block in marked if block.kind != "gap"]
    return [
        # A head with nothing under it, as in a table of contents, is a line of text.
        replace(block, kind="item") if _is_empty_head(block, below) else block
        for block, below in zip(marked, _below(marked), strict=True)
    ]


def _below(blocks: list[Block]) -> list[Block | None]:
    """Return for each block the one below it."""
    return [*blocks[1:], None][: len(blocks)]


def _is_empty_head(block: Block, below: Block | None) -> bool:
    if block.kind != "heading":
        return False
    return below is None or (below.kind == "heading" and below.level <= block.level)


def _marked(block: Block, below: Block | None) -> Block:
    """Return the block, as a heading where it is one."""
    if block.kind not in ("text", "item"):
        return block
    level = numbered_level(block.text)
    if level is None and below is not None and _is_bare_head(block, below):
        level = _LOWEST_LEVEL
    return block if level is None else replace(block, kind="heading", level=level)


def _is_bare_head(block: Block, below: Block) -> bool:
    words = _ORDINAL.sub("", block.text, count=1) if block.kind == "item" else block.text
    return (
        3 <= len(words) <= _BARE_LENGTH
        and is_title(words)
        and not is_prose(words)
        and not is_closed(words)
        and not any(character.isdigit() for character in words)
        and words[0].isalnum()
        and below.kind == "text"
        and is_prose(below.text)
        and len(below.text) > len(words)
    )


def _paragraphs(blocks: list[Block]) -> Iterator[list[Block]]:
    """Yield the blocks in groups, each a heading or the lines of one paragraph."""
    group: list[Block] = []
    length = 0
    for block in blocks:
        if group and _belongs(group[-1], block, length):
            group.append(block)
        else:
            if group:
                yield group
            group, length = [block], 0
        length += len(block.text)
    if group:
        yield group


def _belongs(above: Block, below: Block, length: int) -> bool:
    """Whether the block below is a further line of the paragraph, `length` characters long so far, above."""
    kinds = (above.kind, below.kind)
    longest = max(len(above.text), len(below.text))
    if not _JOINABLE.issuperset(kinds):
        return False
    if leads_in(above.text):
        return length <= _LIST_LENGTH
    if kinds == ("item", "item"):
        return longest <= _ITEM_LENGTH
    if kinds == ("text", "text"):
        short = longest <= _LINE_LENGTH and not below.spaced and not is_closed(above.text)
        return short or _signs_off(above.text, below.text)
    return below.kind == "item" and _ATTACHMENT.match(above.text) is not None


def _signs_off(above: str, below: str) -> bool:
    """Whether these are two lines of a notice's end: issuing bodies, the date, a remark in brackets."""
    if is_organisation(above):
        return article_date.is_date(below) or is_organisation(below)
    return article_date.is_date(above) and _ASIDE.fullmatch(below) is not None


def sign_off(blocks: list[Block]) -> tuple[str, str] | None:
    """Return who signed a notice and when, as shown, or None where no date stands under an issuing body."""
    return next(
        (
            (above.text, below.text)
            for above, below in pairwise(blocks)
            if is_organisation(above.text) and article_date.is_date(below.text)
        ),
        None,
    )
