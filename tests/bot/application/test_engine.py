"""A bot that searches on a cluster, while that is away, and when it comes."""

from __future__ import annotations

import asyncio
import logging
import shutil
from typing import TYPE_CHECKING

import pytest

import bot.chores
from bot.application import _secrets
from bot.health import check
from bot.messages import SIMPLIFIED
from bot.settings import Settings
from tests.cluster.stand_in import WELL, StandIn, node

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

    Running = Callable[..., AbstractAsyncContextManager[None]]

QUESTION = "2020年干茶产量多少吨"
AWAY = {"engine": "opensearch", "opensearch_url": "http://user:geheim@127.0.0.1:9"}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[[str], Awaitable[None]]:
    """Wait until the health check says these words, or that all is well; the bot looks often."""
    monkeypatch.setattr(bot.chores, "BEAT_EVERY", 0.1)

    async def says(words: str) -> None:
        async with asyncio.timeout(60):
            while words not in "".join(check(settings).lines()):  # noqa: ASYNC110 - it is a file
                await asyncio.sleep(0.05)

    return says


async def test_a_cluster_that_is_away(
    asker: Person,
    admin: Person,
    sandbox: Sandbox,
    *,
    running: Running,
    said: Callable[[str], Awaitable[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The bot starts and says plainly that it cannot search; what needs no search goes on."""
    async with running():
        answer = await asker.ask(QUESTION, timeout=30)
        assert "3100吨" in answer.text
        checked = await admin.ask(QUESTION, timeout=30)
    caplog.clear()
    async with running(**AWAY):
        reply = await asker.ask(QUESTION, timeout=60)
        assert reply.text == SIMPLIFIED.answers.no_engine
        greeting = await asker.ask("/start", timeout=60)
        assert SIMPLIFIED.conversation.start in greeting.text
        assert not greeting.buttons
        await (await asker.press(answer, SIMPLIFIED.answers.context)).wait()
        await sandbox.until(lambda: "红茶和绿茶各占一半" in answer.text)
        await admin.say("/pin", reply_to=checked)
        assert (await admin.next_reply()).text == SIMPLIFIED.answers.no_engine
        await said("现在查不了：检索集群连不上：拒绝连接（127.0.0.1:9）")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    assert "geheim" not in caplog.text


def test_credentials_are_in_no_line() -> None:
    """The key, and the passwords of the nodes' addresses as they are written and as they are sent."""
    urls = "https://a:geheim%2F1@node1:9200, https://b:p@ss@node2,http://node3"
    hidden = set(_secrets(Settings(opensearch_url=urls, opensearch_key="c2NobHVlc3NlbA")))
    assert hidden == {"c2NobHVlc3NlbA", "geheim%2F1", "geheim/1", "p@ss"}


async def test_a_cluster_that_comes_after_the_bot(
    asker: Person,
    settings: Settings,
    running: Running,
    said: Callable[[str], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A first start without the cluster says why there is no index, and makes it once that is there."""
    monkeypatch.setattr(bot.chores, "FIRST_PAUSE", 0.2)
    shutil.rmtree(settings.snapshots)
    kept = StandIn()
    kept.fault = lambda _: None
    with node(kept) as port:
        async with running(engine="opensearch", opensearch_url=f"http://127.0.0.1:{port}"):
            assert (await asker.ask(QUESTION, timeout=60)).text == SIMPLIFIED.answers.no_index
            await said(f"还没有索引：检索集群连不上：没有应答（127.0.0.1:{port}）")
            kept.fault = lambda _: WELL
            await said("正常")
    (index,) = kept.about
    assert kept.about[index]["rows"] > 0
