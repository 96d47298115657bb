"""What stayed unanswered, by likeness: what an admin may want to add an article for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.handlers import log_pages
from bot.handlers.admin_only import refused
from bot.keyboards.logs import LISTED, SPANS, GapPlace, GapsPlace, gap_buttons, gaps_buttons, last_page
from bot.log.database import read_entry
from bot.log.statistics import Days, read_gaps
from bot.markup import escape
from bot.outgoing import delivery
from bot.screens.logs import gap_page, gaps_listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.handlers.log_pages import Page
    from bot.log.query_log import QueryLog
    from bot.log.statistics import Gap
    from bot.messages import Words
    from bot.state.people import People


class Unanswered:
    def __init__(self, log: QueryLog, people: People) -> None:
        self._log = log
        self._people = people

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/unanswered [7|30|all]`."""
        if update.message is None or await refused(update, self._people):
            return
        words = self._people.words_of(update.effective_user)
        span = (context.args or [GapsPlace().span])[0].lower()
        if span in SPANS:
            place = GapsPlace(span)
            await log_pages.reply(update.message, self._log, _listing(place, words), words)
        else:
            await delivery.reply(update.message, escape(words.logs.gaps_usage))

    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show another page of the groups, or those of other days."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        place = GapsPlace.parse(query.data or "") if query else None
        if query and place and not await refused(update, self._people):
            await log_pages.turn(query, self._log, _listing(place, words), words)

    async def group(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show the wordings of one group."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        place = GapPlace.parse(query.data or "") if query else None
        if query and place and not await refused(update, self._people):
            await log_pages.turn(query, self._log, _group(place, words), words)


def _listing(place: GapsPlace, words: Words) -> Callable[[Database], Page]:
    def page(db: Database) -> Page:
        gaps = _read(db, place)
        here = replace(place, offset=min(place.offset, last_page(len(gaps))))
        shown = gaps[here.offset : here.offset + LISTED]
        return gaps_listing(shown, here, len(gaps), words), gaps_buttons(shown, here, len(gaps), words)

    return page


def _group(place: GapPlace, words: Words) -> Callable[[Database], Page | None]:
    def page(db: Database) -> Page | None:
        entry = read_entry(db, place.log_id)
        # Asked again since, a wording has another latest row.
        normal = entry and entry.answer.question.normal
        for gap in _read(db, place.back):
            if normal in {wording.normal for wording in gap.wordings}:
                return gap_page(gap, words), gap_buttons(gap, place, words)
        return None

    return page


def _read(db: Database, place: GapsPlace) -> list[Gap]:
    return read_gaps(db, Days.until_today(None if place.span == "all" else int(place.span)))
