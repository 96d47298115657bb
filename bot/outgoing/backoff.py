"""How long to wait before another try."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram.error import RetryAfter

if TYPE_CHECKING:
    from telegram.error import TelegramError

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds; twice as long each time


def pause_after(error: TelegramError, failures: int) -> float:
    """Return the seconds before another try: what Telegram asks for, else the longer the more have failed.

    They differ, so that not all come back at once.
    """
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    longest = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
    return float(random.uniform(longest / 2, longest))  # noqa: S311 - no secret
