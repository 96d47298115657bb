"""A group that becomes a supergroup gets another id: what it had goes with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.state.people import People


class GroupUpgrades:
    def __init__(self, people: People, admitting: asyncio.Lock) -> None:
        """`admitting` is held meanwhile: both chats tell of it at once, and questions may follow at once."""
        self._people = people
        self._admitting = admitting

    async def moved(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Take what Telegram tells in the old chat or in the new one, whichever comes first."""
        message = update.message
        if message is None:
            return
        chat = message.chat
        old, new = message.migrate_from_chat_id or chat.id, message.migrate_to_chat_id or chat.id
        async with self._admitting:
            await asyncio.to_thread(self._people.move_group, old, new, chat.title or "")
