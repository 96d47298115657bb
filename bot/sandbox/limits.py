"""How much a bot may send: the rates that Telegram publishes, as sliding windows.

Telegram does not publish the exact windows; these keep its stated averages and leave a private chat a burst
of three.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from telegram.constants import FloodLimit

from bot.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

BURST = 3
Window = tuple[int, float]
"""At most so many messages in so many seconds."""
OVERALL: Window = (int(FloodLimit.MESSAGES_PER_SECOND), 1.0)
GROUP: Window = (int(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP), 60.0)
PRIVATE: Window = (BURST, BURST / FloodLimit.MESSAGES_PER_SECOND_PER_CHAT)


class RateLimiter:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: dict[int | None, deque[float]] = defaultdict(deque)

    def admit(self, chat_id: int, *, group: bool, messages: int = 1) -> None:
        """Count `messages` to the chat, or raise ApiError 429 and count nothing."""
        now = self._clock()
        windows = {None: OVERALL, chat_id: GROUP if group else PRIVATE}
        wait = max(self._wait(key, window, now, messages) for key, window in windows.items())
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for key in windows:
            self._sent[key].extend([now] * messages)

    def _wait(self, key: int | None, window: Window, now: float, messages: int) -> float:
        allowed, seconds = window
        sent = self._sent[key]
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        excess = len(sent) + messages - allowed
        if excess <= 0 or not sent:  # an album over the limit alone would otherwise never go
            return 0.0
        return sent[min(excess, len(sent)) - 1] + seconds - now
