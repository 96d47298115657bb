"""How fast the bot may call Telegram: each chat waits for its own turn, and nobody for another chat's."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.constants import FloodLimit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OVERALL = (int(FloodLimit.MESSAGES_PER_SECOND), 1.0)  # messages, and in how many seconds
GROUP = (int(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP), 60.0)
PRIVATE = (
    3,
    3.0 / FloodLimit.MESSAGES_PER_SECOND_PER_CHAT,
)  # a short burst, and a message a second on average
CHATS = 1000  # whose last messages are remembered, before those that have long been silent are forgotten


class Window:
    """At most so many messages in any `seconds`, in the order in which they come.

    A message counts until `seconds` after its call has ended, for nobody knows when in between it reached
    Telegram.
    """

    def __init__(self, messages: int, seconds: float) -> None:
        self._messages = messages
        self._seconds = seconds
        self._taken = 0
        self._free = asyncio.Semaphore(messages)
        self._door = asyncio.Lock()  # one at a time takes its places: two albums never wait for each other's

    @asynccontextmanager
    async def places(self, messages: int = 1) -> AsyncIterator[None]:
        """Wait until the messages may be sent; more than the window holds fill it."""
        taken = 0
        try:
            async with self._door:
                for _ in range(min(messages, self._messages)):
                    await self._free.acquire()
                    taken += 1
                    self._taken += 1
            yield
        finally:
            asyncio.get_running_loop().call_later(self._seconds, self._release, taken)

    @property
    def is_idle(self) -> bool:
        """Whether no message counts any more."""
        return self._taken == 0 and not self._door.locked()

    @property
    def is_full(self) -> bool:
        return self._free.locked() or self._door.locked()

    def _release(self, messages: int) -> None:
        self._taken -= messages
        for _ in range(messages):
            self._free.release()


class Passage:
    """One at a time passes; beside one that takes longer than `seconds` the next goes ahead."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def through(self, window: Window, messages: int) -> AsyncIterator[None]:
        """Wait for one's turn and then for places in the window; the seconds count from then on."""
        await self._lock.acquire()
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._lock.release()

        try:
            async with window.places(messages):
                timer = asyncio.get_running_loop().call_later(self._seconds, leave)
                try:
                    yield
                finally:
                    timer.cancel()
        finally:
            leave()


@dataclass(frozen=True, slots=True)
class Turn:
    """A chat's: its messages go out one after the other, no faster than the window lets them."""

    lock: asyncio.Lock
    window: Window

    @property
    def is_idle(self) -> bool:
        return self.window.is_idle and not self.lock.locked()

    @property
    def is_busy(self) -> bool:
        """Whether a message would have to wait."""
        return self.window.is_full or self.lock.locked()


class Turns:
    """The turns of the chats that were written to lately."""

    def __init__(self) -> None:
        self._turns: dict[object, Turn] = {}

    def of(self, chat: object) -> Turn:
        """Return the turn of a chat: an id, negative for a group's, or a name."""
        if chat not in self._turns:
            if len(self._turns) >= CHATS:
                self._turns = {known: turn for known, turn in self._turns.items() if not turn.is_idle}
            in_group = not isinstance(chat, int) or chat < 0
            self._turns[chat] = Turn(asyncio.Lock(), Window(*(GROUP if in_group else PRIVATE)))
        return self._turns[chat]
