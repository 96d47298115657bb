"""Lines as they are shown: nothing invisible in them, and two lines of a paragraph put together."""

from __future__ import annotations

import re

BULLET = "• "
"""What an unnumbered item of a list begins with, whatever sign the file has."""

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_GAP_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s{2,}(?=[\u3400-\u9fff])")


def tidy(text: str) -> str:
    """Return a line as shown: nothing invisible, no spaces at its ends, no runs of them between Han."""
    if text.isascii() and text.isprintable():  # the cells of a long table
        return text.strip()
    text = visible(text).replace("\u00a0", " ").replace("\t", " ").strip()
    return _GAP_BETWEEN_HAN.sub(" ", text)


def visible(text: str) -> str:
    """Return the text without control characters and marks that nobody sees."""
    return _INVISIBLE.sub("", text)


def join(above: str, below: str) -> str:
    """Return two lines of one paragraph as one: a space between Latin words, none beside a Han character."""
    return above + separator(above[-1:], below[:1]) + below


def separator(last: str, first: str) -> str:
    """Return what goes between a line that ends with one character and one that begins with another."""
    latin = last.isascii() and first.isascii() and not (last.isdigit() and first.isdigit())
    return " " if latin and last not in "-/(" else ""
