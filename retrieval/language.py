"""One normal form and one tokeniser for both sides, the paragraphs and the questions.

Normal form: NFKC, simplified characters (OpenCC `t2s`), lower case, numerals in one spelling.
Tokens: jieba's words, and the overlapping bigrams of each run of letters and digits, taken both character by
character and atom by atom (an atom is a Latin word or a number, so `张x6` yields `张x`, `x6` and `张x6`).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING

from opencc import OpenCC

from retrieval.numerals import normalise_numerals
from retrieval.plain import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.dictionary import Dictionary
    from retrieval.model import Span

_TO_SIMPLIFIED = OpenCC("t2s")
_RUN = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
# Latin words and numbers that touch each other. A single character first: what starts so is found fast.
_TOUCHING = re.compile(rf"[a-z0-9][a-z0-9]*(?:\.[0-9]+)?(?:{_LATIN.pattern})*")
_INSIDE = re.compile(r"(?<=[a-z0-9])[a-z0-9]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ud800-\udfff\ufeff]")

# The characters of Chinese text that NFKC is slow to replace.
_COMMON = tuple(
    (character, unicodedata.normalize("NFKC", character)) for character in "，：；！？（）％．…\u3000\u00a0"
)

# Words by which something is asked for, in their normal form. They say nothing of where the answer stands.
QUESTION_WORDS = frozenset(
    """
    什么 什么样 什么时候 为什么 为何 哪 哪些 哪个 哪里 哪儿 哪位 哪家 哪年 哪种 哪天 哪一 谁 谁的 怎么 怎样
    怎么样 如何 多少 多久 多大 多长 多高 多远 几 几个 何 何时 何地 是 是否 是不是 有没有 吗 呢 吧 啊 的 了 有
    在 和 与 及 于 请问 问 是什么 有什么 有哪些 有多少
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def normalise(text: str) -> str:
    """The normal form of `text`; it may differ in length from `text`."""
    if not text.isascii():
        for written, character in _COMMON:
            text = text.replace(written, character)
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = _TO_SIMPLIFIED.convert(text)
    return normalise_numerals(text.lower())


def tokens(text: str, dictionary: Dictionary) -> list[str]:
    """The tokens of a paragraph, repeated as often as they occur."""
    words, runs = words_and_runs(text, dictionary)
    return words + bigrams_of(runs)


def words_and_runs(text: str, dictionary: Dictionary) -> tuple[list[str], list[str]]:
    """The tokens of a paragraph but its overlapping bigrams, and the runs that these are of."""
    normal = normalise(text)
    return _words(normal, dictionary) + _around_latin(normal), _RUN.findall(normal)


def bigrams_of(runs: Iterable[str]) -> list[str]:
    """The overlapping bigrams of each run."""
    return [bigram for run in runs for bigram in map(add, run, run[1:])]


def question_terms(normal: str, dictionary: Dictionary) -> list[str]:
    """The tokens of a question in its normal form, without those that only ask.

    A question of nothing but such words keeps them, so that it is searched for as it stands.
    """
    everything = _words(normal, dictionary) + _bigrams(normal)
    return [token for token in everything if token not in QUESTION_WORDS] or everything


def phrase_terms(normal: str) -> list[str]:
    """Terms that a paragraph with `normal` in it holds, however jieba cuts it there."""
    return list(dict.fromkeys([*_LATIN.findall(normal), *_bigrams(normal)]))


def marks(text: str, terms: Sequence[str], dictionary: Dictionary) -> tuple[Span, ...]:
    """Where the question's words stand in `text` as it is shown.

    Terms that touch or overlap are one mark. A lone bigram that is no word of the dictionary is none, and
    neither is a part of a Latin word or number.
    """
    shown = folded(text)
    covered = bytearray(len(shown))
    for term in {term for term in terms if len(term) > 1}:
        for start in places(shown, term):
            if not _cuts(shown, start, start + len(term)):
                covered[start : start + len(term)] = b"\1" * len(term)
    runs = (found.span() for found in re.finditer(b"\1+", bytes(covered)))
    return tuple(
        (start, end)
        for start, end in runs
        if end - start > 2 or dictionary.FREQ.get(shown[start:end]) or shown[start:end].isascii()
    )


def places(text: str, term: str) -> Iterator[int]:
    """Yield where `term` stands in `text`, overlapping places included."""
    place = text.find(term)
    while place >= 0:
        yield place
        place = text.find(term, place + 1)


def _cuts(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` begins or ends within a Latin word or number."""
    return bool(_INSIDE.match(text, start) or _INSIDE.match(text, end))


def _words(normal: str, dictionary: Dictionary) -> list[str]:
    return [word for word in dictionary.words(normal) if word.isalnum() or _RUN.search(word)]


def _bigrams(normal: str) -> list[str]:
    return bigrams_of(_RUN.findall(normal)) + _around_latin(normal)


def _around_latin(normal: str) -> list[str]:
    """The bigrams of atoms, at least one of them Latin, that are longer than two characters."""
    found: list[str] = []
    for latin in _TOUCHING.finditer(normal):
        start, end = latin.span()
        before, after = normal[start - 1 : start], normal[end : end + 1]
        atoms = [before] if before.isalnum() else []
        atoms += _LATIN.findall(latin[0])
        atoms += [after] if after.isalnum() else []
        # Two single characters are a bigram already.
        found += [left + right for left, right in pairwise(atoms) if len(left + right) > 2]
    return found
