"""The buttons under an answer: other results, the text around, a suggestion. All state is in the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from telegram.constants import ChatID, ChatType, FileSizeLimit

from bot.documents.folder import FolderError
from bot.keyboards.answers import Press, context_buttons
from bot.keyboards.feedback import buttons_under
from bot.outgoing import delivery
from bot.pages import further_pictures
from bot.screens.answers import answer_page, context_page
from retrieval.documents import UnreadableError
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
    from telegram.ext import ContextTypes

    from bot.documents.documents import Documents
    from bot.handlers.pictures import Pictures
    from bot.handlers.questions import Questions
    from bot.library import Library
    from bot.log.entry import Entry
    from bot.log.query_log import QueryLog
    from bot.messages import Words
    from bot.state.people import People

LARGEST = int(FileSizeLimit.FILESIZE_UPLOAD)
NOBODY = (0, ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL)
"""Whom Telegram names as the asker where somebody speaks as the group or as a channel."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of an answer that is still in the log, and the message it stands under."""

    query: CallbackQuery
    message: MaybeInaccessibleMessage
    press: Press
    entry: Entry
    words: Words


class Paging:
    """A press is answered just before the message is edited: what fails later is Telegram's alone."""

    def __init__(  # noqa: PLR0913, PLR0917 - one argument a part
        self,
        library: Library,
        documents: Documents,
        log: QueryLog,
        people: People,
        questions: Questions,
        pictures: Pictures,
        group_buttons: Literal["asker", "all"],
    ) -> None:
        self._library = library
        self._documents = documents
        self._log = log
        self._people = people
        self._questions = questions
        self._pictures = pictures
        self._for_all = group_buttons == "all"
        self._nobody = {log.pseudonyms.user(number) for number in NOBODY}

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        pressed = await self.find(query, Press.parse(query.data or ""))
        if pressed is None:
            return
        if not self._may_press(pressed):
            await delivery.toast(query, pressed.words.answers.only_asker)
            return
        match pressed.press.action:
            case "page":
                await self._show_page(pressed)
            case "context":
                await self._show_context(pressed)
            case "full":
                await self._send_article(pressed)
            case "pictures":
                await self._send_pictures(pressed)
            case "suggest":
                await self._ask(pressed)

    async def stay(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """End the waiting of a press on a button that does nothing."""
        if update.callback_query:
            await delivery.toast(update.callback_query)

    def _may_press(self, pressed: Pressed) -> bool:
        """Let nobody in a group turn another's pages, unless it is open to all."""
        if self._for_all or _is_private(pressed.message):
            return True
        presser = self._log.pseudonyms.user(pressed.query.from_user.id)
        return pressed.entry.asker in {presser, *self._nobody}

    async def _show_page(self, pressed: Pressed) -> None:
        await delivery.toast(pressed.query)
        rank, words = pressed.press.rank, pressed.words
        page = answer_page(pressed.entry.answer, rank, words)
        await delivery.edit(pressed.message, page, buttons_under(pressed.entry, rank, words))

    async def _show_context(self, pressed: Pressed) -> None:
        press, words = pressed.press, pressed.words
        hit = pressed.entry.answer.hits[press.rank]
        try:
            passage = await self._library.passage(hit.paragraph.id, press.shift)
        except SnapshotError:
            passage = None
        before, here, after = passage or (None, None, None)
        if here is None:
            await delivery.toast(pressed.query, words.answers.text_changed)
            return
        await delivery.toast(pressed.query)
        page = context_page(hit, before, here, after, words)
        buttons = context_buttons(press, words, earlier=before is not None, later=after is not None)
        await delivery.edit(pressed.message, page, buttons)

    async def _send_article(self, pressed: Pressed) -> None:
        """Send the file of a result, as long as it is the one that the index was made of."""
        words = pressed.words.answers
        document = pressed.entry.answer.hits[pressed.press.rank].paragraph.document
        file, member = await self._library.file_with(document)
        if file is None or file.summary is None or file.outdated:
            await delivery.toast(pressed.query, words.article_changed)
            return
        try:
            data = await self._documents.original(file.path, LARGEST, member)
        except (FolderError, UnreadableError):
            await delivery.toast(pressed.query, words.article_changed)
            return
        if data is None:
            await delivery.toast(pressed.query, words.article_too_large)
            return
        await delivery.toast(pressed.query)
        await delivery.send_file(pressed.message, PurePosixPath(document).name, data)

    async def _send_pictures(self, pressed: Pressed) -> None:
        """Send the pictures of a result that the answer came without, as far as the index still has them."""
        wanted = further_pictures(pressed.entry.answer, pressed.press.rank)
        files = await self._pictures.look(wanted)
        await delivery.toast(pressed.query, None if files else pressed.words.answers.pictures_changed)
        await self._pictures.send(pressed.message, files, pressed.words)

    async def _ask(self, pressed: Pressed) -> None:
        answer = pressed.entry.answer
        if answer.suggestion is None:
            await delivery.toast(pressed.query, pressed.words.answers.gone)
            return
        await delivery.toast(pressed.query)
        await self._questions.suggested(
            pressed.message, pressed.query.from_user, answer.question.text, answer.suggestion
        )

    async def find(self, query: CallbackQuery, press: Press | None) -> Pressed | None:
        """Find the row that a press is about; None, and a word to the presser, where this chat has none."""
        words = self._people.words_of(query.from_user)
        if press and query.message:
            entry = await asyncio.to_thread(self._log.get, press.log_id)
            # Callback data is the client's word: a row answers only in its own chat.
            known = entry is not None and entry.chat == self._log.pseudonyms.chat(query.message.chat.id)
            if entry is not None and known and _is_there(press, entry):
                return Pressed(query, query.message, press, entry, words)
        await delivery.toast(query, words.answers.gone)
        return None


def _is_there(press: Press, entry: Entry) -> bool:
    """Tell whether there is such a result; a vote may also be on that there is none."""
    of_none = press.action == "suggest" or (press.action in ("up", "down") and press.rank == 0)
    return of_none or press.rank < len(entry.answer.hits)


def _is_private(message: MaybeInaccessibleMessage) -> bool:
    return message.chat.type == ChatType.PRIVATE
