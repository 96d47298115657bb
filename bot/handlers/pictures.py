"""Sends an answer's pictures after its text: a photo, an album, or as files what would be no good as a photo.

A picture that cannot be sent is only logged: the text has been sent already.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from telegram import InputMediaDocument, InputMediaPhoto
from telegram.constants import FileSizeLimit, MediaGroupLimit, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.file_names import safe_name
from bot.outgoing import delivery
from bot.screens.pictures import caption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telegram import MaybeInaccessibleMessage, Message

    from bot.library import Library
    from bot.messages import Words
    from bot.state.file_ids import FileIds, Kind
    from retrieval.model import Paragraph, Picture

PHOTO_SIDES = 10_000  # width and height together: what has more is no photo for Telegram
PHOTO_RATIO = 3.0  # Telegram takes 20, but shows a longer one too small to be read

_OF_THE_FILE = re.compile(
    "file id|file_|type of file|file of type|photo_|image_process|media_(?:empty|invalid)|page content",
    re.IGNORECASE,
)
"""What Telegram says where an id, or a picture, is no good, and another way may do.

Nothing of it stands in `not enough rights to send photos` or `CHAT_SEND_PHOTOS_FORBIDDEN`.
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture as the index has it now."""

    picture: Picture
    paragraph: Paragraph
    data: bytes

    @property
    def kind(self) -> Kind:
        return kind_of(self.picture, len(self.data))

    @property
    def name(self) -> str:
        suffix = PurePosixPath(self.picture.key).suffix
        return safe_name((self.picture.caption or self.paragraph.title) + suffix)


def kind_of(picture: Picture, size: int = 0) -> Kind:
    """Tell how a picture of `size` bytes is to be sent."""
    shorter, longer = sorted((picture.width, picture.height))
    fits = shorter + longer <= PHOTO_SIDES and longer <= PHOTO_RATIO * shorter
    return "photo" if fits and size <= FileSizeLimit.PHOTOSIZE_UPLOAD else "document"


class Pictures:
    def __init__(self, library: Library, file_ids: FileIds) -> None:
        self._library = library
        self._file_ids = file_ids

    async def look(self, pictures: Sequence[Picture]) -> list[PictureFile]:
        """Return what the index still has of the pictures, as many as an album takes."""
        looked = [
            (picture, await self._library.illustration(picture))
            for picture in pictures[: int(MediaGroupLimit.MAX_MEDIA_LENGTH)]
        ]
        return [PictureFile(picture, *found) for picture, found in looked if found]

    async def send(
        self, message: MaybeInaccessibleMessage, files: Sequence[PictureFile], words: Words
    ) -> None:
        """Answer a message with the pictures; what Telegram refuses is only logged."""
        # An album holds photos only or files only.
        for kind, alike in groupby(
            sorted(files, key=lambda file: file.kind, reverse=True), lambda file: file.kind
        ):
            await self._send(message, list(alike), kind, words)

    async def photos(self, bot: int, pictures: Sequence[Picture]) -> dict[str, str]:
        """Return by key the ids of those pictures that Telegram knows as photos."""
        keys = [picture.key for picture in pictures]
        return await asyncio.to_thread(self._file_ids.known, bot, "photo", keys) if keys else {}

    async def forget(self, bot: int, keys: Sequence[str]) -> None:
        """Forget ids that Telegram has refused."""
        await asyncio.to_thread(self._file_ids.forget, bot, keys)

    async def _send(
        self, message: MaybeInaccessibleMessage, files: Sequence[PictureFile], kind: Kind, words: Words
    ) -> None:
        """Send files of a kind by their known ids, else anew, and what is refused as a photo as documents."""
        bot, keys = message.get_bot().id, [file.picture.key for file in files]
        known = await asyncio.to_thread(self._file_ids.known, bot, kind, keys)
        ways: list[tuple[Kind, Mapping[str, str]]] = [(kind, known)] if known else []
        ways += [(kind, {}), ("document", {})] if kind == "photo" else [(kind, {})]
        for way, ids in ways:
            try:
                sent = await self._sent(message, files, way, ids, words)
            except BadRequest as error:
                logger.warning("pictures are refused as %s: %s", way, error)
                if not _OF_THE_FILE.search(error.message):
                    return
                if ids:
                    await self.forget(bot, keys)
                continue
            except Forbidden as error:
                logger.info("a user has blocked the bot or left: %s", error)
                return
            except TelegramError as error:
                logger.warning("pictures cannot be sent: %s", error)
                return
            new = {key: own for key, own in zip(keys, map(_id_of, sent), strict=True) if own}
            await asyncio.to_thread(self._file_ids.keep, bot, way, new)
            return

    @staticmethod
    async def _sent(
        message: MaybeInaccessibleMessage,
        files: Sequence[PictureFile],
        kind: Kind,
        ids: Mapping[str, str],
        words: Words,
    ) -> Sequence[Message]:
        html = caption([(file.picture, file.paragraph) for file in files], words)
        media = [ids.get(file.picture.key, file.data) for file in files]
        if len(files) == 1 and kind == "photo":
            return [await delivery.reply_photo(message, media[0], html)]
        if len(files) == 1:
            return [await delivery.send_file(message, files[0].name, media[0], html)]
        captions = [html, *[None] * (len(files) - 1)]
        album = [
            InputMediaPhoto(one, said, ParseMode.HTML)
            if kind == "photo"
            else InputMediaDocument(one, said, ParseMode.HTML, filename=file.name)
            for one, said, file in zip(media, captions, files, strict=True)
        ]
        return await delivery.reply_album(message, album)


def _id_of(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else None
