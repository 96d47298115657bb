"""`python -m tests.slow_bot run`: the bot, whose searches wait while there is a file `slow` in its folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bot.cli import main
from retrieval.answer import answer

if TYPE_CHECKING:
    from retrieval.model import Answer

SLOW = "slow"
LOOK_EVERY = 0.01  # seconds


def answer_slowly(*given: Any, **named: Any) -> Answer:
    while Path(SLOW).exists():
        time.sleep(LOOK_EVERY)
    return answer(*given, **named)


if __name__ == "__main__":
    with patch("bot.library.answer", answer_slowly):
        main()
