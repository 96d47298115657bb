"""Splits a message that asks several questions: numbered or bulleted lines, lines that each ask, sentences.

A pasted article, or one question in several sentences, stays whole; what a question means is not looked at.
"""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.word_roles import ASKING

LONGEST = 600  # characters of a message that asks several questions; a longer one is a pasted text
LONGEST_EACH = 100  # characters of each of several questions; an article that asks now and then has more
_SHORTEST = 4  # letters of a question that stands by itself; 为什么？ goes on from the one before it

_BULLET = re.compile(
    r"""
    \s*
    (?: [（(]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[）)]
      | \d{1,2}\s*(?:[、．）)]|\.(?!\d))
      | [一二三四五六七八九十]{1,3}\s*、
      | 第[一二三四五六七八九十][，,、：:]
      | (?:问题?|[QqＱ])\s*[一二三四五六七八九十\d]{1,2}\s*[：:、.．]
      | [①-⑳]
      | [-–—*•·●◆■▪]\s
    )\s*
    """,
    re.VERBOSE,
)
_QUESTION_END = re.compile(r"[!！~～…]*[?？][?？!！~～…]*[”’」』）)】》〉\"'\s]*")
# Question marks in here end no question.
_QUOTED = re.compile(
    r"《[^《》]*》|“[^“”]*”|‘[^‘’]*’|「[^「」]*」|『[^『』]*』|（[^（）]*）|\([^()]*\)|【[^【】]*】"
    r"|\"[^\"\n]*\"|https?://[\x21-\x7e]+"
)
_STATES = re.compile(r"[。；;]\s*$")
# Said after a question, or before one, and no question itself.
_TAIL = re.compile(
    r"\W*(?:请问)?(?:[你您]好|大?家好|在|[你您]|有人|谁|大家|能不能|能否|可不可以|可以|能|请|麻烦|帮我?|我|这样|说得|告诉|解释|回答"
    r"|知道|查|看|是|对|好|行|会|有|真的?|确定|懂|明白|没错|不|一下)*+[的了]?(?:吗|么|吧|呢|呀|啊|不)?\W*"
    r"|\W*(?:谢谢|多谢|感谢|辛苦)\S{0,4}\W*"
)


def split_questions(text: str) -> list[str]:
    """Return the questions of a message in order, without bullets; the whole text where it asks but one.

    Nothing for a blank text. What leads in to a question, or follows the last one, stays with it.
    """
    whole = text.strip()
    if len(whole) > LONGEST:
        return [whole]
    found = _items(whole) or _lines(whole) or _sentences(whole)
    if len(whole) > LONGEST_EACH * len(found):
        return [whole] if whole else []
    return found


def _items(whole: str) -> list[str]:
    """Return the numbered or bulleted lines; none of a list that only states things, or gives options.

    The lines after one, and those before the first, stay with it.
    """
    items: list[str] = []
    bulleted: list[str] = []
    others: list[str] = []
    before = ""
    for line in filter(str.strip, whole.splitlines()):
        bullet = _BULLET.match(line)
        if bullet and (said := line[bullet.end() :].strip()):
            items.append(f"{before}{said}")
            bulleted.append(said)
            before = ""
            continue
        others.append(line.strip())
        if items:
            items[-1] += f"\n{line.strip()}"
        else:
            before += f"{line.strip()}\n"
    asking = all(_asks(item) or not _STATES.search(item) for item in items)
    options = any(_asks(line) and not _goes_on(line) for line in others) and not any(map(_asks, bulleted))
    return items if len(bulleted) > 1 and asking and not options else []


def _lines(whole: str) -> list[str]:
    """Return the lines where each asks by itself."""
    lines = [line.strip() for line in whole.splitlines() if line.strip()]
    alone = all(_asks(line) and not _goes_on(line) and len(_sentences(line)) == 1 for line in lines)
    return lines if len(lines) > 1 and alone else []


def _sentences(whole: str) -> list[str]:
    """Return the text cut after each question that stands by itself."""
    hidden = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), whole)
    ends = [found.end() for found in _QUESTION_END.finditer(hidden)]
    cuts = [0, *(end for end in ends if end < len(whole)), len(whole)]
    pieces = [whole[start:end] for start, end in pairwise(cuts)]
    parts: list[str] = []
    for piece in pieces:
        if parts and (_goes_on(piece) or not _asks(piece) or _goes_on(parts[-1])):
            parts[-1] += piece
        else:
            parts.append(piece)
    return [stripped for part in parts if (stripped := part.strip())]


def _asks(text: str) -> bool:
    return ASKING.search(text) is not None or _QUESTION_END.search(text) is not None


def _goes_on(text: str) -> bool:
    """Whether a piece says too little to be a question by itself."""
    return sum(map(str.isalnum, text)) < _SHORTEST or _TAIL.fullmatch(text) is not None
