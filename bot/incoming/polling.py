"""How polling goes: getUpdates again and again, when it last succeeded, and what keeps it from doing so.

Telegram forgets an update once the next call names a later one: never before the update is taken.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.health import CONFLICT, UNAUTHORIZED
from bot.incoming.inbox import InboxError
from bot.lifecycle import TokenRejectedError, until
from bot.outgoing.backoff import LONGEST_PAUSE, pause_after
from bot.outgoing.connections import Connections

if TYPE_CHECKING:
    from telegram import Bot
    from telegram._utils.types import JSONDict

    from bot.incoming.dispatcher import Dispatcher

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "inline_query"]
SECONDS = 10  # of one long poll
ANSWER_WAIT = 5.0  # seconds more that its answer may take
CONFLICT_OVER = LONGEST_PAUSE + SECONDS  # seconds without a 409: the other program, too, pauses in between
ROOM_PAUSE = 0.5  # seconds between two looks whether the inbox has room again

logger = logging.getLogger(__name__)


class Polling:
    def __init__(self) -> None:
        self.last: float | None = None
        """The last success, in seconds since the epoch."""
        self.problem: str | None = None
        self._conflict = 0.0
        """When the last 409 came, by the monotonic clock."""

    async def run(self, bot: Bot, dispatcher: Dispatcher, stop: asyncio.Event) -> None:
        """Take updates until `stop` is set. Raise TokenRejectedError once Telegram refuses the token."""
        async with Connections(1) as request:
            try:
                await self._keep_on(bot, request, dispatcher, stop)
            except InvalidToken:
                self.problem = UNAUTHORIZED
                raise TokenRejectedError from None  # its own text holds the token

    async def _keep_on(
        self, bot: Bot, request: Connections, dispatcher: Dispatcher, stop: asyncio.Event
    ) -> None:
        offset, failures, webhook = 0, 0, True
        while not stop.is_set():
            if not dispatcher.has_room:
                await self._await_room(dispatcher, stop)
                continue
            try:
                if webhook:  # while one is set, Telegram refuses to be polled
                    await until(stop, bot.delete_webhook())
                    webhook = False
                    logger.info("问据 @%s 已就绪", bot.username)
                updates: list[JSONDict] = []
                await until(stop, self._fetch(bot, request, offset, SECONDS, updates))
            except InvalidToken:
                raise
            except TelegramError as error:
                failures += 1
                self._note(error)
                await until(stop, asyncio.sleep(pause_after(error, failures)))
            else:
                failures = 0
                if updates and await self._taken(updates, dispatcher):
                    offset = updates[-1]["update_id"] + 1
        with suppress(TelegramError):  # what is taken does not come again
            await self._fetch(bot, request, offset, 0, [])

    async def _fetch(
        self, bot: Bot, request: Connections, offset: int, seconds: int, updates: list[JSONDict]
    ) -> None:
        """Add to `updates` what Telegram has from `offset` on; it waits for some up to `seconds`."""
        wanted = {"offset": offset, "timeout": seconds, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        url = f"{bot.base_url}/getUpdates?{urlencode(wanted)}"
        updates += cast("list[JSONDict]", await request.post(url, read_timeout=seconds + ANSWER_WAIT))
        self.last = time.time()
        if self.problem == CONFLICT and time.monotonic() - self._conflict > CONFLICT_OVER:
            logger.info("又能收取消息了")
            self.problem = None

    @staticmethod
    async def _taken(updates: list[JSONDict], dispatcher: Dispatcher) -> bool:
        """Have the updates taken; False where that cannot be, and Telegram has to keep them."""
        try:
            await dispatcher.receive(updates)
        except InboxError as error:
            logger.warning("%d 条消息留在 Telegram：%s", len(updates), error)
            return False
        return True

    def _note(self, error: TelegramError) -> None:
        if not isinstance(error, Conflict):
            logger.warning("暂时收不到消息：%s", error)
            return
        self._conflict = time.monotonic()
        if self.problem != CONFLICT:  # once, not once a try
            self.problem = CONFLICT
            logger.error("另有程序在用同一个令牌收取消息（409），请只保留一个")

    @staticmethod
    async def _await_room(dispatcher: Dispatcher, stop: asyncio.Event) -> None:
        logger.warning("收件箱满了，处理掉一些后再收取；没收取的留在 Telegram")
        while not dispatcher.has_room and not stop.is_set():
            await until(stop, asyncio.sleep(ROOM_PAUSE))
