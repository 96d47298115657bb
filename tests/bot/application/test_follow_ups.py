"""Questions that lean on the one before, in private and in groups, over a restart and over time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.log import query_log
from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

    Running = Callable[[], AbstractAsyncContextManager[None]]

TEA = "2020年全县干茶产量多少吨？"
ROAD = "盘山公路全长多少公里？"


@pytest.mark.usefixtures("bot")
async def test_a_follow_up(asker: Person) -> None:
    """It is answered for the topic before it, and its first line says how it was read."""
    await asker.ask(ROAD)
    answer = await asker.ask("什么时候通车的？")
    assert answer.text.split("\n")[0] == "按“盘山公路什么时候通车的”作答"
    assert "2022年10月18日" in answer.text


@pytest.mark.usefixtures("bot")
async def test_a_chain(asker: Person) -> None:
    """A follow-up to a follow-up starts from what that one was read as."""
    await asker.ask("2021年茶叶产值是多少？")
    await asker.ask("那2020年呢")
    answer = await asker.ask("茶园面积呢？")
    assert answer.text.startswith("按“2020年茶园面积是多少”作答")


@pytest.mark.usefixtures("bot")
async def test_a_follow_up_sent_right_behind_its_question(asker: Person) -> None:
    """It waits for the question before it, and still follows that one."""
    await asker.say(ROAD)
    await asker.say("什么时候通车的？")
    texts = {(await asker.next_reply()).text.split("\n")[0] for _ in range(2)}
    assert "按“盘山公路什么时候通车的”作答" in texts


@pytest.mark.usefixtures("bot")
async def test_a_whole_question_is_left_alone(asker: Person) -> None:
    """What stands by itself is answered as before, without a line on how it was read."""
    await asker.ask(ROAD)
    assert (await asker.ask(TEA)).text.startswith("3100吨")


@pytest.mark.usefixtures("bot")
async def test_not_found_says_how_it_was_read(asker: Person) -> None:
    """Where nothing is found, the asker still sees what was looked for."""
    await asker.ask("火星基地什么时候建成？")
    answer = await asker.ask("谁主持的？")
    assert answer.text.startswith("按“火星基地谁主持的”作答\n未找到")


@pytest.mark.usefixtures("bot")
async def test_the_pages_say_it_too(asker: Person, sandbox: Sandbox) -> None:
    """The next result of a follow-up repeats how it was read."""
    await asker.ask("公路上有多少座桥梁")
    answer = await asker.ask("什么时候通车的？")
    read_as = answer.text.partition("\n")[0]
    assert read_as.startswith("按“公路")
    await asker.press(answer, SIMPLIFIED.answers.next)
    await sandbox.until(lambda: answer.edited)
    assert answer.text.startswith(f"{read_as}\n")


@pytest.mark.usefixtures("bot")
async def test_askers_of_a_group_do_not_mix(asker: Person, sandbox: Sandbox) -> None:
    """Each asker of a group has a thread of their own, apart from their private chat."""
    other = sandbox.user(2002, "同事")
    group = sandbox.group("课题组", asker, other)
    await asker.ask(f"/ask {ROAD}", chat=group)
    await other.ask("/ask 2021年新建图书馆藏书多少册", chat=group)
    mine = await asker.ask("/ask 什么时候通车的", chat=group)
    theirs = await other.ask("/ask 什么时候开馆的", chat=group)
    assert mine.text.startswith("按“盘山公路什么时候通车的”作答")
    assert "图书馆" in theirs.text.split("\n")[0]
    assert not (await asker.ask("什么时候通车的")).text.startswith("按")


@pytest.mark.usefixtures("bot")
async def test_a_reply_means_the_answer_it_replies_to(asker: Person) -> None:
    """A reply to an older answer follows that answer's question, not the last one."""
    road = await asker.ask(ROAD)
    await asker.ask(TEA)
    await asker.say("什么时候通车的", reply_to=road)
    assert (await asker.next_reply()).text.startswith("按“盘山公路什么时候通车的”作答")


async def test_a_restart_keeps_the_thread(asker: Person, running: Running) -> None:
    """A question before a restart can be followed after it."""
    async with running():
        await asker.ask(ROAD)
    async with running():
        assert "盘山公路" in (await asker.ask("什么时候通车的？")).text.split("\n")[0]


@pytest.mark.usefixtures("bot")
async def test_an_old_question_is_not_followed(asker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time a question is not leaned on any more."""
    await asker.ask(ROAD)
    monkeypatch.setattr(query_log, "RECENT", timedelta(0))
    assert not (await asker.ask("什么时候通车的？")).text.startswith("按")
