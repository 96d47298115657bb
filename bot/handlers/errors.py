"""What goes wrong in the handling of an update: logged for the operator, one polite line for the user."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Update
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.incoming.dispatcher import FloodError
from bot.markup import escape
from bot.outgoing import delivery
from retrieval.errors import EngineError

if TYPE_CHECKING:
    from telegram.ext import ContextTypes

    from bot.state.people import People

CLOSED = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "need administrator rights",
)
"""What Telegram's words say, in lower case, where the bot may not write."""

logger = logging.getLogger(__name__)


class Errors:
    def __init__(self, people: People) -> None:
        self._people = people

    async def report(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if _is_closed(error):
            logger.info("a chat is closed to the bot: %s", error)
            return
        if isinstance(error, EngineError):
            logger.warning("the search is away: %s", error)
        elif not isinstance(error, FloodError):
            logger.error("an update could not be handled", exc_info=error)
        if not isinstance(update, Update):
            return
        words = self._people.words_of(update.effective_user)
        match error:
            case FloodError():
                said = words.access.flood
            case EngineError():
                said = words.answers.no_engine
            case _:
                said = words.conversation.failed
        with suppress(TelegramError):  # what hindered the answer may hinder this too
            # A press is answered once. When it is Telegram that fails, that has been done or tried already.
            if update.callback_query and not isinstance(error, TelegramError):
                await delivery.toast(update.callback_query, said)
            elif update.effective_message:
                await delivery.reply(update.effective_message, escape(said))


def _is_closed(error: Exception | None) -> bool:
    """Tell whether a person has blocked the bot, or the chat is gone or lets the bot write no more."""
    if isinstance(error, BadRequest):
        return any(reason in str(error).lower() for reason in CLOSED)
    return isinstance(error, Forbidden)
