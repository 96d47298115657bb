"""The log's figures of the last days with a chart, in one message that is rewritten in place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.handlers.admin_only import refused
from bot.handlers.log_pages import unreadable
from bot.keyboards.logs import STATISTICS, statistics_buttons
from bot.log.database import QueryLogError
from bot.log.statistics import Days, read_statistics
from bot.markup import escape
from bot.outgoing import delivery
from bot.screens.charts import days_chart
from bot.screens.statistics import statistics_caption
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Update
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.log.query_log import QueryLog
    from bot.log.statistics import Statistics
    from bot.messages import Words
    from bot.state.people import People


class StatisticsChart:
    def __init__(self, log: QueryLog, library: Library, people: People) -> None:
        self._log = log
        self._library = library
        self._people = people

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/stats [7|30]`."""
        if update.message is None or await refused(update, self._people):
            return
        words = self._people.words_of(update.effective_user)
        match = STATISTICS.fullmatch(f"stats:{(context.args or ['7'])[0]}")
        if match is None:
            await delivery.reply(update.message, escape(words.logs.statistics_usage))
            return
        try:
            statistics = await self._read(int(match[1]))
        except QueryLogError as error:
            await delivery.reply(update.message, unreadable(error, words))
        else:
            await delivery.reply_photo(update.message, *await self._shown(statistics, int(match[1]), words))

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show other days."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        match = STATISTICS.fullmatch(query.data or "") if query else None
        if query is None or match is None or await refused(update, self._people):
            return
        try:
            statistics = await self._read(int(match[1]))
        except QueryLogError as error:
            await delivery.toast(query, unreadable(error, words))
            return
        await delivery.toast(query)
        if query.message:
            await delivery.edit_photo(query.message, *await self._shown(statistics, int(match[1]), words))

    async def _read(self, days: int) -> Statistics:
        return await asyncio.to_thread(self._log.read, lambda db: read_statistics(db, Days.until_today(days)))

    async def _shown(
        self, statistics: Statistics, days: int, words: Words
    ) -> tuple[bytes, str, InlineKeyboardMarkup]:
        try:
            files = await self._library.paths()
        except SnapshotError:
            unused = None
        else:
            unused = [path for path in files if path not in statistics.documents]
        picture = await asyncio.to_thread(days_chart, statistics.by_day)
        return picture, statistics_caption(statistics, unused, words), statistics_buttons(days, words)
