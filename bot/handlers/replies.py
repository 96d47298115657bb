"""Replies to what the bot asked for, told apart from questions before these are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import ApplicationHandlerStop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Message, Update
    from telegram.ext import ContextTypes

    Take = Callable[[Message], Awaitable[bool]]


class Replies:
    def __init__(self, *takers: Take) -> None:
        """Each taker tells whether the reply was for it."""
        self._takers = takers

    async def take(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Raise ApplicationHandlerStop for a reply, new or edited, that was taken: it is no question."""
        message = update.effective_message
        replied = message.reply_to_message if message else None
        if message is None or replied is None or replied.from_user is None:
            return
        if replied.from_user.id != message.get_bot().id:
            return
        for taker in self._takers:
            if await taker(message):
                raise ApplicationHandlerStop
