"""Photos, documents and albums over real multipart, and the way back by getFile."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest, NetworkError

from bot.sandbox.media import image_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import Bot

    from bot.sandbox.server import Sandbox


def png(width: int, height: int) -> bytes:
    """Return the head of a picture of this size, which is all the sandbox reads."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe\0\x06note"
    return b"\xff\xd8" + comment + b"\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + bytes(12)


@pytest.fixture
async def chat(sandbox: Sandbox) -> int:
    await sandbox.user(7).say("/start")
    return 7


@pytest.mark.parametrize("make", [png, jpeg])
def test_the_size_of_a_picture_is_read_from_its_head(make: Callable[[int, int], bytes]) -> None:
    assert image_size(make(640, 480)) == (640, 480)
    assert image_size(make(640, 480)[:12]) is None


async def test_a_photo_arrives_with_its_caption(api: Bot, chat: int, sandbox: Sandbox) -> None:
    sent = await api.send_photo(chat, png(300, 200), caption="<b>图</b>", parse_mode="HTML")
    assert (sent.photo[0].width, sent.photo[0].height, sent.caption) == (300, 200, "图")
    again = await api.send_photo(chat, sent.photo[0].file_id)
    assert again.photo[0].file_unique_id == sent.photo[0].file_unique_id
    assert (await sandbox.user(7).next_reply()).text == "图"
    with pytest.raises(BadRequest, match="caption is too long"):
        await api.send_photo(chat, png(3, 2), caption="长" * 1025)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no picture", "Image_process_failed"),
        (png(9000, 1001), "Photo_invalid_dimensions"),
        (png(2100, 100), "Photo_invalid_dimensions"),
        (b"", "must be non-empty"),
    ],
)
async def test_a_picture_that_is_no_photo_is_refused(api: Bot, chat: int, data: bytes, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        await api.send_photo(chat, data)


async def test_a_photo_that_is_too_heavy_is_refused(api: Bot, chat: int) -> None:
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await api.send_photo(chat, png(3, 2) + bytes(10_000_000))


async def test_a_document_comes_back_as_it_went(api: Bot, chat: int) -> None:
    sent = await api.send_document(chat, "数,量\n梨,3\n".encode(), filename="表 一.csv", caption="表")
    assert sent.document is not None
    assert sent.document.file_name == "表 一.csv"
    file = await api.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == "数,量\n梨,3\n".encode()
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await api.get_file("none")


async def test_a_file_over_twenty_megabytes_cannot_be_downloaded(api: Bot, sandbox: Sandbox) -> None:
    sent = await sandbox.user(7).send_file("大.txt", bytes(20_000_001))
    with pytest.raises(BadRequest, match="File is too big"):
        await api.get_file(sent.json["document"]["file_id"])


async def test_an_admin_can_send_a_file_to_the_bot(api: Bot, sandbox: Sandbox) -> None:
    await sandbox.user(7).send_file("文.md", b"# x", caption="/add")
    update = (await api.get_updates())[-1]
    assert update.message is not None
    assert update.message.document is not None
    assert update.message.caption_entities[0].type == "bot_command"
    assert bytes(await (await update.message.document.get_file()).download_as_bytearray()) == b"# x"


async def test_an_album_has_two_to_ten_of_one_kind(api: Bot, chat: int) -> None:
    sent = await api.send_media_group(
        chat, [InputMediaPhoto(png(3, 2)), InputMediaPhoto(png(4, 2), caption="二")]
    )
    assert [message.photo[0].width for message in sent] == [3, 4]
    assert len({message.media_group_id for message in sent}) == 1
    for wrong in (
        [InputMediaPhoto(png(3, 2))],
        [InputMediaPhoto(png(3, 2)), InputMediaDocument(b"x")],
        [InputMediaDocument(b"x")] * 11,
    ):
        with pytest.raises(BadRequest, match="album"):
            await api.send_media_group(chat, wrong)  # type: ignore[arg-type]


async def test_an_id_serves_for_its_own_kind(api: Bot, chat: int) -> None:
    """A photo goes again by its id, alone and in an album; as another kind its id is refused."""
    photo = (await api.send_photo(chat, png(3, 2))).photo[0].file_id
    document = (await api.send_document(chat, b"x")).document
    assert document is not None
    album = await api.send_media_group(chat, [InputMediaPhoto(photo), InputMediaPhoto(png(4, 2))])
    assert album[0].photo[0].file_id == photo
    for wrong in (api.send_photo(chat, document.file_id), api.send_document(chat, photo)):
        with pytest.raises(BadRequest, match="Can't use file of type"):
            await wrong
    with pytest.raises(BadRequest, match="caption is too long"):
        await api.send_media_group(chat, [InputMediaPhoto(photo, "长" * 1025), InputMediaPhoto(photo)])


async def test_a_message_can_become_a_picture_or_a_document(api: Bot, chat: int, sandbox: Sandbox) -> None:
    """In its place, with a new caption and keyboard; a text as well."""
    keys = InlineKeyboardMarkup.from_button(InlineKeyboardButton("👍", callback_data="good"))
    sent = await api.send_message(chat, "一")
    shown = await sandbox.user(7).next_reply()
    await sent.edit_media(InputMediaPhoto(png(4, 2), caption="二"), reply_markup=keys)
    assert (shown.text, shown.json["photo"][0]["width"], shown.buttons) == ("二", 4, [["👍"]])
    await sent.edit_media(InputMediaDocument(b"x", filename="三.txt"))
    assert (shown.text, shown.json["document"]["file_name"], shown.buttons) == ("", "三.txt", [])
    assert "photo" not in shown.json
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await sent.edit_media(InputMediaPhoto(b"no picture"))
    with pytest.raises(BadRequest, match="no text in the message"):
        await sent.edit_text("四")
