"""Unexpected errors: logged in full for the operator, one polite line for the user."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Update
from telegram.error import Forbidden, TelegramError

from bot import delivery
from bot.markup import escape

if TYPE_CHECKING:
    from telegram.ext import ContextTypes

    from bot.state.people import People

logger = logging.getLogger(__name__)


class Errors:
    def __init__(self, people: People) -> None:
        self._people = people

    async def report(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if isinstance(error, Forbidden):
            logger.info("a user has blocked the bot or left: %s", error)
            return
        logger.error("an update could not be handled", exc_info=error)
        if not isinstance(update, Update):
            return
        words = self._people.words_of(update.effective_user)
        with suppress(TelegramError):  # what hindered the answer may hinder this too
            # A press is answered once. When it is Telegram that fails, that has been done or tried already.
            if update.callback_query and not isinstance(error, TelegramError):
                await delivery.toast(update.callback_query, words.conversation.failed)
            elif update.effective_message:
                await delivery.reply(update.effective_message, escape(words.conversation.failed))
