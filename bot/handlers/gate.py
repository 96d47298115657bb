"""The gate in front of all handlers: who may not use the bot gets one polite line, and no further."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot import delivery
from bot.handlers.invitations import BY_LINK
from bot.screens.markup import escape

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.state.people import People

OPEN_TO_ALL = rf"{BY_LINK}|^/id$"
"""An invitation, which is checked next, and the question for the number that an admin lists."""


class Gate:
    def __init__(self, people: People) -> None:
        self._people = people

    async def check(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Raise ApplicationHandlerStop for an update of somebody who may not use the bot where it is from."""
        user, chat = update.effective_user, update.effective_chat
        if self._people.may_ask(user.id if user else None, chat.id if chat else None):
            return
        message = update.message
        in_private = chat is not None and chat.type == ChatType.PRIVATE
        if message and in_private and re.match(OPEN_TO_ALL, message.text or ""):
            return
        closed = self._people.words_of(user).access.closed
        if update.callback_query:
            await delivery.toast(update.callback_query, closed)
        elif update.inline_query:
            await update.inline_query.answer([], cache_time=0, is_personal=True)
        elif message and in_private:
            await delivery.reply(message, escape(closed))
        raise ApplicationHandlerStop
