"""What only admins may do: rebuild the index and read the log. Everyone else is refused, politely."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot import delivery
from bot.buttons import LogsPage, logs_buttons
from bot.library import RebuildRunningError
from bot.markup import escape
from bot.messages import words_of
from bot.query_log import SHOWN_AFTER, QueryLogError
from bot.reports import logs_listing, rebuild_failure, rebuild_progress, rebuild_report
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message, Update
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.messages import Words
    from bot.query_log import QueryLog
    from retrieval.index import Report

EDIT_EVERY = 3.0  # seconds between two edits of the progress
LOGS_SIZE = 8  # entries a page

logger = logging.getLogger(__name__)


class Admin:
    def __init__(self, library: Library, log: QueryLog, admins: frozenset[int]) -> None:
        self._library = library
        self._log = log
        self._admins = admins

    async def reindex(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Rebuild the index, its progress shown in one message that becomes the report."""
        words = words_of(update.effective_user)
        if update.message is None or await self._refused(update, words):
            return
        if self._library.rebuilding:
            await delivery.reply(update.message, escape(words.reindex_running))
            return
        rebuild = asyncio.create_task(self._library.rebuild())
        shown = await delivery.reply(update.message, rebuild_progress(None, words))
        while not (await asyncio.wait({rebuild}, timeout=EDIT_EVERY))[0]:
            await _rewrite(shown, rebuild_progress(self._library.progress, words))
        if not await _rewrite(shown, closing := _closing(rebuild, words)):
            await delivery.reply(update.message, closing)

    async def logs(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = words_of(update.effective_user)
        if update.message and not await self._refused(update, words):
            await delivery.reply(update.message, *await self._listing(LogsPage(), words))

    async def logs_press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query, words = update.callback_query, words_of(update.effective_user)
        if query is None or await self._refused(update, words):
            return
        await delivery.toast(query)
        page = LogsPage.parse(query.data or "")
        if page and query.message:
            await delivery.edit(query.message, *await self._listing(page, words))

    async def _listing(self, page: LogsPage, words: Words) -> tuple[str, InlineKeyboardMarkup | None]:
        def read() -> tuple[str, InlineKeyboardMarkup]:
            self._log.flush(SHOWN_AFTER)
            count = self._log.count(unanswered=page.unanswered)
            entries = self._log.latest(LOGS_SIZE, page.offset, unanswered=page.unanswered)
            return logs_listing(entries, count, page, words), logs_buttons(page, LOGS_SIZE, count, words)

        try:
            return await asyncio.to_thread(read)
        except QueryLogError as error:
            logger.warning("query log cannot be listed: %s", error)
            return escape(words.logs_unavailable), None

    async def _refused(self, update: Update, words: Words) -> bool:
        if update.effective_user and update.effective_user.id in self._admins:
            return False
        if update.callback_query:
            await delivery.toast(update.callback_query, words.refused)
        elif update.message:
            await delivery.reply(update.message, escape(words.refused))
        return True


async def _rewrite(message: Message, html: str) -> bool:
    """Edit the progress; it may have been deleted, and the rebuild goes on all the same."""
    try:
        await delivery.edit(message, html)
    except TelegramError as error:
        logger.warning("progress cannot be shown: %s", error)
        return False
    return True


def _closing(rebuild: asyncio.Task[Report], words: Words) -> str:
    try:
        return rebuild_report(rebuild.result(), words)
    except RebuildRunningError:
        return escape(words.reindex_running)
    except (WenjuError, OSError) as error:
        logger.warning("rebuild failed: %s", error)
        return rebuild_failure(str(error), words)
