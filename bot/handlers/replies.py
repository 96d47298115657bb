"""Replies to what the bot asked for, told apart from questions before these are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import ApplicationHandlerStop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Message, Update
    from telegram.ext import ContextTypes

    Taker = Callable[[Message], Awaitable[bool]]


class Replies:
    def __init__(self, *takers: Taker) -> None:
        """Each taker tells whether the reply was for it."""
        self._takers = takers

    async def take(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Raise ApplicationHandlerStop for a reply, new or edited, that was taken: it is no question."""
        message = update.effective_message
        replied = message.reply_to_message if message else None
        if message is None or replied is None or replied.from_user is None:
            return
        if replied.from_user.id != message.get_bot().id:
            return
        for taker in self._takers:
            if await self._taken(taker, message, update, context):
                raise ApplicationHandlerStop

    @staticmethod
    async def _taken(
        taker: Taker, message: Message, update: Update, context: ContextTypes.DEFAULT_TYPE
    ) -> bool:
        """Offer the reply; one that fails in the taking is no question either, and is said to have failed."""
        try:
            return await taker(message)
        except Exception as error:  # noqa: BLE001 - the error handler takes it
            await context.application.process_error(update, error)
            return True
