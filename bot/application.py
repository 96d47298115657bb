"""The one place where the bot is wired: settings in, a running bot out. It decides nothing about answers."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import LinkPreviewOptions, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    Defaults,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import menu
from bot.buttons import LANGUAGE, LOGS, PRESS, STAY
from bot.chores import beat, refresh, show_progress
from bot.handlers.conversation import Conversation
from bot.handlers.errors import Errors
from bot.handlers.gate import Gate
from bot.handlers.language import LanguageChoice
from bot.handlers.logs import Logs
from bot.handlers.paging import Paging
from bot.handlers.questions import Addressed, AddressedCommand, Questions
from bot.handlers.reindexing import Reindexing
from bot.library import Library
from bot.lifecycle import App, UpdateProcessor, background, connect, poll, until
from bot.pacing import Pacing
from bot.people import People
from bot.polling import Polling, PollingRequest
from bot.query_log import QueryLog
from bot.redaction import set_up_logging
from bot.settings import SANDBOX_TOKEN, SettingError
from bot.state_database import StateDatabase
from retrieval.errors import SnapshotError
from retrieval.index import Index
from retrieval.synonyms import read_synonyms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.log_entry import Source
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
        index = Index(settings.snapshots, settings.dictionary)
        library = Library(index, settings.documents, read_synonyms(settings.synonyms))
        stack.callback(library.close)
        stack.callback(library.stop_rebuild)
        polling = Polling()
        application = build(settings, library, log, people, polling, source)
        stack.push_async_callback(application.bot.shutdown)
        if not await connect(application, stop):
            return
        stack.push_async_callback(application.shutdown)
        async with background(
            beat(settings, library, log, polling), menu.publish(application.bot, settings.admins)
        ):
            await _make_ready(settings, library, stack, stop)
            if source == "sandbox":
                _announce(settings)
            await poll(application, polling, stop, on_stop=library.stop_rebuild)


def build(  # noqa: PLR0913, PLR0917 - one argument a part
    settings: Settings, library: Library, log: QueryLog, people: People, polling: Polling, source: Source
) -> App:
    """Wire the handlers to what they need, in the order in which they are tried."""
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
    conversation = Conversation(people)
    language = LanguageChoice(people)
    questions = Questions(library, log, people, source)
    paging = Paging(library, log, people, questions)
    reindexing = Reindexing(library, people)
    logs = Logs(log, people)
    # Before all others, whatever the update is
    application.add_handler(TypeHandler(Update, Gate(people).check), group=-1)
    # New messages only: an edited question is not asked again.
    new, private = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE
    group = filters.ChatType.GROUPS
    application.add_handlers(
        [
            # Commands, by name
            CommandHandler("start", conversation.start, new),
            CommandHandler("help", conversation.help, new),
            CommandHandler("ask", questions.command, new),
            CommandHandler("language", language.command, new),
            CommandHandler("reindex", reindexing.command, new),
            CommandHandler("logs", logs.command, new),
            # After the known ones; in a group only those that name this bot
            MessageHandler(
                new & filters.COMMAND & (private | AddressedCommand()), conversation.unknown_command
            ),
            # After all commands
            MessageHandler(new & private & filters.TEXT, questions.text),
            MessageHandler(new & group & filters.TEXT & ~filters.COMMAND & Addressed(), questions.text),
            # What is left in a private chat, but for what Telegram itself reports there
            MessageHandler(new & private & ~filters.StatusUpdate.ALL, conversation.not_text),
            # Buttons, by their data; last those of a form that is not used any more
            CallbackQueryHandler(paging.stay, f"^{STAY}$"),
            CallbackQueryHandler(paging.press, PRESS),
            CallbackQueryHandler(logs.press, LOGS),
            CallbackQueryHandler(language.press, LANGUAGE),
            CallbackQueryHandler(paging.press),
        ]
    )
    application.add_error_handler(Errors(people).report)
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
            sandbox = await stack.enter_async_context(Sandbox(settings.sandbox_port, SANDBOX_TOKEN))
        except OSError as error:
            reason = f"端口 {settings.sandbox_port} 用不了（{error.strerror}），请换一个"
            raise SettingError("WENJU_SANDBOX_PORT", reason) from error
        admins = settings.admins | {SANDBOX_ADMIN_ID}
        yield replace(settings, token=SANDBOX_TOKEN, api_url=sandbox.url, admins=admins)


def _announce(settings: Settings) -> None:
    line = f"聊天页面：{settings.api_url}  （这是本机沙盒；设置 WENJU_TOKEN 即连接 Telegram）"
    print(line, flush=True)  # noqa: T201 - the user waits for it
