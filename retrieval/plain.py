"""A text in simplified, half-width characters, one for one, so that places in it are places in the text.

For finding things in a text that is then shown as it was; what is searched for is normalised more thoroughly.
"""

from __future__ import annotations

import functools
import re

import opencc

_HAN = range(0x3400, 0xA000)
_FULL_WIDTH = range(0xFF01, 0xFF5F)
# The full-width comma separates words and would join digits; 乾 is 干 or stays, as in 乾隆.
_KEPT = "，乾"


@functools.lru_cache(maxsize=64)  # a paragraph is made plain for its figures, and for the words around each
def plain(text: str) -> str:
    """Simplify `text` character by character; the length stays."""
    if text.isascii():
        return text
    table, changing = _table()
    return changing.sub(lambda found: table[found[0]], text)


@functools.lru_cache(maxsize=64)  # the paragraphs of an answer are looked into several times
def folded(text: str) -> str:
    """`plain`, and in lower case unless that changes the length, as it does for İ."""
    simple = plain(text)
    lowered = simple.lower()
    return lowered if len(lowered) == len(simple) else simple


@functools.cache
def _table() -> tuple[dict[str, str], re.Pattern[str]]:
    """The characters that change, and what finds them: most texts have few."""
    characters = [chr(code) for code in _HAN]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {a: b for a, b in zip(characters, simplified, strict=True) if a != b and len(b) == 1}
    table |= {chr(code): chr(code - 0xFEE0) for code in _FULL_WIDTH}
    table |= {"\u3000": " ", "\u00a0": " ", "￥": "¥", "〜": "~"}
    table = {written: simple for written, simple in table.items() if written not in _KEPT}
    return table, re.compile(f"[{re.escape(''.join(table))}]")
