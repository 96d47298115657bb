"""`make soak`: as many questions as the bot can answer, and what it takes in the long run.

The bot runs without its own pacing against the sandbox's server without rate limits: at Telegram's 30
messages a second 100,000 questions would take an hour. Some questions wait at any time, each of another chat.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

from bot.sandbox import world
from bot.sandbox.server import Sandbox
from tests.benchmarks.bot_process import BotProcess
from tests.benchmarks.chaos import log_rows, prepare
from tests.benchmarks.crowd import Crowd, percentiles

CHATS = 500
AT_ONCE = 50  # questions that wait for their answer
COUNTIES = 5  # 500 paragraphs: the search is not what is measured
MARKS = (1_000, 10_000, 50_000, 100_000)  # questions after which the bot is looked at
MESSAGES_KEPT = 20  # in each chat, by the server: it is not its memory that is measured
PATIENCE = 60.0  # seconds without any answer
HEAD = (
    " questions   a second   CPU ms each   memory MB   inbox MB   log MB"
    "   loop late, ms: p50    p99   longest"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=20_000)
    questions = parser.parse_args().questions
    logging.getLogger("uvicorn.error").disabled = True  # it tells of each connection that is given up
    world.MESSAGES_KEPT = MESSAGES_KEPT
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(run(questions, Path(folder))))


async def run(questions: int, folder: Path) -> int:
    """Ask so many questions; return how many had no answer."""
    facts, lag = prepare(folder, COUNTIES), folder / "lag.json"
    chance = random.Random(1)
    async with Sandbox(privacy=False) as sandbox:
        bot = BotProcess(sandbox, folder, "tests.benchmarks.unpaced", (str(lag),))
        try:
            await bot.start()
            async with Crowd(sandbox, CHATS) as crowd:
                print(HEAD)
                for mark in sorted({*(mark for mark in MARKS if mark < questions), questions}):
                    started, used, already = time.monotonic(), bot.cpu(), len(crowd.asked)
                    for number in range(already, mark):
                        await crowd.until_answered(number - AT_ONCE, PATIENCE)
                        await crowd.ask(chance.choice(facts), number % CHATS)
                    await crowd.until_answered(mark, PATIENCE)
                    rate = (mark - already) / (time.monotonic() - started)
                    cpu = (bot.cpu() - used) / (mark - already)
                    _show(mark, rate, cpu, bot, json.loads(lag.read_text(encoding="ascii")))
                await bot.stop()
                asked = list(crowd.asked.values())
        finally:
            bot.close()
        median, most, _, longest = percentiles(asked)
        rows, logged = log_rows(folder)
        lost = sum(not one.replies for one in asked)
        again = sum(len(one.replies) > 1 for one in asked)
        print(f"\n{len(asked)} questions, lost {lost}, answered again {again}", end=", ")
        print(f"with the figure {sum(one.is_right for one in asked)}, log {rows} rows for {logged}")
        print(f"seconds to an answer, {AT_ONCE} waiting: ", end="")
        print(f"p50 {median:.2f}, p95 {most:.2f}, longest {longest:.2f}")
        print(f"memory at most {bot.peak / 1e6:.0f} MB")
        return int(lost > 0)


def _show(questions: int, rate: float, cpu: float, bot: BotProcess, lag: list[float]) -> None:
    held = bot.note_memory() / 1e6
    inbox, log = (
        sum(file.stat().st_size for file in (bot.folder / "data").glob(f"{name}.db*")) / 1e6
        for name in ("inbox", "queries")
    )
    median, most, longest = (1000 * seconds for seconds in lag)
    print(
        f"{questions:>10}{rate:>11.0f}{1000 * cpu:>14.1f}{held:>12.0f}{inbox:>11.1f}{log:>9.1f}"
        f"{median:>20.1f}{most:>7.1f}{longest:>10.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
