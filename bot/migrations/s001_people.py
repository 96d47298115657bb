"""What people set from the chat: languages, invitations and guests, digests, checked answers.

`curation_prompts` are messages of the bot that asked an admin for some words, and the last ones replied.

People are keyed hashes and an invitation's code is a hash too: who reads the file cannot use it. Times are
UTC in ISO 8601.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    db.table("languages").create({"person": str, "language": str}, pk="person", strict=True)
    db.table("invitations").create(
        {"id": str, "code": str, "made_at": str, "expires_at": str, "chat_title": str},
        pk="id",
        not_null={"made_at"},
        strict=True,
    )
    db.table("guests").create(
        {"person": str, "invitation": str, "since": str},
        pk="person",
        not_null={"invitation", "since"},
        strict=True,
    )
    db.table("digests").create({"person": str, "sent_for": str}, pk="person", strict=True)
    db.table("told").create({"person": str, "what": str}, pk=("person", "what"), strict=True)
    db.table("curated").create(
        {
            "id": str,
            "at": str,
            "question": str,
            "paragraph": str,
            "document": str,
            "title": str,
            "section": str,
            "text": str,
        },
        pk="id",
        not_null={"at", "question", "paragraph", "document", "title", "text"},
        strict=True,
    )
    db.table("curation_prompts").create(
        {"id": str, "at": str, "chat": str, "message": int, "purpose": str, "origin": str, "words": str},
        pk="id",
        not_null={"at", "chat", "message", "purpose", "origin"},
        strict=True,
    )
    db.table("curation_prompts").create_index(["chat", "message"], unique=True)
