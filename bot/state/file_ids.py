"""What Telegram calls the pictures that it has been sent, so that the next sending needs no upload.

It only spares work: where the state cannot be read or written, nothing is known and nothing is lost.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from bot.state.database import StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.state.database import StateDatabase

Kind = Literal["photo", "document"]
"""How a picture was sent; an id serves for no other kind."""

KEPT = 5000  # the oldest go first

logger = logging.getLogger(__name__)


class FileIds:
    """Safe to call from any thread. `bot` is a bot's id: what one bot knows serves no other.

    Each call may wait for the disk.
    """

    def __init__(self, state: StateDatabase) -> None:
        self._state = state

    def known(self, bot: int, kind: Kind, pictures: Iterable[str]) -> dict[str, str]:
        """Return the ids of those pictures, given by their keys, that have one."""
        try:
            rows = self._state.read(
                "SELECT picture, file_id FROM file_ids WHERE bot = ? AND kind = ?"
                " AND picture IN (SELECT value FROM json_each(?))",
                [bot, kind, json.dumps(list(pictures))],
            )
        except StateError as error:
            logger.warning("file ids cannot be read: %s", error)
            return {}
        return {row["picture"]: row["file_id"] for row in rows}

    def keep(self, bot: int, kind: Kind, ids: Mapping[str, str]) -> None:
        """Note the ids by the pictures' keys, in place of what was known of them."""
        at = datetime.now(UTC).isoformat()
        rows = [
            {"bot": bot, "picture": picture, "kind": kind, "file_id": file_id, "at": at}
            for picture, file_id in ids.items()
        ]
        try:
            with self._state.writing() as db:
                db.table("file_ids").upsert_all(rows, pk=("bot", "picture"))
                db.execute(
                    "DELETE FROM file_ids WHERE rowid IN"
                    " (SELECT rowid FROM file_ids ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?)",
                    [KEPT],
                )
        except StateError as error:
            logger.warning("file ids cannot be kept: %s", error)

    def forget(self, bot: int, pictures: Iterable[str]) -> None:
        """Forget what Telegram does not know any more."""
        try:
            with self._state.writing() as db:
                db.execute(
                    "DELETE FROM file_ids WHERE bot = ? AND picture IN (SELECT value FROM json_each(?))",
                    [bot, json.dumps(list(pictures))],
                )
        except StateError as error:
            logger.warning("file ids cannot be forgotten: %s", error)
