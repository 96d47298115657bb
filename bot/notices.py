"""What admins are told without having asked."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

if TYPE_CHECKING:
    from telegram import Bot

    from bot.state.people import People

PRIVACY = "privacy"
TELL_EVERY = 60.0  # seconds between two tries to reach an admin who has no chat with the bot yet

logger = logging.getLogger(__name__)


async def tell_of_privacy(bot: Bot, people: People) -> None:
    """Tell each admin once that mentions in groups cannot be seen, as soon as there is a chat with them."""
    # Known since the bot met Telegram; an admin may start the bot later.
    waiting = set() if bot.can_read_all_group_messages else set(people.admins)
    while waiting:
        for admin in tuple(waiting):
            if await asyncio.to_thread(people.was_told, admin, PRIVACY) or await _told(bot, people, admin):
                waiting.discard(admin)
        await asyncio.sleep(TELL_EVERY)


async def _told(bot: Bot, people: People, admin: int) -> bool:
    try:
        await bot.send_message(admin, people.words_for_id(admin).access.privacy)
    except TelegramError as error:
        logger.debug("an admin cannot be told of the privacy mode yet: %s", error)
        return False
    await asyncio.to_thread(people.note_told, admin, PRIVACY)
    return True
