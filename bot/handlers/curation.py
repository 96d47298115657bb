"""Checked answers: an admin chooses the paragraph for a question; lists, edits and removes what was chosen.

Every press and reply is checked anew: it may be anybody's. Nothing is held in memory between two of them.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from telegram import ForceReply, Message

from bot.handlers.admin_only import refused
from bot.keyboards.curation import (
    PAGE,
    ChoicePress,
    PinPress,
    PinsPage,
    choice_buttons,
    pin_buttons,
    pins_buttons,
    remove_buttons,
    take_buttons,
)
from bot.log.database import read_answer
from bot.markup import escape
from bot.outgoing import delivery
from bot.screens import curation as screens
from bot.state.curation import NoQuestionError, SameQuestionError
from bot.state.curation_prompts import Origin
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from sqlite_utils import Database
    from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Update, User
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.log.entry import Entry
    from bot.log.query_log import QueryLog
    from bot.messages import Words
    from bot.state.curation import Curation, Pin
    from bot.state.curation_prompts import CurationPrompts, Prompt, Purpose
    from bot.state.people import People
    from retrieval.model import Paragraph

    Screen = tuple[str, InlineKeyboardMarkup]
    Reply = tuple[str, InlineKeyboardMarkup | None]
    Handle = Callable[["PinnedAnswers", Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A question and the paragraphs on offer for it; `target` is the log row or the pin it is of."""

    target: Origin
    question: str
    paragraphs: Sequence[Paragraph]


def _needs_index(handle: Handle) -> Handle:
    """Have a handler say so where there is no index; it answers a press only after it has looked there."""

    @wraps(handle)
    async def handled(self: PinnedAnswers, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        try:
            await handle(self, update, context)
        except SnapshotError:
            await self.tell_of_missing_index(update)

    return handled


class PinnedAnswers:
    def __init__(
        self, library: Library, log: QueryLog, people: People, curation: Curation, prompts: CurationPrompts
    ) -> None:
        self._library = library
        self._log = log
        self._people = people
        self._curation = curation
        self._prompts = prompts

    async def tell_of_missing_index(self, update: Update) -> None:
        said = self._people.words_of(update.effective_user).answers.no_index_admin
        if update.callback_query:
            await delivery.toast(update.callback_query, said)
        elif update.message:
            await delivery.reply(update.message, escape(said))

    # Choosing

    @_needs_index
    async def pin(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/pin`, sent as a reply to an answer, with the paragraphs that may be chosen."""
        message = update.message
        if message is None or await refused(update, self._people):
            return
        words = self._people.words_of(message.from_user)
        entry = await self._answered_by(message.reply_to_message) if message.reply_to_message else None
        press = ChoicePress("offer", Origin("log", entry.id)) if entry else None
        choice = await self._choice(press.origin) if press else None
        screen = _offer(press, choice, words) if press and choice else None
        await delivery.reply(message, *(screen or (escape(words.curation.pin_how), None)))

    @_needs_index
    async def choose(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a press on the way to a chosen paragraph."""
        query = update.callback_query
        if query is None or await refused(update, self._people):
            return
        words = self._people.words_of(query.from_user)
        press = ChoicePress.parse(query.data or "")
        choice = await self._choice(press.origin) if press else None
        if press is None or choice is None or query.message is None:
            await delivery.toast(query, words.curation.gone)
            return
        match press.action:
            case "offer" | "list":
                await delivery.toast(query)
                screen = _offer(press, choice, words)
                if press.action == "offer" and isinstance(query.message, Message):
                    await delivery.reply(query.message, *screen)  # what was pressed stays in sight
                else:
                    await delivery.edit(query.message, *screen)
            case "search":
                await self._ask_for(query.message, "search", choice.target, words)
                await delivery.toast(query)
            case "show" | "take":
                place = next(
                    (at for at, one in enumerate(choice.paragraphs) if one.id == press.paragraph), None
                )
                if place is None:
                    await delivery.toast(query, words.curation.nothing)
                elif press.action == "show":
                    await delivery.toast(query)
                    page = screens.candidate(choice.question, choice.paragraphs[place], words)
                    await delivery.edit(query.message, page, take_buttons(press, place, words))
                else:
                    await self._take(query, query.message, choice, choice.paragraphs[place])

    async def _answered_by(self, reply: Message) -> Entry | None:
        chat = self._log.pseudonyms.chat(reply.chat.id)

        def read(db: Database) -> Entry | None:
            return read_answer(db, chat, reply.message_id)

        return await asyncio.to_thread(self._log.read, read)

    async def _take(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, choice: _Choice, paragraph: Paragraph
    ) -> None:
        words = self._people.words_of(query.from_user)
        pin: Pin | None
        if choice.target.kind == "pin":
            pin = await asyncio.to_thread(self._curation.move, choice.target.id, paragraph)
        else:
            try:
                pin = await asyncio.to_thread(self._curation.pin, choice.question, paragraph)
            except NoQuestionError:
                await delivery.toast(query, words.curation.no_question)
                return
        if pin is None:
            await delivery.toast(query, words.curation.gone)
            return
        await delivery.toast(query, words.curation.taken)
        page = screens.pin_page(pin, paragraph, words)
        await delivery.edit(message, page, pin_buttons(pin.id, 0, words))

    async def _choice(self, origin: Origin) -> _Choice | None:
        """Return what is on offer now; None where the row, the pin or the search is not there any more."""
        if origin.kind == "search":
            search = await asyncio.to_thread(self._prompts.get, origin.id)
            if search is None or search.words is None or search.origin.kind == "search":
                return None
            target, words = search.origin, search.words
        else:
            target, words = origin, ""
        question = await self._question(target)
        if question is None:
            return None
        found = await self._library.answer(words or question)
        return _Choice(target, question, [hit.paragraph for hit in found.hits if hit.same_as is None])

    async def _question(self, target: Origin) -> str | None:
        """Return the question of a log row, as it was read, or of a pin."""
        if target.kind == "pin":
            pin = self._curation.get(target.id)
            return pin.curated.question if pin else None
        entry = await asyncio.to_thread(self._log.get, target.id)
        return (entry.answer.question.read_as or entry.answer.question.text) if entry else None

    # What was chosen

    @_needs_index
    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/curated` with the list."""
        if update.message and not await refused(update, self._people):
            words = self._people.words_of(update.effective_user)
            await delivery.reply(update.message, *await self._listing(PinsPage(), words))

    @_needs_index
    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show another page of the list."""
        query = update.callback_query
        page = PinsPage.parse(query.data or "") if query else None
        if query is None or await refused(update, self._people):
            return
        listing = await self._listing(page, self._people.words_of(query.from_user)) if page else None
        await delivery.toast(query)
        if listing and query.message:
            await delivery.edit(query.message, *listing)

    @_needs_index
    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a press on what can be done with one pin."""
        query = update.callback_query
        if query is None or await refused(update, self._people):
            return
        words = self._people.words_of(query.from_user)
        press = PinPress.parse(query.data or "")
        pin = self._curation.get(press.id) if press else None
        if press is None or pin is None or query.message is None:
            await delivery.toast(query, words.curation.gone)
            return
        match press.action:
            case "show":
                page = screens.pin_page(pin, await self._library.located(pin.curated), words)
                await delivery.toast(query)
                await delivery.edit(query.message, page, pin_buttons(pin.id, press.offset, words))
            case "reword":
                await self._ask_for(query.message, "reword", Origin("pin", pin.id), words)
                await delivery.toast(query)
            case "ask":
                await delivery.toast(query)
                asked = screens.remove_question(pin, words)
                await delivery.edit(query.message, asked, remove_buttons(pin.id, press.offset, words))
            case "remove":
                await asyncio.to_thread(self._curation.remove, pin.id)
                listing = await self._listing(PinsPage(press.offset), words)
                await delivery.toast(query, words.curation.removed)
                await delivery.edit(query.message, *listing)

    async def _listing(self, page: PinsPage, words: Words) -> Screen:
        pins = self._curation.pins
        page = page.within(len(pins))
        shown = pins[page.offset : page.offset + PAGE]
        located = [(pin, await self._library.located(pin.curated) is not None) for pin in shown]
        buttons = pins_buttons([pin.id for pin in shown], len(pins), page, words)
        return screens.pins_listing(located, len(pins), page, words), buttons

    # Words of an admin

    async def _ask_for(
        self, message: MaybeInaccessibleMessage, purpose: Purpose, origin: Origin, words: Words
    ) -> None:
        """Ask to reply with some words, which `reply` takes."""
        if not isinstance(message, Message):
            return
        texts, pin = words.curation, self._curation.get(origin.id)
        if purpose == "reword" and pin:
            asked, placeholder = screens.reword_prompt(pin, words), texts.reword_placeholder
        else:
            asked, placeholder = escape(texts.search_prompt), texts.search_placeholder
        field = ForceReply(input_field_placeholder=placeholder)
        sent = await delivery.reply(message, asked, field, quoting=False)
        await asyncio.to_thread(self._prompts.add, message.chat.id, sent.message_id, purpose, origin)

    async def reply(self, message: Message) -> bool:
        """Take an admin's reply to what asked for some words; False where the message is no such reply."""
        asked, user = message.reply_to_message, message.from_user
        if asked is None or user is None or not self._people.is_admin(user):
            return False
        prompt = await asyncio.to_thread(self._prompts.of, message.chat.id, asked.message_id)
        if prompt is None:
            return False
        words = self._people.words_of(user)
        text = (message.text or "").strip()
        try:
            if not re.search(r"\w", text):
                screen: Reply = escape(words.curation.no_question), None
            elif prompt.purpose == "search":
                screen = await self._searched(prompt, text, user)
            else:
                screen = await self._reworded(prompt, text, words)
        except SnapshotError:
            screen = escape(words.answers.no_index_admin), None
        await delivery.reply(message, *screen)
        return True

    async def _searched(self, prompt: Prompt, text: str, user: User) -> Reply:
        await asyncio.to_thread(self._prompts.reply, prompt.id, text, user.id)
        words = self._people.words_of(user)
        press = ChoicePress("offer", Origin("search", prompt.id))
        choice = await self._choice(press.origin)
        return _offer(press, choice, words) if choice else (escape(words.curation.gone), None)

    async def _reworded(self, prompt: Prompt, question: str, words: Words) -> Reply:
        try:
            pin = await asyncio.to_thread(self._curation.reword, prompt.origin.id, question)
        except SameQuestionError:
            return escape(words.curation.same_question), None
        except NoQuestionError:
            return escape(words.curation.no_question), None
        if pin is None:
            return escape(words.curation.gone), None
        page = screens.pin_page(pin, await self._library.located(pin.curated), words)
        return page, pin_buttons(pin.id, 0, words)


def _offer(press: ChoicePress, choice: _Choice, words: Words) -> Screen:
    back = PinPress("show", choice.target.id) if choice.target.kind == "pin" else None
    buttons = choice_buttons(press, [paragraph.id for paragraph in choice.paragraphs], words, back)
    return screens.choice(choice.question, choice.paragraphs, press.offset, words), buttons
