"""Telegram's HTML from plain text, within its limits; it knows nothing of answers.

A text is cut first and tagged afterwards, so no tag is ever cut. Lengths are UTF-16 code units, which
is how Telegram counts.
"""

from __future__ import annotations

import re
from html import escape as escape_html
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.model import Span

# Control characters (Telegram refuses some), lone surrogates (JSON cannot carry them) and the characters that
# turn the direction of everything after them.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_SENTENCE_END = re.compile(r"[。！？；!?;…\n]+[”’」』）)]*")

Style = tuple[int, int, str]
"""A Span and the tag to put around it."""


def escape(text: str) -> str:
    """Return the text as HTML, without characters that Telegram refuses or that would upset the message."""
    return escape_html(readable(text), quote=False)


def readable(text: str) -> str:
    """Return the text without characters that Telegram refuses or that would upset the message."""
    return _UNSAFE.sub("", text)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def visible(html: str) -> str:
    """Return what a reader sees: the text without tags and with the entities resolved."""
    text = re.sub(r"<[^>]*>", "", html)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shorten(text: str, limit: int) -> str:
    """At most `limit` units, with an ellipsis where something was left out; for titles and names."""
    text = " ".join(text.split())
    return text if units(text) <= limit else text[: _fitting(text, 0, limit - 1)] + "…"


def excerpt(text: str, limit: int, keep: Span | None = None) -> Span:
    """Choose what to show of `text` in at most `limit` units: whole sentences, with `keep` among them."""
    if units(text) <= limit:
        return 0, len(text)
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
    target = keep[0] if keep else 0
    start = 0
    if keep and units(text[: keep[1]]) > limit:
        start = max(position for position in starts if position <= target)
        if units(text[start : keep[1]]) > limit:  # one endless sentence: begin at what matters
            start = target
    end = _fitting(text, start, limit)
    whole = [position for position in starts if start < position <= end and (not keep or position >= keep[1])]
    return start, max(whole, default=end)


def last_sentences(text: str, limit: int) -> Span:
    """Choose the end of `text` in at most `limit` units, from the start of a sentence where there is one."""
    if units(text) <= limit:
        return 0, len(text)
    first = len(text) - _fitting(text[::-1], 0, limit)
    starts = (match.end() for match in _SENTENCE_END.finditer(text))
    return next((start for start in starts if first <= start < len(text)), first), len(text)


def styled(text: str, styles: Sequence[Style], within: Span | None = None, most: int = 80) -> str:
    """Return the part `within` of `text` as HTML, the styles put around their places.

    Where styles overlap, the earlier one given wins; the first `most` runs in the text are tagged.
    """
    begin, end = within or (0, len(text))
    tags = [""] * (end - begin)
    for start, stop, tag in reversed(styles):
        for position in range(max(start, begin), min(stop, end)):
            tags[position - begin] = tag
    pieces = []
    position = begin
    for tag, run in groupby(tags):
        part = text[position : position + len(list(run))]
        position += len(part)
        html = escape(part)
        if tag and html.strip() and most:
            html, most = f"<{tag}>{html}</{tag}>", most - 1
        pieces.append(html)
    return ("…" if begin else "") + "".join(pieces) + ("…" if end < len(text) else "")


def quote(html: str, fold_after: int = 200) -> str:
    """Put into a block quotation, folded where the text is long; an empty text has none."""
    text = visible(html)
    if not text.strip():
        return ""
    return f"<blockquote{' expandable' if units(text) > fold_after else ''}>{html}</blockquote>"


def lines(parts: Sequence[str]) -> str:
    return "\n".join(part for part in parts if part)


def _fitting(text: str, start: int, limit: int) -> int:
    """Return the largest end for which text[start:end] has at most `limit` units."""
    room = limit
    for position in range(start, len(text)):
        room -= 1 + (text[position] > "\uffff")
        if room < 0:
            return position
    return len(text)
