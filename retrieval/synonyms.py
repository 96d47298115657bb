"""Words that mean the same: what else the articles may say for a word or a number of the question.

They are looked up in the question alone, so that a changed file needs no new index. A list of general ones is
built in; a file of the user's own adds to it.
"""

from __future__ import annotations

import functools
import re
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import SynonymsError
from retrieval.language import normalise, phrase_terms
from retrieval.numerals import other_spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.dictionary import Dictionary

_BUILT_IN = Path(__file__).with_name("synonyms.txt")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_BETWEEN = re.compile(r"[\s、]+")
_ARROW = "=>"
_SHORT = 2  # characters: 两会 also stands in 两会计, where only the borders of words tell


class Synonyms:
    """Immutable; safe for many threads."""

    def __init__(self, others: dict[str, tuple[str, ...]]) -> None:
        """`others` has for each word what means the same, all in their normal form."""
        self.others = others
        self._longest = max(map(len, others), default=0)

    def related(self, normal: str, dictionary: Dictionary) -> tuple[tuple[str, str], ...]:
        """Return the words and large numbers of a normalised question, each with what may stand for it.

        The pairs of one word follow each other. What stands in the question anyway is left out.
        """
        pairs = ((word, other) for word in self._words(normal, dictionary) for other in self.others[word])
        every = dict.fromkeys([*pairs, *other_spellings(normal)])
        return tuple((word, other) for word, other in every if other not in normal)

    def _words(self, normal: str, dictionary: Dictionary) -> Iterator[str]:
        """Yield the words that stand in `normal`, none within another."""
        borders = {0, *accumulate(map(len, dictionary.words(normal)))}
        start = 0
        while start < len(normal):
            for length in range(min(self._longest, len(normal) - start), 1, -1):
                word = normal[start : start + length]
                if word in self.others and (
                    (length > _SHORT and not word.isascii()) or {start, start + length} <= borders
                ):
                    yield word
                    start += length
                    break
            else:
                start += 1


@functools.cache
def built_in() -> Synonyms:
    """The general ones, which come with the product."""
    return Synonyms(_read(_BUILT_IN))


def read_synonyms(path: Path | None) -> Synonyms:
    """The built-in ones and those of the user's file; a word that the file has means what it says there.

    Raise SynonymsError, with the file's name and the line, where it cannot be taken.
    """
    return Synonyms(built_in().others | _read(path)) if path else built_in()


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise SynonymsError(f"{path}: 同义词表无法读取（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise SynonymsError(f"{path}: 同义词表须为 UTF-8 编码") from error
    others: dict[str, dict[str, None]] = {}
    for number, line in enumerate(lines, 1):
        if entry := _COMMENT.sub("", line).strip():
            try:
                words, meant = _entry(entry)
            except ValueError as error:
                raise SynonymsError(f"{path}: 第 {number} 行{error}") from None
            for word in words:
                others.setdefault(word, {}).update(dict.fromkeys(meant))
    return {word: tuple(other for other in meant if other != word) for word, meant in others.items()}


def _entry(entry: str) -> tuple[list[str], list[str]]:
    """The words of an entry and what they mean. Raise ValueError with the reason where it has no sense."""
    left, arrow, right = entry.partition(_ARROW)
    words = _words(left)
    meant = _words(right) if arrow else words
    if not words or not meant or _ARROW in right:
        raise ValueError(f"须为“词 {_ARROW} 词 词”：{entry}")
    if not arrow and len(words) < 2:
        raise ValueError(f"只有一个词：{entry}")
    if short := next((word for word in [*words, *meant] if len(word) < 2 or not phrase_terms(word)), None):
        raise ValueError(f"的词太短，至少两个字：{short}")
    return words, meant


def _words(text: str) -> list[str]:
    return [word for part in _BETWEEN.split(text) if (word := normalise(part))]
