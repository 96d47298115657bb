"""Builds one at a time, with a real index over real files."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from bot.library import Library, RebuildCancelledError, RebuildRunningError, RebuildStoppedError
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from retrieval.contents import Progress
    from retrieval.index import Report


class Held(Index):
    """An index whose builds wait until they are let go, and are counted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.builds = 0
        self.go = threading.Event()

    def build(
        self, documents: Path, progress: Callable[[Progress], None] | None = None, *, full: bool = False
    ) -> Report:
        self.builds += 1
        self.go.wait(10)
        return super().build(documents, progress, full=full)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    write(tmp_path / "documents", "first")
    return tmp_path / "documents"


@pytest.fixture
def index(tmp_path: Path) -> Held:
    return Held(tmp_path / "snapshots")


@pytest.fixture
async def library(index: Held, documents: Path) -> AsyncIterator[Library]:
    library = Library(index, documents)
    yield library
    index.go.set()
    await library.close()


def write(folder: Path, name: str) -> None:
    (folder / f"{name}.md").write_text(f"# {name}\n\n这是一段关于{name}的话。\n", encoding="utf-8")


async def until_building(index: Held, builds: int) -> None:
    while index.builds < builds:  # noqa: ASYNC110 - a thread counts
        await asyncio.sleep(0.01)


async def test_refreshes_share_a_build(index: Held, library: Library, documents: Path) -> None:
    """However many ask during a build, one more is made, and each gets a Report of what was there."""
    first = asyncio.create_task(library.refresh())
    await until_building(index, 1)
    write(documents, "second")
    later = [asyncio.create_task(library.refresh()) for _ in range(5)]
    await asyncio.sleep(0.05)
    index.go.set()
    await first
    reports = await asyncio.gather(*later)
    assert index.builds == 2
    assert {report.files for report in reports} == {2}


async def test_a_refresh_outlives_who_gave_up(index: Held, library: Library) -> None:
    """That one of those who wait is cancelled does not concern the others."""
    one, other = (asyncio.create_task(library.refresh()) for _ in range(2))
    await until_building(index, 1)
    one.cancel()
    index.go.set()
    assert (await other).files == 1
    assert one.cancelled()


async def test_one_rebuild(index: Held, library: Library) -> None:
    """A rebuild is declined during any build, a refresh waits."""
    rebuild = asyncio.create_task(library.rebuild())
    await until_building(index, 1)
    refresh = asyncio.create_task(library.refresh())
    with pytest.raises(RebuildRunningError):
        await library.rebuild()
    index.go.set()
    assert (await rebuild).read == 1
    assert (await refresh).unchanged == 1


async def test_cancelled(index: Held, library: Library) -> None:
    """Only the rebuild is cancelled: who waits for a refresh gets it."""
    rebuild = asyncio.create_task(library.rebuild())
    await until_building(index, 1)
    refresh = asyncio.create_task(library.refresh())
    library.cancel()
    index.go.set()
    with pytest.raises(RebuildCancelledError):
        await rebuild
    assert (await refresh).read == 1
    library.cancel()
    assert (await library.refresh()).unchanged == 1


async def test_closed(index: Held, library: Library) -> None:
    """Closing ends what is under way and what waits, and begins nothing any more."""
    rebuild = asyncio.create_task(library.rebuild())
    await until_building(index, 1)
    refresh = asyncio.create_task(library.refresh())
    await asyncio.sleep(0)
    closing = asyncio.create_task(library.close())
    await asyncio.sleep(0.05)
    index.go.set()
    await closing
    for build in (rebuild, refresh):
        with pytest.raises(RebuildStoppedError):
            await build
    assert index.builds == 1
