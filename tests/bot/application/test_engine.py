"""A bot that searches on a cluster, while that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import SIMPLIFIED
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.settings import Settings


async def test_a_cluster_that_is_away(
    asker: Person, settings: Settings, running: Callable[..., AbstractAsyncContextManager[None]]
) -> None:
    """The bot starts, says plainly that it cannot search now, and holds up nothing else."""
    Index(settings.snapshots, settings.dictionary).build(settings.documents)
    async with running(engine="opensearch", opensearch_url="http://user:secret@127.0.0.1:9"):
        reply = await asker.ask("2020年干茶产量多少吨", timeout=60)
        assert reply.text == SIMPLIFIED.answers.no_engine
        assert "secret" not in reply.text
        assert await asker.ask("/help", timeout=15)
    async with running():
        assert "3100吨" in (await asker.ask("2020年干茶产量多少吨", timeout=30)).text
