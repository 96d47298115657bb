"""The searches on a real cluster of three nodes: as the embedded engine's, also while nodes are lost.

One file, so that one process starts one cluster; what does most harm comes last.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from retrieval.answer import answer
from retrieval.engine import engine_of
from retrieval.index import Index
from retrieval.opensearch import (
    Cluster,
    ClusterError,
    OpenSearchSearcher,
    Owner,
    Shape,
    check,
    fill,
    filling,
    holds,
    layout,
    publish,
    remove,
)
from tests.cluster.made import Corpus, Query, asking
from tests.cluster.nodes import request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.nodes import Nodes

FEWEST = 5  # answers that each thread gets before something else is done
ONE = Shape(1, 0)


@pytest.fixture(scope="module")
def corpus(nodes: Nodes) -> Corpus:
    """A corpus that the cluster holds under the name `corpus`."""
    made = Corpus(seed=1)
    fill(Cluster(nodes.url), "corpus", made.counted(), Owner("tests", "tests"))
    return made


@pytest.fixture
def searcher(cluster: Cluster, corpus: Corpus) -> OpenSearchSearcher:
    return OpenSearchSearcher(cluster, "corpus", len(corpus.rows), "tests")


def indices(nodes: Nodes, alias: str) -> set[str]:
    found = request(f"{nodes.all[0].url}/_cat/indices/{alias}-*?format=json")
    assert isinstance(found, list)
    return {index["index"] for index in found}


def test_a_search_finds_what_the_embedded_engine_finds(corpus: Corpus, searcher: OpenSearchSearcher) -> None:
    """The ten best rows and their scores are the same: in context, with related words, and within rows."""
    for query in corpus.queries:
        corpus.assert_found(searcher, query)
    for query in corpus.queries[::4]:
        corpus.assert_found(searcher, query, range(20, 60))
    assert searcher.top(["没有"], 10) == []
    assert searcher.top([], 10) == []
    assert searcher.top(["甲乙"], 10, within=range(3, 3)) == []


def test_all_rows_are_found_where_they_are_asked_for(corpus: Corpus, searcher: OpenSearchSearcher) -> None:
    """With a limit as large as the corpus every row with a score comes."""
    query = corpus.queries[0]
    found = searcher.top(query.terms, len(corpus.rows), query.related)
    expected = corpus.embedded.top(query.terms, len(corpus.rows), query.related)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected])


def test_terms_and_documents_are_the_embedded_engines(corpus: Corpus, searcher: OpenSearchSearcher) -> None:
    """Weights, highest scores, contributions, and which Document is where and has what."""
    embedded = corpus.embedded
    assert searcher.rows == embedded.rows == len(corpus.rows)
    every = range(0, searcher.rows, 7)
    assert [searcher.document_rows(row) for row in every] == [embedded.document_rows(row) for row in every]
    for query in corpus.queries[::4]:
        terms, last = [*query.terms, "没有"], query.terms[-1]
        assert searcher.idf_of(terms) == pytest.approx(embedded.idf_of(terms))
        assert searcher.highest_score(terms) == pytest.approx(embedded.highest_score(terms))
        assert searcher.held(last) == embedded.held(last)
        assert searcher.best_score(terms) == pytest.approx(embedded.best_score(terms))
        assert searcher.best_score(terms, last) == pytest.approx(embedded.best_score(terms, last))
        assert searcher.contributions(5, terms) == pytest.approx(embedded.contributions(5, terms))
        holding = embedded.in_documents_with(every, last)
        assert searcher.in_documents_with(every, last) == holding
        assert searcher.in_documents_with(every, last) == holding  # remembered
        assert searcher.document_holds(0, last) == embedded.document_holds(0, last)
    assert searcher.held("没有") == 0
    assert searcher.best_score(["没有"]) == 0


def test_a_question_of_very_many_terms_is_answered(corpus: Corpus, searcher: OpenSearchSearcher) -> None:
    """A pasted text has more terms than the cluster takes at once."""
    every = list(dict.fromkeys(term for row in corpus.rows for term in row if len(term) < 3))
    terms = [*every, *(f"没{number}" for number in range(2000))]
    corpus.assert_found(searcher, Query(tuple(terms)))


@pytest.mark.parametrize("rows", [[], [["甲"]], [["甲"], ["甲", "乙"]]])
def test_a_very_small_corpus_is_searched(cluster: Cluster, rows: list[list[str]]) -> None:
    """None, one or two paragraphs, each a Document of its own."""
    counted = ((row, row, Counter(tokens)) for row, tokens in enumerate(rows))
    fill(cluster, "small", counted, Owner("small", "small"), ONE)
    small = OpenSearchSearcher(cluster, "small", len(rows), "small")
    assert {row for row, _ in small.top(["甲"], 10)} == set(range(len(rows)))
    remove(cluster, "small", alias="small")
    remove(cluster, "small", alias="small")  # there is none


def test_what_is_published_is_kept_and_the_rest_goes(nodes: Nodes, cluster: Cluster) -> None:
    """The alias points at the newest; the one before stays, others go, but for what others own."""
    one, other = Owner("one", "kept"), Owner("other", "kept")
    for name in ("20260101T000000-a", "20260102T000000-b", "20260103T000000-c"):
        fill(cluster, name, [(0, 0, {"甲": 1})], one, ONE)
    fill(cluster, "other", [(0, 0, {"甲": 1})], other, ONE)
    publish(cluster, ["other"], other)
    settings = {"number_of_replicas": 0}
    torn = {"settings": settings, "mappings": {"_meta": {"owner": "one"}}}
    request(f"{nodes.all[0].url}/kept-unfinished", torn, "PUT")
    request(f"{nodes.all[0].url}/kept-foreign", {"settings": settings}, "PUT")
    with pytest.raises(ClusterError, match="没有建完"):
        OpenSearchSearcher(cluster, "unfinished", 1, "kept").held("甲")
    assert holds(cluster, "20260102T000000-b", alias="kept")
    assert not holds(cluster, "unfinished", alias="kept")
    assert not holds(cluster, "20260109T000000-none", alias="kept")
    fill(cluster, "20260104T000000-d", [(0, 0, {"甲": 1})], one, ONE)
    assert "kept-unfinished" not in indices(nodes, "kept")
    publish(cluster, ["20260104T000000-d", "20260102T000000-b"], one)
    left = {"kept-20260102t000000-b", "kept-20260104t000000-d", "kept-other", "kept-foreign"}
    assert indices(nodes, "kept") == left
    pointed = request(f"{nodes.all[0].url}/_alias/kept")
    assert isinstance(pointed, dict)
    assert pointed.keys() == {"kept-20260104t000000-d", "kept-other"}
    with pytest.raises(ClusterError, match="没有这份索引"):
        OpenSearchSearcher(cluster, "20260101T000000-a", 1, "kept").held("甲")


def test_an_index_that_has_lost_entries_is_not_whole(nodes: Nodes, cluster: Cluster) -> None:
    """As many have to be there as were stored."""
    fill(cluster, "lossy", [(0, 0, {"甲": 1}), (1, 1, {"乙": 1})], Owner("lossy", "lossy"), ONE)
    assert holds(cluster, "lossy", alias="lossy")
    index = f"{nodes.all[0].url}/lossy-lossy"
    request(f"{index}/_settings", {"index.blocks.write": False}, "PUT")
    request(f"{index}/_doc/p0?refresh=true", method="DELETE")
    assert not holds(cluster, "lossy", alias="lossy")
    remove(cluster, "lossy", alias="lossy")


def test_documents_are_indexed_and_searched_on_the_cluster(nodes: Nodes, tmp_path: Path) -> None:
    """A folder's Snapshots are searched there, each in its own index; the two newest are kept."""
    folder = tmp_path / "documents"
    folder.mkdir()
    settings = {"urls": nodes.url, "alias": "folder", "snapshots": str(tmp_path / "index"), "shards": 1}
    engine = engine_of(settings)
    index = Index(tmp_path / "index", engine=engine)
    for number, crop in enumerate(("茶叶", "水稻", "油菜"), 1):
        text = f"# {crop}\n\n2021年{crop}产量{number}100吨。\n"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
        assert index.build(folder).paragraphs == number
        assert answer(index.current(), f"2021年{crop}产量多少吨").figures[0].text == f"{number}100吨"
    assert len(indices(nodes, "folder")) == 2
    assert index.unchanged(folder)
    engine.drop(index.current().name)
    assert index.unchanged(folder) is None  # it is to be filled again
    index = Index(tmp_path / "index", engine=engine)
    with pytest.raises(ClusterError, match="没有这份索引"):
        answer(index.current(), "2021年水稻产量多少吨")
    assert index.build(folder).paragraphs == 3
    assert answer(index.current(), "2021年水稻产量多少吨").found


def test_an_index_that_cannot_be_filled_leaves_nothing(
    nodes: Nodes, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing is blocked halfway: the error says what was not stored and why, and the index is gone."""
    monkeypatch.setattr(filling, "_ENTRIES", 20)

    def blocked_halfway() -> Iterator[tuple[int, int, dict[str, int]]]:
        for row in range(100):
            if row == 50:
                request(f"{nodes.all[0].url}/torn-half/_settings", {"index.blocks.write": True}, "PUT")
            yield row, row // 2, {"甲": 1}

    with pytest.raises(
        ClusterError, match=r"有 20 条没能写入检索集群（\w+、\w+、\w+…）：cluster_block_exc.*403.* 20 条"
    ):
        fill(cluster, "half", blocked_halfway(), Owner("torn", "torn"))
    assert indices(nodes, "torn") == set()


def test_an_entry_that_is_refused_is_named(
    nodes: Nodes, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of many that are stored at once cannot be: nothing of it is used."""
    well = layout.paragraph_entry

    def odd(row: int, number: int, counts: Counter[str]) -> tuple[str, dict[str, object]]:
        entry_id, entry = well(row, number, counts)
        return entry_id, {**entry, layout.ROW: "odd"} if row == 7 else entry

    monkeypatch.setattr(layout, "paragraph_entry", odd)
    with pytest.raises(
        ClusterError, match=r"有 1 条没能写入检索集群（p7…）：mapper_parsing_exception（400） 1 条"
    ):
        fill(cluster, "odd", ((row, row, Counter("甲乙")) for row in range(20)), Owner("torn", "torn"))
    assert indices(nodes, "torn") == set()


def test_a_cluster_without_room_gets_less_and_later(nodes: Nodes, cluster: Cluster) -> None:
    """Requests larger than it takes are refused with 429, and come again in parts until all is stored."""
    chance = random.Random(0)
    rows = [{f"行{row}": 1, **{f"词{chance.randrange(10**6)}": 1 for _ in range(1000)}} for row in range(100)]
    counted = ((row, row // 10, counts) for row, counts in enumerate(rows))
    fill(cluster, "much", counted, Owner("much", "much"), Shape(3, 0))
    stats = request(f"{nodes.all[0].url}/_nodes/stats/indexing_pressure")
    assert isinstance(stats, dict)
    refused = [
        node["indexing_pressure"]["memory"]["total"]["coordinating_rejections"]
        for node in stats["nodes"].values()
    ]
    assert sum(refused) > 0
    searcher = OpenSearchSearcher(cluster, "much", len(rows), "much")
    assert searcher.top(["行99"], 1)[0][0] == 99
    remove(cluster, "much", alias="much")


def test_a_reindex_under_load_mixes_nothing(nodes: Nodes, cluster: Cluster) -> None:
    """While new indices are made and put in use, every answer is whole and of the index that was asked."""
    corpora = {f"s{seed}": Corpus(seed, documents=30) for seed in (2, 3, 4)}
    in_use = {}
    kept: list[str] = []
    owner = Owner("swap", "swap")

    def put_in_use(name: str) -> None:
        corpus = corpora[name]
        fill(cluster, name, corpus.counted(), owner)
        kept.insert(0, name)
        in_use["now"] = (corpus, OpenSearchSearcher(cluster, name, len(corpus.rows), "swap"))
        publish(cluster, kept[:2], owner)

    def ask(query: Query) -> None:
        corpus, searcher = in_use["now"]
        corpus.assert_found(searcher, query)
        pointed = cluster.request("GET", "/_alias/swap")
        assert len(pointed) == 1

    put_in_use("s2")
    with asking(ask, corpora["s2"].queries) as asked:
        for name in ("s3", "s4"):
            put_in_use(name)
            asked.wait_for(FEWEST)  # so nobody asks any more what is deleted next
    assert asked.wrong == []
    assert indices(nodes, "swap") == {"swap-s4", "swap-s3"}


def test_no_answer_is_lost_while_nodes_come_and_go(
    nodes: Nodes,
    cluster: Cluster,
    corpus: Corpus,
    searcher: OpenSearchSearcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """kill -9 of one node, then each other stopped and started in its turn, while several threads ask.

    An index without copies is not whole without the node. Then all are away: a search says so at once, and
    with two nodes back the next one is answered.
    """
    monkeypatch.setattr(filling, "_SETTLING", 1.0)
    first, *others = nodes.all
    owner = Owner("single", "single")
    fill(cluster, "single", corpus.counted(), owner, Shape(6, 0))
    nodes.restore()
    with asking(lambda query: corpus.assert_found(searcher, query), corpus.queries, threads=2) as asked:
        asked.wait_for(FEWEST)
        first.kill()
        asked.wait_for(4 * FEWEST)
        assert not holds(cluster, "single", alias="single")
        with pytest.raises(ClusterError, match="缺了一部分"):
            check(cluster, "single", alias="single")
        assert holds(cluster, "corpus", alias="tests")
        for node in others:
            nodes.restore()
            node.stop()
            asked.wait_for(FEWEST)
    assert asked.wrong == []
    for node in nodes.all:
        node.kill()
    pauses: list[float] = []
    with monkeypatch.context() as patched:
        patched.setattr(time, "sleep", pauses.append)
        with pytest.raises(ClusterError, match="检索集群连不上"):
            searcher.top(["甲乙"], 10)
    assert sum(pauses) < 3
    nodes.start(nodes.all[:2])
    filling._settle(cluster, "tests-corpus", 60)
    corpus.assert_found(searcher, corpus.queries[0])
