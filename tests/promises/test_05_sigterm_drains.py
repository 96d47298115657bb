"""A stop loses nothing: what is under way is finished, and what cannot be is answered at the next start."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from bot.lifecycle import FAREWELL
from bot.log.database import read_entries, reading
from tests.processes import PATIENCE, TOKEN, start

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from tests.processes import Process

QUESTION, ANSWER = "2020年干茶产量多少吨", "3100吨"
ASKERS = 12


async def running(folder: Path, telegram: Sandbox) -> Process:
    return await start(folder, WENJU_TOKEN=TOKEN, WENJU_API_URL=telegram.url)


def logged(folder: Path) -> int:
    """How many questions are in the log."""
    with reading(folder / "data" / "queries.db") as log:
        return sum(1 for _ in read_entries(log))


def answers(asker: Person) -> list[str]:
    return [reply.text for reply in asker.replies if ANSWER in reply.text]


async def ask_all(telegram: Sandbox, askers: list[Person]) -> None:
    """Let each ask, and wait until the bot has taken them all."""
    for asker in askers:
        await asker.say(QUESTION)
    await telegram.until(lambda: not len(telegram.world.updates), PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_what_is_under_way_is_finished(folder: Path, telegram: Sandbox, number: int) -> None:
    """A signal amid slow answers to many ends the bot with status 0 once each has their answer, once."""
    askers = [telegram.user(100 + place) for place in range(ASKERS)]
    async with await running(folder, telegram) as bot:
        await askers[0].ask("/help", timeout=PATIENCE)
        telegram.delay_next("sendMessage", 2.0, times=ASKERS)
        await ask_all(telegram, askers)
        assert not any(map(answers, askers))
        status, errors = await bot.end(number)
    assert status == 0
    assert "Traceback" not in errors
    assert [len(answers(asker)) for asker in askers] == [1] * ASKERS
    assert logged(folder) == ASKERS


async def test_a_second_ctrl_c_does_not_wait(folder: Path, telegram: Sandbox) -> None:
    """Who presses it again has the bot end at once; what was asked is answered after the next start."""
    asker = telegram.user()
    async with await running(folder, telegram) as bot:
        await asker.ask("/help", timeout=PATIENCE)
        telegram.fail_next("sendMessage", 429, "Too Many Requests: retry after 60", 60)
        await asker.say(QUESTION)
        await telegram.until(lambda: len(telegram.called("sendMessage")) == 2, PATIENCE)
        bot.signal(signal.SIGINT)
        await bot.says("正在停止")
        _, errors = await asyncio.wait_for(bot.end(signal.SIGINT), FAREWELL / 2)
    assert "Traceback" not in errors
    async with await running(folder, telegram):
        await telegram.until(lambda: answers(asker), PATIENCE)


async def test_what_cannot_be_sent_waits_for_the_next_start(folder: Path, telegram: Sandbox) -> None:
    """Where Telegram takes nothing, the bot ends in time nonetheless, and answers each once it is back."""
    askers = [telegram.user(100 + place) for place in range(ASKERS)]
    async with await running(folder, telegram) as bot:
        await askers[0].ask("/help", timeout=PATIENCE)
        telegram.fail_next("sendMessage", 502, "Bad Gateway", times=10_000)
        await ask_all(telegram, askers)
        status, errors = await bot.end(signal.SIGTERM)
    assert status == 0
    assert f"{ASKERS} 条消息没来得及处理，留到下次启动" in errors
    assert "Traceback" not in errors
    assert not any(map(answers, askers))
    telegram.heal()
    late = telegram.user(99)
    await late.say(QUESTION)  # nobody runs, so it waits with Telegram
    async with await running(folder, telegram) as bot:
        await telegram.until(lambda: all(map(answers, [*askers, late])), PATIENCE)
        assert (await bot.end(signal.SIGTERM))[0] == 0
    assert [len(answers(asker)) for asker in [*askers, late]] == [1] * (ASKERS + 1)
    assert logged(folder) == ASKERS + 1
