"""`make bench-bot`: the real bot over a million made paragraphs, asked one question after another.

It runs as a process of its own against the sandbox's server, with its own pacing, and each question comes
from another chat. A time is that from the message to the reply, both seen at the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.server import Sandbox
from tests.benchmarks import bot_process, indexing_steps, made_files, measured_process
from tests.benchmarks.bot_process import BotProcess
from tests.benchmarks.crowd import Crowd, percentiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.articles import Fact
    from tests.benchmarks.measured_process import Numbers

PATIENCE = 60.0  # seconds for an answer
STARTING = 600.0  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--limit", type=float, default=14_400, help="seconds for the indexing")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    given = parser.parse_args()
    logging.getLogger("uvicorn.error").disabled = True  # it tells of each connection that is given up
    bot_process.READY_SECONDS = STARTING
    print(__doc__.partition("\n\n")[2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents, snapshots = folder / "documents", folder / "data" / "snapshots"
        made = made_files.write(documents, paragraphs=given.paragraphs)
        arguments = (indexing_steps.__name__, "index", documents, snapshots)
        index = measured_process.run(*arguments, limit=given.limit)
        index["disk"] = sum(file.stat().st_size for file in snapshots.rglob("*") if file.is_file())
        made_mb, peak, disk = (size / 1e6 for size in (made.size, index["peak"], index["disk"]))
        print(f"files            {len(made.files):,}: {index['paragraphs']:,} paragraphs, {made_mb:,.0f} MB")
        print(
            f"indexed          in {index['seconds']:,.0f} s, {peak:,.0f} MB memory, {disk:,.0f} MB disk",
            flush=True,
        )
        facts = random.Random(1).choices(made.facts, k=given.questions)
        found = asyncio.run(_asked(folder, facts))
    _show(found)
    if given.json:
        given.json.write_text(json.dumps({"index": index, "bot": found}, indent=1), encoding="utf-8")


async def _asked(folder: Path, facts: Sequence[Fact]) -> Numbers:
    async with Sandbox(privacy=False) as sandbox:
        bot = BotProcess(sandbox, folder)
        try:
            async with Crowd(sandbox, len(facts)) as crowd:
                started = time.monotonic()
                await bot.start()
                for place, fact in enumerate(facts):
                    await crowd.ask(fact, place)
                    await crowd.until_answered(place + 1, PATIENCE)
                asked = list(crowd.asked.values())
                held = bot.note_memory()
                await bot.stop()
        finally:
            bot.close()
    median, most, nearly_all, longest = percentiles(asked)
    return {
        "start": bot.starts[0],
        "first": asked[0].replies[0][0] - started if asked[0].replies else None,
        "p50": median,
        "p95": most,
        "p99": nearly_all,
        "longest": longest,
        "asked": len(asked),
        "answered": sum(bool(one.replies) for one in asked),
        "right": sum(one.is_right for one in asked),
        "memory": held,
        "peak": bot.peak,
    }


def _show(found: Numbers) -> None:
    median, most, nearly_all, longest = (1000 * found[name] for name in ("p50", "p95", "p99", "longest"))
    first = "none" if found["first"] is None else f"{found['first']:.1f} s"
    print(
        f"""\
answered         {found["answered"]} of {found["asked"]}, {found["right"]} with the figure asked for
ms to an answer  p50 {median:.0f}, p95 {most:.0f}, p99 {nearly_all:.0f}, longest {longest:.0f}
start            asks for updates after {found["start"]:.1f} s, first answer after {first}
memory           {found["memory"] / 1e6:,.0f} MB after all questions, {found["peak"] / 1e6:,.0f} MB at most"""
    )


if __name__ == "__main__":
    main()
