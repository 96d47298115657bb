"""The gate in front of all handlers: who may not use the bot gets one polite line, and no further."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from telegram import MessageEntity
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot.handlers.invitations import BY_LINK
from bot.markup import escape
from bot.outgoing import delivery

if TYPE_CHECKING:
    import asyncio

    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bot.state.people import People

FOR_ALL = rf"{BY_LINK}|^/id$"
"""An invitation, which is checked next, and the question for the number that an admin lists."""

logger = logging.getLogger(__name__)


class Gate:
    def __init__(self, people: People, admitting: asyncio.Lock) -> None:
        """`admitting` is held while somebody is let in."""
        self._people = people
        self._admitting = admitting

    async def check(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Raise ApplicationHandlerStop for an update of somebody who may not use the bot where it is from."""
        message, chat = update.message, update.effective_chat
        in_private = chat is not None and chat.type == ChatType.PRIVATE
        if self._is_let_in(update) or (message and in_private and _is_for_all(message)):
            return
        async with self._admitting:  # what came just before may let them in
            if self._is_let_in(update):
                return
        try:
            await self._refuse(update, answered=in_private)
        except Exception as error:  # noqa: BLE001 - whatever it is, an update that is refused goes no further
            logger.warning("somebody could not be told that the bot is closed: %s", error)
        raise ApplicationHandlerStop

    def _is_let_in(self, update: Update) -> bool:
        user, chat = update.effective_user, update.effective_chat
        return self._people.may_ask(user.id if user else None, chat.id if chat else None)

    async def _refuse(self, update: Update, *, answered: bool) -> None:
        closed = self._people.words_of(update.effective_user).access.closed
        if update.callback_query:
            await delivery.toast(update.callback_query, closed)
        elif update.inline_query:
            await update.inline_query.answer([], cache_time=0, is_personal=True)
        elif update.message and answered:
            await delivery.reply(update.message, escape(closed))


def _is_for_all(message: Message) -> bool:
    """Tell whether it is one of the commands for all: what only looks like one would be a question."""
    entities = message.entities
    is_command = bool(entities) and (entities[0].type, entities[0].offset) == (MessageEntity.BOT_COMMAND, 0)
    return is_command and re.match(FOR_ALL, message.text or "") is not None
