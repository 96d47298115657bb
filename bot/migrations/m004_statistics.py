"""Indexes that hold all that the counts over days and over unanswered questions need, and one of askers.

The wider ones take the place of those over their first columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    for narrow in ("idx_queries_at", "idx_queries_found_at"):
        db.execute(f"DROP INDEX {narrow}")
    queries = db.table("queries")
    queries.create_index(["at", "found", "asker", "milliseconds", "normal", "id"], "idx_queries_by_time")
    queries.create_index(["found", "at", "normal", "id"], "idx_queries_by_outcome")
    queries.create_index(["asker", "at"])
