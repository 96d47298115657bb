"""jieba's word list, and the user's own words, as a trie that is mapped into memory.

Loading jieba's dictionary takes over a second and 80 MB; opening the trie takes neither, and cuts exactly as
jieba does. A Snapshot carries the dictionary of its paragraphs, so that questions are cut alike.
"""

from __future__ import annotations

import hashlib
import json
import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

import jieba
import marisa_trie
import numpy as np

from retrieval.errors import DictionaryError, SnapshotError
from retrieval.postings import load_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

jieba.setLogLevel(logging.WARNING)

_WORDS = "dictionary.marisa"
_FREQUENCIES = "dictionary.npy"
_FACTS = "dictionary.json"
_HIGHEST = 10**9  # a frequency; all of jieba's words together have less
FILES = (_WORDS, _FREQUENCIES, _FACTS)


class _Frequencies:
    """What jieba asks of its frequency table: `get`."""

    def __init__(self, words: marisa_trie.Trie, frequencies: npt.NDArray[np.int64]) -> None:
        self._words = words
        self._frequencies = frequencies

    def get(self, word: str, default: int = 0) -> int:
        number = self._words.get(word)
        return default if number is None else int(self._frequencies[number])


class Dictionary(jieba.Tokenizer):  # type: ignore[misc]  # jieba has no types
    """A jieba tokenizer over a trie of words. `key` tells dictionaries apart: equal keys cut equally."""

    def __init__(self, folder: Path) -> None:
        """Raise SnapshotError where `folder` holds no dictionary or a damaged one."""
        super().__init__()
        self._words = marisa_trie.Trie()
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            self._words.mmap(str(folder / _WORDS))
            frequencies = load_array(folder / _FREQUENCIES)
        except (OSError, ValueError, RuntimeError) as error:
            raise SnapshotError(f"词典缺失或损坏：{folder}") from error
        self.key: str = facts["key"]
        self.total: int = facts["total"]
        self._longest: int = facts["longest"]
        self.FREQ = _Frequencies(self._words, frequencies)
        self.initialized = True

    def words(self, text: str) -> list[str]:
        """The words of `text` in order, punctuation and spaces included."""
        return cast("list[str]", self.lcut(text))

    def get_DAG(self, sentence: str) -> dict[int, list[int]]:  # noqa: N802 - jieba's name
        """For each start, the last characters of the words that begin there, shortest first."""
        graph = {}
        for start in range(len(sentence)):
            words = self._words.prefixes(sentence[start : start + self._longest])
            graph[start] = [start + len(word) - 1 for word in words] or [start]
        return graph


def dictionary_key(user_words: Path | None) -> str:
    """Raise DictionaryError where the user's file cannot be read."""
    digest = hashlib.blake2b(f"jieba {version('jieba')}\n".encode(), digest_size=16)
    if user_words is not None:
        digest.update(_read(user_words).encode())
    return digest.hexdigest()


def build_dictionary(folder: Path, user_words: Path | None, normalise: Callable[[str], str]) -> None:
    """Write jieba's dictionary, joined with the user's words, into `folder`.

    `user_words` is in jieba's format: a word a line, then its frequency and part of speech where wanted.
    The words go through `normalise`, as the texts do. Raise DictionaryError where the file cannot be read.
    """
    with jieba.Tokenizer().get_dict_file() as lines:
        entries = (line.decode().split() for line in lines)
        frequencies = {word: int(frequency) for word, frequency, *_ in entries}
    key = dictionary_key(user_words)
    _write(folder, frequencies, key)
    if user_words is not None:
        jiebas = Dictionary(folder)
        for fields in map(str.split, _read(user_words).splitlines()):
            if fields and (word := normalise(fields[0])):
                given = len(fields) > 1 and fields[1].isdecimal()
                frequency = int(fields[1]) if given else jiebas.suggest_freq(word)
                frequencies[word] = min(frequency, _HIGHEST)
        _write(folder, frequencies, key)


def _write(folder: Path, frequencies: dict[str, int], key: str) -> None:
    words = marisa_trie.Trie(frequencies)
    by_number = np.empty(len(words), dtype=np.int64)
    for word, frequency in frequencies.items():
        by_number[words[word]] = frequency
    words.save(str(folder / _WORDS))
    np.save(folder / _FREQUENCIES, by_number)
    facts = {"key": key, "total": sum(frequencies.values()), "longest": max(map(len, frequencies))}
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _read(user_words: Path) -> str:
    try:
        return user_words.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DictionaryError(f"{user_words}: 词典无法读取（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise DictionaryError(f"{user_words}: 词典须为 UTF-8 编码") from error
