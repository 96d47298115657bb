"""The corpus's own words by their sound and their shape: which of them somebody may have meant by a slip.

One trie holds lines of a key and what it leads to: the sound of a word to the word (`jin chu kou`), the word
with one character left open to the word (`进_口`), and a character to its commonest sound. It judges nothing.
"""

from __future__ import annotations

import os
import re
import unicodedata
from itertools import chain, pairwise, product
from typing import TYPE_CHECKING, Self

import marisa_trie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retrieval.dictionary import Dictionary

LONGEST = 5  # characters of a Chinese word
_OPEN = "_"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHARACTER = re.compile("[\u4e00-\u9fff]")
_CHINESE = re.compile(f"{_CHARACTER.pattern}{{2,{LONGEST}}}")
LATIN = re.compile("(?<![a-z0-9])[a-z]{4,}(?![a-z0-9])")  # a shorter one is as likely another abbreviation


class Vocabulary:
    """Words of the corpus: Chinese ones of 2 to LONGEST characters, and LATIN ones."""

    def __init__(self, terms: marisa_trie.Trie, lines: marisa_trie.Trie, dictionary: Dictionary) -> None:
        self._terms = terms
        self._lines = lines
        self._dictionary = dictionary

    @classmethod
    def over(cls, terms: marisa_trie.Trie, dictionary: Dictionary) -> Self:
        """Take the words among `terms`, the words and bigrams of the corpus."""
        sounds = _character_sounds()
        lines = [f"{character}\t{known[0]}" for character, known in sounds.items()]
        for term in terms.iterkeys():
            if _is_chinese_word(term, dictionary):
                # A character has two sounds at most that are common.
                known = [sounds.get(character, ())[:2] for character in term]
                lines += [f"{' '.join(sound)}\t{term}" for sound in product(*known)]
                lines += [f"{key}\t{term}" for key in _opened(term)]
        return cls(terms, marisa_trie.Trie(lines), dictionary)

    def save(self, path: Path) -> None:
        self._lines.save(str(path))

    @classmethod
    def open(cls, path: Path, terms: marisa_trie.Trie, dictionary: Dictionary) -> Self:
        """Raise OSError or RuntimeError where the file is missing or damaged."""
        lines = marisa_trie.Trie()
        lines.mmap(str(path))
        return cls(terms, lines, dictionary)

    def __contains__(self, word: str) -> bool:
        return word in self._terms and (
            bool(LATIN.fullmatch(word)) or _is_chinese_word(word, self._dictionary)
        )

    def alike(self, typed: str) -> set[str]:
        """The words that `typed` may be a slip of; itself is none.

        A Chinese word sounds the same or nearly so, has two characters in the other order, or has one once
        instead of twice; one of three characters or more may differ by one or lack one instead.
        A Latin word is one letter off, or has two in the other order.
        """
        if LATIN.fullmatch(typed):
            found = {word for word in _one_letter_off(typed) if word in self}
        else:
            found = {word for key in self._keys(typed) for word in self._under(key)}
            found.update(word for word in (*_swapped(typed), *_undoubled(typed)) if word in self)
        return found - {typed}

    def _keys(self, typed: str) -> Iterator[str]:
        yield " ".join(sound for character in typed for sound in self._under(character))
        # A character beside a whole word is a word of its own.
        beside = {typed[:-1] + _OPEN: typed[:-1], _OPEN + typed[1:]: typed[1:]}
        yield from (key for key in _opened(typed) if beside.get(key, "") not in self)
        yield from (typed[:place] + _OPEN + typed[place:] for place in range(len(typed) + 1))

    def _under(self, key: str) -> list[str]:
        return [line[len(key) + 1 :] for line in self._lines.keys(f"{key}\t")]


def _is_chinese_word(term: str, dictionary: Dictionary) -> bool:
    """Whether a term is a Chinese word; of two characters it may be a bigram across words."""
    return bool(_CHINESE.fullmatch(term)) and (len(term) > 2 or dictionary.FREQ.get(term) > 0)


def _opened(word: str) -> list[str]:
    """The word with each of its characters left open; of two characters one alone says too little."""
    return [word[:place] + _OPEN + word[place + 1 :] for place in range(len(word))] if len(word) > 2 else []


def _swapped(word: str) -> Iterator[str]:
    places = range(len(word) - 1)
    return (word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in places)


def _undoubled(word: str) -> Iterator[str]:
    places = (place for place, (left, right) in enumerate(pairwise(word)) if left == right)
    return (word[:place] + word[place + 1 :] for place in places)


def _one_letter_off(word: str) -> Iterator[str]:
    yield from _swapped(word)
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
        for letter in _LETTERS:
            yield word[:place] + letter + word[place:]
            yield word[:place] + letter + word[place + 1 :]
    yield from (word + letter for letter in _LETTERS)


def _character_sounds() -> dict[str, list[str]]:
    """The sounds of each character, the commonest first."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # only characters are asked for; phrases take 0.3 s
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415 - an index is read without it

    characters = {chr(code): readings.split(",") for code, readings in pinyin_dict.items()}
    plain = {reading: _plain(reading) for reading in set(chain.from_iterable(characters.values()))}
    return {
        character: list(dict.fromkeys(map(plain.__getitem__, readings)))
        for character, readings in characters.items()
        if _CHARACTER.fullmatch(character)
    }


def _plain(pinyin: str) -> str:
    """`zhāng` as `zan`: without the tone, and with what is often mixed up (zh z, l n, ang an, …) as one."""
    letters = "".join(
        mark for mark in unicodedata.normalize("NFD", pinyin) if not unicodedata.combining(mark)
    )
    return re.sub("^l", "n", re.sub("^([zcs])h", r"\1", re.sub("ng$", "n", letters)))
