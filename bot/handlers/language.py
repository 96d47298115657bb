"""In which language the bot speaks to a person: their Telegram's, or the one they choose here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.keyboards.access import LANGUAGE, language_buttons
from bot.markup import escape
from bot.menu import publish_for
from bot.messages import LANGUAGES
from bot.outgoing import delivery

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.state.people import People


class LanguageChoice:
    def __init__(self, people: People) -> None:
        self._people = people

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        user, message = update.effective_user, update.message
        if user and message:
            words = self._people.words_of(user)
            buttons = language_buttons(self._people.chosen_language(user.id), words)
            await delivery.reply(message, escape(words.access.language_choice), buttons)

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query, user = update.callback_query, update.effective_user
        match = LANGUAGE.fullmatch(query.data or "") if query else None
        if query is None or user is None or match is None:
            return
        chosen = next((language for language in LANGUAGES if language == match[1]), None)
        await asyncio.to_thread(self._people.choose_language, user.id, chosen)
        words = self._people.words_of(user)
        await delivery.toast(query, words.access.language_chosen)
        if query.message:
            buttons = language_buttons(chosen, words)
            await delivery.edit(query.message, escape(words.access.language_chosen), buttons)
            if query.message.chat.id == user.id:
                admin = self._people.is_admin(user)
                await publish_for(query.get_bot(), user.id, words, admin=admin)
