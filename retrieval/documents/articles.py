"""Blocks to Documents: tells a file's articles apart, and finds each one's title, date, source and author.

A level-1 heading after the first begins another article, unless the front matter names the file's one
title, or those headings are numbered (`第一章`, `一、`, `1.`) or all very short (`概述`, `安装`): then they
are chapters of one article, and so its sections.
A short line just above such a heading is its kicker and opens the title.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from retrieval.documents import article_date, sections
from retrieval.documents.blocks import BESIDE_TITLE
from retrieval.documents.lines import tidy
from retrieval.documents.metadata import Metadata, byline
from retrieval.documents.sentences import is_closed, is_prose, is_title
from retrieval.model import Document, Section, WholeParagraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.documents.blocks import Block

_CHAPTER = re.compile(
    r"第[一二三四五六七八九十百\d]+[编篇部章节]|[（(]?[一二三四五六七八九十]+[、）)]|\d+[.．、\s]|Chapter\b|Part\b"
)
_CHAPTER_LENGTH = 6
_KICKER_LENGTHS = range(8, 41)
_NOTICE_NUMBER = re.compile(r"\S{1,12}[〔\[［【(（]\s*\d{4}\s*[〕\]］】)）]\s*(?:第\s*)?\d+\s*号")
_GENRE = re.compile(
    r"(?:通知|意见|决定|公告|通告|报告|办法|规定|方案|函|批复|讲话|条例|规划|纲要|细则)[》”）)]*$"
)


def documents(
    path: str, blocks: list[Block], given: Metadata, alive: Callable[[], None] = lambda: None
) -> Iterator[Document]:
    """Yield the Documents of a file, numbered from 0; none where it has no text. No two share a title.

    `alive` is called now and again.
    """
    titles: dict[str, int] = {}
    for part in _articles(blocks, given):
        title, body = _titled(part, given.title)
        said = Metadata()
        for block in part:
            if block.kind == "byline":
                said = said.filled(byline(block.text) or Metadata())
        body = [block for block in body if block.kind != "byline"]
        body, dated = _without_dates(body)
        said = given.filled(said).filled(Metadata(date=dated)).dated()
        if (signed := sections.sign_off(body)) is not None:
            said = said.filled(Metadata(source=signed[0], date=article_date.iso(signed[1])))
        found = sections.sections(body, title, alive)
        if not found and not title:
            continue
        title = title or tidy(PurePosixPath(path).stem) or path
        titles[title] = titles.get(title, 0) + 1
        if titles[title] > 1:
            title = f"{title}（{titles[title]}）"
        yield Document(
            path=path,
            number=sum(titles.values()) - 1,
            title=title,
            sections=found or (Section(None, (WholeParagraph(title),)),),
            date=said.date,
            source=said.source,
            author=said.author,
        )


def _articles(blocks: list[Block], given: Metadata) -> list[list[Block]]:
    """Return the blocks of each article; what stands before the first title belongs to the first."""
    tops = [number for number, block in enumerate(blocks) if block.kind == "heading" and block.level == 1]
    later = [blocks[number].text for number in tops[1:]]
    numbered = any(_CHAPTER.match(text) for text in later)
    if given.title or numbered or all(len(text) <= _CHAPTER_LENGTH for text in later):
        return [blocks]
    starts = [0, *(number - 1 if _has_kicker(blocks, number) else number for number in tops[1:])]
    return [blocks[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _has_kicker(blocks: list[Block], number: int) -> bool:
    """Whether the block before this heading is the first line of its title."""
    if number == 0:
        return False
    line = blocks[number - 1]
    whole = number == 1 or blocks[number - 2].kind != "text" or is_closed(blocks[number - 2].text)
    return (
        line.kind == "text"
        and len(line.text) in _KICKER_LENGTHS
        and is_title(line.text)
        and not is_closed(line.text)
        and not article_date.is_date(line.text)
        and not _NOTICE_NUMBER.fullmatch(line.text)
        and sections.numbered_level(line.text) is None
        and whole
    )


def _titled(blocks: list[Block], given: str | None) -> tuple[str | None, list[Block]]:
    """Return the title, None where the article has none, and the other blocks."""
    if given:
        same = next((block for block in blocks if block.text == given), None)
        repeated = same is not None and (same.kind == "heading" or same is blocks[0])
        return given, [block for block in blocks if not (repeated and block is same)]
    number = _title_number(blocks)
    if number is None:
        return None, blocks
    start, end = number, number + 1
    if blocks[number].kind == "heading" and _has_kicker(blocks, number):
        start -= 1
    while end < len(blocks) and _goes_on_title(blocks[end - 1], blocks[end]):
        end += 1
    title = blocks[start].text
    for block in blocks[start + 1 : end]:
        title += ("" if not block.spaced or block.text.startswith("—") else " ") + block.text
    return title, blocks[:start] + blocks[end:]


def _title_number(blocks: list[Block]) -> int | None:
    """Return where the title stands: the first level-1 heading, else the first block if it can be one."""
    levels = [block.level if block.kind == "heading" else 0 for block in blocks]
    top = levels.index(1) if 1 in levels else None
    if top is not None and not _CHAPTER.match(blocks[top].text):
        return top
    first = next((number for number, block in enumerate(blocks) if block.kind not in BESIDE_TITLE), None)
    if first is None:
        return None
    block = blocks[first]
    if block.kind == "heading":
        alone = levels.count(block.level) == 1
        return first if alone and not _CHAPTER.match(block.text) else None
    plain = (
        block.kind == "text"
        and is_title(block.text)
        and not _CHAPTER.match(block.text)
        and not _NOTICE_NUMBER.fullmatch(block.text)
        and not article_date.is_date(block.text)
    )
    return first if plain else None


def _goes_on_title(above: Block, below: Block) -> bool:
    """Whether the title has a second line: a subtitle after a dash, or the rest of a notice's long title."""
    if below.kind != "text" or not is_title(below.text) or is_prose(below.text):
        return False
    if below.text.startswith(("——", "--", "—")):
        return True
    wrapped = not below.spaced and above.kind == "text" and not _GENRE.search(above.text)
    return wrapped and _GENRE.search(below.text) is not None


def _without_dates(blocks: list[Block]) -> tuple[list[Block], str | None]:
    """Return the blocks without a date that stands alone between title and text, and that date."""
    for number, block in enumerate(blocks):
        if block.kind == "text" and article_date.is_date(block.text.strip("（）()")) and len(blocks) > 1:
            return blocks[:number] + blocks[number + 1 :], article_date.iso(block.text)
        if block.kind not in ("gap", "picture"):
            break
    return blocks, None
