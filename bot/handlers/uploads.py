"""A file sent by an admin: checked, fetched, stored and indexed, and reported in one message."""

from __future__ import annotations

import asyncio
import logging
import mimetypes
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, TelegramError

from bot import delivery, documents_reports
from bot.documents_buttons import added_buttons, known_buttons
from bot.documents_folder import FolderError, check_type
from bot.file_names import safe_name
from bot.handlers.admin_only import refused
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from telegram import Document, InlineKeyboardMarkup, Update
    from telegram.ext import ContextTypes

    from bot.documents import Documents
    from bot.messages import Words
    from bot.people import People

DOWNLOADS = 2  # files held in memory at a time: each may have 20 MB
LARGEST = int(FileSizeLimit.FILESIZE_DOWNLOAD)

logger = logging.getLogger(__name__)

Said = tuple[str, "InlineKeyboardMarkup | None"]


class Uploads:
    def __init__(self, documents: Documents, people: People) -> None:
        self._documents = documents
        self._people = people
        self._downloads = asyncio.Semaphore(DOWNLOADS)

    async def received(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message, words = update.message, self._people.words_of(update.effective_user)
        if message is None or message.document is None or await refused(update, self._people):
            return
        name = _name(message.document)
        if objection := _objection(message.document, name, words):
            await delivery.reply(message, documents_reports.not_added(name, objection, words))
            return
        shown = await delivery.reply(message, documents_reports.receiving(name, words))
        said, buttons = await self._take_in(message.document, name, words)
        await delivery.rewrite(shown, said, buttons, asked=message)

    async def _take_in(self, document: Document, name: str, words: Words) -> Said:
        """Fetch and add the file; return what to say of it."""
        try:
            async with self._downloads:
                added = await self._documents.add(name, await delivery.download(document))
        except BadRequest as error:
            too_large = "too big" in str(error).lower()
            reason = words.documents.too_large if too_large else words.documents.not_received
        except TelegramError as error:
            logger.warning("a file could not be fetched: %s", error)
            reason = words.documents.not_received
        except FolderError as error:
            logger.warning("a file could not be stored: %s", error)
            reason = words.documents.troubles[error.reason]
        except DocumentError as error:
            reason = error.reason or words.documents.troubles["failed"]
        else:
            if added.known:
                return documents_reports.known(added.path, words), known_buttons(added.path, words)
            buttons = added_buttons(added.path, words)
            if added.summary is None or added.trouble:
                return documents_reports.not_indexed(added.path, added.trouble, words), buttons
            return documents_reports.added(added.path, name, added.summary, words), buttons
        return documents_reports.not_added(name, reason, words), None


def _name(document: Document) -> str:
    """Return the safe form of the file's name; one without a name gets the suffix of its type."""
    return safe_name(document.file_name or mimetypes.guess_extension(document.mime_type or "") or "")


def _objection(document: Document, name: str, words: Words) -> str:
    """Return why the file need not even be fetched, empty where it may do."""
    if document.file_size and document.file_size > LARGEST:
        return documents_reports.too_large(words)
    try:
        check_type(name)
    except FolderError:
        return documents_reports.unreadable_type(words)
    return ""
