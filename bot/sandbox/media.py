"""Photos, documents and albums: what a bot uploads, and what it downloads.

A photo's size in pixels is read from its header; nothing is decoded or scaled.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit, MediaGroupLimit

from bot.sandbox.methods import caption, placed, send
from bot.sandbox.wire import ApiError, Params, Upload, bad_request

if TYPE_CHECKING:
    from bot.sandbox.chats import StoredFile
    from bot.sandbox.methods import Method
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

PHOTO_SIDES = 10_000  # width and height together, in pixels
PHOTO_RATIO = 20
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def send_photo(world: World, params: Params) -> Json:
    chat = world.writable(params.text("chat_id"))
    return send(world, chat, params, {"photo": photo(world, params, params.text("photo")), **caption(params)})


def send_document(world: World, params: Params) -> Json:
    chat = world.writable(params.text("chat_id"))
    return send(
        world, chat, params, {"document": document(world, params, params.text("document")), **caption(params)}
    )


def send_media_group(world: World, params: Params) -> list[Json]:
    chat = world.writable(params.text("chat_id"))
    items = params.objects("media") or []
    if not MediaGroupLimit.MIN_MEDIA_LENGTH <= len(items) <= MediaGroupLimit.MAX_MEDIA_LENGTH:
        raise bad_request("wrong number of media items: an album has 2 to 10")
    kinds = {item.get("type") for item in items}
    if kinds not in ({"photo"}, {"document"}):
        raise bad_request("photos and documents can't be mixed in one album")
    if params.object("reply_markup") is not None:
        raise bad_request("an album can't have a reply markup")
    contents = []
    for item in items:
        described = caption(Params(item))
        if item["type"] == "photo":
            contents.append({"photo": photo(world, params, str(item.get("media"))), **described})
        else:
            contents.append({"document": document(world, params, str(item.get("media"))), **described})
    album = {"media_group_id": str(chat.last_id + 1), **placed(chat, params)}
    return [world.post(chat, world.bot, album | content) for content in contents]


def photo(world: World, params: Params, reference: str) -> list[Json]:
    """Return the PhotoSizes of an upload or of a file id."""
    return photo_sizes(_file(world, params, reference, "photo", FileSizeLimit.PHOTOSIZE_UPLOAD))


def photo_sizes(stored: StoredFile) -> list[Json]:
    """Return the PhotoSizes of a file; raise ApiError where it is no picture that Telegram would show."""
    size = image_size(stored.data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > PHOTO_SIDES or max(size) > PHOTO_RATIO * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return as_photo(stored, size)


def document(world: World, params: Params, reference: str) -> Json:
    """Return the Document of an upload or of a file id."""
    stored = _file(world, params, reference, "document", FileSizeLimit.FILESIZE_UPLOAD)
    return as_document(stored)


def as_document(stored: StoredFile) -> Json:
    named = {"file_name": stored.name} if stored.name else {}
    return _described(stored) | named | {"mime_type": stored.content_type}


def as_photo(stored: StoredFile, size: tuple[int, int]) -> list[Json]:
    """Return the PhotoSizes; the sandbox keeps one."""
    return [_described(stored) | {"width": size[0], "height": size[1]}]


def get_file(world: World, params: Params) -> Json:
    stored = world.files.get(params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > FileSizeLimit.FILESIZE_DOWNLOAD:
        raise bad_request("file is too big")
    return _described(stored) | {"file_path": stored.path}


def image_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG or a JPEG, None where it is neither."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return (width, height) if width and height else None
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + length
    return None


def _file(world: World, params: Params, reference: str, field: str, limit: int) -> StoredFile:
    upload = params.attached(reference) or (params.uploads.get(field) if not reference else None)
    if upload is None:
        if not reference:
            raise bad_request(f"there is no {field} in the request")
        return known(world, reference, field)
    name = upload.name.replace("/", "_").replace("\\", "_")  # of the bot's own path, only the name goes
    return stored_upload(world, replace(upload, name=name), field, limit)


def known(world: World, file_id: str, kind: str) -> StoredFile:
    """Return the file of an id; raise ApiError where there is none, or one of another kind."""
    stored = world.files.get(file_id)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
    return stored


def stored_upload(world: World, upload: Upload, kind: str, limit: int) -> StoredFile:
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > limit:
        raise ApiError(413, "Request Entity Too Large")
    return world.store(kind, upload.name, upload.content_type, upload.data)


def _described(stored: StoredFile) -> Json:
    return {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}


MEDIA_METHODS: dict[str, Method] = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
}
