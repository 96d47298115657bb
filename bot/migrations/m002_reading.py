"""How a follow-up was read, what was suggested, what is shown beside a paragraph's text, what a vote is on.

`hits.answering` are places in the paragraph's text, `hits.continued` the ids of the paragraphs that its list
runs on into; both are JSON text. `votes.rank` is the place, from 0, of the hit that was voted on; of earlier
votes only the first one is known to have been shown. The indexes find the question that a follow-up may mean.
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
    queries.read_as,
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
    queries, hits = db.table("queries"), db.table("hits")
    queries.add_column("read_as", str)
    queries.add_column("suggestion", str)
    queries.create_index(["chat", "asker", "at"])
    queries.create_index(["chat", "reply"])
    hits.add_column("answering", str, not_null_default="[]")
    hits.add_column("continued", str, not_null_default="[]")
    hits.add_column("same_as", str)
    db.table("votes").add_column("rank", int, not_null_default=0)
    db.create_view("overview", OVERVIEW, replace=True)
