"""The one place where the bot is wired: settings in, a running bot out. It decides nothing about answers."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from telegram import LinkPreviewOptions
from telegram.ext import Application, Defaults

from bot import menu
from bot.backups.restoring import finish as finish_restore
from bot.chores import (
    beat,
    expire,
    refresh,
    refresh_every,
    refresh_once,
    show_progress,
    sweep,
    watch,
    watch_engine,
)
from bot.digest import send_digests
from bot.erasure import Erasure
from bot.health import last_words
from bot.incoming.dispatcher import Dispatcher
from bot.incoming.inbox import Inbox
from bot.incoming.polling import Polling
from bot.indexes import index_of
from bot.library import Library
from bot.lifecycle import App, answer, background, bot_id, connect, until
from bot.log.query_log import QueryLog
from bot.notices import tell_of_privacy
from bot.outgoing.connections import Connections
from bot.outgoing.sending import Sending
from bot.redaction import set_up_logging
from bot.routes import Services, add_routes
from bot.running import alone
from bot.settings import SANDBOX_TOKEN, SettingError
from bot.state.curation import Curation
from bot.state.curation_prompts import CurationPrompts
from bot.state.database import StateDatabase
from bot.state.file_ids import FileIds
from bot.state.people import People
from retrieval.dictionary import dictionary_key
from retrieval.errors import EngineError, SnapshotError
from retrieval.synonyms import read_synonyms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator

    from bot.incoming.webhook import Webhook
    from bot.log.entry import Source
    from bot.metrics import Metrics
    from bot.settings import Settings


WAITERS = 64  # threads


def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM. Raise WenjuError, in one clear line, where it cannot.

    Raise KeyboardInterrupt where a second SIGINT has left what was under way to the next start.
    """
    set_up_logging(settings.token, settings.log_level, *_secrets(settings))
    try:
        asyncio.run(_run(settings))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _secrets(settings: Settings) -> Iterator[str]:
    """Yield what, beside the token, is in no line of the log."""
    if settings.token and settings.webhook_url:
        from bot.incoming.webhook import secret_token  # noqa: PLC0415 - most bots have no webhook

        yield secret_token(settings.token)
    if settings.opensearch_key:
        yield settings.opensearch_key
    for password in re.findall(r"//[^:@/]*:([^/]+)@", settings.opensearch_url or ""):
        yield from {password, unquote(password)}


async def _run(settings: Settings) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    # Most of these threads wait, for a disk or a lock: a few would hold up others.
    loop.set_default_executor(ThreadPoolExecutor(WAITERS, thread_name_prefix="wait"))
    running = asyncio.create_task(serve(settings, stop))

    def end() -> None:
        stop.set()
        # Not Python's own handler: that interrupts whatever runs just then, also the end itself.
        loop.add_signal_handler(signal.SIGINT, running.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    await running


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until `stop` is set, then answer what has arrived and close everything."""
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(dictionary_key, settings.dictionary)  # before anything waits for an index
        stack.enter_context(alone(settings.data))
        await asyncio.to_thread(finish_restore, settings.data)
        stack.enter_context(last_words(settings.heartbeat))
        source: Source = "telegram"
        if settings.token is None:
            source, settings = "sandbox", await stack.enter_async_context(_sandbox(settings))
        inbox = Inbox.open(settings.inbox, bot_id(settings.token or ""))
        stack.push_async_callback(asyncio.to_thread, inbox.close)
        log = QueryLog.open(settings.query_log)
        stack.push_async_callback(asyncio.to_thread, log.close)
        state = StateDatabase.open(settings.state)
        stack.callback(state.close)
        people = People(state, log.pseudonyms, settings.admins, settings.access, settings.allowed)
        index = index_of(settings)
        curation = Curation(state)
        library = Library(index, settings.documents, read_synonyms(settings.synonyms), curation)
        stack.push_async_callback(library.close)
        incoming, sending, metrics = _incoming(settings), Sending(), None
        if settings.metrics:
            from bot.metrics import BotCollector, serving  # noqa: PLC0415 - most bots have no metrics

            collector = BotCollector(inbox, log, index, library, sending, incoming)
            metrics = await stack.enter_async_context(serving(settings.metrics, collector))
        chores = [beat(settings, library, log, inbox, incoming), watch_engine(library)]
        await stack.enter_async_context(background(*chores))
        prompts = CurationPrompts(state, log.pseudonyms)
        erasure = Erasure(settings.data, log, people, prompts)
        services = Services(
            settings, library, log, people, curation, prompts, FileIds(state), erasure, source
        )
        application = build(services, sending, metrics)
        dispatcher = Dispatcher(application, inbox, log, metrics)
        stack.push_async_callback(application.bot.shutdown)
        await sweep(settings)
        if not await connect(application, stop):
            return
        stack.push_async_callback(application.shutdown)
        work = [
            menu.publish(application.bot, settings.admins),
            tell_of_privacy(application.bot, people),
            send_digests(application.bot, log, people, settings.digest_at),
            expire(erasure, settings.retention_days),
        ]
        async with background(*work):
            await _make_ready(settings, library, stack, stop)
            if stop.is_set():
                return
            await stack.enter_async_context(background(*_refreshes(settings, library)))
            if source == "sandbox":
                _announce(settings)
            receiving = incoming.run(application.bot, dispatcher, stop)
            await answer(receiving, dispatcher, stop, on_stop=library.stop_rebuild)


def _incoming(settings: Settings) -> Polling | Webhook:
    """Return the way on which updates come."""
    if not settings.webhook_url:
        return Polling()
    from bot.incoming.webhook import Webhook  # noqa: PLC0415 - a bot that polls needs no server

    return Webhook(settings.webhook_url, settings.webhook_address, settings.token or "")


def build(services: Services, sending: Sending, metrics: Metrics | None) -> App:
    """Make the application that handles updates; it does not fetch them."""
    settings = services.settings
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # durations as the library's next version has them
    builder = (
        Application.builder()
        .token(settings.token or "")
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .updater(None)
        .request(metrics.request() if metrics else Connections())
        .get_updates_request(Connections(1))
        .rate_limiter(sending)
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
    )
    application: App = builder.build()
    add_routes(application, services)
    return application


async def _make_ready(
    settings: Settings, library: Library, stack: AsyncExitStack, stop: asyncio.Event
) -> None:
    """Have an index: without one, build it first where that can be; else while questions are answered."""
    try:
        await library.snapshot()
    except SnapshotError:
        if not settings.documents.is_dir():
            raise SettingError("WENJU_DOCUMENTS", f"文件夹不存在：{settings.documents}") from None
        with suppress(EngineError):
            async with background(show_progress(library)):
                await until(stop, refresh_once(library))
            return
        await stack.enter_async_context(background(show_progress(library)))
    await stack.enter_async_context(background(refresh(library)))


def _refreshes(settings: Settings, library: Library) -> Iterator[Coroutine[Any, Any, None]]:
    """Yield what keeps the index up to date while the bot runs, as far as it is wanted."""
    if settings.watch:
        yield watch(library, settings.documents)
    if settings.reindex_every:
        yield refresh_every(library, settings.reindex_every)


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
        yield replace(settings, token=SANDBOX_TOKEN, api_url=sandbox.url, admins=admins, webhook_url=None)


def _announce(settings: Settings) -> None:
    line = f"聊天页面：{settings.api_url}  （这是本机沙盒；设置 WENJU_TOKEN 即连接 Telegram）"
    print(line, flush=True)  # noqa: T201 - the user waits for it
