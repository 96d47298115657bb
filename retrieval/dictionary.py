"""jieba's word list, and the user's own words, as a trie that is mapped into memory.

Loading jieba's dictionary takes over a second and 80 MB; opening the trie takes neither, and cuts exactly as
jieba does. A Snapshot carries the dictionary of its paragraphs, so that questions are cut alike. Much text is
cut alike, too, but faster, where rjieba is installed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
import shutil
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import jieba
import marisa_trie
import numpy as np

from retrieval import tokeniser
from retrieval.arrays import load_array
from retrieval.errors import DictionaryError, SnapshotError
from retrieval.terms import hash_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from retrieval.terms import Hashes

jieba.setLogLevel(logging.WARNING)

_WORDS = "dictionary.marisa"
_FREQUENCIES = "dictionary.npy"
_PAIRS = "dictionary_pairs.npy"
_FACTS = "dictionary.json"
_CHARACTER = re.compile(r"\r\n|.", re.DOTALL)
_BULK = 100_000  # characters after which it pays to load the words into rjieba, which takes half a second
_HIGHEST = 10**9  # a frequency; all of jieba's words together have less
FILES = (_WORDS, _FREQUENCIES, _PAIRS, _FACTS)


class _Frequencies:
    """What jieba asks of its frequency table: `get`."""

    def __init__(self, words: marisa_trie.Trie, frequencies: npt.NDArray[np.int64]) -> None:
        self._words = words
        self._frequencies = frequencies

    def get(self, word: str, default: int = 0) -> int:
        number = self._words.get(word)
        return default if number is None else int(self._frequencies[number])


class _Weights(dict[str, float]):
    """The logarithm of each word's frequency, of those that were asked for."""

    def __init__(self, frequencies: _Frequencies) -> None:
        self._frequencies = frequencies

    def __missing__(self, word: str) -> float:
        self[word] = weight = math.log(self._frequencies.get(word) or 1)
        return weight


class Dictionary(jieba.Tokenizer):  # type: ignore[misc]  # jieba has no types
    """A jieba tokenizer over a trie of words. `key` tells dictionaries apart: equal keys cut equally.

    `pairs` are the hashes of the words of two characters, ascending.
    """

    def __init__(self, folder: Path, *, in_bulk: bool = False) -> None:
        """`in_bulk` is for texts by the megabyte.

        Raise SnapshotError where `folder` holds no dictionary or a damaged one.
        """
        super().__init__()
        self._words = marisa_trie.Trie()
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            self._words.mmap(str(folder / _WORDS))
            frequencies = load_array(folder / _FREQUENCIES)
            self.pairs: Hashes = load_array(folder / _PAIRS)
        except (OSError, ValueError, RuntimeError) as error:
            raise SnapshotError(f"词典缺失或损坏：{folder}") from error
        self.key: str = facts["key"]
        self.total: int = facts["total"]
        self._longest: int = facts["longest"]
        self._frequencies = frequencies
        self.FREQ = _Frequencies(self._words, frequencies)
        self.initialized = True
        self._weights = _Weights(self.FREQ)
        self._weight_of_all = math.log(self.total)
        self._route: tokeniser.Route = self._best_route
        self._until_bulk = _BULK if in_bulk else math.inf

    def words(self, text: str) -> list[str]:
        """The words of `text` in order, punctuation and spaces included."""
        self._until_bulk -= len(text)
        if self._until_bulk < 0:
            entries = ((word, int(self._frequencies[number])) for word, number in self._words.iteritems())
            self._route = tokeniser.fast_route(entries) or self._route
            self._until_bulk = math.inf
        return tokeniser.words_of(self._route(text), self._words, self.FREQ.get)

    def _best_route(self, text: str) -> list[str]:
        pieces: list[str] = []
        for place, part in enumerate(tokeniser.BLOCK.split(text)):
            pieces += self._route_through(part) if place % 2 else _CHARACTER.findall(part)
        return pieces

    def _route_through(self, block: str) -> Iterator[str]:
        """Jieba's route: the highest sum of the words' weights, of equal ones that with the longer word."""
        prefixes, longest = self._words.prefixes, self._longest
        weights, of_all = self._weights, self._weight_of_all
        best = [0.0] * (len(block) + 1)  # from each place to the end
        ends = list(range(1, len(block) + 1))
        for start in range(len(block) - 1, -1, -1):
            highest = -math.inf
            for word in prefixes(block[start : start + longest]) or (block[start],):
                end = start + len(word)
                weight = weights[word] - of_all + best[end]
                if weight >= highest:
                    highest, ends[start] = weight, end
            best[start] = highest
        start = 0
        while start < len(block):
            yield block[start : ends[start]]
            start = ends[start]

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


def cached_dictionary(
    cache: Path, folder: Path, user_words: Path | None, normalise: Callable[[str], str]
) -> None:
    """As `build_dictionary`, which takes over a second, but what it has made is kept in the folder `cache`.

    It may be used by many processes at once. What is kept is named by its key and its content; nothing
    else is.
    """
    key = dictionary_key(user_words)
    cache.mkdir(parents=True, exist_ok=True)
    for kept in cache.glob(f"{key}-*"):
        with suppress(OSError):
            _copy(kept, folder)
            if kept.name == f"{key}-{_digest(folder)}":
                return
    build_dictionary(folder, user_words, normalise)
    kept = cache / f"{key}-{_digest(folder)}"
    with TemporaryDirectory(dir=cache) as name, suppress(OSError):
        beside = Path(name)
        _copy(folder, beside)
        shutil.rmtree(kept, ignore_errors=True)  # a damaged one
        beside.rename(kept)
        for other in cache.iterdir():
            if other != kept:
                shutil.rmtree(other, ignore_errors=True)


def _copy(old: Path, new: Path) -> None:
    for name in FILES:
        shutil.copyfile(old / name, new / name)


def _digest(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for name in FILES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _write(folder: Path, frequencies: dict[str, int], key: str) -> None:
    words = marisa_trie.Trie(frequencies)
    by_number = np.empty(len(words), dtype=np.int64)
    for word, frequency in frequencies.items():
        by_number[words[word]] = frequency
    words.save(str(folder / _WORDS))
    np.save(folder / _FREQUENCIES, by_number)
    pairs = [hash_of(word) for word, frequency in frequencies.items() if len(word) == 2 and frequency]
    np.save(folder / _PAIRS, np.sort(np.array(pairs, dtype=np.uint64)))
    facts = {"key": key, "total": sum(frequencies.values()), "longest": max(map(len, frequencies))}
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _read(user_words: Path) -> str:
    try:
        return user_words.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DictionaryError(f"{user_words}: 词典无法读取（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise DictionaryError(f"{user_words}: 词典须为 UTF-8 编码") from error
