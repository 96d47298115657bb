"""The switch of the daily digest."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.handlers.admin_only import refused
from bot.incoming.handling import is_repeated
from bot.markup import escape
from bot.outgoing import delivery

if TYPE_CHECKING:
    from datetime import time

    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.state.people import People


class DigestSwitch:
    def __init__(self, people: People, at: time) -> None:
        self._people = people
        self._at = at

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Turn the digest of this admin on, or off where it is on."""
        user = update.effective_user
        if user is None or update.message is None or await refused(update, self._people):
            return
        texts = self._people.words_of(user).logs
        # A repetition after a crash does not turn it back.
        wanted = self._people.wants_digest(user.id) == is_repeated()
        await asyncio.to_thread(self._people.set_digest, user.id, wanted=wanted)
        now = datetime.now().astimezone()
        if wanted and now.time() >= self._at:  # today's digest has been sent: the next one is tomorrow's
            yesterday = now.date() - timedelta(1)
            await asyncio.to_thread(self._people.take_digest, user.id, yesterday.isoformat())
        said = texts.digest_on.format(time=f"{self._at:%H:%M}") if wanted else texts.digest_off
        await delivery.reply(update.message, escape(said))
