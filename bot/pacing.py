"""How fast the bot may call Telegram: each chat waits for its own turn, and nobody for another chat's."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from telegram.constants import FloodLimit
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

RETRIES = 10  # after a 429; one comes through a second later as a rule
OVERALL = (int(FloodLimit.MESSAGES_PER_SECOND), 1.0)  # calls, and in how many seconds
GROUP = (int(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP), 60.0)
PRIVATE = (20, 20.0 / FloodLimit.MESSAGES_PER_SECOND_PER_CHAT)  # a burst, and a message a second on average
CHATS = 1000  # whose last calls are remembered, before those that have long been silent are forgotten

logger = logging.getLogger(__name__)


class Window:
    """At most `calls` in any `seconds`, in the order in which they come.

    A call counts until `seconds` after its end, for nobody knows when in between it reached Telegram.
    """

    def __init__(self, calls: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(calls)
        self._seconds = seconds
        self._taken = 0

    async def __aenter__(self) -> None:
        await self._free.acquire()
        self._taken += 1

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._release)

    def _release(self) -> None:
        self._taken -= 1
        self._free.release()

    @property
    def idle(self) -> bool:
        """Whether no call counts any more."""
        return self._taken == 0


@dataclass(frozen=True, slots=True)
class _Chat:
    window: Window
    turn: asyncio.Lock


class Pacing(BaseRateLimiter[int]):
    """Keeps to the rates that Telegram publishes, and after a 429 to the pause that it asks for.

    Calls that name no chat wait for nobody, nor does "typing…": it is no message.
    """

    def __init__(self) -> None:
        self._overall = Window(*OVERALL)
        self._chats: dict[object, _Chat] = {}

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
        rate_limit_args: int | None,  # noqa: ARG002 - the signature of the base class
    ) -> Any:  # noqa: ANN401 - the signature of the base class
        chat = data.get("chat_id")
        if chat is None or endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        paced = self._paced(chat)
        # One at a time: after a 429 a whole burst would come back at the same moment.
        async with paced.window, paced.turn:
            for _ in range(RETRIES):
                try:
                    async with self._overall:
                        return await callback(*args, **kwargs)
                except RetryAfter as error:
                    logger.warning("Telegram asks to wait: %s", error)
                    await asyncio.sleep(seconds_of(error))
            async with self._overall:
                return await callback(*args, **kwargs)

    def _paced(self, chat: object) -> _Chat:
        if chat not in self._chats:
            if len(self._chats) >= CHATS:
                self._chats = {known: paced for known, paced in self._chats.items() if not paced.window.idle}
            in_group = not isinstance(chat, int) or chat < 0
            self._chats[chat] = _Chat(Window(*(GROUP if in_group else PRIVATE)), asyncio.Lock())
        return self._chats[chat]


def seconds_of(error: RetryAfter) -> float:
    """Return the pause that Telegram asks for."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
