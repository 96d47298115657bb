"""Who replied the words that a prompt asked for, as a keyed hash: what a person wrote can be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    db.table("curation_prompts").add_column("person", str)
