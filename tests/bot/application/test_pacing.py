"""Many questions at once, under Telegram's rates: the chats do not wait for each other."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot import lifecycle, pacing
from bot.application import serve
from bot.sandbox import limits
from bot.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings

QUESTION = "2020年干茶产量多少吨"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox that refuses what Telegram would refuse."""
    async with Sandbox(rate_limits=True) as running:
        yield running


async def test_each_chat_waits_for_itself(
    sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many questions in a private chat and a group are all answered; a third chat does not wait."""
    for module in (pacing, limits):
        monkeypatch.setattr(module, "GROUP", (20, 15.0))  # a minute, made short
    stop = asyncio.Event()
    settings = replace(settings, questions_per_minute=1000)
    serving = asyncio.create_task(serve(settings, stop))
    asker, stranger = sandbox.user(), sandbox.user(31, "旁人")
    group = sandbox.group("课题组", asker)
    for _ in range(25):
        await asker.say(QUESTION)
        await asker.say(f"/ask {QUESTION}", chat=group)
    await sandbox.until(lambda: len(group.replies) == 20, timeout=20)
    started = time.monotonic()
    assert "3100吨" in (await stranger.ask(QUESTION)).text
    assert time.monotonic() - started < 3
    await sandbox.until(lambda: len(asker.replies) == 25, timeout=40)
    await sandbox.until(lambda: len(group.replies) == 25, timeout=40)
    stop.set()
    await serving


async def test_stop_does_not_wait_for_a_busy_group(
    sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a group may get only in a minute is given up at the stop, and the log says how much that is."""
    monkeypatch.setattr(lifecycle, "FAREWELL", 0.5)
    settings = replace(settings, questions_per_minute=1000)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(settings, stop))
    asker = sandbox.user()
    group = sandbox.group("课题组", asker)
    for _ in range(24):
        await asker.say(f"/ask {QUESTION}", chat=group)
    await sandbox.until(lambda: len(group.replies) == 20, timeout=20)
    stop.set()
    await asyncio.wait_for(serving, 10)
    assert "4 条消息没来得及处理" in caplog.text
