"""The one place where the bot is wired: settings in, a running bot out. It decides nothing about answers."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telegram import LinkPreviewOptions, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import menu
from bot.access_buttons import FORGET, INVITATION
from bot.buttons import EXAMPLE, LANGUAGE, PRESS, STAY
from bot.chores import beat, refresh, refresh_every, show_progress, sweep, watch
from bot.curation import Curation
from bot.curation_buttons import CHOICE, PIN, PINS
from bot.curation_prompts import CurationPrompts
from bot.digest import send_digests
from bot.documents import Documents
from bot.documents_buttons import CANCEL, EMPTY, FILE, LISTING, RESTORE, TRASH
from bot.documents_folder import DocumentsFolder
from bot.feedback_buttons import REASON, VOTE
from bot.handlers.addressing import Addressed, AddressedCommand
from bot.handlers.conversation import Conversation
from bot.handlers.curation import PinnedAnswers
from bot.handlers.digest import DigestSwitch
from bot.handlers.documents import Files
from bot.handlers.errors import Errors
from bot.handlers.export import Export
from bot.handlers.feedback import Feedback
from bot.handlers.forgetting import Forgetting
from bot.handlers.gate import Gate
from bot.handlers.inline import Inline
from bot.handlers.invitations import BY_LINK, Invitations
from bot.handlers.language import LanguageChoice
from bot.handlers.logs import Logs
from bot.handlers.paging import Paging
from bot.handlers.questions import Questions
from bot.handlers.reindexing import Reindexing
from bot.handlers.replies import Replies
from bot.handlers.statistics import StatisticsChart
from bot.handlers.trash import TrashCan
from bot.handlers.unanswered import Unanswered
from bot.handlers.uploads import Uploads
from bot.library import Library
from bot.lifecycle import App, UpdateProcessor, background, connect, poll, until
from bot.logs_buttons import ENTRY, EXPORT, GAP, GAPS, LOGS, STATISTICS
from bot.notices import tell_of_privacy
from bot.pacing import Pacing
from bot.people import People
from bot.polling import Polling, PollingRequest
from bot.query_log import QueryLog
from bot.quota import Quota
from bot.redaction import set_up_logging
from bot.retention import expire
from bot.settings import SANDBOX_TOKEN, SettingError
from bot.state_database import StateDatabase
from bot.trash import Trash
from retrieval.errors import SnapshotError
from retrieval.index import Index
from retrieval.synonyms import read_synonyms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator
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
        curation = Curation(state)
        library = Library(index, settings.documents, read_synonyms(settings.synonyms), curation)
        stack.push_async_callback(library.close)
        polling = Polling()
        prompts = CurationPrompts(state, log.pseudonyms)
        application = build(settings, library, log, people, curation, prompts, polling, source)
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


def build(  # noqa: PLR0913, PLR0917 - one argument a part
    settings: Settings,
    library: Library,
    log: QueryLog,
    people: People,
    curation: Curation,
    prompts: CurationPrompts,
    polling: Polling,
    source: Source,
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
    conversation = Conversation(people, library)
    language = LanguageChoice(people)
    quota = Quota(settings.questions_per_minute)
    questions = Questions(library, log, people, quota, source)
    inline = Inline(library, log, people, source)
    folder = DocumentsFolder(settings.documents)
    documents = Documents(folder, Trash(settings.trash, folder), library)
    paging = Paging(library, documents, log, people, questions, settings.group_buttons)
    uploads, trash = Uploads(documents, people), TrashCan(documents, people)
    files = Files(library, documents, people, log.pseudonyms)
    reindexing = Reindexing(library, people)
    logs, unanswered = Logs(log, people), Unanswered(log, people)
    statistics, export = StatisticsChart(log, library, people), Export(log, people, settings.data)
    invitations = Invitations(people)
    forgetting = Forgetting(log, people)
    feedback = Feedback(log, people, paging)
    pinned = PinnedAnswers(library, log, people, curation, prompts)
    # Before all others, whatever the update is
    application.add_handler(TypeHandler(Update, Gate(people).check), group=-2)
    # What people post by way of a bot is no question, this bot's own inline results among it.
    new, edited = filters.UpdateType.MESSAGE & ~filters.VIA_BOT, filters.UpdateType.EDITED_MESSAGE
    private, group = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
    # Before questions: what answers the bot's own
    replies = Replies(feedback.comment, pinned.reply)
    application.add_handler(
        MessageHandler(
            filters.UpdateType.MESSAGES & filters.REPLY & filters.TEXT & ~filters.COMMAND, replies.take
        ),
        group=-1,
    )
    application.add_handlers(
        [
            # Commands, by name
            CommandHandler("start", invitations.accept, new & private & filters.Regex(BY_LINK)),
            CommandHandler("start", conversation.start, new),
            CommandHandler("help", conversation.help, new),
            CommandHandler("ask", questions.command, new | edited),
            CommandHandler("language", language.command, new),
            CommandHandler("forget", forgetting.command, new),
            CommandHandler("invite", invitations.command, new),
            CommandHandler("documents", files.command, new),
            CommandHandler(["restore", "trash"], trash.command, new),
            CommandHandler("reindex", reindexing.command, new),
            CommandHandler("logs", logs.command, new),
            CommandHandler("unanswered", unanswered.command, new),
            CommandHandler("stats", statistics.command, new),
            CommandHandler("export", export.command, new),
            CommandHandler("digest", DigestSwitch(people, settings.digest_at).command, new),
            CommandHandler("curated", pinned.command, new),
            CommandHandler("pin", pinned.pin, new),
            # After the known ones; in a group only those that name this bot
            MessageHandler(
                new & filters.COMMAND & (private | AddressedCommand()), conversation.unknown_command
            ),
            # After all commands
            MessageHandler(new & private & filters.TEXT, questions.text),
            MessageHandler(edited & private & filters.TEXT & ~filters.COMMAND, questions.text),
            MessageHandler(
                (new | edited) & group & filters.TEXT & ~filters.COMMAND & Addressed(), questions.text
            ),
            MessageHandler(new & private & filters.Document.ALL, uploads.received),
            # What is left in a private chat, but for what Telegram itself reports there
            MessageHandler(new & private & ~filters.StatusUpdate.ALL, conversation.not_text),
            # Buttons, by their data; last those of a form that is not used any more
            CallbackQueryHandler(paging.stay, f"^{STAY}$"),
            CallbackQueryHandler(feedback.vote, VOTE),
            CallbackQueryHandler(feedback.reason, REASON),
            CallbackQueryHandler(paging.press, PRESS),
            CallbackQueryHandler(questions.example, f"^{EXAMPLE.pattern}$"),
            CallbackQueryHandler(files.turn, LISTING),
            CallbackQueryHandler(files.press, FILE),
            CallbackQueryHandler(trash.turn, TRASH),
            CallbackQueryHandler(trash.restore, RESTORE),
            CallbackQueryHandler(trash.empty, EMPTY),
            CallbackQueryHandler(reindexing.cancel, CANCEL),
            CallbackQueryHandler(logs.turn, LOGS),
            CallbackQueryHandler(logs.entry, ENTRY),
            CallbackQueryHandler(unanswered.turn, GAPS),
            CallbackQueryHandler(unanswered.group, GAP),
            CallbackQueryHandler(statistics.press, STATISTICS),
            CallbackQueryHandler(export.press, EXPORT),
            CallbackQueryHandler(pinned.choose, CHOICE),
            CallbackQueryHandler(pinned.turn, PINS),
            CallbackQueryHandler(pinned.press, PIN),
            CallbackQueryHandler(language.press, LANGUAGE),
            CallbackQueryHandler(forgetting.press, FORGET),
            CallbackQueryHandler(invitations.press, INVITATION),
            CallbackQueryHandler(paging.press),
            InlineQueryHandler(inline.answer),
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
            sandbox = await stack.enter_async_context(Sandbox(settings.sandbox_port, SANDBOX_TOKEN))
        except OSError as error:
            reason = f"端口 {settings.sandbox_port} 用不了（{error.strerror}），请换一个"
            raise SettingError("WENJU_SANDBOX_PORT", reason) from error
        admins = settings.admins | {SANDBOX_ADMIN_ID}
        yield replace(settings, token=SANDBOX_TOKEN, api_url=sandbox.url, admins=admins)


def _announce(settings: Settings) -> None:
    line = f"聊天页面：{settings.api_url}  （这是本机沙盒；设置 WENJU_TOKEN 即连接 Telegram）"
    print(line, flush=True)  # noqa: T201 - the user waits for it
