from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from retrieval import arrays, postings, terms
from retrieval.bm25 import BM25
from retrieval.language import bigrams_of
from retrieval.postings import Postings, PostingsCounter, merge

if TYPE_CHECKING:
    from pathlib import Path

TERMS = st.sampled_from(["甲", "乙", "丙", "丁", "戊", "abc", "2021"])
CORPORA = st.lists(st.lists(TERMS, max_size=12), max_size=12)
QUERIES = st.lists(TERMS | st.just("unknown"), max_size=6)


@given(
    CORPORA.filter(any),
    QUERIES,
    st.floats(0.1, 3),
    st.floats(0, 0.99),  # at 1 rank-bm25 divides by zero for an empty row
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


@given(st.lists(CORPORA, max_size=4), st.data())
def test_merged_postings_are_those_counted_anew(
    tmp_path_factory: pytest.TempPathFactory, corpora: list[list[list[str]]], data: st.DataObject
) -> None:
    """Rows kept from several postings, in any order of theirs, make the postings of all together."""
    folder = tmp_path_factory.mktemp("merged")
    rows = [(part, row) for part, corpus in enumerate(corpora) for row in range(len(corpus))]
    drawn = data.draw(st.permutations(range(len(corpora))))
    kept = [pair for pair in rows if data.draw(st.booleans())]
    kept.sort(key=lambda pair: (drawn[pair[0]], pair[1]))
    new_rows = [np.full(len(corpus), -1, np.int32) for corpus in corpora]
    for new_row, (part, row) in enumerate(kept):
        new_rows[part][row] = new_row
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "BLOCK", data.draw(st.integers(1, 20)))
        patch.setattr(terms, "_MERGED", data.draw(st.integers(1, 20)))
        patch.setattr(arrays, "_SMALL", data.draw(st.sampled_from([128, 1 << 18])))  # mapped or read
        parts = []
        for number, (corpus, rows_there) in enumerate(zip(corpora, new_rows, strict=True)):
            Postings.count(corpus).save(folder / str(number))
            parts.append((Postings.open(folder / str(number)), rows_there))
        merge(parts, len(kept), folder)
    merged, expected = Postings.open(folder), Postings.count(corpora[part][row] for part, row in kept)
    assert list(merged.terms) == list(expected.terms)
    for name in ("offsets", "rows", "counts", "lengths"):
        assert getattr(merged, name).tolist() == getattr(expected, name).tolist()


@given(
    st.lists(
        st.tuples(
            st.lists(TERMS | st.just("甲乙"), max_size=6),
            st.lists(st.text("甲乙ab2𠀀\ud800", min_size=1, max_size=6), max_size=4),
        ),
        max_size=6,
    )
)
def test_bigrams_of_runs_are_counted_among_the_tokens(rows: list[tuple[list[str], list[str]]]) -> None:
    """A run is as good as its bigrams, of which some may be tokens of their own; none crosses two runs."""
    counter = PostingsCounter()
    for tokens, runs in rows:
        counter.add(tokens, runs)
    counted, expected = counter.postings(), Postings.count(tokens + bigrams_of(runs) for tokens, runs in rows)
    assert list(counted.terms) == list(expected.terms)
    for name in ("offsets", "rows", "counts", "lengths"):
        assert getattr(counted, name).tolist() == getattr(expected, name).tolist()


def test_a_small_part_may_have_the_highest_counts(tmp_path: Path) -> None:
    """Counts that only one part has room for are whole among those of a larger one."""
    large = Postings.count([["甲", "乙"]] * 5), np.array([0, 1, 3, 4, 5])
    small = Postings.count([["甲"] * 300]), np.array([2])
    merge([large, small], 6, tmp_path)
    assert Postings.open(tmp_path).of("甲")[1].tolist() == [1, 1, 300, 1, 1, 1]


@pytest.mark.parametrize("corpus", [[], [[]], [["甲", "乙", "甲"], [], ["乙"]]])
def test_saved_postings_open_as_they_were(tmp_path: Path, corpus: list[list[str]]) -> None:
    """Postings on disk score as those in memory, the empty ones included."""
    Postings.count(corpus).save(tmp_path / "postings")
    opened = Postings.open(tmp_path / "postings")
    assert list(BM25.over(opened).get_scores(["甲", "乙"])) == list(BM25(corpus).get_scores(["甲", "乙"]))
