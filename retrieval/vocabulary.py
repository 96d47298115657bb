"""The corpus's own words by their sound and their shape: which of them somebody may have meant by a slip.

A word is found by its sound (`jin chu kou`) and by itself with one character left open (`进_口`). It judges
nothing.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from itertools import chain, pairwise, product
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from retrieval.arrays import load_array
from retrieval.terms import hash_of, held_in, in_one_only

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from retrieval.arrays import Integers
    from retrieval.dictionary import Dictionary
    from retrieval.terms import Hashes, Terms

_KEYS, _WORDS, _SOUNDS = "keys.npy", "words.npy", "sounds.json"
_NONE = np.empty(0, np.uint64)
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")

LONGEST = 5  # characters of a Chinese word
_OPEN = "_"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHARACTER = re.compile("[\u4e00-\u9fff]")
_CHINESE = re.compile(f"{_CHARACTER.pattern}{{2,{LONGEST}}}")
_BYTES = 3  # of such a character in UTF-8
LATIN = re.compile("(?<![a-z0-9])[a-z]{4,}(?![a-z0-9])")  # a shorter one is as likely another abbreviation


class Vocabulary:
    """Words of the corpus: Chinese ones of 2 to LONGEST characters, and LATIN ones.

    `keys`, ascending, are hashes of what a word is found by, and `words` the hash of the word of each.
    `sounds` has the commonest sound of each character.
    """

    def __init__(
        self, terms: Terms, keys: Hashes, words: Hashes, sounds: dict[str, str], dictionary: Dictionary
    ) -> None:
        self._terms = terms
        self._keys_of_words = keys
        self._words = words
        self._sounds = sounds
        self._dictionary = dictionary

    @classmethod
    def over(cls, terms: Terms, dictionary: Dictionary, older: Vocabulary | None = None) -> Self:
        """Take the words among `terms`, the words and bigrams of the corpus.

        What an `older` vocabulary of the same dictionary has of them is taken over.
        """
        keys, words = (older._keys_of_words, older._words) if older else (_NONE, _NONE)  # noqa: SLF001 - its own
        changed = in_one_only(older._terms.hashes if older else _NONE, terms.hashes)  # noqa: SLF001
        is_new = held_in(changed, terms.hashes)
        new = terms.hashes.searchsorted(changed[is_new])
        stays = ~held_in(words, changed[~is_new])
        new = new[_may_be_words(terms, new, dictionary)]
        found: list[tuple[int, int]] = []
        sounds: dict[str, list[str]] = {}
        for term, word in zip(terms.texts_of(new), terms.hashes[new].tolist(), strict=True):
            if _CHINESE.fullmatch(term):
                sounds = sounds or _character_sounds()
                # A character has two sounds at most that are common.
                known = [sounds.get(character, ())[:2] for character in term]
                found += [(hash_of(" ".join(sound)), word) for sound in product(*known)]
                found += [(hash_of(key), word) for key in _opened(term)]
        added = np.array(found, dtype=np.uint64).reshape(-1, 2)
        if older:
            commonest = older._sounds  # noqa: SLF001
        else:
            commonest = {character: known[0] for character, known in (sounds or _character_sounds()).items()}
        return cls(terms, *_with(keys[stays], words[stays], added), commonest, dictionary)

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        np.save(folder / _KEYS, self._keys_of_words)
        np.save(folder / _WORDS, self._words)
        (folder / _SOUNDS).write_text(json.dumps(self._sounds, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, terms: Terms, dictionary: Dictionary) -> Self:
        """Raise OSError or ValueError where the files are missing or damaged."""
        sounds = json.loads((folder / _SOUNDS).read_text(encoding="utf-8"))
        return cls(terms, load_array(folder / _KEYS), load_array(folder / _WORDS), sounds, dictionary)

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
        yield " ".join(self._sounds[character] for character in typed if character in self._sounds)
        # A character beside a whole word is a word of its own.
        beside = {typed[:-1] + _OPEN: typed[:-1], _OPEN + typed[1:]: typed[1:]}
        yield from (key for key in _opened(typed) if beside.get(key, "") not in self)
        yield from (typed[:place] + _OPEN + typed[place:] for place in range(len(typed) + 1))

    def _under(self, key: str) -> list[str]:
        start, end = (int(self._keys_of_words.searchsorted(np.uint64(hash_of(key)), side)) for side in _SIDES)
        numbers = self._terms.hashes.searchsorted(self._words[start:end])
        return [self._terms.text(number) for number in numbers.tolist()]


def _with(keys: Hashes, words: Hashes, added: Hashes) -> tuple[Hashes, Hashes]:
    """Return keys and their words, which are in order, with pairs of both put in."""
    beside = held_in(keys, np.unique(added[:, 0]))
    added = np.concatenate([np.stack([keys[beside], words[beside]], axis=1), added])
    added = added[np.lexsort((added[:, 1], added[:, 0]))]
    keys, words = keys[~beside], words[~beside]
    at = keys.searchsorted(added[:, 0])
    return np.insert(keys, at, added[:, 0]), np.insert(words, at, added[:, 1])


def _may_be_words(terms: Terms, numbers: Integers, dictionary: Dictionary) -> npt.NDArray[np.bool_]:
    """Say of terms whether they may be Chinese words, by their length and, of two characters, dictionary."""
    lengths = terms.lengths[numbers]
    of_two = (lengths == 2 * _BYTES) & held_in(terms.hashes[numbers], dictionary.pairs)
    may_be: npt.NDArray[np.bool_] = of_two | np.isin(lengths, _BYTES * np.arange(3, LONGEST + 1))
    return may_be


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
