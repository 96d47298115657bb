"""`make bench-load`: 500 questions at once from 500 chats, beside a plain bot over rank-bm25.

Both answer over the same articles, each as a process of its own against a server of its own in this process,
one after the other on the same machine, and both have answered some questions before. The plain bot is as
such scripts are commonly written with python-telegram-bot: the library's defaults, jieba's words, the three
best paragraphs, no sources. With rate limits the server refuses, as Telegram does, more than 30 messages a
second. Without them wenju still keeps to its own pace of 30 a second; in the row after, that is taken away.
"Right" answers hold the figure that was asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.server import Sandbox
from tests.benchmarks import articles
from tests.benchmarks.bot_process import BotProcess
from tests.benchmarks.chaos import prepare
from tests.benchmarks.crowd import Crowd, percentiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.articles import Fact

WARM_UP = 20  # questions
PATIENCE = 30.0  # seconds without any answer, after which the rest counts as lost
PAUSE = 3.0  # seconds after the warm-up: its messages count no more
PLAIN, WENJU, UNPACED = "plain bot", "wenju", "wenju, own pace off"
HEAD = f"{'':22}answered   lost   right   answers/s   p50 s   p95 s   longest s   CPU ms each   memory MB"


@dataclass(frozen=True, slots=True)
class Result:
    """`rate` is answers a second; times are in seconds, `cpu` is that of one answer; `memory` is in bytes."""

    asked: int
    answered: int
    right: int
    rate: float
    median: float
    most: float
    longest: float
    cpu: float
    memory: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=500, help="each from a chat of its own")
    parser.add_argument("--paragraphs", type=int, default=10_000)
    given = parser.parse_args()
    logging.getLogger("uvicorn.error").disabled = True  # it tells of each connection that is given up
    print(__doc__.partition("\n\n")[2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        facts = prepare(folder, given.paragraphs // articles.A_COUNTY)
        for limits, bots in ((True, (PLAIN, WENJU)), (False, (PLAIN, WENJU, UNPACED))):
            print(f"{'With' if limits else 'Without'} Telegram's rate limits\n{HEAD}")
            base: Result | None = None
            for bot in bots:
                result = asyncio.run(_measured(bot, folder, facts, given.questions, limits=limits))
                _show(bot, result)
                base = base or result
                if result is not base:
                    print(
                        f"{'':22}{result.rate / base.rate:.1f} times the answers a second, "
                        f"{result.most / base.most:.2f} times the p95 of the plain bot"
                    )
            print()


async def _measured(
    name: str, folder: Path, facts: Sequence[Fact], questions: int, *, limits: bool
) -> Result:
    chance = random.Random(1)
    async with Sandbox(rate_limits=limits, privacy=False) as sandbox:
        module, arguments = {
            PLAIN: ("tests.benchmarks.plain_bot", (sandbox.url, str(folder / "documents"))),
            WENJU: ("bot", ("run",)),
            UNPACED: ("tests.benchmarks.unpaced", (str(folder / "lag.json"),)),
        }[name]
        bot = BotProcess(sandbox, folder, module, arguments)
        try:
            await bot.start()
            async with Crowd(sandbox, questions) as crowd:
                for place in range(WARM_UP):
                    await crowd.ask(chance.choice(facts), place)
                await crowd.until_answered(WARM_UP, PATIENCE)
                await asyncio.sleep(PAUSE)
                started, used = time.monotonic(), bot.cpu()
                asked = [await crowd.ask(chance.choice(facts), place) for place in range(questions)]
                await crowd.until_answered(WARM_UP + questions, PATIENCE)
                used = bot.cpu() - used
                await bot.stop()
        finally:
            bot.close()
    answered = [one for one in asked if one.replies]
    median, most, _, longest = percentiles(asked)
    return Result(
        asked=len(asked),
        answered=len(answered),
        right=sum(one.is_right for one in asked),
        rate=len(answered) / (max(one.replies[0][0] for one in answered) - started),
        median=median,
        most=most,
        longest=longest,
        cpu=used / len(answered),
        memory=bot.peak,
    )


def _show(name: str, result: Result) -> None:
    lost = result.asked - result.answered
    print(
        f"{name:22}{result.answered:>8}{lost:>7}{result.right:>8}{result.rate:>12.1f}"
        f"{result.median:>8.2f}{result.most:>8.2f}{result.longest:>12.2f}"
        f"{1000 * result.cpu:>14.1f}{result.memory / 1e6:>12.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
