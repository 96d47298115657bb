"""The first schema: questions, the paragraphs shown for them, their figures, and the votes.

`hits` and `figures` point at `paragraphs`, so a paragraph is stored once however often it is shown, and the
log alone can show an earlier answer again. Lists and optional structures are JSON text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

OVERVIEW = """
SELECT
    queries.id,
    queries.at,
    queries.question,
    queries.found,
    figures.text AS figure,
    paragraphs.title,
    paragraphs.text AS paragraph,
    hits.score,
    queries.milliseconds,
    (SELECT count(*) FROM votes WHERE votes.query = queries.id AND verdict = 'up') AS up,
    (SELECT count(*) FROM votes WHERE votes.query = queries.id AND verdict = 'down') AS down
FROM queries
LEFT JOIN hits ON hits.query = queries.id AND hits.rank = 1
LEFT JOIN paragraphs ON paragraphs.id = hits.paragraph
LEFT JOIN figures ON figures.query = queries.id AND figures.rank = 1
"""


def apply(db: Database) -> None:
    db.table("paragraphs").create(
        {
            "id": str,
            "document": str,
            "article": int,
            "position": int,
            "title": str,
            "section": str,
            "text": str,
            "date": str,
            "source": str,
            "author": str,
            "continues": int,
        },
        pk="id",
        not_null={"document", "article", "position", "title", "text", "continues"},
        strict=True,
    )
    db.table("queries").create(
        {
            "id": str,
            "at": str,
            "question": str,
            "normal": str,
            "terms": str,
            "wanted": str,
            "found": int,
            "near": int,
            "milliseconds": float,
            "stages": str,
            "snapshot": str,
            "pictures": str,
            "asker": str,
            "chat": str,
            "chat_kind": str,
            "language": str,
            "source": str,
            "reply": int,
        },
        pk="id",
        not_null={
            *("at", "question", "normal", "terms", "wanted", "found", "near", "milliseconds", "stages"),
            *("snapshot", "pictures", "asker", "chat", "chat_kind", "language", "source"),
        },
        strict=True,
    )
    db.table("hits").create(
        {"query": str, "rank": int, "paragraph": str, "score": float, "marks": str},
        pk=("query", "rank"),
        not_null={"paragraph", "score", "marks"},
        foreign_keys=[("query", "queries", "id"), ("paragraph", "paragraphs", "id")],
        strict=True,
    )
    db.table("figures").create(
        {
            "query": str,
            "rank": int,
            "text": str,
            "kind": str,
            "value": str,
            "unit": str,
            "metric": str,
            "period": str,
            "paragraph": str,
            "start": int,
            "end": int,
        },
        pk=("query", "rank"),
        not_null={"text", "kind", "value", "start", "end"},
        foreign_keys=[("query", "queries", "id"), ("paragraph", "paragraphs", "id")],
        strict=True,
    )
    db.table("votes").create(
        {"query": str, "voter": str, "verdict": str, "at": str},
        pk=("query", "voter"),
        not_null={"verdict", "at"},
        foreign_keys=[("query", "queries", "id")],
        strict=True,
    )
    for table, columns in (
        ("queries", ("at",)),
        ("queries", ("found", "at")),
        ("queries", ("normal",)),
        ("queries", ("milliseconds",)),
        ("hits", ("paragraph",)),
        ("figures", ("paragraph",)),
        ("votes", ("verdict", "at")),
    ):
        db.table(table).create_index(columns)
    db.create_view("overview", OVERVIEW)
