"""Text in the columns of a terminal, where a Chinese character takes two."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """Return the columns a terminal gives the text: two for a wide character, none for a combining mark."""
    return sum(_width(character) for character in text)


def fit(text: str, width: int) -> str:
    """Put the text on one line of exactly `width` columns: cut with `…`, or padded."""
    text = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    if columns(text) > width:
        kept, room = [], width - 1
        for character in text:
            room -= _width(character)
            if room < 0:
                break
            kept.append(character)
        text = "".join(kept) + "…"
    return text + " " * (width - columns(text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
