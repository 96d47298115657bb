"""A question in, its answer out, and a row in the log."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import Message, MessageEntity
from telegram.ext.filters import MessageFilter

from bot import delivery
from bot.buttons import answer_buttons
from bot.markup import escape
from bot.messages import words_of
from bot.rendering import answer_page
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Update
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.messages import Words
    from bot.query_log import QueryLog, Source
    from retrieval.model import Answer


class Questions:
    def __init__(self, library: Library, log: QueryLog, admins: frozenset[int], source: Source) -> None:
        self._library = library
        self._log = log
        self._admins = admins
        self._source: Source = source

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/ask …`."""
        if update.message:
            await self._answer(update.message, command_text(update.message))

    async def text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a text that is meant for the bot."""
        if update.message:
            await self._answer(update.message, text_without_mention(update.message))

    async def _answer(self, message: Message, question: str) -> None:
        user, words = message.from_user, words_of(message.from_user)
        if not question.strip():
            await delivery.reply(message, escape(words.ask_for_question))
            return
        try:
            answer, _ = await asyncio.gather(self._library.answer(question), delivery.typing(message.chat))
        except SnapshotError:
            is_admin = user is not None and user.id in self._admins
            await delivery.reply(message, escape(words.no_index_admin if is_admin else words.no_index))
            return
        entry = self._log.entry_of(
            answer,
            asker_id=user.id if user else 0,
            chat_id=message.chat.id,
            chat_kind=message.chat.type,
            language=(user and user.language_code) or "",
            source=self._source,
        )
        self._log.record(entry)  # before the reply, for its buttons read the log
        sent = await delivery.reply(message, answer_page(answer, 0, words), _buttons(answer, entry.id, words))
        self._log.record(replace(entry, reply=sent.message_id))


class Addressed(MessageFilter):
    """Messages of a group that are meant for the bot: they mention it or reply to it."""

    def filter(self, message: Message) -> bool:
        answered = message.reply_to_message
        if answered and answered.from_user and answered.from_user.id == message.get_bot().id:
            return True
        return bool(_mentions(message))


class AddressedCommand(MessageFilter):
    """Commands that name the bot: `/command@its_name`."""

    def filter(self, message: Message) -> bool:
        word = (message.text or "").split(maxsplit=1)[:1]
        return bool(word) and word[0].lower().endswith(f"@{message.get_bot().username}".lower())


def command_text(message: Message) -> str:
    """Return what follows the command."""
    text = message.text or ""
    command = message.entities[0]  # ASCII at the start, so its length counts characters too
    return text[command.length :].strip()


def text_without_mention(message: Message) -> str:
    text = message.text or ""
    for mention in _mentions(message):
        text = re.sub(rf"{re.escape(mention)}(?!\w)", " ", text)
    return text.strip()


def _mentions(message: Message) -> list[str]:
    """Return the places of the text that name the bot."""
    bot = message.get_bot()
    found = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return [
        text
        for entity, text in found.items()
        if text.lower() == f"@{bot.username}".lower() or (entity.user and entity.user.id == bot.id)
    ]


def _buttons(answer: Answer, log_id: str, words: Words) -> InlineKeyboardMarkup | None:
    if answer.found:
        return answer_buttons(log_id, 0, len(answer.hits), words)
    return answer_buttons(log_id, 0, 1, words) if answer.near else None
