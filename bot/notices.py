"""What admins are told without having asked."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.markup import escape
from bot.outgoing import delivery
from bot.state.database import StateError

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
            if await _told(bot, people, admin):
                waiting.discard(admin)
        await asyncio.sleep(TELL_EVERY)


async def _told(bot: Bot, people: People, admin: int) -> bool:
    """Tell an admin who has not been told; False where that has to be tried again."""
    try:
        if await asyncio.to_thread(people.was_told, admin, PRIVACY):
            return True
        await delivery.send(bot, admin, escape(people.words_for_id(admin).access.privacy))
    except TelegramError as error:
        logger.debug("an admin cannot be told of the privacy mode yet: %s", error)
        return False
    except StateError as error:
        logger.warning("whether an admin was told of the privacy mode is not known: %s", error)
        return False
    try:
        await asyncio.to_thread(people.note_told, admin, PRIVACY)
    except StateError as error:  # to say it again each minute would be worse than after a restart
        logger.warning("an admin will be told of the privacy mode again: %s", error)
    return True
