"""The buttons under an answer: other results, context, votes, a suggestion. All state is in the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Message

from bot import delivery
from bot.buttons import Press, answer_buttons, back_button
from bot.pages import shown_ranks
from bot.query_log import SHOWN_AFTER
from bot.rendering import answer_page, context_page
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Update
    from telegram.ext import ContextTypes

    from bot.handlers.questions import Questions
    from bot.library import Library
    from bot.log_entry import Entry
    from bot.messages import Words
    from bot.people import People
    from bot.query_log import QueryLog


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of an answer that is still in the log, and the message it stands under."""

    query: CallbackQuery
    message: MaybeInaccessibleMessage
    press: Press
    entry: Entry
    words: Words

    def buttons(self) -> InlineKeyboardMarkup:
        entry = self.entry
        return answer_buttons(
            entry.id,
            self.press.rank,
            shown_ranks(entry.answer),
            self.words,
            ups=entry.ups,
            downs=entry.downs,
            suggested=self.press.rank == 0 and entry.answer.suggestion is not None,
        )


class Paging:
    """A press is answered just before the message is edited: what fails later is Telegram's alone."""

    def __init__(self, library: Library, log: QueryLog, people: People, questions: Questions) -> None:
        self._library = library
        self._log = log
        self._people = people
        self._questions = questions

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        pressed = await self._find(query)
        if pressed is None:
            await delivery.toast(query, self._people.words_of(query.from_user).answers.gone)
            return
        match pressed.press.action:
            case "page":
                await self._show_page(pressed)
            case "context":
                await self._show_context(pressed)
            case "up" | "down":
                await self._vote(pressed)
            case "suggest":
                await self._ask(pressed)

    async def stay(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """End the waiting of a press on a button that does nothing."""
        if update.callback_query:
            await delivery.toast(update.callback_query)

    async def _show_page(self, pressed: Pressed) -> None:
        await delivery.toast(pressed.query)
        page = answer_page(pressed.entry.answer, pressed.press.rank, pressed.words)
        await delivery.edit(pressed.message, page, pressed.buttons())

    async def _show_context(self, pressed: Pressed) -> None:
        hit = pressed.entry.answer.hits[pressed.press.rank]
        try:
            around = await self._library.around(hit.paragraph.id)
        except SnapshotError:
            around = None
        if around is None:
            await delivery.toast(pressed.query, pressed.words.answers.text_changed)
            return
        await delivery.toast(pressed.query)
        page = context_page(hit, *around, pressed.words)
        await delivery.edit(
            pressed.message, page, back_button(pressed.entry.id, pressed.press.rank, pressed.words)
        )

    async def _vote(self, pressed: Pressed) -> None:
        press = pressed.press
        if press.action in ("up", "down"):
            self._log.vote(pressed.entry.id, pressed.query.from_user.id, press.action, press.rank)
        await asyncio.to_thread(self._log.flush, SHOWN_AFTER)
        voted = await self._find(pressed.query)
        await delivery.toast(pressed.query, pressed.words.feedback.thanks)
        if voted:
            await delivery.edit_buttons(pressed.message, voted.buttons())

    async def _ask(self, pressed: Pressed) -> None:
        answer, message = pressed.entry.answer, pressed.message
        if answer.suggestion is None or not isinstance(message, Message):
            await delivery.toast(pressed.query, pressed.words.answers.gone)
            return
        await delivery.toast(pressed.query)
        await self._questions.suggested(
            message, pressed.query.from_user, answer.question.text, answer.suggestion
        )

    async def _find(self, query: CallbackQuery) -> Pressed | None:
        """Find the row of a pressed button; None where there is none for this chat."""
        press = Press.parse(query.data or "")
        if press and query.message:
            entry = await asyncio.to_thread(self._log.get, press.log_id)
            # Callback data is the client's word: a row answers only in its own chat.
            known = entry is not None and entry.chat == self._log.pseudonyms.chat(query.message.chat.id)
            there = entry is not None and (press.action == "suggest" or press.rank < len(entry.answer.hits))
            if entry is not None and known and there:
                return Pressed(query, query.message, press, entry, self._people.words_of(query.from_user))
        return None
