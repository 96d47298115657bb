"""`make chaos`: thousands of questions under faults of the network and kill -9, counted at the server.

The real bot runs as a process of its own against the sandbox's server, which keeps to Telegram's rate limits.
Random calls fail, some of them after they have taken effect, and at random moments the bot is killed and
started anew. Each question is found again by the message that its reply quotes, and by its row in the log.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.log.database import reading
from bot.sandbox.server import Sandbox
from retrieval.index import Index
from tests.benchmarks import articles
from tests.benchmarks.bot_process import BotProcess
from tests.benchmarks.crowd import Crowd, out_of_order, percentiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.articles import Fact
    from tests.benchmarks.crowd import Asked

UNHEARD = 0.2  # of the failing sends: the part that takes effect all the same
PATIENCE = 120.0  # seconds without any answer, after which what is left counts as lost
ON_ITS_WAY = 0.5  # seconds that a call may reach the server after the kill of the bot that made it
LONGEST_DELAY = 1.0  # seconds from the answer that a kill is due at to the kill


@dataclass(frozen=True, slots=True)
class Plan:
    """`faults` and `poll_faults` are parts of the calls, from 0 to 1; `rate` is questions a second."""

    questions: int = 5000
    chats: int = 500
    groups: int = 5
    kills: int = 50
    faults: float = 0.25
    poll_faults: float = 0.1
    rate: float = 15.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. `duplicates` has the number of second replies by their cause.

    A cause is the number of a kill, "server" where the server had cut the connection of a reply that arrived,
    or "unknown". `rows` are the log's, `logged` the questions that have one.
    """

    asked: Sequence[Asked]
    duplicates: Counter[int | str]
    rows: int
    logged: int
    peak: int
    starts: Sequence[float]
    seconds: float
    errors: str

    @property
    def lost(self) -> int:
        return sum(not one.replies for one in self.asked)

    @property
    def failed(self) -> int:
        """How many were answered without the figure that was asked for: with an excuse."""
        return sum(not one.is_right for one in self.asked) - self.lost

    @property
    def by_kills(self) -> list[int]:
        """The duplicates of each kill that had any."""
        return [count for cause, count in self.duplicates.items() if isinstance(cause, int)]


def main() -> None:
    parser, usual = argparse.ArgumentParser(description=__doc__), Plan()
    parser.add_argument("--questions", type=int, default=usual.questions)
    parser.add_argument("--chats", type=int, default=usual.chats)
    parser.add_argument("--groups", type=int, default=usual.groups, help="so many of the chats are groups")
    parser.add_argument("--kills", type=int, default=usual.kills)
    parser.add_argument("--faults", type=float, default=usual.faults, help="part of the sends that fail")
    parser.add_argument("--poll-faults", type=float, default=usual.poll_faults)
    parser.add_argument("--rate", type=float, default=usual.rate, help="questions a second")
    parser.add_argument("--seed", type=int, default=usual.seed)
    plan = Plan(**vars(parser.parse_args()))
    logging.getLogger("uvicorn.error").disabled = True  # it tells of each connection that is cut on purpose
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(run(plan, Path(folder)))
    show(plan, outcome)
    sys.exit(outcome.lost + outcome.failed > 0)


async def run(plan: Plan, folder: Path) -> Outcome:
    """Carry out the plan in an empty folder."""
    facts = prepare(folder, counties=min(20, 1 + plan.questions // articles.A_COUNTY))
    async with Sandbox(rate_limits=True, privacy=False) as sandbox:
        bot = BotProcess(sandbox, folder)
        try:
            started = time.monotonic()
            await bot.start()
            async with Crowd(sandbox, plan.chats, plan.groups, plan.seed) as crowd:
                sandbox.fail_randomly(
                    sends=plan.faults * (1 - UNHEARD),
                    unheard=plan.faults * UNHEARD,
                    polls=plan.poll_faults,
                    seed=plan.seed,
                )
                asking = asyncio.create_task(_ask(plan, crowd, facts))
                killed = await _kill(plan, bot, crowd)
                await asking
                await crowd.until_answered(plan.questions, PATIENCE)
                seconds = time.monotonic() - started
                sandbox.heal()
                await bot.stop()
                asked = list(crowd.asked.values())
        finally:
            bot.close()
        rows, logged = log_rows(folder)
        return Outcome(
            asked=asked,
            duplicates=_duplicates(asked, killed, set(sandbox.unheard)),
            rows=rows,
            logged=logged,
            peak=bot.peak,
            starts=bot.starts,
            seconds=seconds,
            errors=bot.errors,
        )


def prepare(folder: Path, counties: int) -> list[Fact]:
    """Write articles and build their index where the bot looks for them; return what may be asked."""
    facts = articles.write(folder / "documents", counties)
    Index(folder / "data" / "snapshots").build(folder / "documents")
    return facts


def log_rows(folder: Path) -> tuple[int, int]:
    """Return how many rows the query log has, and to how many messages they belong."""
    with reading(folder / "data" / "queries.db") as db:
        rows, messages = db.execute(
            "SELECT count(*), count(DISTINCT chat || ' ' || message) FROM queries"
        ).fetchone()
    return rows, messages


async def _ask(plan: Plan, crowd: Crowd, facts: Sequence[Fact]) -> None:
    chance = random.Random(plan.seed)
    for _ in range(plan.questions):
        await crowd.ask(chance.choice(facts))
        await asyncio.sleep(chance.expovariate(plan.rate))


async def _kill(plan: Plan, bot: BotProcess, crowd: Crowd) -> list[float]:
    """Kill the bot at random moments all through the run; return when."""
    chance = random.Random(plan.seed)
    killed = []
    for due in sorted(chance.randrange(plan.questions) for _ in range(plan.kills)):
        await crowd.until_answered(due, PATIENCE)
        await asyncio.sleep(chance.uniform(0, LONGEST_DELAY))
        bot.kill()
        killed.append(time.monotonic())
        await bot.start()
    return killed


def _duplicates(
    asked: Sequence[Asked], killed: Sequence[float], unheard: set[tuple[int, int]]
) -> Counter[int | str]:
    causes: Counter[int | str] = Counter()
    for one in asked:
        for (at, reply), (again, _) in pairwise(one.replies):
            kill = bisect_left(killed, at - ON_ITS_WAY)
            if (one.chat, reply) in unheard:
                causes["server"] += 1
            elif kill < bisect_right(killed, again):
                causes[kill] += 1
            else:
                causes["unknown"] += 1
    return causes


def show(plan: Plan, outcome: Outcome) -> None:
    asked, second = outcome.asked, outcome.duplicates
    median, most, nearly_all, longest = percentiles(asked)
    starts = sorted(outcome.starts)
    print(
        f"""\
asked                 {len(asked)} in {plan.chats} chats, {plan.groups} of them groups, seed {plan.seed}
faults                {plan.faults:.0%} of the sends, {plan.poll_faults:.0%} of the polls
kills                 {plan.kills}
answered              {len(asked) - outcome.lost - outcome.failed}
failure said          {outcome.failed}
lost                  {outcome.lost}
answered again        by kills {sum(outcome.by_kills)}, at most {max(outcome.by_kills, default=0)} by one
                      by a cut connection, after the reply had arrived {second["server"]}
                      otherwise {second["unknown"]}
out of order          {out_of_order(asked)}
log                   {outcome.rows} rows for {outcome.logged} questions
seconds to an answer  p50 {median:.2f}, p95 {most:.2f}, p99 {nearly_all:.2f}, longest {longest:.2f}
seconds to restart    p50 {starts[len(starts) // 2]:.1f}, longest {starts[-1]:.1f}
memory                {outcome.peak / 1e6:.0f} MB at most
in all                {outcome.seconds:.0f} s"""
    )


if __name__ == "__main__":
    main()
