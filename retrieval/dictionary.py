"""jieba's word list, and the user's own words, as a trie that is mapped into memory.

Loading jieba's dictionary takes over a second and 80 MB; opening the trie takes neither, and cuts exactly as
jieba does. A Snapshot carries the dictionary that its paragraphs were cut with, so that questions are cut alike.
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

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

jieba.setLogLevel(logging.WARNING)

_WORDS = "dictionary.marisa"
_FREQUENCIES = "dictionary.npy"
_FACTS = "dictionary.json"
FILES = (_WORDS, _FREQUENCIES, _FACTS)


class _Frequencies:
    """What jieba asks of its frequency table: `get`, which is 0 or None for what is no word."""

    def __init__(self, words: marisa_trie.Trie, frequencies: npt.NDArray[np.int64]) -> None:
        self._words = words
        self._frequencies = frequencies

    def get(self, word: str) -> int | None:
        number = self._words.get(word)
        return None if number is None else int(self._frequencies[number])


class Dictionary(jieba.Tokenizer):  # type: ignore[misc]  # jieba has no types
    """A jieba tokenizer over a trie of words. `key` tells dictionaries apart: equal keys cut equally."""

    def __init__(self, folder: Path) -> None:
        """Raise SnapshotError where `folder` holds no dictionary or a damaged one."""
        super().__init__()
        self._words = marisa_trie.Trie()
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            self._words.mmap(str(folder / _WORDS))
            frequencies = np.load(folder / _FREQUENCIES, mmap_mode="r")
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
    source = jieba.Tokenizer()
    source.FREQ, source.total = source.gen_pfdict(source.get_dict_file())
    source.initialized = True
    if user_words is not None:
        for line in _read(user_words).splitlines():
            if fields := line.split():
                given = fields[1] if len(fields) > 1 and fields[1].isdecimal() else None
                source.add_word(normalise(fields[0]), given)
    known = {word: frequency for word, frequency in source.FREQ.items() if frequency}
    words = marisa_trie.Trie(known)
    frequencies = np.empty(len(known), dtype=np.int64)
    for word, frequency in known.items():
        frequencies[words[word]] = frequency
    words.save(str(folder / _WORDS))
    np.save(folder / _FREQUENCIES, frequencies)
    facts = {"key": dictionary_key(user_words), "total": source.total, "longest": max(map(len, known))}
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _read(user_words: Path) -> str:
    try:
        return user_words.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DictionaryError(f"{user_words}: 词典无法读取（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise DictionaryError(f"{user_words}: 词典须为 UTF-8 编码") from error
