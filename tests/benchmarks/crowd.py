"""People in private chats and groups who ask, and what becomes of each question: answered when, how often."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox
    from bot.sandbox.wire import Json
    from tests.benchmarks.articles import Fact

MEMBERS = 3  # of each group
FIRST_PERSON = 100_000  # a user id
GLANCE = 0.005  # seconds between two looks at what has happened
EVENT_WAIT = 1.0  # seconds


@dataclass(slots=True)
class Asked:
    """A question of a person in a chat, by its message's id, and its replies. Times: `time.monotonic()`."""

    chat: int
    message: int
    asker: int
    value: str
    at: float
    replies: list[tuple[float, int]] = field(default_factory=list)
    """When each came, and its message id."""
    is_right: bool = False
    """Whether a reply holds the figure that was asked for."""

    @property
    def seconds(self) -> float:
        """How long the first reply took."""
        return self.replies[0][0] - self.at


class Crowd:
    """As a context manager it watches the chats. Groups are among the `chats`."""

    def __init__(self, sandbox: Sandbox, chats: int, groups: int = 0, seed: int = 1) -> None:
        self.asked: dict[tuple[int, int], Asked] = {}
        """By chat and message."""
        self.answered = 0
        self._sandbox = sandbox
        self._chance = random.Random(seed)
        people = [sandbox.user(FIRST_PERSON + number, f"读者{number}") for number in range(chats - groups)]
        self.places: list[tuple[Sequence[Person], Conversation | None]] = [
            ([person], None) for person in people
        ]
        """Who may ask, and where: None in the private chat."""
        for number in range(groups):
            members = [people[(number * MEMBERS + place) % len(people)] for place in range(MEMBERS)]
            self.places.append((members, sandbox.group(f"读书会{number}", *members)))
        self._seen = sandbox.world.journal.last
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._watching is not None
        self._watching.cancel()
        await asyncio.wait([self._watching])
        if not self._watching.cancelled():
            self._watching.result()

    async def ask(self, fact: Fact, place: int | None = None) -> Asked:
        """Have one of the people of a place, any where none is given, ask for the fact."""
        place = self._chance.randrange(len(self.places)) if place is None else place
        people, group = self.places[place]
        person = self._chance.choice(people)
        message = await person.say(f"/ask {fact.question}" if group else fact.question, group)
        asked = Asked((group or person).id, message.id, person.user.id, fact.value, time.monotonic())
        self.asked[asked.chat, asked.message] = asked
        return asked

    async def until_answered(self, count: int, patience: float) -> bool:
        """Return once so many questions are answered; False where for `patience` seconds none was."""
        latest, answered = time.monotonic(), self.answered
        while self.answered < count:
            if self.answered != answered:
                latest, answered = time.monotonic(), self.answered
            if time.monotonic() - latest > patience:
                return False
            await self._sandbox.world.changed.wait(EVENT_WAIT)
            await asyncio.sleep(GLANCE)
        return True

    async def _watch(self) -> None:
        journal = self._sandbox.world.journal
        while True:
            events = journal.after(self._seen)
            if events is None:
                raise RuntimeError("more has happened than the journal holds")
            self._seen = journal.last
            for event in events:
                if event["kind"] == "message":
                    self._note(event["chat_id"], event["message"])
            await self._sandbox.world.changed.wait(EVENT_WAIT)
            await asyncio.sleep(GLANCE)

    def _note(self, chat: int, message: Json) -> None:
        asked = self.asked.get((chat, message.get("reply_to_message", {}).get("message_id", 0)))
        if asked is None or message["from"]["id"] != self._sandbox.bot.id:
            return
        self.answered += not asked.replies
        asked.replies.append((time.monotonic(), message["message_id"]))
        asked.is_right |= asked.value in message.get("text", "")


def percentiles(asked: Sequence[Asked]) -> tuple[float, float, float, float]:
    """Return the median, 95th and 99th percentile and the longest time to the first reply, in seconds."""
    seconds = [one.seconds for one in asked if one.replies] or [float("nan")]
    median, most, nearly_all = np.percentile(seconds, [50, 95, 99])
    return float(median), float(most), float(nearly_all), max(seconds)


def out_of_order(asked: Sequence[Asked]) -> int:
    """Count the questions that were answered after the same person's next one in the same chat."""
    by_person: dict[tuple[int, int], list[Asked]] = defaultdict(list)
    for one in asked:
        if one.replies:
            by_person[one.chat, one.asker].append(one)
    return sum(
        first.replies[0][1] > second.replies[0][1]
        for questions in by_person.values()
        for first, second in pairwise(sorted(questions, key=lambda one: one.message))
    )
