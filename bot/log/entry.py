"""What the query log holds, as types. They decide nothing and know no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from retrieval.model import Answer

Verdict = Literal["up", "down"]
Reason = Literal["figure", "paragraph", "missed", "other"]
"""Why a 👎: a wrong figure, a wrong paragraph, something there is but was not found, or something else."""
Source = Literal["telegram", "sandbox"]


@dataclass(frozen=True, slots=True)
class Vote:
    """A person's vote on the hit at `rank`, from 0, of a logged answer.

    `prompt` is the id of the message that asked the voter for the `comment`, within its chat.
    """

    query: str
    voter: str
    verdict: Verdict
    at: datetime
    rank: int = 0
    reason: Reason | None = None
    comment: str | None = None
    prompt: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its Answer. `asker` and `chat` are keyed hashes, never Telegram's ids.

    `at` is in UTC; `chat_kind` is Telegram's (`private`, `group`, `supergroup`, …), or `inline`; `message` is
    the id of the message that asked and `reply` of the one that carries the answer, within their chat.
    """

    id: str
    at: datetime
    answer: Answer
    asker: str
    chat: str
    chat_kind: str
    language: str
    source: Source
    message: int | None = None
    reply: int | None = None
    votes: tuple[Vote, ...] = ()

    @property
    def ups(self) -> int:
        return sum(vote.verdict == "up" for vote in self.votes)

    @property
    def downs(self) -> int:
        return sum(vote.verdict == "down" for vote in self.votes)
