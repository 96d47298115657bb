"""The bot's life with Telegram: meet it, answer what comes in, stop without losing what has arrived."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.outgoing.backoff import pause_after
from bot.settings import SettingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from bot.incoming.dispatcher import Dispatcher

App = Application[Any, Any, Any, Any, Any, Any]

FAREWELL = 20.0  # seconds at the end for what is under way: two thirds of what Docker Compose grants

logger = logging.getLogger(__name__)


class TokenRejectedError(SettingError):
    def __init__(self) -> None:
        super().__init__("WENJU_TOKEN", "Telegram 不接受这个令牌，请向 @BotFather 核对")


def bot_id(token: str) -> int:
    """Return the number that a token begins with. Raise TokenRejectedError where it is no token."""
    match = re.fullmatch(r"(\d+):[\w-]+", token, re.ASCII)
    if match is None:
        raise TokenRejectedError
    return int(match[1])


async def connect(application: App, stop: asyncio.Event) -> bool:
    """Meet Telegram, for as long as it takes; False where the bot is stopped meanwhile."""
    failures = 0
    while not stop.is_set():
        try:
            await until(stop, application.initialize())
        except InvalidToken:
            raise TokenRejectedError from None  # its own text holds the token
        except TelegramError as error:
            failures += 1
            pause = pause_after(error, failures)
            logger.warning(
                "连不上 %s，%.0f 秒后再试：%s", application.bot.base_url.partition("/bot")[0], pause, error
            )
            await until(stop, asyncio.sleep(pause))
        else:
            break
    return not stop.is_set()


async def answer(
    receiving: Coroutine[Any, Any, None],
    dispatcher: Dispatcher,
    stop: asyncio.Event,
    on_stop: Callable[[], None],
) -> None:
    """Answer what comes in by `receiving`, which ends when `stop` is set or raises what ends the bot.

    What is under way at the end has FAREWELL seconds; the rest is answered at the next start.
    """
    await until(stop, dispatcher.replay())
    incoming = asyncio.create_task(receiving)
    try:
        await until(stop, asyncio.shield(incoming))
    finally:
        stop.set()
        on_stop()
        if dispatcher.under_way:
            said = "正在停止：还有 %d 条消息在处理，最多等 %.0f 秒；再按一次 Ctrl-C 则留到下次启动"
            logger.info(said, dispatcher.under_way, FAREWELL)
        if left := await dispatcher.drain(FAREWELL):
            logger.warning("停止前有 %d 条消息没来得及处理，留到下次启动", left)
        await incoming


@asynccontextmanager
async def background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines beside the block, and end them with it. One that fails is logged at once."""
    tasks = [asyncio.create_task(one) for one in work]
    for task in tasks:
        task.add_done_callback(log_failure)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def log_failure(task: asyncio.Task[None]) -> None:
    """Be the callback of a task that nobody waits for."""
    if not task.cancelled() and (error := task.exception()):
        logger.error("background work failed", exc_info=error)


async def until(stop: asyncio.Event, work: Awaitable[object]) -> None:
    """Wait for the work, or leave it where `stop` is set first. Raise what it raises."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        stopping.cancel()
        working.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
