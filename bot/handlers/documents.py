"""The files of the library in the chat: the list, one file, and the way into the trash and back."""

from __future__ import annotations

import asyncio
import logging
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit

from bot import delivery, documents_reports
from bot.documents_buttons import (
    PAGE,
    FilePress,
    Listing,
    back_buttons,
    confirm_buttons,
    file_buttons,
    listing_buttons,
    moved_buttons,
)
from bot.documents_folder import FolderError
from bot.handlers.admin_only import refused
from bot.markup import escape
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Update, User
    from telegram.ext import ContextTypes

    from bot.documents import Documents
    from bot.library import Library
    from bot.messages import Words
    from bot.people import People
    from bot.pseudonyms import Pseudonyms

LARGEST = int(FileSizeLimit.FILESIZE_UPLOAD)

logger = logging.getLogger(__name__)


class Files:
    def __init__(
        self, library: Library, documents: Documents, people: People, pseudonyms: Pseudonyms
    ) -> None:
        self._library = library
        self._documents = documents
        self._people = people
        self._pseudonyms = pseudonyms

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """List the files, or those that hold the words after the command."""
        words = self._people.words_of(update.effective_user)
        if update.message and not await refused(update, self._people):
            listing = Listing.of(" ".join(context.args or ()))
            await delivery.reply(update.message, *await self._list(listing, words))

    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Show another page of the list."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or query.message is None or await refused(update, self._people):
            return
        await delivery.toast(query)
        if listing := Listing.parse(query.data or ""):
            await delivery.edit(query.message, *await self._list(listing, words))

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Do what a button of one file says."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or query.message is None or await refused(update, self._people):
            return
        press = FilePress.parse(query.data or "")
        path = await self._path(press.key) if press else None
        if press is None or path is None:
            await delivery.toast(query, words.documents.gone)
            return
        match press.action:
            case "show":
                await self._show(query, query.message, path, press.listing, words)
            case "send":
                await self._send(query, query.message, path, words)
            case "ask":
                await delivery.toast(query)
                asked = documents_reports.confirm_move(path, words)
                await delivery.edit(query.message, asked, confirm_buttons(path, press.listing, words))
            case "move":
                await self._move(query, query.message, path, words, press.listing)
            case "undo":
                await self._move(query, query.message, path, words)

    async def _list(self, listing: Listing, words: Words) -> tuple[str, InlineKeyboardMarkup | None]:
        try:
            page = await self._library.files(listing.word, listing.offset, PAGE)
        except DocumentError:
            return documents_reports.trouble("", words.documents.troubles["no_folder"]), None
        trashed = len(await self._documents.trashed())
        buttons = listing_buttons(page, listing, trashed, words)
        return documents_reports.files_listing(page, listing, words), buttons

    async def _show(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, path: str, listing: Listing, words: Words
    ) -> None:
        entry = await self._library.file(path)
        if entry is None:
            await delivery.toast(query, words.documents.gone)
            return
        await delivery.toast(query)
        page = documents_reports.file_page(entry, words)
        await delivery.edit(message, page, file_buttons(path, listing, words))

    async def _send(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, path: str, words: Words
    ) -> None:
        try:
            file = await self._documents.original(path)
            if file.stat().st_size > LARGEST:
                await delivery.toast(query, documents_reports.too_large_to_send(words))
                return
            data = await asyncio.to_thread(file.read_bytes)
        except (FolderError, OSError) as error:
            reason = error.reason if isinstance(error, FolderError) else "failed"
            await delivery.toast(query, words.documents.troubles[reason])
            return
        await delivery.toast(query)
        await delivery.send_file(message, PurePosixPath(path).name, data)

    async def _move(
        self,
        query: CallbackQuery,
        message: MaybeInaccessibleMessage,
        path: str,
        words: Words,
        back_to: Listing | None = None,
    ) -> None:
        ...

    async def _path(self, key: str) -> str | None:
        try:
            return await self._library.path_of(key)
        except DocumentError:
            return None
