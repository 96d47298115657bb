"""The query log in the chat: the listing with its filters, and one whole row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.handlers import log_pages
from bot.handlers.admin_only import refused
from bot.keyboards.logs import LISTED, EntryPlace, LogsPlace, entry_buttons, last_page, logs_buttons
from bot.log.database import count_entries, read_entries, read_entry
from bot.log.selection import EVERYTHING, Selection
from bot.outgoing import delivery
from bot.screens.logs import entry_page, logs_listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.handlers.log_pages import Page
    from bot.log.query_log import QueryLog
    from bot.messages import Words
    from bot.state.people import People


class Logs:
    def __init__(self, log: QueryLog, people: People) -> None:
        self._log = log
        self._people = people

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """List the rows that the words after the command choose."""
        if update.message and not await refused(update, self._people):
            words = self._people.words_of(update.effective_user)
            place = LogsPlace(0, Selection.of(" ".join(context.args or ())))
            await log_pages.reply(update.message, self._log, _listing(place, words), words)

    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show another page or another choice of rows."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or await refused(update, self._people):
            return
        if place := LogsPlace.parse(query.data or "", log_pages.word_of(query)):
            await log_pages.turn(query, self._log, _listing(place, words), words)
        else:
            await delivery.toast(query, words.logs.gone)

    async def entry(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show all of one row."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or await refused(update, self._people):
            return
        if place := EntryPlace.parse(query.data or "", log_pages.word_of(query)):
            await log_pages.turn(query, self._log, _entry(place, words), words)
        else:
            await delivery.toast(query, words.logs.gone)


def _listing(place: LogsPlace, words: Words) -> Callable[[Database], Page]:
    def page(db: Database) -> Page:
        chosen = place.selection.filter()
        count = count_entries(db, chosen)
        here = replace(place, offset=min(place.offset, last_page(count)))
        entries = list(read_entries(db, chosen, limit=LISTED, offset=here.offset))
        return logs_listing(entries, count, here, words), logs_buttons(entries, here, count, words)

    return page


def _entry(place: EntryPlace, words: Words) -> Callable[[Database], Page | None]:
    selection = place.back.selection if isinstance(place.back, LogsPlace) else EVERYTHING

    def page(db: Database) -> Page | None:
        entry = read_entry(db, place.log_id)
        if entry is None:
            return None
        return entry_page(entry, selection, words), entry_buttons(entry, place, words)

    return page
