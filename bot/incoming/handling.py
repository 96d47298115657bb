"""The update that is being handled: what was sent for it, and the ids under which its questions are logged.

It is known wherever its handling leads, without being handed on. A handling that is repeated after a crash
sends nothing that is known to have been sent, and logs each question under the id that it had.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from bot.ids import derived_id, new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from bot.incoming.inbox import Inbox

_current: ContextVar[Handling | None] = ContextVar("handling", default=None)


class Handling:
    """`sent` are calls and Telegram's answers of a handling that a crash has ended, in their order."""

    def __init__(
        self,
        update_id: int,
        received: datetime,
        inbox: Inbox | None,
        *,
        sent: Iterable[tuple[str, str]] = (),
        repeated: bool = False,
    ) -> None:
        """Without an `inbox` nothing is kept: the update is not in it."""
        self.update_id = update_id
        self.received = received
        self.repeated = repeated
        self._inbox = inbox
        self._sent: dict[str, deque[str]] = defaultdict(deque)
        for call, result in sent:
            self._sent[call].append(result)
        self._entries = 0

    @asynccontextmanager
    async def suspected(self) -> AsyncIterator[None]:
        """Hold the update to blame for an end of the process meanwhile: for one too many it is given up.

        A repeated one does not go on before that is on the disk.
        """
        if self._inbox is None:
            yield
            return
        noted = self._inbox.suspect(self.update_id)
        if self.repeated:
            await _written(noted)
        try:
            yield
        finally:
            self._inbox.clear(self.update_id)

    def done(self) -> None:
        """Note that the update is answered, or that its failure was said."""
        if self._inbox:
            self._inbox.done(self.update_id)

    def sent_before(self, call: str) -> Any | None:  # noqa: ANN401 - a result of the Bot API
        """Return what Telegram answered to this call before the crash; None where it is yet to be made."""
        known = self._sent.get(call)
        return json.loads(known.popleft()) if known else None

    async def sent(self, call: str, result: Any) -> None:  # noqa: ANN401 - a result of the Bot API
        """Keep what a call has brought; it is on the disk afterwards, unless the disk refuses just now."""
        if self._inbox:
            await _written(self._inbox.sent(self.update_id, call, json.dumps(result)))

    def entry_id(self) -> str:
        """Return the id of the next question to be logged: the same ones, in their order, each time."""
        self._entries += 1
        return derived_id(self.received, f"{self.update_id}:{self._entries}")


@contextmanager
def during(handling: Handling) -> Iterator[None]:
    token = _current.set(handling)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Handling | None:
    return _current.get()


def asked_at() -> float:
    """Return when the update that is being handled came, else the present, in seconds since the epoch."""
    handling = current()
    return handling.received.timestamp() if handling else time.time()


def is_repeated() -> bool:
    """Tell whether a crash has ended an earlier handling of the same update."""
    handling = current()
    return handling is not None and handling.repeated


def suspected() -> AbstractAsyncContextManager[None]:
    """Hold the update that is being handled, if any, to blame for an end of the process meanwhile."""
    handling = current()
    return handling.suspected() if handling else nullcontext()


def new_entry_id() -> str:
    """Return an id for a question to be logged, its own again where the handling is repeated."""
    handling = current()
    return handling.entry_id() if handling else new_id()


async def _written(job: Future[None]) -> None:
    """Wait for the first try to write; what fails is written when the disk takes it again."""
    written = asyncio.wrap_future(job)
    await asyncio.wait({written})
    written.exception()
