"""What the bot does in a chat, as calls to Telegram; `sending` sees to it that they arrive.

What is said is others' concern.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from telegram import ForceReply, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.outgoing.long_messages import parts
from bot.outgoing.sending import Urgency

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Sequence

    from telegram import (
        Bot,
        CallbackQuery,
        Document,
        InlineQuery,
        InlineQueryResult,
        InlineQueryResultsButton,
        InputMediaDocument,
        MaybeInaccessibleMessage,
        PhotoSize,
    )
    from telegram.ext import ExtBot

T = TypeVar("T")

RETRIES = (1.0, 3.0)  # seconds before the second and the third try
TYPING_AFTER = 0.5  # seconds: what is answered sooner needs no "typing…"
TYPING_WAIT = 1.0  # seconds: an answer waits no longer for its "typing…"

logger = logging.getLogger(__name__)


async def reply(
    message: MaybeInaccessibleMessage,
    html: str,
    buttons: InlineKeyboardMarkup | ForceReply | None = None,
    *,
    quoting: bool = True,
) -> Message:
    """Answer a message in its topic.

    A long text comes in several messages; the last one has the buttons and is returned.
    """
    *earlier, last = parts(html)
    for part in earlier:
        await _say(message, part, None, quoting=quoting)
        quoting = False
    return await _say(message, last, buttons, quoting=quoting)


async def send(bot: Bot, chat: int, html: str) -> None:
    """Tell somebody what they did not just ask for."""
    for part in parts(html):
        await bot.send_message(chat, part, parse_mode=ParseMode.HTML)


async def edit(
    message: MaybeInaccessibleMessage, html: str, buttons: InlineKeyboardMarkup | None = None
) -> None:
    """Rewrite a message of ours, however old."""
    bot, chat, number = message.get_bot(), message.chat.id, message.message_id
    await _modify(
        bot.edit_message_text(
            html, chat_id=chat, message_id=number, parse_mode=ParseMode.HTML, reply_markup=buttons
        )
    )


async def edit_if_there(
    message: MaybeInaccessibleMessage, html: str, buttons: InlineKeyboardMarkup | None = None
) -> bool:
    """Rewrite a message of ours; False where it cannot be, such as a deleted one."""
    try:
        await edit(message, html, buttons)
    except BadRequest as error:
        logger.info("an answer cannot be edited: %s", error)
        return False
    return True


async def delete(message: MaybeInaccessibleMessage) -> None:
    """Delete a message of ours that says nothing any more; a deleted one is none."""
    try:
        await message.get_bot().delete_message(message.chat.id, message_id=message.message_id)
    except BadRequest as error:
        logger.info("an answer cannot be deleted: %s", error)


async def rewrite(
    message: Message, html: str, buttons: InlineKeyboardMarkup | None = None, *, asked: Message
) -> None:
    """Put the outcome in the place of a message of ours that showed the progress.

    Where that is not there any more, it is said anew to the message that `asked`. What one message has no
    room for is said below it.
    """
    first, *others = parts(html)
    try:
        await edit(message, first, None if others else buttons)
    except TelegramError as error:
        logger.warning("progress cannot be shown: %s", error)
        await reply(asked, html, buttons)
    else:
        if others:
            await reply(message, "\n\n".join(others), buttons, quoting=False)


async def show_progress(message: Message, html: str, buttons: InlineKeyboardMarkup | None = None) -> None:
    """Show how far something is in a message of ours, where that can be done at once."""
    bot = cast("ExtBot[Urgency]", message.get_bot())
    try:
        await bot.edit_message_text(
            html,
            chat_id=message.chat.id,
            message_id=message.message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=buttons,
            rate_limit_args=Urgency.PROGRESS,
        )
    except TelegramError as error:
        logger.info("progress cannot be shown: %s", error)


async def reply_photo(
    message: MaybeInaccessibleMessage,
    picture: bytes | str,
    html: str,
    buttons: InlineKeyboardMarkup | None = None,
) -> Message:
    """Answer a message with a picture, or a file id, and its caption, in its topic."""
    return await message.get_bot().send_photo(
        message.chat.id,
        picture,
        html,
        parse_mode=ParseMode.HTML,
        message_thread_id=_topic(message),
        reply_parameters=_quoted(message),
        reply_markup=buttons,
    )


async def reply_album(
    message: MaybeInaccessibleMessage, album: Sequence[InputMediaPhoto | InputMediaDocument]
) -> Sequence[Message]:
    """Answer a message with two to ten photos or files, in its topic."""
    return await message.get_bot().send_media_group(
        message.chat.id,
        album,
        message_thread_id=_topic(message),
        reply_parameters=_quoted(message),
    )


async def edit_photo(
    message: MaybeInaccessibleMessage, picture: bytes, html: str, buttons: InlineKeyboardMarkup
) -> None:
    """Put another picture with its caption in the place of a message of ours."""
    bot, chat, number = message.get_bot(), message.chat.id, message.message_id
    media = InputMediaPhoto(picture, html, parse_mode=ParseMode.HTML)
    await _modify(bot.edit_message_media(media, chat_id=chat, message_id=number, reply_markup=buttons))


async def send_file(
    message: MaybeInaccessibleMessage, name: str, data: bytes | str, html: str = ""
) -> Message:
    """Answer a message with a file, or a file id, in its topic."""
    return await message.get_bot().send_document(
        message.chat.id,
        data,
        html or None,
        parse_mode=ParseMode.HTML,
        filename=name,
        message_thread_id=_topic(message),
        reply_parameters=_quoted(message),
    )


async def download(file: Document | PhotoSize) -> bytes:
    """Fetch what somebody sent, a few times where the connection is lost. Raise TelegramError."""
    for pause in RETRIES:
        try:
            return await _fetch(file)
        except BadRequest:
            raise
        except NetworkError:  # time-outs among them
            await asyncio.sleep(pause)
    return await _fetch(file)


async def edit_buttons(message: MaybeInaccessibleMessage, buttons: InlineKeyboardMarkup) -> None:
    bot, chat, number = message.get_bot(), message.chat.id, message.message_id
    await _modify(bot.edit_message_reply_markup(chat_id=chat, message_id=number, reply_markup=buttons))


async def toast(query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press. What the press is for does not depend on it, so a failure is only logged."""
    try:
        await query.answer(text)
    except TelegramError as error:
        logger.warning("a press could not be answered: %s", error)


async def while_typing(message: MaybeInaccessibleMessage, work: Coroutine[Any, Any, T]) -> T:
    """Do the work; where it takes long show "typing…" in the message's topic, on which nothing depends."""
    working = asyncio.create_task(work)
    try:
        await asyncio.wait({working}, timeout=TYPING_AFTER)
        if not working.done():
            with suppress(TelegramError, TimeoutError):
                shown = message.get_bot().send_chat_action(
                    message.chat.id, ChatAction.TYPING, message_thread_id=_topic(message)
                )
                await asyncio.wait_for(shown, TYPING_WAIT)
        return await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def results(
    query: InlineQuery,
    found: Sequence[InlineQueryResult],
    button: InlineQueryResultsButton,
    *,
    next_offset: str | None = None,
    seconds: int,
) -> bool:
    """Answer an inline query; Telegram keeps the answer for that person and `seconds`.

    The person types on, so an answer that fails or comes too late is only logged. False where it was refused.
    """
    try:
        await query.answer(
            found, cache_time=seconds, is_personal=True, next_offset=next_offset, button=button
        )
    except TelegramError as error:
        logger.warning("an inline query could not be answered: %s", error)
        return not isinstance(error, BadRequest)
    return True


async def _say(
    message: MaybeInaccessibleMessage,
    html: str,
    buttons: InlineKeyboardMarkup | ForceReply | None,
    *,
    quoting: bool,
) -> Message:
    return await message.get_bot().send_message(
        message.chat.id,
        html,
        parse_mode=ParseMode.HTML,
        message_thread_id=_topic(message),
        reply_parameters=_quoted(message) if quoting else None,
        reply_markup=buttons,
    )


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    """Return the forum's topic; elsewhere a thread is a chain of replies, which nothing is sent to."""
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


def _quoted(message: MaybeInaccessibleMessage) -> ReplyParameters:
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


async def _fetch(file: Document | PhotoSize) -> bytes:
    return bytes(await (await file.get_file()).download_as_bytearray())


async def _modify(call: Awaitable[object]) -> None:
    """Edit; that the message already reads so (a double tap) is no error."""
    try:
        await call
    except BadRequest as error:
        if "message is not modified" not in str(error).lower():
            raise
