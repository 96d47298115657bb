"""The files of the library in the chat: the list, one file, and the way into the trash and back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit

from bot.documents.folder import FolderError
from bot.handlers.admin_only import refused
from bot.keyboards.documents import (
    PAGE,
    FilePress,
    Listing,
    confirm_buttons,
    file_buttons,
    listing_buttons,
    moved_buttons,
)
from bot.outgoing import delivery
from bot.screens import documents as documents_screens
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Update
    from telegram.ext import ContextTypes

    from bot.documents.documents import Documents
    from bot.library import Library
    from bot.messages import Words
    from bot.pseudonyms import Pseudonyms
    from bot.state.people import People

LARGEST = int(FileSizeLimit.FILESIZE_UPLOAD)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Pressed:
    """A button of a file that is there, pressed by an admin."""

    query: CallbackQuery
    message: MaybeInaccessibleMessage
    press: FilePress
    path: str
    words: Words


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
        pressed = _Pressed(query, query.message, press, path, words)
        match press.action:
            case "show":
                await self._show(pressed)
            case "send":
                await self._send(pressed)
            case "ask":
                await delivery.toast(query)
                buttons = confirm_buttons(path, press.listing, words)
                await delivery.edit(query.message, documents_screens.confirm_move(path, words), buttons)
            case "move":
                await self._move(pressed, press.listing)
            case "undo":
                await self._move(pressed)

    async def _list(self, listing: Listing, words: Words) -> tuple[str, InlineKeyboardMarkup | None]:
        try:
            page = await self._library.files(listing.word, listing.offset, PAGE)
            if listing.offset and not page.entries:  # so many are gone
                listing = replace(listing, offset=0)
                page = await self._library.files(listing.word, 0, PAGE)
        except DocumentError:
            return documents_screens.trouble(words.documents.troubles["no_folder"]), None
        trashed = len(await self._documents.trashed())
        buttons = listing_buttons(page, listing, trashed, words)
        return documents_screens.files_listing(page, listing, words), buttons

    async def _show(self, pressed: _Pressed) -> None:
        entry = await self._library.file(pressed.path)
        if entry is None:
            await delivery.toast(pressed.query, pressed.words.documents.gone)
            return
        await delivery.toast(pressed.query)
        page = documents_screens.file_page(entry, pressed.words)
        buttons = file_buttons(pressed.path, pressed.press.listing, pressed.words)
        await delivery.edit(pressed.message, page, buttons)

    async def _send(self, pressed: _Pressed) -> None:
        try:
            data = await self._documents.original(pressed.path, LARGEST)
        except FolderError as error:
            await delivery.toast(pressed.query, pressed.words.documents.troubles[error.reason])
            return
        if data is None:
            await delivery.toast(pressed.query, documents_screens.too_large_to_send(LARGEST, pressed.words))
            return
        await delivery.toast(pressed.query)
        await delivery.send_file(pressed.message, PurePosixPath(pressed.path).name, data)

    async def _move(self, pressed: _Pressed, back_to: Listing | None = None) -> None:
        """Move the file to the trash; the message shows it, with a button to restore it."""
        words, by = pressed.words, self._pseudonyms.user(pressed.query.from_user.id)
        try:
            entry = await self._documents.move_to_trash(pressed.path, by)
        except FolderError as error:
            logger.warning("a file could not be moved to the trash: %s", error)
            await delivery.toast(pressed.query, words.documents.troubles[error.reason])
            return
        await delivery.toast(pressed.query)
        said = documents_screens.moved(pressed.path, await self._documents.refresh(), words)
        await delivery.edit(pressed.message, said, moved_buttons(entry.id, words, back_to))

    async def _path(self, key: str) -> str | None:
        try:
            return await self._library.path_of(key)
        except DocumentError:
            return None
