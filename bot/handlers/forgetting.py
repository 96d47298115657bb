"""`/forget`: a person has everything deleted that the bot keeps of them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot import delivery
from bot.keyboards.access import FORGET, forget_buttons
from bot.log.database import QueryLogError
from bot.markup import escape
from bot.state.database import StateError

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.log.query_log import QueryLog
    from bot.state.people import People

logger = logging.getLogger(__name__)


class Forgetting:
    def __init__(self, log: QueryLog, people: People) -> None:
        self._log = log
        self._people = people
        self._turn = asyncio.Lock()  # a deletion takes a thread for its time: one is enough

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask whether it is meant: what is deleted does not come back."""
        user = update.effective_user
        if update.message and user:
            words = self._people.words_of(user)
            buttons = forget_buttons(self._log.pseudonyms.user(user.id), words)
            await delivery.reply(update.message, escape(words.access.forget_sure), buttons)

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        match = FORGET.fullmatch(query.data or "") if query else None
        if query is None or match is None:
            return
        user, words = query.from_user, self._people.words_of(query.from_user).access
        if match[2] != self._log.pseudonyms.user(user.id):
            await delivery.toast(query, words.forget_others)
            return
        await delivery.toast(query)
        said = words.forget_kept
        if match[1] == "yes":
            try:
                async with self._turn:
                    count = await asyncio.to_thread(self._forget, user.id)
                said = words.forget_done.format(count=count)
            except (QueryLogError, StateError) as error:
                logger.warning("a person cannot be forgotten now: %s", error)
                said = words.forget_failed
        if query.message:
            await delivery.edit(query.message, escape(said))

    def _forget(self, user_id: int) -> int:
        self._people.forget(user_id)
        return self._log.forget(user_id)
