"""The ids under which Telegram keeps pictures that a bot has sent, so that they need not be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    db.table("file_ids").create(
        {"bot": int, "picture": str, "kind": str, "file_id": str, "at": str},
        pk=("bot", "picture"),
        not_null={"kind", "file_id", "at"},
        strict=True,
    )
