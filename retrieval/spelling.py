"""A question with a likely slip mended by the corpus's own words: "did you mean …".

A slip leaves two characters side by side that never are so in the corpus, or a Latin word that it does not
know. Of its words that may have been meant the one is taken by which the best paragraph covers clearly more
of the question: it has to stand there together with the rest. A word that is merely rare is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.coverage import FOUND
from retrieval.language import QUESTION_WORDS, question_terms
from retrieval.vocabulary import LATIN, LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.model import Question, Span
    from retrieval.search import Searcher
    from retrieval.snapshot import Snapshot

CLEARLY = 0.03
"""By how much more of the highest possible score the mended question must reach; FOUND at least."""

_COMMON = 0.03  # share of the paragraphs: a character that as many hold as a word stands by itself
_TRIED = 2  # mended questions that are scored
_ASKING = re.compile("[几哪谁何多]")
_CHINESE = re.compile("[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True, order=True)
class _Mend:
    """`word` in place of `text[start:end]`."""

    start: int
    end: int
    word: str

    def of(self, text: str) -> str:
        return text[: self.start] + self.word + text[self.end :]


def suggest(snapshot: Snapshot, question: Question) -> str | None:
    """The question as it may have been meant, in its normal form; None where no slip is likely."""
    normal, words, searcher = question.normal, snapshot.dictionary, snapshot.searcher
    mends = {mend for mend in _mends(snapshot, normal) if _repairs(mend, normal, snapshot)}
    if not mends:
        return None
    terms = question_terms(normal, words)

    def fit(mend: _Mend) -> tuple[float, _Mend]:
        """How well the best paragraph with the word suits the question as typed."""
        return searcher.best_score(terms, holding=mend.word), mend

    shares = {}
    for mended in (mend.of(normal) for mend in sorted(mends, key=fit, reverse=True)[:_TRIED]):
        sought = question_terms(mended, words)
        shares[mended] = searcher.best_score(sought) / searcher.highest_score(sought)
    best = max(shares, key=shares.__getitem__)
    enough = max(FOUND, searcher.best_score(terms) / searcher.highest_score(terms) + CLEARLY)
    return best if shares[best] > enough else None


def _mends(snapshot: Snapshot, normal: str) -> Iterator[_Mend]:
    searcher = snapshot.searcher
    spans = [found.span() for found in LATIN.finditer(normal) if not searcher.held(found[0])]
    for start, end in (*spans, *_doubtful(snapshot, normal)):
        for word in snapshot.vocabulary.alike(normal[start:end]):
            yield _Mend(start, end, word)


def _doubtful(snapshot: Snapshot, normal: str) -> set[Span]:
    """The spans of up to LONGEST characters with a break that is not just between two known words."""
    searcher = snapshot.searcher
    spans: set[Span] = set()
    breaks = _breaks(normal, searcher)
    standing = _standing(normal, snapshot) if breaks else ""
    for place in breaks:
        if "." in standing[place : place + 2]:
            spans.update(
                (start, end)
                for start in range(max(place + 2 - LONGEST, 0), place + 1)
                for end in range(place + 2, min(start + LONGEST, len(normal)) + 1)
                if "?" not in standing[start:end]
            )
    return spans


def _standing(normal: str, snapshot: Snapshot) -> str:
    """Say of each character what its word is: `+` a word, `.` none, `?` asking, joining or not Chinese."""
    searcher = snapshot.searcher
    common = _COMMON * searcher.rows

    def standing(word: str) -> str:
        if word in QUESTION_WORDS or not _CHINESE.fullmatch(word):
            return "?"
        if searcher.held(word) > (common if len(word) == 1 else 0):
            return "+"
        if len(word) > 1 and snapshot.dictionary.FREQ.get(word):
            return "+"  # a word, though the corpus is about other things
        return "?" if _ASKING.search(word) else "."

    return "".join(standing(word) * len(word) for word in snapshot.dictionary.words(normal))


def _breaks(text: str, searcher: Searcher) -> list[int]:
    """Where two Chinese characters stand side by side in `text` that do so nowhere in the corpus."""
    return [
        place
        for place, pair in enumerate(map("".join, pairwise(text)))
        if _CHINESE.fullmatch(pair) and not searcher.held(pair)
    ]


def _repairs(mend: _Mend, normal: str, snapshot: Snapshot) -> bool:
    """Whether the mended text has fewer breaks, and is cut so that the word stands in it as one.

    A Latin word had no break, and a name that is in no dictionary is cut as it happens.
    """
    searcher, words = snapshot.searcher, snapshot.dictionary
    if mend.word.isascii():
        return True
    before, after = max(mend.start - 1, 0), mend.end + 1
    mended = normal[before : mend.start] + mend.word + normal[mend.end : after]
    fewer = len(_breaks(mended, searcher)) < len(_breaks(normal[before:after], searcher))
    return fewer and (not words.FREQ.get(mend.word) or mend.word in words.words(mend.of(normal)))
