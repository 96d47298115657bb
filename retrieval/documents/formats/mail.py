"""Mail: subject, sender, date and the text of a message. Attachments are named, not read."""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr, parsedate
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block, Content, UnreadableError
from retrieval.documents.formats import mime, plain_text
from retrieval.documents.formats.hypertext import parsing
from retrieval.documents.formats.hypertext.flow import below_title, blocks
from retrieval.documents.formats.labelled_text import decode_labelled
from retrieval.documents.lines import tidy
from retrieval.documents.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from retrieval.documents.formats.hypertext.pictures import Source

_HEADERS = ("From", "Subject", "Date", "Received", "MIME-Version", "Message-ID", "To")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")


def read(data: bytes) -> Content:
    """Return a message's text and what its headers say. Raise UnreadableError."""
    message = mime.parse(data)
    if not any(name in message for name in _HEADERS):
        raise UnreadableError("内容不是邮件")
    if any(part.get_content_type() in _SEALED for part in mime.parts(message)):
        raise UnreadableError("邮件有加密保护")
    said = Metadata(
        title=mime.header(message, "Subject") or None,
        date=_date(mime.raw_header(message, "Date")),
        author=_sender(mime.raw_header(message, "From")),
    )
    return Content(_blocks(message, said.title), said)


def _blocks(message: Message, title: str | None) -> Iterator[Block]:
    texts = [part for part in mime.parts(message) if _is_text(part)]
    pages = [part for part in texts if part.get_content_type() == "text/html"]
    images = mime.images(message)
    found = [block for part in pages for block in _of_page(part, images)]
    if not found:
        found = [block for part in texts if part not in pages for block in _of_text(part)]
    if not found:
        raise UnreadableError("邮件没有正文")
    if title:
        yield Block("heading", title, level=1)
    yield from below_title(found, title)
    for part in mime.parts(message):
        if (name := _attachment(part)) is not None:
            yield Block("remark", f"附件 {name} 未读")


def _of_page(part: Message, images: Source) -> Iterator[Block]:
    root = parsing.parse(parsing.decode(mime.payload(part), part.get_content_charset()))
    parsing.drop_unread(root)
    body = root.find("body")
    yield from blocks(root if body is None else body, images)


def _of_text(part: Message) -> Iterator[Block]:
    yield from plain_text.blocks(decode_labelled(mime.payload(part), part.get_content_charset()))


def _is_text(part: Message) -> bool:
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return is_text and part.get_content_disposition() != "attachment" and bool(mime.payload(part).strip())


def _attachment(part: Message) -> str | None:
    """Return the name of an attachment; None for the text and for the pictures in it."""
    if part.get_content_maintype() == "message":
        return "（转发的邮件）"
    inline = part.get_content_maintype() == "image" and "Content-ID" in part
    if _is_text(part) or inline:
        return None
    name = mime.filename(part)
    if not name and part.get_content_disposition() != "attachment":
        return None
    return name[:100] or "（无名）"


def _date(raw: str) -> str | None:
    """Return a header's date as its sender's clock had it."""
    try:
        given = parsedate(raw)
        return dt.date(*given[:3]).isoformat() if given else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _sender(raw: str) -> str | None:
    try:
        name, address = parseaddr(raw)
    except RecursionError:  # by comments within comments
        return None
    return mime.decoded(name) or tidy(mime.decoded(address)) or None
