"""What is asked of a Snapshot's index: which entries score best, what they count, where a term stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.opensearch import layout
from retrieval.opensearch.cluster import ClusterError, understood
from retrieval.opensearch.layout import COUNT, DOCUMENT, LENGTH, NUMBER, PARAGRAPH, ROW, stored
from retrieval.opensearch.scoring import Counts, Size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrieval.arrays import Integers
    from retrieval.opensearch.cluster import Cluster

Query = dict[str, Any]
"""A query in OpenSearch's own words."""

MOST = 10_000
"""Entries that the cluster gives at most."""

_AT_ONCE = 500  # terms in one search; the cluster takes 1024
_REMEMBERED = 500_000  # terms, some 100 MB
_NUMBER_OF = {PARAGRAPH: ROW, DOCUMENT: NUMBER}
_NUMBERS_ALONE = {"_source": False, "stored_fields": "_none_", "track_total_hits": False}
_NONE: Integers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Best:
    """A search for the `limit` best entries of a kind, PARAGRAPH or DOCUMENT."""

    kind: str
    query: Query
    limit: int


class Entries:
    """The index of a Snapshot. Safe for many threads; every method raises ClusterError."""

    @understood()
    def __init__(self, cluster: Cluster, index: str) -> None:
        """Raise ClusterError where there is no such index, or no complete one."""
        self._cluster = cluster
        self._index = index
        about = cluster.request("GET", f"/{index}/_mapping")[index]["mappings"].get("_meta", {})
        if about.get("format") != layout.FORMAT:
            raise ClusterError("检索集群里的索引没有建完，或是另一版本建立的，请运行 wenju index")
        self.size = Size(about["rows"], about["documents"], about["tokens"])
        self.starts = self._starts()
        self._held: dict[str, tuple[int, int]] = {}

    @understood()
    def held(self, terms: Sequence[str]) -> dict[str, tuple[int, int]]:
        """In how many paragraphs and in how many Documents each term stands."""
        found = {term: held for term in terms if (held := self._held.get(term))}
        unknown = [term for term in dict.fromkeys(terms) if term not in found]
        parts = [unknown[start : start + _AT_ONCE] for start in range(0, len(unknown), _AT_ONCE)]
        searches = [
            {"size": 0, "aggs": {"held": {"filters": {"filters": [term_query(kind, term) for term in part]}}}}
            for part in parts
            for kind in (PARAGRAPH, DOCUMENT)
        ]
        answers = self._cluster.searches(self._index, searches)
        counts = [
            [bucket["doc_count"] for bucket in answer["aggregations"]["held"]["buckets"]]
            for answer in answers
        ]
        new: dict[str, tuple[int, int]] = {}
        for part, in_rows, in_documents in zip(parts, counts[::2], counts[1::2], strict=True):
            new |= zip(part, zip(in_rows, in_documents, strict=True), strict=True)
        if len(self._held) + len(new) > _REMEMBERED:
            self._held.clear()
        self._held |= new
        return found | new

    @understood()
    def best(self, *wanted: Best) -> list[list[tuple[int, float]]]:
        """The numbers of the best entries with their scores, best first, of each search."""
        searches = [
            {
                **_NUMBERS_ALONE,
                "docvalue_fields": [_NUMBER_OF[one.kind]],
                "query": one.query,
                "size": min(one.limit, MOST),
            }
            for one in wanted
        ]
        answers = self._cluster.searches(self._index, searches)
        return [
            [(hit["fields"][_NUMBER_OF[one.kind]][0], hit["_score"]) for hit in answer["hits"]["hits"]]
            for one, answer in zip(wanted, answers, strict=True)
        ]

    @understood()
    def counts(
        self, terms: Sequence[str], rows: Integers, documents: Integers = _NONE
    ) -> tuple[Counts, Counts]:
        """How often the terms stand in paragraphs and in Documents; of both together MOST at most."""
        wanted = {PARAGRAPH: rows, DOCUMENT: documents}
        if not sum(map(len, wanted.values())):
            return _empty(rows, len(terms)), _empty(documents, len(terms))
        found = {kind: _empty(numbers, len(terms)) for kind, numbers in wanted.items()}
        for start in range(0, max(len(terms), 1), _AT_ONCE):
            part = terms[start : start + _AT_ONCE]
            answer = self._cluster.search(self._index, _counting(part, wanted))
            for hit in answer["hits"]["hits"]:
                _take(found, hit, start)
        return found[PARAGRAPH], found[DOCUMENT]

    def documents_of(self, rows: Integers | Sequence[int]) -> Integers:
        """The numbers of the rows' Documents."""
        return np.searchsorted(self.starts, rows, "right") - 1

    def _starts(self) -> Integers:
        """The first row of each Document."""
        parts = []
        for entry_id in layout.starts_ids(self.size.documents):  # one by one, for each is a good size already
            search = {"size": 1, "_source": True, "query": {"ids": {"values": [entry_id]}}}
            hits = self._cluster.searches(self._index, [search])[0]["hits"]["hits"]
            parts.append(hits[0]["_source"][layout.STARTS])
        return layout.unpacked(parts)


def term_query(kind: str, term: str, boost: float = 1.0) -> Query:
    """The entries of a kind that hold a term."""
    return {"term": {kind: {"value": stored(term), "boost": boost}}}


def _counting(terms: Sequence[str], wanted: Mapping[str, Integers]) -> dict[str, Any]:
    """A search for entries by numbers; the terms that each holds come by name, their counts as scores."""
    named: list[Query] = [
        {"term": {kind + COUNT: {"value": stored(term), "_name": f"{kind} {column}"}}}
        for kind, numbers in wanted.items()
        if len(numbers)
        for column, term in enumerate(terms)
    ]
    these: list[Query] = [{"terms": {_NUMBER_OF[kind]: each.tolist()}} for kind, each in wanted.items()]
    return {
        **_NUMBERS_ALONE,
        "docvalue_fields": [*_NUMBER_OF.values(), LENGTH],
        "query": {"bool": {"filter": {"bool": {"should": these}}, "should": named}},
        "sort": "_doc",
        "size": sum(map(len, wanted.values())),
    }


def _empty(numbers: Integers, terms: int) -> Counts:
    return Counts(numbers, np.zeros(len(numbers)), np.zeros((len(numbers), terms)))


def _take(found: Mapping[str, Counts], hit: dict[str, Any], first: int) -> None:
    """Note what an entry counts of the terms from the column `first` on."""
    fields = hit["fields"]
    kind = PARAGRAPH if ROW in fields else DOCUMENT
    entry = found[kind]
    line = int(np.searchsorted(entry.numbers, fields[_NUMBER_OF[kind]][0]))
    entry.lengths[line] = fields[LENGTH][0]
    for name, count in hit.get("matched_queries", {}).items():
        entry.counts[line, first + int(name.rpartition(" ")[2])] = count
