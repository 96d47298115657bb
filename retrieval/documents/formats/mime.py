"""Messages in MIME, as mail and web archives are stored: their parts, headers and the pictures in them.

Headers are taken apart no further than needed: what hostile ones can do to a full parser is not our concern.
"""

from __future__ import annotations

import email
import re
from email.errors import HeaderParseError
from email.header import decode_header
from typing import TYPE_CHECKING

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.hypertext.pictures import beside_page
from retrieval.documents.formats.labelled_text import decode_labelled
from retrieval.documents.lines import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from retrieval.documents.formats.hypertext.pictures import Source

_LONGEST_HEADER = 10_000
_HEADER = re.compile(rb"\s*(?:From [^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+")


def parse(data: bytes) -> Message:
    """Return the message. Raise UnreadableError where the bytes do not begin with headers."""
    if not _HEADER.match(data[:_LONGEST_HEADER] + b"\n"):
        raise UnreadableError("内容不是邮件格式")
    try:
        return email.message_from_bytes(data.lstrip())
    except RecursionError as error:
        raise UnreadableError("邮件嵌套过深") from error


def parts(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something themselves, in order; messages within are not gone into."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting += reversed([inner for inner in part.get_payload() if not isinstance(inner, str)])
        else:
            yield part


def payload(part: Message) -> bytes:
    """Return the bytes that a part holds."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def filename(part: Message) -> str:
    """Return the name that a part is to be stored by, empty where it has none or a broken one."""
    try:
        return decoded(part.get_filename() or "")
    except (UnicodeError, LookupError, ValueError):  # by the encoding that it names
        return ""


def header(message: Message, name: str) -> str:
    """Return a header as one line of text, empty where it is missing or broken."""
    return decoded(raw_header(message, name))


def raw_header(message: Message, name: str) -> str:
    """Return a header as it is written; bytes beyond ASCII stand in it as `surrogateescape` has them."""
    values = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return str(next(values, ""))[:_LONGEST_HEADER]


def decoded(raw: str) -> str:
    """Return a piece of a header with its encoded words decoded."""
    try:
        pieces = decode_header(raw)
        return tidy(" ".join("".join(_piece(piece, label) for piece, label in pieces).split()))
    except (HeaderParseError, UnreadableError):
        return ""


def _piece(piece: bytes | str, label: str | None) -> str:
    if isinstance(piece, str):
        piece = piece.encode(errors="surrogateescape")
    return decode_labelled(piece, label)


def images(message: Message) -> Source:
    """Return where the images of a message are: by Content-ID or Content-Location, or in the page."""
    held: dict[str, Message] = {}
    for part in parts(message):
        if part.get_content_maintype() == "image":
            held["cid:" + raw_header(part, "Content-ID").strip().strip("<>")] = part
            held[raw_header(part, "Content-Location").strip()] = part

    def source(address: str) -> bytes | str | None:
        if address in held:
            return payload(held[address])
        return found if isinstance(found := beside_page(address), bytes) else None

    return source
