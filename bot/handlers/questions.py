"""A question in, its answer out, and a row in the log."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from telegram import Message, MessageEntity
from telegram.ext.filters import MessageFilter

from bot import delivery
from bot.buttons import answer_buttons, suggestion_button
from bot.markup import escape
from bot.pages import shown_ranks
from bot.rendering import answer_page
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import InlineKeyboardMarkup, Update, User
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.log_entry import Entry, Source
    from bot.messages import Words
    from bot.people import People
    from bot.query_log import QueryLog
    from retrieval.model import Answer

    Find = Callable[[], Awaitable[Answer]]


class Questions:
    def __init__(self, library: Library, log: QueryLog, people: People, source: Source) -> None:
        self._library = library
        self._log = log
        self._people = people
        self._source: Source = source
        # One for each asker in each chat, for as long as somebody holds it or waits for it.
        self._turns: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/ask …`."""
        if update.message:
            await self._answer(update.message, command_text(update.message))

    async def text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a text that is meant for the bot."""
        if update.message:
            await self._answer(update.message, text_without_mention(update.message))

    async def suggested(self, message: Message, asker: User, typed: str, suggestion: str) -> None:
        """Answer what our `message` suggests in place of what was `typed`, as `asker` chose."""

        async def find() -> Answer:
            answer = await self._library.answer(suggestion)
            return replace(answer, question=replace(answer.question, text=typed, read_as=suggestion))

        await self._reply(message, asker, find)

    async def _answer(self, message: Message, question: str) -> None:
        if question.strip():
            await self._reply(message, message.from_user, partial(self._find, message, question))
        else:
            await delivery.reply(
                message, escape(self._people.words_of(message.from_user).conversation.ask_for_question)
            )

    async def _reply(self, message: Message, user: User | None, find: Find) -> None:
        words = self._people.words_of(user)
        try:
            entry, _ = await asyncio.gather(self._logged(message, user, find), delivery.typing(message.chat))
        except SnapshotError:
            is_admin = self._people.is_admin(user)
            await delivery.reply(
                message, escape(words.answers.no_index_admin if is_admin else words.answers.no_index)
            )
            return
        answer = entry.answer
        sent = await delivery.reply(message, answer_page(answer, 0, words), _buttons(answer, entry.id, words))
        self._log.record(replace(entry, reply=sent.message_id))

    async def _logged(self, message: Message, user: User | None, find: Find) -> Entry:
        """Find the answer and log it, one at a time for an asker: a follow-up sees what it follows."""
        asker_id, chat = user.id if user else 0, message.chat
        async with self._turns.setdefault((chat.id, asker_id), asyncio.Lock()):
            answer = await find()
            entry = self._log.entry_of(
                answer,
                asker_id=asker_id,
                chat_id=chat.id,
                chat_kind=chat.type,
                language=(user and user.language_code) or "",
                source=self._source,
            )
            self._log.record(entry)  # before the reply, for its buttons read the log
        return entry

    async def _find(self, message: Message, question: str) -> Answer:
        """Answer the question, also as one that follows the asker's last one or the one replied to."""
        answered = message.reply_to_message
        before = await asyncio.to_thread(
            self._log.question_before,
            _asker_id(message),
            message.chat.id,
            answered.message_id if answered else None,
        )
        return await self._library.answer(question, before)


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


def _asker_id(message: Message) -> int:
    return message.from_user.id if message.from_user else 0


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
    suggested = answer.suggestion is not None
    if answer.found or answer.near:
        return answer_buttons(log_id, 0, shown_ranks(answer), words, suggested=suggested)
    return suggestion_button(log_id, words) if suggested else None
