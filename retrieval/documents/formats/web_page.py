"""Web pages: the article of a page, without the site around it.

Pictures are those inside the page and those saved beside it; what is only on the web is left out, as is what
a page would load by script.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from retrieval.documents import article_date
from retrieval.documents.blocks import Block, Content, UnreadableError
from retrieval.documents.formats.hypertext import head, parsing
from retrieval.documents.formats.hypertext.body import find_body
from retrieval.documents.formats.hypertext.flow import below_title, blocks
from retrieval.documents.formats.hypertext.pictures import beside_page
from retrieval.documents.metadata import byline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from retrieval.documents.formats.hypertext.pictures import Source

_MARKUP = re.compile(r"<(?:!doctype|[a-z][a-z0-9]*)[\s>/]", re.IGNORECASE)
_TYPE_SIZE = re.compile(r"[【\[（(]?\s*(?:字体|字号|打印|分享|浏览|收藏).*")
_BYLINE_WITHIN = 6  # elements around and before the body, in each direction
_BYLINE_BLOCKS = 12
_LONGEST_BYLINE = 300  # characters of an element with bylines


def read(data: bytes) -> Content:
    """Return the article of a page, what its head says of it, and its pictures. Raise UnreadableError."""
    text = parsing.decode(data)
    if not _MARKUP.search(text):
        raise UnreadableError("内容不是网页（没有任何标签）")
    return content(text, beside_page)


def content(text: str, source: Source) -> Content:
    """Return the article of a page's text, whose pictures are where `source` says. Raise UnreadableError."""
    root = parsing.parse(text)
    said = head.metadata(root)
    scripted = next(root.iter("script"), None) is not None
    framed = next(root.iter("frameset"), None) is not None
    parsing.drop_unread(root)
    return Content(_article(root, said.title, source, _reason(framed=framed, scripted=scripted)), said)


def _article(root: Element, title: str | None, source: Source, reason: str) -> Iterator[Block]:
    page = root.find("body")
    body = find_body(root if page is None else page)
    found = below_title(blocks(body, source), title)
    first = next(found, None)
    if first is None:
        raise UnreadableError(reason)
    if title:
        yield Block("heading", title, level=1)
    yield from _bylines(body)
    yield first
    yield from found


def _reason(*, framed: bool, scripted: bool) -> str:
    if framed:
        return "是框架页（frameset），正文在别的文件里"
    return "网页没有正文，内容要靠脚本载入" if scripted else "网页里没有正文"


def _bylines(body: Element) -> Iterator[Block]:
    """Yield the lines just before the body that say who, whence and when."""
    lines: list[Block] = []
    for outer in islice((body, *body.iterancestors()), _BYLINE_WITHIN):
        for before in islice(outer.itersiblings(preceding=True), _BYLINE_WITHIN):
            if len("".join(before.itertext())) <= _LONGEST_BYLINE:
                lines[:0] = islice(blocks(before, lambda _: None), _BYLINE_BLOCKS)
    for line in lines:
        text = _TYPE_SIZE.sub("", line.text).strip(" |｜")
        if text and (byline(text) is not None or article_date.is_date(text)):
            yield Block("text", text)
