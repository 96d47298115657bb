from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.bm25 import BM25
from retrieval.language import phrase_terms
from retrieval.postings import Postings
from retrieval.search import DOCUMENT, NEIGHBOUR, Searcher

if TYPE_CHECKING:
    from pathlib import Path

TERMS = st.sampled_from(["甲乙", "乙丙", "丙丁", "丁", "戊"])
DOCUMENTS = st.lists(st.lists(st.lists(TERMS, min_size=1, max_size=6), min_size=1, max_size=4), max_size=4)
QUERIES = st.lists(TERMS, max_size=4)
WORDS = st.sampled_from(["甲乙", "乙丙", "甲乙丙", "丙丁"])


def searcher(documents: list[list[list[str]]]) -> Searcher:
    document_of = [number for number, rows in enumerate(documents) for _ in rows]
    return Searcher.over(
        Postings.count([row for rows in documents for row in rows]), np.array(document_of, int)
    )


def by_definition(documents: list[list[list[str]]], query: list[str]) -> list[float]:
    """The formula as it reads, a term and a paragraph at a time."""
    rows = [row for document in documents for row in document]
    whole = [[token for row in document for token in row] for document in documents]
    paragraphs, joined = BM25(rows), BM25(whole)
    context = DOCUMENT if len(rows) > len(documents) else 0
    expected: list[float] = []
    for number, document in enumerate(documents):
        first = len(expected)
        for position, row in enumerate(document):
            score = 0.0
            for term in query:
                own = paragraphs.get_scores([term])
                if term in row:
                    score += own[first + position]
                    continue
                score += context * joined.get_scores([term])[number]
                beside = [near for near in (position - 1, position + 1) if 0 <= near < len(document)]
                score += sum(NEIGHBOUR * own[first + near] for near in beside)
            expected.append(score)
    return expected


@given(DOCUMENTS, QUERIES)
def test_scores_follow_their_definition(documents: list[list[list[str]]], query: list[str]) -> None:
    """A term counts by the paragraph's own BM25, or, where it lacks it, by its document's and neighbours'."""
    assert np.allclose(searcher(documents).scores(query), by_definition(documents, query))


@given(DOCUMENTS, QUERIES, st.lists(st.tuples(WORDS, WORDS), max_size=3))
def test_related_words_only_raise_the_rows_that_hold_them(
    documents: list[list[list[str]]], query: list[str], related: list[tuple[str, str]]
) -> None:
    """A row gains where it has all terms of what stands for a word of the question; none loses."""
    search = searcher(documents)
    rows = [row for document in documents for row in document]
    plain = search.scores(query)

    for row, score in search.top(query, len(rows), related):
        gained = score - plain[row]
        assert gained >= -1e-9
        if gained > 1e-9:
            assert any(set(phrase_terms(other)) <= set(rows[row]) for _, other in related)


@given(DOCUMENTS, QUERIES, st.integers(1, 5))
def test_the_top_is_the_head_of_all(documents: list[list[list[str]]], query: list[str], limit: int) -> None:
    """The best rows come in order of score, equal ones in order of row, and none without a score."""
    search = searcher(documents)
    scores = search.scores(query)
    ranked = sorted(
        (row for row in range(len(scores)) if scores[row] > 0), key=lambda row: (-scores[row], row)
    )
    assert [row for row, _ in search.top(query, limit)] == ranked[:limit]


def test_the_document_helps_a_paragraph_that_lacks_a_term(tmp_path: Path) -> None:
    """Of two equal paragraphs the one whose article is about the question comes first, also once saved."""
    documents = [[["菜谱"], ["开放", "时间"]], [["口岸"], ["通关"], ["开放", "时间"]]]
    search = searcher(documents)
    assert search.top(["口岸", "开放", "时间"], 1)[0][0] == 4
    search.save(tmp_path)
    assert list(Searcher.open(tmp_path).scores(["口岸", "开放"])) == list(search.scores(["口岸", "开放"]))
