"""The trash in the chat: what was removed, given back or deleted for good."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.documents.folder import FolderError
from bot.handlers.admin_only import refused
from bot.keyboards.documents import (
    EMPTY,
    RESTORE,
    TrashPage,
    added_buttons,
    empty_buttons,
    trash_buttons,
)
from bot.markup import escape
from bot.outgoing import delivery
from bot.screens import documents as documents_screens

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Update
    from telegram.ext import ContextTypes

    from bot.documents.documents import Documents
    from bot.messages import Words
    from bot.state.people import People

logger = logging.getLogger(__name__)


class TrashCan:
    def __init__(self, documents: Documents, people: People) -> None:
        self._documents = documents
        self._people = people

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = self._people.words_of(update.effective_user)
        if update.message and not await refused(update, self._people):
            await delivery.reply(update.message, *await self._list(TrashPage(), words))

    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show another page of the list."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or query.message is None or await refused(update, self._people):
            return
        await delivery.toast(query)
        if page := TrashPage.parse(query.data or ""):
            await delivery.edit(query.message, *await self._list(page, words))

    async def restore(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Put a file back; the message shows what the index has of it, with a button to take it back."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or query.message is None or await refused(update, self._people):
            return
        match = RESTORE.fullmatch(query.data or "")
        try:
            path = await self._documents.restore(match[1]) if match else None
        except FolderError as error:
            logger.warning("a file could not be restored: %s", error)
            await delivery.toast(query, words.documents.troubles[error.reason])
            return
        if path is None:
            await delivery.toast(query, words.documents.gone_from_trash)
            return
        await delivery.toast(query)
        said = documents_screens.restored(await self._documents.index(path), words)
        await delivery.edit(query.message, said, added_buttons(path, words))

    async def empty(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask, and then delete for good what the list held when it was shown."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or query.message is None or await refused(update, self._people):
            return
        await delivery.toast(query)
        match = EMPTY.fullmatch(query.data or "")
        if match is None:
            return
        action, newest = match.groups()
        if action == "ask":
            count = sum(entry.id <= newest for entry in await self._documents.trashed())
            asked = words.documents.confirm_empty.format(count=count)
            await delivery.edit(query.message, escape(asked), empty_buttons(newest, words))
        else:
            count = await self._documents.empty_trash(newest)
            await delivery.edit(query.message, escape(words.documents.emptied.format(count=count)))

    async def _list(self, page: TrashPage, words: Words) -> tuple[str, InlineKeyboardMarkup]:
        entries = await self._documents.trashed()
        if not page.of(entries):  # so many are gone
            page = TrashPage()
        return documents_screens.trash_listing(entries, page, words), trash_buttons(entries, page, words)
