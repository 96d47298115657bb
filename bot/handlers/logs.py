"""The query log, read by admins in the chat."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot import delivery
from bot.buttons import LogsPage, logs_buttons
from bot.handlers.admin_only import refused
from bot.log_database import Filter, QueryLogError, count_entries, read_entries
from bot.markup import escape
from bot.reports import logs_listing

if TYPE_CHECKING:
    from sqlite_utils import Database
    from telegram import InlineKeyboardMarkup, Update
    from telegram.ext import ContextTypes

    from bot.messages import Words
    from bot.people import People
    from bot.query_log import QueryLog

LOGS_SIZE = 8  # entries a page

logger = logging.getLogger(__name__)


class Logs:
    def __init__(self, log: QueryLog, people: People) -> None:
        self._log = log
        self._people = people

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = self._people.words_of(update.effective_user)
        if update.message and not await refused(update, self._people):
            await delivery.reply(update.message, *await self._listing(LogsPage(), words))

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or await refused(update, self._people):
            return
        await delivery.toast(query)
        page = LogsPage.parse(query.data or "")
        if page and query.message:
            await delivery.edit(query.message, *await self._listing(page, words))

    async def _listing(self, page: LogsPage, words: Words) -> tuple[str, InlineKeyboardMarkup | None]:
        chosen = Filter(unanswered=page.unanswered)

        def read(db: Database) -> tuple[str, InlineKeyboardMarkup]:
            count = count_entries(db, chosen)
            entries = list(read_entries(db, chosen, limit=LOGS_SIZE, offset=page.offset))
            return logs_listing(entries, count, page, words), logs_buttons(page, LOGS_SIZE, count, words)

        try:
            return await asyncio.to_thread(self._log.read, read)
        except QueryLogError as error:
            logger.warning("query log cannot be listed: %s", error)
            return escape(words.logs.unavailable), None
