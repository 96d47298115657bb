"""`python -m tests.benchmarks.unpaced FILE`: the bot without its own pacing, for a server without limits.

It writes to FILE, as JSON, how late its event loop was: the median, the 99th percentile and the longest so
far, in seconds.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import numpy as np

from bot.application import serve
from bot.lifecycle import background
from bot.outgoing import pacing, sending
from bot.redaction import set_up_logging
from bot.settings import load

FREE = (1_000_000, 0.001)  # messages, and in how many seconds
EVERY = 0.05  # seconds between two looks
LOOKS = 20  # before what was seen is written down


async def run(file: Path) -> None:
    settings, stop = load(), asyncio.Event()
    set_up_logging(settings.token)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with background(_watch_lag(file)):
        await serve(settings, stop)


async def _watch_lag(file: Path) -> None:
    loop, lags = asyncio.get_running_loop(), []
    while True:
        for _ in range(LOOKS):
            due = loop.time() + EVERY
            await asyncio.sleep(EVERY)
            lags.append(loop.time() - due)
        seen = json.dumps([*np.percentile(lags, [50, 99]), max(lags)])
        await asyncio.to_thread(file.write_text, seen, encoding="ascii")


if __name__ == "__main__":
    for module, name in ((pacing, "PRIVATE"), (pacing, "GROUP"), (sending, "OVERALL")):
        setattr(module, name, FREE)
    asyncio.run(run(Path(sys.argv[1])))
