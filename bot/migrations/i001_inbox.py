"""The inbox: updates in the order of their arrival, and what was sent in their handling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply(db: Database) -> None:
    # `payload` is NULL once the update is done: the row stays for a while, so that a repetition is known.
    db.execute(
        """
        CREATE TABLE updates (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            bot INTEGER NOT NULL,
            id INTEGER NOT NULL,
            received TEXT NOT NULL,
            payload TEXT,
            crashes INTEGER NOT NULL DEFAULT 0,
            UNIQUE (bot, id)
        )
        """
    )
    # `place` is the update's; `call` tells what was called with what, `result` is Telegram's answer.
    db.execute(
        """
        CREATE TABLE sent (
            number INTEGER PRIMARY KEY,
            place INTEGER NOT NULL,
            call TEXT NOT NULL,
            result TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX sent_place ON sent (place)")
