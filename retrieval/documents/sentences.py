"""What a line's length and punctuation say of it: a title, running prose, a whole or a cut sentence."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

_CLOSERS = "”’」』）)】》〉]\"'"
_FINALS = tuple("。！？!?…；;")
_COMMAS = "，,、"
_PAIRS = (("（", "）"), ("《", "》"), ("〔", "〕"), ("【", "】"), ("「", "」"), ("“", "”"))
_NO_BEGINNING = tuple("，。、；：！？）》〕】」”,;:!?%％")
_UNITS = tuple("年月日时点分秒万亿千百元个家人名次倍度位")
_TITLE_LENGTH = 60
_PROSE_LENGTH = 45  # longer than nearly every title
_PROSE = re.compile(r"[，。；！？]|[,;](?!\d)")
_ASIDE = re.compile(r"[（(][^（）()]{1,24}[）)]$")
_ENGLISH_END = re.compile(r"[A-Za-z0-9%]\.")


def is_closed(text: str) -> bool:
    """Whether the text ends with a sentence's end, perhaps with a quote or an aside after it."""
    if _ends_sentence(text.rstrip(_CLOSERS)):
        return True
    return text.endswith(("）", ")")) and _ends_sentence(_ASIDE.sub("", text).rstrip(_CLOSERS))


def _ends_sentence(text: str) -> bool:
    return text.endswith(_FINALS) or _ENGLISH_END.fullmatch(text[-2:]) is not None


def ends_with_comma(text: str) -> bool:
    return text.endswith(tuple(_COMMAS))


def is_torn(above: str, below: str) -> bool:
    """Whether no paragraph could end like the text above, or begin like the one below."""
    if below.startswith(_NO_BEGINNING) or (above[-1:].isdigit() and below.startswith(_UNITS)):
        return True
    return not is_closed(above) and any(above.count(left) > above.count(right) for left, right in _PAIRS)


def leads_in(text: str) -> bool:
    """Whether the text announces what follows it: a list, a quotation, the body of a letter."""
    return text.endswith(("：", ":"))


def is_prose(text: str) -> bool:
    return len(text) >= _PROSE_LENGTH or _PROSE.search(text) is not None


def is_title(text: str) -> bool:
    """Whether the text could be a title: short, one line, no sentence and no part of one."""
    return (
        2 <= len(text) <= _TITLE_LENGTH
        and not text.endswith(("。", "；", ";", "：", ":", ".", *_COMMAS))
        and "。" not in text
        and any(character.isalpha() for character in text)
    )


def columns(text: str) -> int:
    """Return the width of the text in columns, two for a wide character."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def is_wide(character: str) -> bool:
    return east_asian_width(character) in "WFA"
