"""Which hits say nearly the same as an earlier one, word for word. It folds nothing and leaves nothing out.

Two texts that differ in a number, a date or a negation are never copies, however alike they are.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.plain import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

ALIKE = 0.85
"""The share of common bigrams, of all bigrams of two texts, from which they are copies."""

# Numbers, and the words that turn a statement round.
_TELLING = re.compile(r"\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千万亿]+|[不没未无非否升降增减涨跌盈亏]")
_NO_WORD = re.compile(r"[\W_]+")


def copies(texts: Sequence[str]) -> list[int | None]:
    """Return for each text the place of the earliest one that it is a copy of, or None."""
    telling = [_TELLING.findall(folded(text)) for text in texts]
    bare = [_NO_WORD.sub("", folded(text)) for text in texts]
    bigrams: dict[int, frozenset[str]] = {}

    def of(place: int) -> frozenset[str]:
        if place not in bigrams:
            bigrams[place] = frozenset(a + b for a, b in pairwise(bare[place]))
        return bigrams[place]

    def alike(one: int, other: int) -> bool:
        if telling[one] != telling[other] or not bare[one]:
            return texts[one] == texts[other]
        if bare[one] == bare[other]:
            return True
        lengths = sorted((len(bare[one]), len(bare[other])))
        return lengths[0] >= ALIKE * lengths[1] and _jaccard(of(one), of(other)) >= ALIKE

    first: list[int | None] = []
    for place in range(len(texts)):
        earlier = (one for one in range(place) if first[one] is None)
        first.append(next((one for one in earlier if alike(one, place)), None))
    return first


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common or 1)
