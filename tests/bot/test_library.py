"""Builds one at a time, with a real index over real files."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from bot.builder import Builder
from bot.library import Library, RebuildCancelledError, RebuildRunningError, RebuildStoppedError
from retrieval.engine import engine_of
from retrieval.errors import EngineError
from retrieval.index import Index
from tests.cluster.stand_in import node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from retrieval.index import Report
    from retrieval.progress import Progress


class Held(Builder):
    """Its builds wait until they are let go, and are counted."""

    def __init__(self, index: Index) -> None:
        super().__init__(index)
        self.builds = 0
        self.go = asyncio.Event()

    async def build(
        self,
        documents: Path,
        progress: Callable[[Progress], None],
        stop: asyncio.Event,
        *,
        full: bool = False,
    ) -> Report:
        self.builds += 1
        await self.go.wait()
        return await super().build(documents, progress, stop, full=full)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    write(tmp_path / "documents", "first")
    return tmp_path / "documents"


@pytest.fixture
async def builder(tmp_path: Path) -> Held:
    return Held(Index(tmp_path / "snapshots"))


@pytest.fixture
async def library(builder: Held, documents: Path, tmp_path: Path) -> AsyncIterator[Library]:
    library = Library(Index(tmp_path / "snapshots"), documents, builder=builder)
    yield library
    builder.go.set()
    await library.close()


def write(folder: Path, name: str) -> None:
    (folder / f"{name}.md").write_text(f"# {name}\n\n这是一段关于{name}的话。\n", encoding="utf-8")


async def until_building(builder: Held, builds: int) -> None:
    while builder.builds < builds:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)


async def test_refreshes_share_a_build(builder: Held, library: Library, documents: Path) -> None:
    """However many ask during a build share one more, whose Report is of what was there when they asked."""
    first = asyncio.create_task(library.refresh())
    await until_building(builder, 1)
    write(documents, "second")
    later = [asyncio.create_task(library.refresh()) for _ in range(5)]
    await asyncio.sleep(0.05)
    builder.go.set()
    await first
    reports = await asyncio.gather(*later)
    assert all(report is reports[0] for report in reports)
    assert reports[0].files == 2


async def test_a_refresh_outlives_who_gave_up(builder: Held, library: Library) -> None:
    """That one of those who wait is cancelled does not concern the others."""
    one, other = (asyncio.create_task(library.refresh()) for _ in range(2))
    await until_building(builder, 1)
    one.cancel()
    builder.go.set()
    assert (await other).files == 1
    assert one.cancelled()


async def test_one_rebuild(builder: Held, library: Library) -> None:
    """A rebuild is declined during any build, a refresh waits."""
    rebuild = asyncio.create_task(library.rebuild())
    await until_building(builder, 1)
    refresh = asyncio.create_task(library.refresh())
    with pytest.raises(RebuildRunningError):
        await library.rebuild()
    builder.go.set()
    assert (await rebuild).read == 1
    assert (await refresh).unchanged == 1


async def test_cancelled(builder: Held, library: Library) -> None:
    """Only the rebuild is cancelled: who waits for a refresh gets it."""
    rebuild = asyncio.create_task(library.rebuild())
    await until_building(builder, 1)
    refresh = asyncio.create_task(library.refresh())
    library.cancel()
    builder.go.set()
    with pytest.raises(RebuildCancelledError):
        await rebuild
    assert (await refresh).read == 1
    library.cancel()
    assert (await library.refresh()).unchanged == 1


async def test_what_needs_no_search_waits_for_none(documents: Path, tmp_path: Path) -> None:
    """While the cluster is silent and searches queue, the files are listed and the heartbeat goes on."""
    Index(tmp_path / "snapshots").build(documents)
    over = threading.Event()

    def silent(_: object) -> tuple[int, object]:
        over.wait(30)
        return 403, {}

    with node(silent) as port:
        engine = engine_of({"urls": f"http://127.0.0.1:{port}"})
        library = Library(Index(tmp_path / "snapshots", engine=engine), documents)
        asked = [asyncio.create_task(library.answer("茶")) for _ in range(10)]
        await asyncio.sleep(0)
        assert await library.snapshot()
        assert (await library.files("", 0, 10)).count == 1
        assert not any(task.done() for task in asked)
        over.set()
        failures = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(failure, EngineError) for failure in failures)
        await library.look_at_engine()
        assert library.away
        await library.close()


async def test_closed(builder: Held, library: Library) -> None:
    """Closing ends what is under way and what waits, and begins nothing any more."""
    rebuild = asyncio.create_task(library.rebuild())
    await until_building(builder, 1)
    refresh = asyncio.create_task(library.refresh())
    await asyncio.sleep(0)
    closing = asyncio.create_task(library.close())
    await asyncio.sleep(0.05)
    builder.go.set()
    await closing
    for build in (rebuild, refresh):
        with pytest.raises(RebuildStoppedError):
            await build
    assert builder.builds == 1
