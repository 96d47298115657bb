"""The index as the event loop sees it: searches and rebuilds run in threads, one rebuild at a time.

It decides nothing about what is found; `retrieval` does.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from retrieval.answer import answer
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.contents import Progress
    from retrieval.index import Index, Report
    from retrieval.model import Answer, Paragraph
    from retrieval.synonyms import Synonyms

T = TypeVar("T")

SEARCHERS = 4  # threads: a slow question leaves the others theirs


class RebuildRunningError(WenjuError):
    def __init__(self) -> None:
        super().__init__("索引正在重建")


class RebuildStoppedError(WenjuError):
    def __init__(self) -> None:
        super().__init__("程序正在停止")


class Library:
    """Methods are for one event loop. A question during a rebuild is answered from the Snapshot before it."""

    def __init__(self, index: Index, documents: Path, synonyms: Synonyms | None = None) -> None:
        self.rebuilding = False
        self.progress: Progress | None = None
        self._index = index
        self._documents = documents
        self._synonyms = synonyms
        self._searchers = ThreadPoolExecutor(SEARCHERS, thread_name_prefix="search")
        self._stopping = threading.Event()

    async def snapshot(self) -> str:
        """Return the name of the newest Snapshot. Raise SnapshotError where there is none."""
        # The Snapshot stays in the thread: to let go of the last reference may mean to remove a folder.
        return await self._search(lambda: self._index.current().name)

    async def answer(self, question: str, before: str | None = None) -> Answer:
        """Answer a question, which may follow the one before. Raise SnapshotError where there is no index."""
        return await self._search(
            lambda: answer(self._index.current(), question, before=before, synonyms=self._synonyms)
        )

    async def around(self, paragraph: str) -> tuple[Paragraph | None, Paragraph | None] | None:
        """Return the paragraphs before and after; None where the index has no such paragraph any more."""

        def look() -> tuple[Paragraph | None, Paragraph | None] | None:
            snapshot = self._index.current()
            return snapshot.around(paragraph) if snapshot.paragraph(paragraph) else None

        return await self._search(look)

    async def rebuild(self) -> Report:
        """Refresh the index; `progress` tells meanwhile how far it is.

        Raise RebuildRunningError during another rebuild, RebuildStoppedError when the bot stops meanwhile.
        """
        if self.rebuilding:
            raise RebuildRunningError
        self.rebuilding, self.progress = True, None
        try:
            return await asyncio.to_thread(self._index.build, self._documents, self._step)
        finally:
            self.rebuilding = False

    def stop_rebuild(self) -> None:
        """End a running rebuild at its next file; the Snapshot in use stays."""
        self._stopping.set()

    def _step(self, progress: Progress) -> None:
        """Note the progress, in the thread that builds; raise what ends it."""
        self.progress = progress
        if self._stopping.is_set():
            raise RebuildStoppedError

    def close(self) -> None:
        self._searchers.shutdown(wait=True, cancel_futures=True)

    async def _search(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._searchers, work)
