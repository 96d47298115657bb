"""Pages made of the query log, shown as a reply or in place; where the log cannot be read, it says so."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram import Message, MessageEntity

from bot.log.database import QueryLogError
from bot.markup import escape
from bot.outgoing import delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database
    from telegram import CallbackQuery, InlineKeyboardMarkup

    from bot.log.query_log import QueryLog
    from bot.messages import Words

    Page = tuple[str, InlineKeyboardMarkup]

logger = logging.getLogger(__name__)


async def reply(message: Message, log: QueryLog, page: Callable[[Database], Page], words: Words) -> None:
    try:
        shown = await asyncio.to_thread(log.read, page)
    except QueryLogError as error:
        await delivery.reply(message, unreadable(error, words))
    else:
        await delivery.reply(message, *shown)


async def turn(
    query: CallbackQuery, log: QueryLog, page: Callable[[Database], Page | None], words: Words
) -> None:
    """Put a page in the place of the message that was pressed; None says that its row is gone."""
    try:
        shown = await asyncio.to_thread(log.read, page)
    except QueryLogError as error:
        await delivery.toast(query, unreadable(error, words))
        return
    await delivery.toast(query, None if shown else words.logs.gone)
    if shown and query.message:
        await delivery.edit(query.message, *shown)


def unreadable(error: QueryLogError, words: Words) -> str:
    logger.warning("query log cannot be shown: %s", error)
    return escape(words.logs.unavailable)


def word_of(query: CallbackQuery) -> str:
    """Return the word that a listing was searched for, as its message shows it; empty without one."""
    if not isinstance(query.message, Message):
        return ""
    return next(iter(query.message.parse_entities([MessageEntity.CODE]).values()), "")
