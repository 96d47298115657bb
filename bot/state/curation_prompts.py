"""Messages of the bot that asked an admin for some words, and the searches that came of them.

Kept in the state's database, so that a reply is understood after a restart too. Chats are keyed hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from bot.ids import new_id

if TYPE_CHECKING:
    from bot.pseudonyms import Pseudonyms
    from bot.state.database import StateDatabase

Purpose = Literal["search", "reword"]
OriginKind = Literal["log", "pin", "search"]

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the paragraphs on offer are from: a log row, a pin to be changed, or a search for one of them."""

    kind: OriginKind
    id: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        kind, _, name = text.partition("-")
        return cls(cast("OriginKind", kind), name) if kind in {"log", "pin", "search"} else None

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the words are for: to search for a paragraph for the `origin`, or to reword that pin.

    `words` are those of the last reply, None before it.
    """

    id: str
    purpose: Purpose
    origin: Origin
    words: str | None


class CurationPrompts:
    """Every method waits for the disk and raises StateError."""

    def __init__(self, state: StateDatabase, pseudonyms: Pseudonyms) -> None:
        self._state = state
        self._pseudonyms = pseudonyms

    def add(self, chat_id: int, message: int, purpose: Purpose, origin: Origin) -> None:
        """Note what the replies to a message of the bot will be for."""
        now = datetime.now(UTC)
        chat = self._pseudonyms.chat(chat_id)
        with self._state.writing() as db:
            # A message id may come again: a new sandbox counts from the start.
            db.execute("DELETE FROM curation_prompts WHERE chat = ? AND message = ?", [chat, message])
            db.table("curation_prompts").insert(
                {
                    "id": new_id(),
                    "at": now.isoformat(),
                    "chat": chat,
                    "message": message,
                    "purpose": purpose,
                    "origin": str(origin),
                }
            )

    def of(self, chat_id: int, message: int) -> Prompt | None:
        """Return what a message of the chat asked for; None for any other message."""
        values = [self._pseudonyms.chat(chat_id), message]
        return self._one("SELECT * FROM curation_prompts WHERE chat = ? AND message = ?", values)

    def get(self, prompt_id: str) -> Prompt | None:
        return self._one("SELECT * FROM curation_prompts WHERE id = ?", [prompt_id])

    def reply(self, prompt_id: str, words: str, user_id: int) -> None:
        """Keep what an admin replied."""
        kept = words.encode(errors="replace").decode()  # without lone surrogates
        with self._state.writing() as db:
            db.execute(
                "UPDATE curation_prompts SET words = ?, person = ? WHERE id = ?",
                [kept, self._pseudonyms.user(user_id), prompt_id],
            )

    def forget(self, user_id: int) -> int:
        """Delete what asked in a person's private chat and what the person replied; return how many."""
        private, person = self._pseudonyms.chat(user_id), self._pseudonyms.user(user_id)
        with self._state.writing() as db:
            done = db.execute("DELETE FROM curation_prompts WHERE chat = ? OR person = ?", [private, person])
            return done.rowcount

    def expire(self) -> int:
        """Delete what is older than KEPT; return how many."""
        before = (datetime.now(UTC) - KEPT).isoformat()
        with self._state.writing() as db:
            return db.execute("DELETE FROM curation_prompts WHERE at < ?", [before]).rowcount

    def _one(self, sql: str, values: list[Any]) -> Prompt | None:
        for row in self._state.read(sql, values):
            origin = Origin.parse(row["origin"])
            if origin:
                return Prompt(row["id"], row["purpose"], origin, row["words"])
        return None
