from __future__ import annotations

import random
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import embedded, postings
from retrieval.bm25 import BM25
from retrieval.embedded import EmbeddedSearcher
from retrieval.language import phrase_terms
from retrieval.postings import Postings
from retrieval.search import DOCUMENT, NEIGHBOUR

if TYPE_CHECKING:
    from pathlib import Path

TERMS = st.sampled_from(["甲乙", "乙丙", "丙丁", "丁", "戊"])
DOCUMENTS = st.lists(st.lists(st.lists(TERMS, min_size=1, max_size=6), min_size=1, max_size=4), max_size=4)
QUERIES = st.lists(TERMS, max_size=4)
WORDS = st.sampled_from(["甲乙", "乙丙", "甲乙丙", "丙丁"])


def searcher(documents: list[list[list[str]]]) -> EmbeddedSearcher:
    document_of = [number for number, rows in enumerate(documents) for _ in rows]
    return EmbeddedSearcher.over(
        Postings.count([row for rows in documents for row in rows]), np.array(document_of, np.int32)
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


@given(DOCUMENTS, st.integers(1, 8))
def test_a_document_counts_once_for_a_term(documents: list[list[list[str]]], block: int) -> None:
    """However many of its rows hold it, and however few terms are counted at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "BLOCK", block)
        counted = searcher(documents)
    terms = list(counted.postings.terms)
    expected = [sum(any(term in row for row in rows) for rows in documents) for term in terms]
    assert counted._documents_with.tolist() == expected


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


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_compiled_code_finds_the_same(monkeypatch: pytest.MonkeyPatch, kind: type[np.generic]) -> None:
    """The compiled search gives the rows and the scores of the whole arrays, to the last bit."""
    assert find_spec("numba"), "the tests need the extra `fast`"
    chance = random.Random(7)
    words = [left + right for left in "甲乙丙丁戊己" for right in "甲乙丙丁"]
    for _ in range(60):
        documents = [
            [
                chance.choices(words[: chance.randint(1, len(words))], k=chance.randint(0, 12))
                for _ in range(chance.choice([1, 1, 2, 5, 9]))
            ]
            for _ in range(chance.choice([1, 5, 30, 200]))  # of more than 32 some are left out
        ]
        plain = searcher(documents)
        monkeypatch.setattr(embedded, "LARGE", 0)
        postings = replace(plain.postings, counts=plain.postings.counts.astype(kind))
        compiled = EmbeddedSearcher.over(postings, np.array(plain._document_of))
        monkeypatch.undo()
        for _ in range(5):
            query = chance.choices(words, k=chance.randint(0, 8))
            related = [(chance.choice(words), chance.choice(words)) for _ in range(chance.randint(0, 3))]
            within = plain.document_rows(chance.randrange(plain.rows)) if chance.random() < 0.3 else None
            limit = chance.randint(1, 12)
            assert compiled.top(query, limit, related, within) == plain.top(query, limit, related, within)


def test_damaged_compiled_code_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What numba has kept is torn, as after a power cut: the arrays search, and it is said."""
    plain = searcher([[["甲乙"], ["乙丙"]], [["丙丁"]]])
    plain.postings.save(tmp_path / "terms")
    EmbeddedSearcher.write(tmp_path, plain.postings, plain._document_of)

    def torn(*_: object) -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr("retrieval.kernel.bounds", torn)
    monkeypatch.setattr(embedded, "LARGE", 0)
    opened = EmbeddedSearcher.open(tmp_path, Postings.open(tmp_path / "terms"), plain._document_of)
    assert opened.top(["乙丙"], 3) == plain.top(["乙丙"], 3)
    assert "编译的检索用不了" in caplog.text


def test_the_document_helps_a_paragraph_that_lacks_a_term(tmp_path: Path) -> None:
    """Of two equal paragraphs the one whose article is about the question comes first, also once saved."""
    documents = [[["菜谱"], ["开放", "时间"]], [["口岸"], ["通关"], ["开放", "时间"]]]
    search = searcher(documents)
    assert search.top(["口岸", "开放", "时间"], 1)[0][0] == 4
    search.postings.save(tmp_path / "terms")
    EmbeddedSearcher.write(tmp_path, search.postings, search._document_of)
    opened = EmbeddedSearcher.open(tmp_path, Postings.open(tmp_path / "terms"), search._document_of)
    assert list(opened.scores(["口岸", "开放"])) == list(search.scores(["口岸", "开放"]))
