"""`/forget`: a person has everything deleted that the bot keeps of them."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

from bot.keyboards.access import FORGET, forget_buttons
from bot.markup import escape
from bot.outgoing import delivery
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.erasure import Erasure
    from bot.pseudonyms import Pseudonyms
    from bot.quota import Quota
    from bot.state.people import People

logger = logging.getLogger(__name__)


class Forgetting:
    def __init__(self, erasure: Erasure, pseudonyms: Pseudonyms, people: People, quota: Quota) -> None:
        self._erasure = erasure
        self._pseudonyms = pseudonyms
        self._people = people
        self._quota = quota
        self._turn = asyncio.Lock()  # a deletion takes a thread for its time: one is enough

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask whether it is meant: what is deleted does not come back."""
        user = update.effective_user
        if update.message and user:
            words = self._people.words_of(user)
            buttons = forget_buttons(self._pseudonyms.user(user.id), words)
            await delivery.reply(update.message, escape(words.access.forget_sure), buttons)

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        match = FORGET.fullmatch(query.data or "") if query else None
        if query is None or match is None:
            return
        user, words = query.from_user, self._people.words_of(query.from_user).access
        if match[2] != self._pseudonyms.user(user.id):
            await delivery.toast(query, words.forget_others)
            return
        wanted = match[1] == "yes"
        if wanted and (seconds := self._quota.wait(user.id)):  # it is work for the disk, as a question is
            await delivery.toast(query, words.too_many.format(seconds=math.ceil(seconds)))
            return
        await delivery.toast(query)
        said = words.forget_kept
        if wanted:
            try:
                async with self._turn:
                    count = await asyncio.to_thread(self._erasure.forget, user.id)
                said = words.forget_done.format(count=count)
            except WenjuError as error:
                logger.warning("not all of a person could be deleted now: %s", error)
                said = words.forget_failed
        if query.message:
            await delivery.edit(query.message, escape(said))
