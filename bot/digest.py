"""The daily digest: what was asked the day before, sent to the admins who want it."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.log.statistics import TOP, Days, read_dislikes, read_gaps, read_statistics
from bot.outgoing import delivery
from bot.screens.statistics import digest
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from sqlite_utils import Database
    from telegram import Bot

    from bot.log.query_log import QueryLog
    from bot.log.statistics import Dislike, Gap, Statistics
    from bot.state.people import People

LONGEST_SLEEP = 600.0  # seconds: the machine's clock may be set, or it may sleep itself
AGAIN = timedelta(minutes=10)  # after the log could not be read, or Telegram not be reached

logger = logging.getLogger(__name__)


def next_digest(now: datetime, at: time) -> datetime:
    """Return when the next digest is due, after `now`; both are this machine's local time."""
    day = now.date() if now.time() < at else now.date() + timedelta(1)
    return datetime.combine(day, at).astimezone()


async def send_digests(bot: Bot, log: QueryLog, people: People, at: time) -> None:
    """Send each day's digest at that time; one that was due while the bot was off is sent at its start."""
    while True:
        now = datetime.now().astimezone()
        then = next_digest(now, at)
        if now.time() >= at:
            try:
                await send_digest(bot, log, people, now.date() - timedelta(1))
            except (WenjuError, TelegramError) as error:
                logger.warning("the digest waits: %s", error)
                then = min(then, now + AGAIN)
        while (wait := (then - datetime.now().astimezone()).total_seconds()) > 0:  # noqa: ASYNC110 - for a time of day
            await asyncio.sleep(min(wait, LONGEST_SLEEP))


async def send_digest(bot: Bot, log: QueryLog, people: People, day: date) -> None:
    """Send the digest of a day to all who want it and do not have it yet; none where nothing was asked.

    Raise QueryLogError or StateError, or TelegramError where it was not sent and may be at another try.
    """
    wanting = [admin for admin in people.admins if people.wants_digest(admin)]
    if not wanting:
        return
    statistics, gaps, dislikes = await asyncio.to_thread(log.read, lambda db: _read(db, day))
    if not statistics.asked and not dislikes:
        return
    failure: TelegramError | None = None
    for admin in wanting:
        if await asyncio.to_thread(people.take_digest, admin, day.isoformat()):
            text = digest(statistics, gaps, dislikes, day, people.words_for_id(admin))
            try:
                await delivery.send(bot, admin, text)
            except (BadRequest, Forbidden) as error:  # such as somebody who has blocked the bot
                logger.warning("a digest cannot be sent: %s", error)
            except TelegramError as error:
                await asyncio.to_thread(people.give_back_digest, admin, day.isoformat())
                failure = error
    if failure:
        raise failure


def _read(db: Database, day: date) -> tuple[Statistics, list[Gap], list[Dislike]]:
    days = Days(day, day)
    return read_statistics(db, days), read_gaps(db, days)[:TOP], read_dislikes(db, days, TOP)
