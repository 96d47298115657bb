"""How polling goes: when Telegram last answered getUpdates, and what keeps it from doing so."""

from __future__ import annotations

import asyncio
import logging
import time
from http import HTTPStatus
from typing import Any

from telegram.request import HTTPXRequest

from bot.health import CONFLICT, UNAUTHORIZED

logger = logging.getLogger(__name__)


class Polling:
    """What is known of getUpdates so far; `rejected` is set once Telegram refuses the token."""

    def __init__(self) -> None:
        self.last: float | None = None
        """The last success, in seconds since the epoch."""
        self.problem: str | None = None
        self.rejected = asyncio.Event()

    def note(self, status: int) -> None:
        """Take the HTTP status of a getUpdates call."""
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
            self.problem = UNAUTHORIZED
            self.rejected.set()
        elif status == HTTPStatus.CONFLICT:
            if self.problem != CONFLICT:  # once, not once a try
                logger.error("另有程序在用同一个令牌收取消息（409），请只保留一个")
            self.problem = CONFLICT
        elif status == HTTPStatus.OK:
            if self.problem == CONFLICT:
                logger.info("又能收取消息了")
            self.last, self.problem = time.time(), None


class PollingRequest(HTTPXRequest):
    """The connection for getUpdates alone."""

    def __init__(self, polling: Polling) -> None:
        super().__init__(connection_pool_size=1)
        self._polling = polling

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401 - passed on as they are
        status, payload = await super().do_request(*args, **kwargs)
        self._polling.note(status)
        return status, payload
