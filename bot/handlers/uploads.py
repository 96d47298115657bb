"""A file sent by an admin: checked, fetched, stored and indexed, and reported in one message."""

from __future__ import annotations

import asyncio
import logging
import mimetypes
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, TelegramError

from bot.documents.folder import FolderError, check_type
from bot.file_names import safe_name
from bot.handlers.admin_only import refused
from bot.incoming.handling import is_repeated
from bot.keyboards.documents import added_buttons, known_buttons
from bot.markup import shorten
from bot.outgoing import delivery
from bot.screens import documents as documents_screens
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from telegram import Document, InlineKeyboardMarkup, Message, PhotoSize, Update
    from telegram.ext import ContextTypes

    from bot.documents.documents import Documents
    from bot.messages import Words
    from bot.state.people import People

DOWNLOADS = 2  # files held in memory at a time: each may have 20 MB
LARGEST = int(FileSizeLimit.FILESIZE_DOWNLOAD)
PHOTO_NAME = 60  # units of a caption

logger = logging.getLogger(__name__)

Said = tuple[str, "InlineKeyboardMarkup | None"]


class Uploads:
    def __init__(self, documents: Documents, people: People) -> None:
        self._documents = documents
        self._people = people
        self._downloads = asyncio.Semaphore(DOWNLOADS)

    async def received(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message, words = update.message, self._people.words_of(update.effective_user)
        if message is None or await refused(update, self._people):
            return
        file = message.document or next(iter(message.photo[-1:]), None)
        if file is None:
            return
        name = _name(message, words)
        if objection := _objection(file, name, words):
            await delivery.reply(message, documents_screens.not_added(name, objection, words))
            return
        shown = await delivery.reply(message, documents_screens.receiving(name, words))
        said, buttons = await self._take_in(file, name, words)
        await delivery.rewrite(shown, said, buttons, asked=message)

    async def _take_in(self, file: Document | PhotoSize, name: str, words: Words) -> Said:
        """Fetch and add the file; return what to say of it."""
        try:
            async with self._downloads:
                stored = await self._documents.store(name, await delivery.download(file))
            if stored.known and not is_repeated():  # then it is what this very message has brought
                return documents_screens.known(stored.path, words), known_buttons(stored.path, words)
            indexed = await self._documents.index_new(stored.path)
        except (TelegramError, FolderError, DocumentError) as error:
            logger.warning("%s is not taken in: %s", name, error)
            return documents_screens.not_added(name, _reason(error, words), words), None
        return documents_screens.added(indexed, name, words), added_buttons(indexed.path, words)


def _reason(error: Exception, words: Words) -> str:
    """Put into words why a file is not taken in."""
    if isinstance(error, FolderError):
        return words.documents.troubles[error.reason]
    if isinstance(error, DocumentError):
        return error.reason or words.documents.troubles["failed"]
    if isinstance(error, BadRequest) and "too big" in str(error).lower():
        return documents_screens.too_large(LARGEST, words)
    return words.documents.not_received


def _name(message: Message, words: Words) -> str:
    """Return the safe form of the file's name; one without a name gets the suffix of its type.

    A photo is named by the first line of its caption, or else by when it was sent.
    """
    if document := message.document:
        return safe_name(document.file_name or mimetypes.guess_extension(document.mime_type or "") or "")
    said = shorten((message.caption or "").strip().partition("\n")[0], PHOTO_NAME).replace("/", "_")
    sent = message.date.astimezone().strftime("%Y-%m-%d %H.%M.%S")
    return safe_name(f"{said or f'{words.photos.name} {sent}'}.jpg".replace("\\", "_"))


def _objection(file: Document | PhotoSize, name: str, words: Words) -> str:
    """Return why the file need not even be fetched, empty where it may do."""
    if file.file_size and file.file_size > LARGEST:
        return documents_screens.too_large(LARGEST, words)
    try:
        check_type(name)
    except FolderError:
        return documents_screens.unreadable_type(words)
    return ""
