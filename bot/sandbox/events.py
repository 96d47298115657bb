"""What happens, in order: the updates for the bot and the journal for the page and the tests."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from telegram.constants import PollingLimit, UpdateType

from bot.sandbox.wire import ApiError, copied

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.webhooks import Webhook
    from bot.sandbox.wire import Json

JOURNAL_LENGTH = 5000
ON_REQUEST_ONLY = {UpdateType.CHAT_MEMBER, UpdateType.MESSAGE_REACTION, UpdateType.MESSAGE_REACTION_COUNT}


class Signal:
    """Wakes everyone who waits for the next change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - a quiet wait, no cancellation
        """Return at the next change or after `timeout` seconds."""
        event = self._event
        try:
            await asyncio.wait_for(event.wait(), timeout)
        except TimeoutError:
            return


class Journal:
    """The latest events, numbered from 1; `epoch` tells one run of the sandbox from the next."""

    def __init__(self, changed: Signal) -> None:
        self.epoch = secrets.token_hex(4)
        self.last = 0
        self._changed = changed
        self._events: deque[Json] = deque(maxlen=JOURNAL_LENGTH)

    def add(self, kind: str, chat_id: int, **details: object) -> None:
        self.last += 1
        event = {"number": self.last, "kind": kind, "chat_id": chat_id, **details}
        self._events.append(copied(event))
        self._changed.notify()

    def after(self, number: int) -> list[Json] | None:
        """Return the events after `number`, None where some of them are gone."""
        if number > self.last or (self._events and number + 1 < self._events[0]["number"]):
            return None
        return [event for event in self._events if event["number"] > number]


class UpdateQueue:
    """The updates a bot has not confirmed yet, for its webhook or for one poller at a time."""

    def __init__(self, changed: Signal) -> None:
        self.webhook: Webhook | None = None
        self.closed = False
        self.confirmed: Callable[[Json], None] = lambda _update: None
        self._changed = changed
        self._pending: deque[Json] = deque()
        self._next_id = secrets.randbelow(100_000_000) + 1
        self._allowed: set[str] = set()
        self._poller: object = None

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, payload: Json) -> None:
        """Queue an update unless the bot asked not to get its kind."""
        wanted = kind in self._allowed if self._allowed else kind not in ON_REQUEST_ONLY
        if wanted:
            self._pending.append({"update_id": self._next_id, kind: copied(payload)})
            self._next_id += 1
            self._changed.notify()

    def repeat(self, update: Json) -> None:
        """Give an update to the waiting poll again under its own id, as if its confirmation had been lost."""
        self._pending.appendleft(copied(update))
        self._changed.notify()

    @property
    def first(self) -> Json | None:
        return self._pending[0] if self._pending else None

    def take(self, update: Json) -> None:
        """Confirm an update that the webhook has taken."""
        place = next((place for place, pending in enumerate(self._pending) if pending is update), None)
        if place is not None:  # it was not cleared meanwhile
            del self._pending[place]
            self.confirmed(update)
            self._changed.notify()

    def clear(self) -> None:
        self._pending.clear()

    def allow(self, kinds: list[object] | None) -> None:
        """Set the kinds to queue from now on; an empty list means the usual ones, None leaves them."""
        if kinds is not None:
            self._allowed = set(map(str, kinds))

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Return the next updates, waiting for one up to `seconds`.

        Raise ApiError 409 to the older of two pollers, and to any while a webhook is set.
        """
        if self.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._poller = me = object()
        self._changed.notify()
        self._confirm(offset)
        deadline = time.monotonic() + seconds
        while not self._pending and not self.closed and (left := deadline - time.monotonic()) > 0:
            await self._changed.wait(left)
            if self._poller is not me:
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
        limit = limit if PollingLimit.MIN_LIMIT <= limit <= PollingLimit.MAX_LIMIT else PollingLimit.MAX_LIMIT
        return list(islice(self._pending, limit))

    def _confirm(self, offset: int) -> None:
        if offset < 0:  # only the last so many stay
            offset = self._pending[max(0, len(self._pending) + offset)]["update_id"] if self._pending else 0
        while self._pending and self._pending[0]["update_id"] < offset:
            self.confirmed(self._pending.popleft())
