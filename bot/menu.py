"""What Telegram shows of the bot itself: its description, and the command menu, a longer one for admins."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot.messages import ENGLISH, SIMPLIFIED

if TYPE_CHECKING:
    from telegram import Bot, BotCommandScope

# Telegram tells menus apart by two-letter codes, so simplified and traditional Chinese share one.
LANGUAGES = ((None, SIMPLIFIED), ("en", ENGLISH))

logger = logging.getLogger(__name__)


async def publish(bot: Bot, admins: frozenset[int]) -> None:
    """Describe the bot, and fill everybody's menu and that of each admin who has a chat with it already."""
    await _set(bot, BotCommandScopeDefault(), admin=False)
    for language, words in LANGUAGES:
        with suppress(TelegramError):  # the bot answers without a description too
            await bot.set_my_description(words.start, language_code=language)
    for admin in admins:
        await publish_for_admin(bot, admin)


async def publish_for_admin(bot: Bot, admin: int) -> None:
    await _set(bot, BotCommandScopeChat(admin), admin=True)


async def _set(bot: Bot, scope: BotCommandScope, *, admin: bool) -> None:
    for language, words in LANGUAGES:
        table = words.commands | words.admin_commands if admin else words.commands
        commands = [BotCommand(name, text) for name, text in table.items()]
        try:
            await bot.set_my_commands(commands, scope=scope, language_code=language)
        except TelegramError as error:  # the bot answers without a menu too
            logger.info("command menu of scope %s is not set: %s", scope.type, error)
            return
