"""Pictures that people send: the text in them is a question or, from an admin, an article."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit
from telegram.error import TelegramError
from telegram.ext.filters import MessageFilter

from bot.handlers.addressing import asked_text, is_ours
from bot.markup import escape, shorten
from bot.outgoing import delivery
from retrieval.isolation import WorkerError

if TYPE_CHECKING:
    from telegram import Document, Message, PhotoSize, Update
    from telegram.ext import ContextTypes

    from bot.handlers.questions import Questions
    from bot.handlers.uploads import Uploads
    from bot.library import Library
    from bot.state.people import People

PICTURES = 2  # held in memory at a time, one read and the next fetched: each may have 20 MB
SHOWN_UNITS = 160  # of what was read

logger = logging.getLogger(__name__)


class RepliesToPicture(MessageFilter):
    """Messages that reply to a picture that somebody has sent, not the bot."""

    def filter(self, message: Message) -> bool:
        answered = message.reply_to_message
        return answered is not None and _picture(answered) is not None and not is_ours(answered)


class Photos:
    def __init__(self, library: Library, questions: Questions, uploads: Uploads, people: People) -> None:
        self._library = library
        self._questions = questions
        self._uploads = uploads
        self._people = people
        self._held = asyncio.Semaphore(PICTURES)

    async def private(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take in an admin's picture as an article, unless its caption asks something; else answer it."""
        message = update.message
        if message is None:
            return
        asks = (message.caption or "").rstrip().endswith(("?", "？"))
        if self._people.is_admin(update.effective_user) and not asks:
            await self._uploads.received(update, context)
        else:
            await self._answer(message, message, asked_text(message))

    async def addressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a picture in a group that is meant for the bot."""
        if message := update.message:
            await self._answer(message, message, asked_text(message))

    async def about(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer what a reply to a picture asks; a bare one asks what the picture says."""
        message = update.message
        if message and (shown := message.reply_to_message):
            await self._answer(message, shown, asked_text(message) or asked_text(shown))

    async def _answer(self, message: Message, shown: Message, asked: str) -> None:
        """Answer what is `asked` about the picture that is `shown`, or else what it says."""
        if not await self._questions.admitted(message):
            return
        words = self._people.words_of(message.from_user).photos
        if not self._library.reads_pictures:
            await delivery.reply(message, escape(words.no_reader))
            text = ""
        else:
            text = await self._read(message, shown)
        if asked or text:
            await self._questions.read(message, asked or text, about=text if asked and text else None)

    async def _read(self, message: Message, shown: Message) -> str:
        """Return the text in a picture, after saying what it is; empty where it has none or is not read."""
        words = self._people.words_of(message.from_user).photos
        status = await delivery.reply(message, escape(words.reading))
        picture, text = _picture(shown), ""
        said = words.not_read
        if picture and (picture.file_size or 0) <= FileSizeLimit.FILESIZE_DOWNLOAD:
            try:
                async with self._held:
                    text = await self._library.read_picture(await delivery.download(picture))
                line = shorten(" ".join(text.split()), SHOWN_UNITS)
                said = words.read_as.format(text=line) if text else words.nothing_read
            except (TelegramError, WorkerError) as error:
                logger.warning("a picture is not read: %s", error)
        await delivery.rewrite(status, escape(said), asked=message)
        return text


def _picture(message: Message) -> Document | PhotoSize | None:
    """Return the picture that a message shows, a photo in its largest size; None where it shows none."""
    if message.photo:
        return message.photo[-1]
    document = message.document
    return document if document and (document.mime_type or "").startswith("image/") else None
