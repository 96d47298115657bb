"""The one place where the bot is wired: settings in, a running bot out. It decides nothing about answers."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telegram import LinkPreviewOptions
from telegram.ext import Application, Defaults

from bot import menu
from bot.chores import beat, expire, refresh, refresh_every, show_progress, sweep, watch
from bot.digest import send_digests
from bot.library import Library
from bot.lifecycle import App, UpdateProcessor, background, connect, poll, until
from bot.log.query_log import QueryLog
from bot.notices import tell_of_privacy
from bot.pacing import Pacing
from bot.polling import Polling, PollingRequest
from bot.redaction import set_up_logging
from bot.routes import Services, add_routes
from bot.settings import SANDBOX_TOKEN, SettingError
from bot.state.curation import Curation
from bot.state.curation_prompts import CurationPrompts
from bot.state.database import StateDatabase
from bot.state.file_ids import FileIds
from bot.state.people import People
from retrieval.errors import SnapshotError
from retrieval.index import Index
from retrieval.synonyms import read_synonyms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator
    from pathlib import Path

    from bot.log.entry import Source
    from bot.settings import Settings


def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM. Raise WenjuError, in one clear line, where it cannot."""
    set_up_logging(settings.token)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, stop)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until `stop` is set, then answer what has arrived and close everything."""
    async with AsyncExitStack() as stack:
        stack.enter_context(_alone(settings.data))
        source: Source = "telegram"
        if settings.token is None:
            source, settings = "sandbox", await stack.enter_async_context(_sandbox(settings))
        log = QueryLog.open(settings.query_log)
        stack.push_async_callback(asyncio.to_thread, log.close)
        state = StateDatabase.open(settings.state)
        stack.callback(state.close)
        people = People(state, log.pseudonyms, settings.admins, settings.access, settings.allowed)
        index = Index(settings.snapshots, settings.dictionary, recognised=settings.recognised)
        curation = Curation(state)
        library = Library(index, settings.documents, read_synonyms(settings.synonyms), curation)
        stack.push_async_callback(library.close)
        polling = Polling()
        prompts = CurationPrompts(state, log.pseudonyms)
        services = Services(settings, library, log, people, curation, prompts, FileIds(state), source)
        application = build(services, polling)
        stack.push_async_callback(application.bot.shutdown)
        await sweep(settings)
        if not await connect(application, stop):
            return
        stack.push_async_callback(application.shutdown)
        work = [
            beat(settings, library, log, polling),
            menu.publish(application.bot, settings.admins),
            tell_of_privacy(application.bot, people),
            send_digests(application.bot, log, people, settings.digest_at),
        ]
        if settings.retention_days:
            work.append(expire(log, settings.retention_days))
        async with background(*work):
            await _make_ready(settings, library, stack, stop)
            await stack.enter_async_context(background(*_refreshes(settings, library)))
            if source == "sandbox":
                _announce(settings)
            await poll(application, polling, stop, on_stop=library.stop_rebuild)


def build(services: Services, polling: Polling) -> App:
    """Make the application that polls Telegram and handles its updates."""
    settings = services.settings
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # durations as the library's next version has them
    application: App = (
        Application.builder()
        .token(settings.token or "")
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .get_updates_request(PollingRequest(polling))
        .rate_limiter(Pacing())
        .concurrent_updates(UpdateProcessor())
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .build()
    )
    add_routes(application, services)
    return application


async def _make_ready(
    settings: Settings, library: Library, stack: AsyncExitStack, stop: asyncio.Event
) -> None:
    """Have an index: without one, build it first; else refresh it while questions are answered."""
    try:
        await library.snapshot()
    except SnapshotError:
        if not settings.documents.is_dir():
            raise SettingError("WENJU_DOCUMENTS", f"文件夹不存在：{settings.documents}") from None
        async with background(show_progress(library)):
            await until(stop, refresh(library))
    else:
        await stack.enter_async_context(background(refresh(library)))


def _refreshes(settings: Settings, library: Library) -> Iterator[Coroutine[Any, Any, None]]:
    """Yield what keeps the index up to date while the bot runs, as far as it is wanted."""
    if settings.watch:
        yield watch(library, settings.documents)
    if settings.reindex_every:
        yield refresh_every(library, settings.reindex_every)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data folder: two bots over one log and index would answer everything twice."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "RUNNING").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError("WENJU_DATA", f"已有一个 wenju 在使用这个文件夹：{data}") from error
        yield


@asynccontextmanager
async def _sandbox(settings: Settings) -> AsyncIterator[Settings]:
    """Run the sandbox and give the settings by which the bot reaches it."""
    from bot.sandbox.server import SANDBOX_ADMIN_ID, Sandbox  # noqa: PLC0415 - a bot on Telegram needs no server

    async with AsyncExitStack() as stack:
        try:
            sandbox = await stack.enter_async_context(
                Sandbox(settings.sandbox_port, SANDBOX_TOKEN, privacy=False)
            )
        except OSError as error:
            reason = f"端口 {settings.sandbox_port} 用不了（{error.strerror}），请换一个"
            raise SettingError("WENJU_SANDBOX_PORT", reason) from error
        admins = settings.admins | {SANDBOX_ADMIN_ID}
        yield replace(settings, token=SANDBOX_TOKEN, api_url=sandbox.url, admins=admins)


def _announce(settings: Settings) -> None:
    line = f"聊天页面：{settings.api_url}  （这是本机沙盒；设置 WENJU_TOKEN 即连接 Telegram）"
    print(line, flush=True)  # noqa: T201 - the user waits for it
