"""The peer to compare with: rank-bm25's BM25Okapi over jieba's words of title and text, all by default.

It takes nothing from this project: no normal form, bigrams, question words or context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jieba
import numpy as np
from rank_bm25 import BM25Okapi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.model import Paragraph


class Baseline:
    def __init__(self, paragraphs: Iterable[Paragraph]) -> None:
        self._ids: list[str] = []
        corpus: list[list[str]] = []
        for paragraph in paragraphs:
            self._ids.append(paragraph.id)
            corpus.append(_words(f"{paragraph.title}\n{paragraph.text}"))
        self._bm25 = BM25Okapi(corpus) if any(corpus) else None  # it divides by the number of words

    def search(self, question: str, limit: int) -> list[str]:
        """The ids of the best paragraphs, best first, among equals the earlier."""
        if self._bm25 is None:
            return []
        scores = self._bm25.get_scores(_words(question))
        return [self._ids[row] for row in np.argsort(-scores, kind="stable")[:limit]]


def _words(text: str) -> list[str]:
    """Cut the text, and leave out punctuation, which costs the peer much where it is kept."""
    return [word for word in jieba.lcut(text) if re.search(r"\w", word)]
