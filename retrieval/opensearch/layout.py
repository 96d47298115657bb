"""What an index of the cluster holds: an entry a paragraph and an entry a Document, with their terms' counts.

The terms come counted, so one tokeniser serves everywhere. They stand in two fields each: one
scores by BM25 and finds candidates, the other has the count itself as its score, to compute with here. The
texts are not kept, and nothing is changed once it is in.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.bm25 import K1, B

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from retrieval.arrays import Integers

FORMAT = 1
"""Raised with every change to the entries; indices of others are built anew."""

PARAGRAPH, DOCUMENT = "paragraph", "document"
"""The fields of the terms of a paragraph and of a whole Document; `field + COUNT` has their counts."""
COUNT = ".count"
ROW, PART_OF, NUMBER, LENGTH = "row", "part_of", "number", "length"
"""A paragraph's row and its Document's number; a Document's own number; the tokens of either."""
STARTS = "starts"
"""The first rows of many Documents, packed."""

_MARK = "\u0001"  # before a count; it is in no token, and no white space
_LONGEST_TERM = 100  # characters; Lucene splits longer ones, and refuses those of 32 KB
_STARTS = 50_000  # Documents an entry


def name_of(alias: str, snapshot: str) -> str:
    """The index of a Snapshot; the cluster takes no capitals."""
    return f"{alias}-{snapshot}".lower()


def settings(shards: int) -> dict[str, Any]:
    """What makes a new index, which is being loaded."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "similarity": {
            "bm25": {"type": "BM25", "k1": K1, "b": B},
            "count": {"type": "scripted", "script": {"source": "return doc.freq;"}},
        },
        "analysis": {
            "analyzer": {"counted": {"type": "custom", "tokenizer": "whitespace", "filter": ["counts"]}},
            "filter": {"counts": {"type": "delimited_term_freq", "delimiter": _MARK}},
        },
    }


def mappings(about: dict[str, Any]) -> dict[str, Any]:
    """The fields; `about` tells of the index."""
    number = {"type": "integer"}
    terms = {
        "type": "text", "analyzer": "counted", "index_options": "freqs", "similarity": "bm25",
        "fields": {
            "count": {
                "type": "text", "analyzer": "counted", "index_options": "freqs", "similarity": "count",
                "norms": False,
            }
        },
    }  # fmt: skip
    return {
        "_meta": about,
        "_source": {"includes": [STARTS]},
        "dynamic": "strict",
        "properties": {
            **dict.fromkeys((PARAGRAPH, DOCUMENT), terms),
            **dict.fromkeys((ROW, PART_OF, NUMBER), number),
            LENGTH: {**number, "index": False},
            STARTS: {"type": "binary"},
        },
    }


def stored(term: str) -> str:
    """A term as the index has it."""
    if len(term) <= _LONGEST_TERM:
        return term
    return term[:_LONGEST_TERM] + hashlib.blake2b(term.encode(), digest_size=16).hexdigest()


def paragraph_entry(row: int, number: int, counts: Mapping[str, int]) -> tuple[str, dict[str, Any]]:
    """The id and the entry of a paragraph."""
    return f"p{row}", {ROW: row, PART_OF: number, **_counted(PARAGRAPH, counts)}


def document_entry(number: int, counts: Mapping[str, int]) -> tuple[str, dict[str, Any]]:
    """The id and the entry of a Document."""
    return f"d{number}", {NUMBER: number, **_counted(DOCUMENT, counts)}


def starts_entries(starts: Integers) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ids and entries that hold the Documents' first rows."""
    for place in range(0, len(starts), _STARTS):
        packed = starts[place : place + _STARTS].astype("<i4").tobytes()
        yield f"s{place}", {STARTS: base64.b64encode(packed).decode()}


def starts_ids(documents: int) -> list[str]:
    """The ids of those entries, in order."""
    return [f"s{place}" for place in range(0, documents, _STARTS)]


def unpacked(entries: Iterable[str]) -> Integers:
    """The first rows that the entries hold together."""
    parts = [np.frombuffer(base64.b64decode(entry), dtype="<i4") for entry in entries]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)


def _counted(field: str, counts: Mapping[str, int]) -> dict[str, Any]:
    text = " ".join(f"{stored(term)}{_MARK}{count}" for term, count in counts.items())
    return {field: text, LENGTH: sum(counts.values())}
