"""Orders the best paragraphs of a search anew, by how the question's words stand in them.

BM25 counts words wherever they stand. Here each paragraph is looked into: does one sentence hold together
what is asked, are the rarest words there at all, does it begin with them. `WEIGHTS` says what each piece of
evidence is worth. They were learned as a linear softmax over each question's paragraphs, on judged question
sets; nothing is learned here.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.language import QUESTION_WORDS
from retrieval.numerals import normalise_numerals
from retrieval.plain import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retrieval.model import Question

CANDIDATES = 20  # paragraphs that are looked into; the right one hardly ever stands further down

WEIGHTS: dict[str, float] = {
    "score": 6.0,
    "together": 6.0,
    "rarest": 2.2,
    "beginning": 1.8,
    "number missing": -1.8,
}

# A sum is turned back into a search's score by this, so that a lone difference in "score" stays about itself.
_SCALE = WEIGHTS["score"]
_RAREST = 6  # terms
_BEGINNING = 80  # characters

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN_NUMBER = re.compile(r"[〇零一二三四五六七八九十]{2}")
_QUESTION_WORD = re.compile("|".join(sorted(QUESTION_WORDS, key=len, reverse=True)))
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph that the search found: title and section, text, and the search's score."""

    heading: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Sought:
    """A question taken apart once: the idf of its terms, as often as it says them, and of its characters."""

    terms: dict[str, float]
    rarest: tuple[str, ...]
    characters: dict[str, float]
    numbers: frozenset[str]
    related: tuple[tuple[str, str], ...] = ()


def seek(question: Question, term_idf: Mapping[str, float], character_idf: Mapping[str, float]) -> Sought:
    """Take a question apart; what has no idf, as the corpus lacks it, weighs nothing."""
    counts = Counter(term for term in question.terms if term in term_idf)
    words = _NO_WORD.sub("", _QUESTION_WORD.sub(" ", question.normal)) or question.normal
    return Sought(
        {term: term_idf[term] * count for term, count in counts.items()},
        tuple(sorted(counts, key=lambda term: -term_idf[term])[:_RAREST]),
        {character: character_idf[character] for character in set(words) if character in character_idf},
        frozenset(_NUMBER.findall(question.normal)),
        question.related,
    )


def rerank(sought: Sought, candidates: Sequence[Candidate]) -> list[float]:
    """Score each candidate anew, in their order and on the scale of the search's scores."""
    highest = max((candidate.score for candidate in candidates), default=0.0)
    sums = [
        sum(WEIGHTS[name] * value for name, value in evidence(sought, candidate, highest).items())
        for candidate in candidates
    ]
    # The best one gets the search's highest score, and none falls to 0.
    return [highest * math.exp((own - max(sums)) / _SCALE) for own in sums]


def evidence(sought: Sought, candidate: Candidate, highest: float) -> dict[str, float]:
    """Describe a candidate by the numbers that WEIGHTS names; `highest` is the best candidate's score."""
    text = _with_own_words(folded(candidate.text), sought.related)
    heading = _with_own_words(folded(candidate.heading), sought.related)
    return {
        "score": candidate.score / (highest or 1.0),
        "together": _together(sought.characters, text, heading),
        "rarest": _share(sought.rarest, f"{heading}\n{text}"),
        "beginning": _weight(sought.terms, text[:_BEGINNING]),
        "number missing": _missing(sought.numbers, f"{heading}\n{text}"),
    }


def _with_own_words(text: str, related: Iterable[tuple[str, str]]) -> str:
    """Put the question's word beside what says the same."""
    for word, other in related:
        if other in text:
            # A number or a Latin word has to stand there by itself: 8000万, not 18000万.
            alone = r"(?<![a-z0-9.]){}(?![a-z0-9万亿])" if other[0].isascii() else "{}"
            text = (other + word).join(re.split(alone.format(re.escape(other)), text))
    return text


def _together(characters: Mapping[str, float], text: str, heading: str) -> float:
    """Weigh the characters that one sentence holds along with the heading, against all of them."""
    in_heading = sum(weight for character, weight in characters.items() if character in heading)
    others = [(character, weight) for character, weight in characters.items() if character not in heading]
    sentences = _SENTENCE.findall(text)
    in_sentences = (sum(weight for character, weight in others if character in part) for part in sentences)
    return (in_heading + max(in_sentences, default=0.0)) / (sum(characters.values()) or 1.0)


def _share(terms: Sequence[str], text: str) -> float:
    return sum(term in text for term in terms) / len(terms) if terms else 0.0


def _weight(terms: Mapping[str, float], text: str) -> float:
    return sum(weight for term, weight in terms.items() if term in text) / (sum(terms.values()) or 1.0)


def _missing(numbers: Iterable[str], text: str) -> float:
    """Count the question's numbers that the text lacks, in whichever numerals."""
    missing = [number for number in numbers if number not in text]
    if missing and _HAN_NUMBER.search(text):
        arabic = normalise_numerals(text)
        missing = [number for number in missing if number not in arabic]
    return float(len(missing))
