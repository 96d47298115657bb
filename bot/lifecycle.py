"""The bot's life with Telegram: meet it, poll it, stop without losing what has arrived."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, BaseUpdateProcessor

from bot.pacing import seconds_of
from bot.settings import SettingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from bot.polling import Polling

App = Application[Any, Any, Any, Any, Any, Any]

POLL_SECONDS = 10  # of one long poll
POLL_INTERVAL = 0.1  # seconds between polls: an update that cannot be read must not spin
LONGEST_WAIT = 30.0  # seconds between two tries to reach Telegram
UPDATES = 10_000  # handled at a time: they mostly wait for their chat's turn; the searchers bound the work
REMEMBERED = 1000  # updates that are not handled again
FAREWELL = 20.0  # seconds at the end for what is under way: two thirds of what Docker Compose grants

logger = logging.getLogger(__name__)


class TokenRejectedError(SettingError):
    def __init__(self) -> None:
        super().__init__("WENJU_TOKEN", "Telegram 不接受这个令牌，请向 @BotFather 核对")


async def connect(application: App, stop: asyncio.Event) -> bool:
    """Meet Telegram, for as long as it takes; False where the bot is stopped meanwhile."""
    if not re.fullmatch(r"\d+:[\w-]+", application.bot.token, re.ASCII):
        raise TokenRejectedError
    wait = 1.0
    while not stop.is_set():
        try:
            await until(stop, application.initialize())
        except InvalidToken:
            raise TokenRejectedError from None  # its own text holds the token
        except TelegramError as error:
            pause = seconds_of(error) if isinstance(error, RetryAfter) else wait
            logger.warning(
                "连不上 %s，%.0f 秒后再试：%s", application.bot.base_url.partition("/bot")[0], pause, error
            )
            await until(stop, asyncio.sleep(pause))
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            break
    return not stop.is_set()


async def poll(application: App, polling: Polling, stop: asyncio.Event, on_stop: Callable[[], None]) -> None:
    """Answer until told to stop; then let what is under way end, for FAREWELL seconds at most."""
    assert application.updater is not None
    await application.start()
    start = application.updater.start_polling(
        poll_interval=POLL_INTERVAL,
        timeout=POLL_SECONDS,
        bootstrap_retries=-1,
        allowed_updates=["message", "edited_message", "callback_query", "inline_query"],
        error_callback=_polling_failed,
    )
    try:
        await until(stop, start)
        logger.info("问据 @%s 已就绪", application.bot.username)
        await until(stop, polling.rejected.wait())
    except InvalidToken:
        polling.rejected.set()
    finally:
        on_stop()
        if application.updater.running:
            with suppress(InvalidToken):  # said below
                await application.updater.stop()
        await _finish(application)
        await application.stop()
    if polling.rejected.is_set():
        raise TokenRejectedError


class UpdateProcessor(BaseUpdateProcessor):
    """Handles updates side by side, each once, and can give up those that are under way."""

    def __init__(self) -> None:
        super().__init__(UPDATES)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._handled: deque[int] = deque(maxlen=REMEMBERED)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if isinstance(update, Update):
            if update.update_id in self._handled:  # Telegram repeats what it takes for not received
                assert inspect.iscoroutine(coroutine)
                coroutine.close()
                return
            self._handled.append(update.update_id)
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await coroutine
        finally:
            self._under_way.discard(task)

    async def initialize(self) -> None:
        """Hold nothing that has to be opened."""

    async def shutdown(self) -> None:
        """Hold nothing that has to be closed."""

    def give_up(self) -> int:
        """Cancel what is under way; return how many updates that are."""
        for task in self._under_way:
            task.cancel()
        return len(self._under_way)


async def _finish(application: App) -> None:
    """Let the updates that have arrived be handled; give up those that take too long."""
    assert isinstance(application.update_processor, UpdateProcessor)
    try:
        await asyncio.wait_for(application.update_queue.join(), FAREWELL)
    except TimeoutError:
        logger.warning("停止前有 %d 条消息没来得及处理", application.update_processor.give_up())


def _polling_failed(error: TelegramError) -> None:
    if not isinstance(error, Conflict):  # said once already, in plain words
        logger.warning("暂时收不到消息：%s", error)


@asynccontextmanager
async def background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines beside the block, and end them with it. One that fails is logged at once."""
    tasks = [asyncio.create_task(one) for one in work]
    for task in tasks:
        task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _log_failure(task: asyncio.Task[None]) -> None:
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
