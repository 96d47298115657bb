"""What Telegram shows of the bot itself: its description, and the command menu, a longer one for admins."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot.messages import ENGLISH, SIMPLIFIED

if TYPE_CHECKING:
    from telegram import Bot, BotCommandScope

    from bot.messages import Words

# Telegram tells menus apart by two-letter codes, so simplified and traditional Chinese share one until
# somebody starts the bot: then their own chat has a menu in their language.
BY_CODE = ((None, SIMPLIFIED), ("en", ENGLISH))

logger = logging.getLogger(__name__)


async def publish(bot: Bot, admins: frozenset[int]) -> None:
    """Describe the bot, and fill everybody's menus and that of each admin who has a chat with it already."""
    for code, words in BY_CODE:
        with suppress(TelegramError):  # the bot answers without a description too
            await bot.set_my_description(words.conversation.start, language_code=code)
        await _set(bot, words.conversation.commands, BotCommandScopeDefault(), code)
        await _set(bot, words.conversation.group_commands, BotCommandScopeAllGroupChats(), code)
        for admin in admins:
            await _set(bot, _commands(words, admin=True), BotCommandScopeChat(admin), code)


async def publish_for(bot: Bot, user_id: int, words: Words, *, admin: bool) -> None:
    """Fill the menu of a person's private chat in their language."""
    for code in (None, "en"):
        await _set(bot, _commands(words, admin=admin), BotCommandScopeChat(user_id), code)


def _commands(words: Words, *, admin: bool) -> dict[str, str]:
    commands = words.conversation.commands
    return commands | words.conversation.admin_commands if admin else commands


async def _set(bot: Bot, commands: dict[str, str], scope: BotCommandScope, code: str | None) -> None:
    try:
        await bot.set_my_commands(
            [BotCommand(name, text) for name, text in commands.items()], scope=scope, language_code=code
        )
    except TelegramError as error:  # the bot answers without a menu too
        logger.debug("command menu of scope %s is not set: %s", scope.type, error)
