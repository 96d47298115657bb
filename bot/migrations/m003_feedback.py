"""Which message asked, what was checked by an admin, and why somebody disliked an answer.

`votes.prompt` is the message that asked the voter for a comment. The index finds the replies to a message
that was edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    queries, votes = db.table("queries"), db.table("votes")
    queries.add_column("message", int)
    queries.create_index(["chat", "message"])
    db.table("hits").add_column("checked", int, not_null_default=0)
    votes.add_column("reason", str)
    votes.add_column("comment", str)
    votes.add_column("prompt", int)
