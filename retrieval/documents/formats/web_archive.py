"""Web archives (MHTML): a page and its pictures in one MIME message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.documents.blocks import Content, UnreadableError
from retrieval.documents.formats import mime, web_page
from retrieval.documents.formats.hypertext import parsing

if TYPE_CHECKING:
    from email.message import Message

_PAGES = ("text/html", "application/xhtml+xml")


def read(data: bytes) -> Content:
    """Return the article of the archive's page. Raise UnreadableError."""
    message = mime.parse(data)
    page = _page(message)
    if page is None:
        raise UnreadableError("网页存档里没有网页")
    text = parsing.decode(mime.payload(page), page.get_content_charset())
    return web_page.content(text, mime.images(message))


def _page(message: Message) -> Message | None:
    """Return the page that the archive was made of: the one that it names as its start, else the first."""
    pages = [part for part in mime.parts(message) if part.get_content_type() in _PAGES]
    start = str(message.get_param("start", ""))
    named = (page for page in pages if start and mime.raw_header(page, "Content-ID").strip() == start)
    return next(named, next(iter(pages), None))
