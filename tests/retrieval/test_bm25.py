from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from retrieval.bm25 import BM25
from retrieval.postings import Postings, PostingsCounter

if TYPE_CHECKING:
    from pathlib import Path

TERMS = st.sampled_from(["甲", "乙", "丙", "丁", "戊", "abc", "2021"])
CORPORA = st.lists(st.lists(TERMS, max_size=12), max_size=12)
QUERIES = st.lists(TERMS | st.just("unknown"), max_size=6)


@given(
    CORPORA.filter(any),
    QUERIES,
    st.floats(0.1, 3),
    st.floats(0, 1),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_scores_are_rank_bm25s_to_the_last_bit(
    corpus: list[list[str]], query: list[str], k1: float, b: float, delta: float
) -> None:
    """On any corpus and query the postings give the very numbers of rank-bm25's scan."""
    expected = BM25Plus(corpus, k1=k1, b=b, delta=delta).get_scores(query)
    assert np.array_equal(BM25(corpus, k1=k1, b=b, delta=delta).get_scores(query), expected)


@given(CORPORA.filter(lambda corpus: not any(corpus)), QUERIES)
def test_a_corpus_without_a_token_scores_nothing(corpus: list[list[str]], query: list[str]) -> None:
    """Where rank-bm25 divides by zero, every row scores 0."""
    with warnings.catch_warnings(action="error"):
        assert not BM25(corpus).get_scores(query).any()


@given(CORPORA.filter(any), QUERIES)
def test_its_other_methods_are_rank_bm25s(corpus: list[list[str]], query: list[str]) -> None:
    """The inherited interface works on postings."""
    ours, theirs = BM25(corpus, 1.5, 0.75, 1), BM25Plus(corpus)
    rows = [0, len(corpus) - 1]
    assert ours.get_batch_scores(query, rows) == theirs.get_batch_scores(query, rows)
    assert ours.get_top_n(query, corpus, 3) == theirs.get_top_n(query, corpus, 3)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_tiny_corpus_is_ranked_rightly(rows: int) -> None:
    """Also where a term stands in every row, the row that says more of it comes first."""
    corpus = [["口岸", "口岸", "开放"], ["口岸", "天气"], ["口岸", "晚饭", "菜单"]][:rows]
    scores = BM25(corpus).get_scores(["口岸", "开放"])
    assert scores.argmax() == 0
    assert (scores > 0).all()


@given(CORPORA, QUERIES)
def test_no_row_exceeds_the_highest_score(corpus: list[list[str]], query: list[str]) -> None:
    """The highest score is an upper bound, so a share of it is at most 1."""
    bm25 = BM25(corpus)
    assert bm25.get_scores(query).max(initial=0) <= bm25.highest_score(query) + 1e-9


@given(CORPORA, CORPORA, st.data())
def test_postings_taken_over_are_those_counted_anew(
    older: list[list[str]], newer: list[list[str]], data: st.DataObject
) -> None:
    """Rows kept from older postings and rows counted now make the postings of all together."""
    kept = data.draw(st.lists(st.sampled_from(range(len(older))), unique=True)) if older else []
    new_row = np.full(len(older), -1)
    new_row[kept] = np.arange(len(kept))
    counter = PostingsCounter()
    counter.take(Postings.count(older), new_row)
    for row, tokens in enumerate(newer, len(kept)):
        counter.add(row, Counter(tokens))
    merged, expected = counter.postings(), Postings.count([*(older[row] for row in kept), *newer])
    assert sorted(merged.terms) == sorted(expected.terms)
    assert [[list(part) for part in merged.of(term)] for term in expected.terms] == [
        [list(part) for part in expected.of(term)] for term in expected.terms
    ]
    assert sum(merged.lengths) == sum(expected.lengths)


@given(st.lists(st.tuples(st.lists(TERMS, max_size=6), st.integers(0, 2)), max_size=8))
def test_grouped_postings_are_those_of_the_joined_rows(rows: list[tuple[list[str], int]]) -> None:
    """A group counts as one row with the tokens of all its rows."""
    joined: list[list[str]] = [[] for _ in range(max((group for _, group in rows), default=-1) + 1)]
    for tokens, group in rows:
        joined[group] += tokens
    grouped = Postings.count([tokens for tokens, _ in rows]).grouped(
        np.array([group for _, group in rows], int)
    )
    expected = Postings.count(joined)
    for term in expected.terms:
        assert [list(part) for part in grouped.of(term)] == [list(part) for part in expected.of(term)]
    assert list(grouped.lengths) == list(expected.lengths)


@pytest.mark.parametrize("corpus", [[], [[]], [["甲", "乙", "甲"], [], ["乙"]]])
def test_saved_postings_open_as_they_were(tmp_path: Path, corpus: list[list[str]]) -> None:
    """Postings on disk score as those in memory, the empty ones included."""
    postings = Postings.count(corpus)
    postings.save(tmp_path / "postings")
    opened = Postings.open(tmp_path / "postings")
    assert list(BM25.over(opened).get_scores(["甲", "乙"])) == list(BM25(corpus).get_scores(["甲", "乙"]))
