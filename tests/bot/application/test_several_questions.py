"""Several questions in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

LINES = "1. 盘山公路全长多少公里？\n2. 县图书馆藏书多少册？\n3. 2020年干茶产量多少吨？"


async def test_each_has_its_reply(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[[], AbstractAsyncContextManager[None]],
) -> None:
    """Each is answered in a reply of its own, in order, and is a row of the log."""
    async with running():
        question = await asker.say(LINES)
        await sandbox.until(lambda: len(asker.replies) == 3)
        assert [reply.text.split("\n")[1].split("　")[0] for reply in asker.replies] == [
            "35公里",
            "18万册",
            "3100吨",
        ]
        assert [reply.text[:6] for reply in asker.replies] == ["❓ 盘山公路", "❓ 县图书馆", "❓ 2020"]
        assert {reply.json["reply_to_message"]["message_id"] for reply in asker.replies} == {question.id}
    with reading(settings.query_log) as log:
        entries = list(read_entries(log))
    assert [entry.answer.question.text[:4] for entry in reversed(entries)] == ["盘山公路", "县图书馆", "2020"]
    assert [entry.reply for entry in reversed(entries)] == [reply.id for reply in asker.replies]
    assert {entry.message for entry in entries} == {question.id}


@pytest.mark.usefixtures("bot")
async def test_one_follows_the_other(asker: Person, sandbox: Sandbox) -> None:
    """A follow-up in the same message follows the question before it there."""
    await asker.ask("县图书馆藏书多少册？")
    await asker.say("1. 盘山公路全长多少公里？\n2. 什么时候通车的？")
    await sandbox.until(lambda: len(asker.replies) == 3)
    assert "\n按“盘山公路什么时候通车的”作答" in asker.replies[-1].text


@pytest.mark.usefixtures("bot")
async def test_five_at_most(asker: Person, sandbox: Sandbox) -> None:
    """Of many questions there are five answers, and the last one says how many are left."""
    await asker.say("\n".join(f"{number}. 盘山公路有多少座隧道？" for number in range(1, 10)))
    await sandbox.until(lambda: len(asker.replies) == 5)
    left_out = SIMPLIFIED.answers.left_out.format(answered=5, left=4)
    assert [left_out in reply.text for reply in asker.replies] == [False] * 4 + [True]
    assert "35公里" in (await asker.ask("盘山公路全长多少公里")).text
    assert len(asker.replies) == 6
