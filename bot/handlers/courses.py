"""Sends the chart of a Series after its table. What goes wrong is only logged: the table has been sent."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.outgoing import delivery
from bot.screens.charts import course_chart
from bot.screens.series import series_caption

if TYPE_CHECKING:
    from telegram import MaybeInaccessibleMessage

    from bot.messages import Words
    from retrieval.model import Series

logger = logging.getLogger(__name__)


async def send_chart(message: MaybeInaccessibleMessage, series: Series, words: Words) -> None:
    """Answer a message with the chart."""
    try:
        chart = await asyncio.to_thread(course_chart, series)
        await delivery.reply_photo(message, chart, series_caption(series, words))
    except (ArithmeticError, ImportError, MemoryError, OSError, RuntimeError, ValueError):
        logger.exception("a chart cannot be drawn")
    except TelegramError as error:
        logger.warning("a chart cannot be sent: %s", error)
