"""Greetings, help, and a polite word for what the bot does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot import delivery
from bot.keyboards.answers import example_buttons
from bot.markup import escape, lines
from bot.menu import publish_for

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Update
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.state.people import People


class Conversation:
    def __init__(self, people: People, library: Library) -> None:
        self._people = people
        self._library = library

    async def start(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Greet, in private with a few questions to try; in a group shortly."""
        user, chat = update.effective_user, update.effective_chat
        words = self._people.words_of(user)
        if chat is None or chat.type != ChatType.PRIVATE:
            await _say(update, words.conversation.start_group)
            return
        buttons = example_buttons([words.shown(question) for question in await self._library.examples()])
        below = words.conversation.start_examples if buttons else words.conversation.help
        await _say(update, f"{words.conversation.start}\n\n{below}", buttons)
        if user and self._people.is_admin(user):
            # There may have been no chat to set it for.
            await publish_for(user.get_bot(), user.id, words, admin=True)

    async def help(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = self._people.words_of(update.effective_user)
        parts = [words.conversation.help]
        if self._people.is_admin(update.effective_user):
            parts.append(words.conversation.admin_help)
        await _say(update, "\n\n".join(parts))

    async def ids(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Tell the numbers that the settings ask for."""
        user, chat = update.effective_user, update.effective_chat
        if user and chat and update.message:
            words = self._people.words_of(user)
            numbers = [words.conversation.your_id.format(id=f"<code>{user.id}</code>")]
            if chat.type != ChatType.PRIVATE:
                numbers.append(words.conversation.group_id.format(id=f"<code>{chat.id}</code>"))
            await delivery.reply(update.message, lines(numbers))

    async def unknown_command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await _say(update, self._people.words_of(update.effective_user).conversation.unknown_command)

    async def not_text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await _say(update, self._people.words_of(update.effective_user).conversation.text_only)


async def _say(update: Update, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
    if update.message:
        in_group = update.message.chat.type != ChatType.PRIVATE
        await delivery.reply(update.message, escape(text), buttons, quoting=in_group)
