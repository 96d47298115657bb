"""Greetings, help, and a polite word for what the bot does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot import delivery
from bot.markup import escape
from bot.menu import publish_for_admin
from bot.messages import words_of

if TYPE_CHECKING:
    from telegram import Update, User
    from telegram.ext import ContextTypes


class Conversation:
    def __init__(self, admins: frozenset[int]) -> None:
        self._admins = admins

    async def start(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = words_of(update.effective_user)
        await _say(update, f"{words.start}\n\n{words.help}")
        if (user := update.effective_user) and self._is_admin(user):
            await publish_for_admin(user.get_bot(), user.id)  # there may have been no chat to set it for

    async def help(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = words_of(update.effective_user)
        is_admin = self._is_admin(update.effective_user)
        await _say(update, f"{words.help}\n\n{words.admin_help}" if is_admin else words.help)

    async def unknown_command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await _say(update, words_of(update.effective_user).unknown_command)

    async def not_text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await _say(update, words_of(update.effective_user).text_only)

    def _is_admin(self, user: User | None) -> bool:
        return user is not None and user.id in self._admins


async def _say(update: Update, text: str) -> None:
    if update.message:
        in_group = update.message.chat.type != ChatType.PRIVATE
        await delivery.reply(update.message, escape(text), quoting=in_group)
