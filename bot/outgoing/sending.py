"""Calls to Telegram that arrive: paced, in each chat's order, and tried again until they have.

What a 429 asks for is waited for; 5xx, time-outs and broken connections are tried again, later each time. A
call that timed out may have arrived: twice is better than never. What an update has sent before a crash is
not sent again. "typing…" and calls that name no chat are made once, at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import AsyncExitStack
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from telegram.error import BadRequest, ChatMigrated, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import BaseRateLimiter

from bot.incoming import handling
from bot.outgoing.backoff import LONGEST_PAUSE, pause_after
from bot.outgoing.pacing import OVERALL, Passage, Turns, Window

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from bot.outgoing.pacing import Turn

TRIES = 10  # where Telegram takes other calls meanwhile; while it takes none, there is no end
ALONE = 0.5  # seconds that others wait at most until a message is sent, and noted as sent
ACTIONS = 16  # calls at a time that show "typing…"

logger = logging.getLogger(__name__)


class Urgency(Enum):
    """What a call is worth; given to the Bot's methods as `rate_limit_args`."""

    ANSWER = auto()
    PROGRESS = auto()
    """Left out where it would have to wait or fails: something newer is to follow."""


class Sending(BaseRateLimiter[Urgency]):
    def __init__(self) -> None:
        self._overall = Window(*OVERALL)
        self._turns = Turns()
        self._passage = Passage(ALONE)
        """Of messages that are yet to be noted as sent: a crash may repeat those that are in it."""
        self._acting = 0
        self._arrived = 0.0
        """When a call last arrived, by the monotonic clock."""
        self.retries = Counter[str]()
        """How many calls were made again, by what the last try ended in."""

    async def initialize(self) -> None:
        """Hold nothing that has to be opened."""

    async def shutdown(self) -> None:
        """Hold nothing that has to be closed."""

    async def process_request(  # noqa: PLR0913, PLR0917 - the signature of the base class
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - the signature of the base class
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> Any:  # noqa: ANN401 - the signature of the base class
        async def call() -> Any:  # noqa: ANN401 - a result of the Bot API
            result = await callback(*args, **kwargs)
            self._arrived = time.monotonic()
            return result

        update = handling.current()
        if endpoint == "sendChatAction":
            return await self._act(call)
        if "chat_id" not in data:
            return await call()
        if rate_limit_args is Urgency.PROGRESS:
            return await self._try_once(call, self._turns.of(data["chat_id"]))
        if update is None or not endpoint.startswith(("send", "copy", "forward")):
            return await self._insist(call, data)
        kind = f"{endpoint} {data['chat_id']}"  # not what it says: that may differ after a reindex
        if (known := update.sent_before(kind)) is not None:
            return known

        async def call_and_record() -> Any:  # noqa: ANN401 - as above
            result = await call()
            await update.sent(kind, result)
            return result

        return await self._insist(call_and_record, data, passage=self._passage)

    async def _act(self, call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - as above
        """Show "typing…", unless that is being shown in many chats already."""
        if self._acting >= ACTIONS:
            return True
        self._acting += 1
        try:
            return await call()
        finally:
            self._acting -= 1

    async def _try_once(self, call: Callable[[], Awaitable[Any]], turn: Turn) -> Any:  # noqa: ANN401 - as above
        if turn.is_busy or self._overall.is_full:
            return True
        async with turn.lock, turn.window.places(), self._overall.places():
            return await call()

    async def _insist(
        self, call: Callable[[], Awaitable[Any]], data: dict[str, Any], passage: Passage | None = None
    ) -> Any:  # noqa: ANN401 - as above
        """Make the call in its chat's turn, and through the passage, until it has arrived.

        Raise what makes another try useless, such as Forbidden and BadRequest, and NetworkError where
        Telegram takes other calls but not this one.
        """
        begun, failures, messages = time.monotonic(), 0, _messages(data)
        async with AsyncExitStack() as turns:
            turn = self._turns.of(data["chat_id"])
            await turns.enter_async_context(turn.lock)
            while True:
                try:
                    overall = self._overall
                    place = passage.through(overall, messages) if passage else overall.places(messages)
                    async with turn.window.places(messages), place:
                        return await call()
                except RetryAfter as error:
                    self.retries["flood"] += 1
                    logger.warning("Telegram asks to wait: %s", error)
                    await asyncio.sleep(pause_after(error, 1))
                except InvalidToken:
                    # That ends the bot where it is so, and what is not sent stays for the next start.
                    await asyncio.sleep(LONGEST_PAUSE)
                except ChatMigrated as error:
                    data["chat_id"] = error.new_chat_id
                    turn = self._turns.of(error.new_chat_id)
                    await turns.enter_async_context(turn.lock)
                except BadRequest:
                    raise
                except NetworkError as error:  # time-outs among them
                    failures += 1
                    if failures >= TRIES and self._arrived > begun:
                        raise
                    self.retries["timeout" if isinstance(error, TimedOut) else "network"] += 1
                    pause = pause_after(error, failures)
                    logger.warning("a call is tried again in %.1f seconds: %s", pause, error)
                    await asyncio.sleep(pause)


def _messages(data: dict[str, Any]) -> int:
    """Return how many messages a call makes: an album is as many as it has pictures."""
    media = data.get("media")
    return len(media) if isinstance(media, (list, tuple)) else 1
