"""Chinese articles that are made, not copied: words by jieba's frequencies, in topics, the same in every run.

Each article draws a part of its words from a few topics, so that words occur together as they do in real
text; numbers are among the words. Lengths of paragraphs and of articles are log-normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jieba
import numpy as np

from retrieval.language import _RUN, _bigrams, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

TOPICS = 2000
WORDS_A_TOPIC = 300
TOPICS_AN_ARTICLE = (2, 4)
FROM_TOPICS = 0.35  # of an article's words
FLATTENED = 0.75  # the power of a word's frequency that is its chance to be in a topic
NUMBERS = 9999  # the words 1, 2, 3 …, each as often as its leading digits are, by Benford
NUMBERS_SHARE = 0.02  # of all words
PARAGRAPH = (60, 0.5, 15, 200)  # words: median, sigma, least, most
ARTICLE = (8, 0.7, 1, 40)  # paragraphs: the mean is 10
TITLE = 6  # words, all of the topics
CLAUSE = 8  # words to a comma
SENTENCE = 3  # clauses to a full stop


@dataclass(frozen=True, slots=True)
class Article:
    title: list[str]
    paragraphs: list[list[str]]
    """The words of each."""


def articles(seed: int = 1, paragraphs: int = ARTICLE[0]) -> Iterator[Article]:
    """Yield articles without end, with `paragraphs` in the median."""
    chance = np.random.default_rng(seed)
    words, frequencies = _vocabulary()
    common = _cumulative(frequencies)
    # A topic has rarer words, too: by frequency alone all topics would have the same words.
    flat = _cumulative(frequencies**FLATTENED * [len(word) > 1 for word in words])
    topics = np.searchsorted(flat, chance.random((TOPICS, WORDS_A_TOPIC)))
    within = _cumulative(1 / np.arange(10, WORDS_A_TOPIC + 10))
    while True:
        count = int(_lengths(chance, 1, (paragraphs, *ARTICLE[1:]))[0])
        ends = np.cumsum([TITLE, *_lengths(chance, count, PARAGRAPH)])
        drawn = np.searchsorted(common, chance.random(ends[-1]))
        own = chance.integers(TOPICS, size=chance.integers(*TOPICS_AN_ARTICLE, endpoint=True))
        special = topics[chance.choice(own, ends[-1]), np.searchsorted(within, chance.random(ends[-1]))]
        of_topic = chance.random(ends[-1]) < FROM_TOPICS
        of_topic[:TITLE] = True
        chosen = [words[number] for number in np.where(of_topic, special, drawn)]
        yield Article(chosen[:TITLE], [chosen[start:end] for start, end in pairwise(ends)])


def text(words: list[str]) -> str:
    """Return a paragraph's words with punctuation."""
    clauses = ["".join(words[start : start + CLAUSE]) for start in range(0, len(words), CLAUSE)]
    sentences = (clauses[start : start + SENTENCE] for start in range(0, len(clauses), SENTENCE))
    return "".join("，".join(sentence) + "。" for sentence in sentences)


def tokens(words: list[str]) -> list[str]:
    """Return what `retrieval.language.tokens` would, had jieba cut the text into these words."""
    return words + _bigrams(text(words))


def _vocabulary() -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return jieba's words that are in normal form and have no punctuation, and numbers."""
    with jieba.Tokenizer().get_dict_file() as lines:
        entries = dict(line.decode().split()[:2] for line in lines)
    normal = normalise("\n".join(entries)).split("\n")
    kept = [word for word, same in zip(entries, normal, strict=True) if word == same and _RUN.fullmatch(word)]
    frequencies = np.array([float(entries[word]) for word in kept])
    numbers = 1 / np.arange(1, NUMBERS + 1)
    numbers *= NUMBERS_SHARE * frequencies.sum() / numbers.sum()
    return kept + [str(number + 1) for number in range(NUMBERS)], np.concatenate([frequencies, numbers])


def _cumulative(weights: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    summed = np.cumsum(weights, dtype=np.float64)
    return np.asarray(summed / summed[-1])


def _lengths(
    chance: np.random.Generator, count: int, spread: tuple[float, float, int, int]
) -> npt.NDArray[np.int64]:
    median, sigma, least, most = spread
    drawn = chance.lognormal(np.log(median), sigma, count)
    return np.clip(np.rint(drawn), least, most).astype(np.int64)
