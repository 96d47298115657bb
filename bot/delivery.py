"""Calls to Telegram with the patience that each of them deserves; what is said is others' concern."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from telegram import InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import CallbackQuery, Chat, MaybeInaccessibleMessage, Message

T = TypeVar("T")

RETRIES = (1.0, 3.0)  # seconds before the second and the third try
TYPING_WAIT = 1.0  # seconds: an answer waits no longer for its "typing…"

logger = logging.getLogger(__name__)


async def reply(
    message: Message, html: str, buttons: InlineKeyboardMarkup | None = None, *, quoting: bool = True
) -> Message:
    """Answer a message. A lost connection is tried again: twice is better than never."""
    quoted = ReplyParameters(message.message_id, allow_sending_without_reply=True) if quoting else None
    return await _patiently(lambda: message.reply_html(html, reply_parameters=quoted, reply_markup=buttons))


async def edit(
    message: MaybeInaccessibleMessage, html: str, buttons: InlineKeyboardMarkup | None = None
) -> None:
    """Rewrite a message of ours, however old."""
    bot, chat, number = message.get_bot(), message.chat.id, message.message_id
    await _modify(
        lambda: bot.edit_message_text(
            html, chat_id=chat, message_id=number, parse_mode=ParseMode.HTML, reply_markup=buttons
        )
    )


async def edit_buttons(message: MaybeInaccessibleMessage, buttons: InlineKeyboardMarkup) -> None:
    bot, chat, number = message.get_bot(), message.chat.id, message.message_id
    await _modify(
        lambda: bot.edit_message_reply_markup(chat_id=chat, message_id=number, reply_markup=buttons)
    )


async def toast(query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press. What the press is for does not depend on it, so a failure is only logged."""
    try:
        await query.answer(text)
    except TelegramError as error:
        logger.warning("a press could not be answered: %s", error)


async def typing(chat: Chat | None) -> None:
    """Show "typing…" where it can be shown soon; nothing depends on it."""
    if chat is not None:
        with suppress(TelegramError, TimeoutError):
            await asyncio.wait_for(chat.send_action(ChatAction.TYPING), TYPING_WAIT)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    for pause in RETRIES:
        try:
            return await call()
        except BadRequest:
            raise
        except NetworkError:  # time-outs among them
            await asyncio.sleep(pause)
    return await call()


async def _modify(call: Callable[[], Awaitable[object]]) -> None:
    """Edit; that the message already reads so (a double tap) is no error."""
    try:
        await _patiently(call)
    except BadRequest as error:
        if "message is not modified" not in str(error).lower():
            raise
