"""Where in its file a paragraph stands, what is in a table's row, which pictures stand at it, and series.

`cells` and `pictures` are JSON text; `confidence`, from 0 to 1, is that of text read from an image.
`queries.series` is the course of a metric that an answer showed, as JSON text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    paragraphs = db.table("paragraphs")
    paragraphs.add_column("page", int)
    paragraphs.add_column("cells", str, not_null_default="[]")
    paragraphs.add_column("pictures", str, not_null_default="[]")
    paragraphs.add_column("confidence", float)
    db.table("queries").add_column("series", str)
