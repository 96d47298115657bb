"""A Document to its Paragraphs: gives each its id and splits what is over-long at the ends of sentences.

What a paragraph is was settled when the file was read; nothing is rejoined, cleaned or left out here.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from retrieval.model import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.model import Document

LONGEST = 400
"""The length in characters above which a paragraph is split."""
PIECE = 300
"""About the length of a piece."""

_CLOSERS = "”’」』）)】》〉\\]\"'"
_SENTENCE = re.compile(
    rf"[^\n。！？；!?;…]*?(?:\n+|(?:[。！？；!?;…]+|\.(?=\s+[A-Z“\"]))[{_CLOSERS}]*\s*)|[^\n。！？；!?;…]+"
)
_CLAUSE = re.compile(rf"[^，、,：:\s]*(?:(?:[，、：]|[,:](?!\d))[{_CLOSERS}]*\s*|[,:]|\s+)|[^，、,：:\s]+")
_WORD_LENGTH = 40  # a hard cut steps back over a word or a number up to this length


def paragraphs(document: Document) -> list[Paragraph]:
    """Return the Paragraphs in reading order.

    An id is 12 hex digits made from path, title and text, and for a text that repeats in the Document from
    how often it came before; other paragraphs do not change it.
    """
    found: list[Paragraph] = []
    seen: dict[str, int] = {}
    for section in document.sections:
        for whole in section.paragraphs:
            for number, text in enumerate([whole.text] if whole.cells else pieces(whole.text)):
                repeat = seen[text] = seen.get(text, -1) + 1
                found.append(
                    Paragraph(
                        id=_identity(document.path, document.title, text, repeat),
                        document=document.path,
                        article=document.number,
                        position=len(found),
                        title=document.title,
                        section=section.heading,
                        text=text,
                        date=document.date,
                        source=document.source,
                        author=document.author,
                        continues=number > 0,
                        page=whole.page,
                        cells=whole.cells,
                        pictures=whole.pictures if number == 0 else (),
                        confidence=whole.confidence,
                    )
                )
    return found


def pieces(text: str) -> list[str]:
    """Return the text in pieces of about equal length, none above LONGEST; whole where it is short enough.

    A cut falls between lines or sentences, in an over-long sentence at a comma or a space, and else anywhere.
    """
    if len(text) <= LONGEST:
        return [text]
    cut: list[str] = []
    piece: list[str] = []
    left, length, share = len(text), 0, _share(len(text))
    for unit in _units(text):
        left -= len(unit)
        # The piece ends before this unit if that is nearer to its share than to end after it.
        full = length + len(unit) / 2 > share or length + len(unit) > LONGEST
        if piece and full:
            cut.append("".join(piece))
            piece, length, share = [], 0, _share(left + len(unit))
        piece.append(unit)
        length += len(unit)
    cut.append("".join(piece))
    return [stripped for part in cut if (stripped := part.strip())]


def _share(length: int) -> float:
    """Return the length of each piece when `length` characters are to be shared out evenly."""
    return length / max(round(length / PIECE), -(-length // LONGEST))


def _units(text: str) -> Iterator[str]:
    """Yield the text in sentences, an over-long one in clauses, an over-long clause in bare pieces."""
    for sentence in _SENTENCE.finditer(text):
        if len(sentence[0]) <= LONGEST:
            yield sentence[0]
            continue
        for clause in _CLAUSE.finditer(sentence[0]):
            yield from _bare_pieces(clause[0])


def _bare_pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > PIECE:
        end = start + PIECE
        while end > start + PIECE - _WORD_LENGTH and _within_word(text[end - 1], text[end]):
            end -= 1
        if _within_word(text[end - 1], text[end]):
            end = start + PIECE
        yield text[start:end]
        start = end
    yield text[start:]


def _within_word(before: str, after: str) -> bool:
    return before.isascii() and after.isascii() and (before + after).replace(".", "0").isalnum()


def _identity(path: str, title: str, text: str, repeat: int) -> str:
    parts = [path, title, text, *([str(repeat)] if repeat else [])]
    return blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()
