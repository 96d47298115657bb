"""The index as the event loop sees it: searches run in threads, rebuilds in a process, one at a time.

It decides nothing about what is found; `retrieval` does.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from bot.builder import Builder, BuildStoppedError
from bot.documents.catalogue import Catalogue, path_of
from bot.incoming.handling import suspected
from bot.picture_reader import PictureReader
from retrieval.answer import answer
from retrieval.curated import locate
from retrieval.errors import EngineError, SnapshotError, WenjuError
from retrieval.examples import examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.documents.catalogue import CatalogueEntry, CataloguePage
    from bot.state.curation import Curation
    from retrieval.curated import Curated
    from retrieval.index import Index, Report
    from retrieval.model import Answer, Paragraph, Picture
    from retrieval.progress import Progress
    from retrieval.synonyms import Synonyms

T = TypeVar("T")

EXAMPLES = 3
HITS = 10  # of an answer
SEARCHERS = 4  # threads: a slow question leaves the others theirs


class RebuildRunningError(WenjuError):
    def __init__(self) -> None:
        super().__init__("索引正在重建")


class RebuildStoppedError(WenjuError):
    def __init__(self) -> None:
        super().__init__("程序正在停止")


class RebuildCancelledError(WenjuError):
    def __init__(self) -> None:
        super().__init__("已取消重建")


class Library:
    """Methods are for one event loop. A question during a rebuild is answered from the Snapshot before it."""

    def __init__(
        self,
        index: Index,
        documents: Path,
        synonyms: Synonyms | None = None,
        curation: Curation | None = None,
        builder: Builder | None = None,
    ) -> None:
        self.progress: Progress | None = None
        self.away: str | None = "还没有问过检索集群" if index.engine.settings else None
        """Why the engine could not be asked, as one line, when it was last looked at; None where it could."""
        self.failure: str | None = None
        """Why the last build failed, as one line; None where it did not."""
        self._index = index
        self._documents = documents
        self._synonyms = synonyms
        self._curation = curation
        self._builder = builder or Builder(index)
        self._reader = PictureReader()
        self._searchers = ThreadPoolExecutor(SEARCHERS, thread_name_prefix="search")
        self._free = asyncio.Semaphore(SEARCHERS)
        self._examples: tuple[str, list[str]] = ("", [])  # of the Snapshot of that name
        self._stopping = False
        self._turn = asyncio.Lock()  # held by the one build there may be
        self._stop = asyncio.Event()  # of the build under way or last
        self._cancelled = asyncio.Event()  # of the rebuild under way or last
        self._refreshing: asyncio.Task[Report] | None = None  # the refresh that has yet to begin
        self._reasons: dict[str, str] = {}  # why files were skipped, by path, as of the last build

    @property
    def trouble(self) -> str | None:
        """Why the newest Snapshot is not in use, as one line; None where it is."""
        return self._index.trouble

    async def snapshot(self) -> str:
        """Return the name of the newest Snapshot. Raise SnapshotError where there is none."""
        # The Snapshot stays in the thread: to let go of the last reference may mean to remove a folder.
        return await self._look(lambda: self._index.current().name)

    async def look_at_engine(self) -> None:
        """See whether a question could be answered now, and note it in `away`; no search waits for this."""

        def ask() -> str | None:
            try:
                self._check_engine()
            except EngineError as error:
                return str(error)
            return None

        self.away = await self._look(ask)

    def _check_engine(self) -> None:
        """Raise EngineError where the Snapshot in use, or without one any, cannot be searched."""
        try:
            name = self._index.current().name
        except SnapshotError:
            name = None
        self._index.engine.check(name)

    async def answer(
        self, question: str, before: str | None = None, *, about: str | None = None, limit: int = HITS
    ) -> Answer:
        """Answer a question, which may follow the one before or be about a text, with up to `limit` hits.

        Raise SnapshotError where there is no index.
        """
        return await self._search(
            lambda: answer(
                self._index.current(),
                question,
                limit,
                before=before,
                about=about,
                synonyms=self._synonyms,
                curated=self._curation.index if self._curation else None,
            )
        )

    async def passage(
        self, paragraph: str, shift: int
    ) -> tuple[Paragraph | None, Paragraph | None, Paragraph | None] | None:
        """Return the paragraph `shift` places on, between its neighbours, as `Snapshot.passage` does.

        Raise SnapshotError where there is no index.
        """
        return await self._look(lambda: self._index.current().passage(paragraph, shift))

    async def examples(self) -> list[str]:
        """Return a few questions that the articles answer; none where there is no index, or it is away."""

        def look() -> list[str]:
            try:
                snapshot = self._index.current()
            except SnapshotError:
                return []
            if self._examples[0] != snapshot.name:
                try:
                    self._examples = snapshot.name, examples(snapshot, EXAMPLES)
                except EngineError:
                    return []
            return self._examples[1]

        return await self._search(look)

    async def located(self, curated: Curated) -> Paragraph | None:
        """Return a chosen paragraph as the index has it now, wherever it stands; None where it is gone."""
        return await self._search(lambda: locate(self._index.current(), curated))

    # Pictures from the chat

    @property
    def reads_pictures(self) -> bool:
        return self._reader.available

    async def read_picture(self, image: bytes) -> str:
        """Return the text in an image file, a paragraph a line. Raise WorkerError where it cannot be read."""
        return await self._reader.read(image)

    # The files

    async def files(self, word: str, offset: int, limit: int) -> CataloguePage:
        """Return files whose name or title holds the word, latest change first. Raise DocumentError."""
        return await self._look(lambda: self._catalogue().page(word, offset, limit))

    async def file(self, path: str) -> CatalogueEntry | None:
        """Return a file and what the index has of it; None where it is not there."""
        return await self._look(lambda: self._catalogue().entry(path))

    async def file_with(self, document: str) -> tuple[CatalogueEntry | None, str]:
        """Return the file of a document's path, and where that is an archive the name within, else empty."""

        def look() -> tuple[CatalogueEntry | None, str]:
            catalogue = self._catalogue()
            path = catalogue.file_of(document)
            return catalogue.entry(path), document[len(path) + 1 :]

        return await self._look(look)

    async def illustration(self, picture: Picture) -> tuple[Paragraph, bytes] | None:
        """Return the paragraph that a picture stands at and its file; None where the index has it no more."""

        def look() -> tuple[Paragraph, bytes] | None:
            try:
                snapshot = self._index.current()
                paragraph = snapshot.paragraph(picture.paragraph)
                if paragraph is None or all(own.key != picture.key for own in paragraph.pictures):
                    return None
                return paragraph, snapshot.picture(picture.key)
            except SnapshotError:
                return None

        return await self._look(look)

    async def paths(self) -> tuple[str, ...]:
        """Return the paths of the files that the index holds. Raise SnapshotError where there is none."""
        return await self._look(lambda: tuple(file.path for file in self._index.current().files))

    async def path_of(self, key: str) -> str | None:
        """Return the path that `catalogue.key_of` made the key of; None where there is no such file."""
        return await self._look(lambda: path_of(self._documents, key))

    def _catalogue(self) -> Catalogue:
        """Look at the folder, in a thread."""
        try:
            snapshot = self._index.current()
        except SnapshotError:
            snapshot = None
        return Catalogue(self._documents, snapshot, self._reasons)

    # Building

    @property
    def rebuilding(self) -> bool:
        return self._turn.locked()

    async def rebuild(self, *, full: bool = False) -> Report:
        """Bring the index up to date, `full` from nothing; `progress` tells meanwhile how far it is.

        Raise RebuildRunningError during another build, RebuildCancelledError after `cancel`, and
        RebuildStoppedError when the bot stops meanwhile.
        """
        if self.rebuilding:
            raise RebuildRunningError
        self._cancelled = asyncio.Event()
        async with self._turn:
            return await self._build(self._cancelled, full=full)

    def cancel(self) -> None:
        """End a running `rebuild`; the Snapshot in use stays."""
        self._cancelled.set()

    async def refresh(self) -> Report:
        """Bring the index up to date with what the folder holds now, after a build that is under way.

        Those who wait at the same time share one build, begun after each of them called. Raise
        RebuildStoppedError when the bot stops meanwhile.
        """
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(_heard)
        # Of several that wait for it, one may be cancelled.
        return await asyncio.shield(self._refreshing)

    async def _refresh(self) -> Report:
        async with self._turn:
            self._refreshing = None  # who calls from here on needs another build
            return await self._build(asyncio.Event())

    async def _build(self, stop: asyncio.Event, *, full: bool = False) -> Report:
        if self._stopping:
            raise RebuildStoppedError
        self._stop = stop
        self.progress = None
        try:
            report = None if full else await self._look(lambda: self._index.unchanged(self._documents))
            if report is None:
                await self._look(lambda: self._index.engine.check(None))  # before much is read for nothing
                report = await self._rebuilt(stop, full=full)
            # Who asks from here on is answered from it.
            await self._look(lambda: self._index.newest().name)
        except (RebuildCancelledError, RebuildStoppedError):
            raise
        except (WenjuError, OSError) as error:
            self.failure = str(error)
            raise
        self.failure = None
        self._reasons = {skipped.path: skipped.reason for skipped in report.skipped}
        return report

    async def _rebuilt(self, stop: asyncio.Event, *, full: bool) -> Report:
        try:
            return await self._builder.build(self._documents, self._note, stop, full=full)
        except BuildStoppedError:
            raise (RebuildStoppedError if self._stopping else RebuildCancelledError) from None

    def _note(self, progress: Progress) -> None:
        self.progress = progress

    def stop_rebuild(self) -> None:
        """End a running build, and begin none any more."""
        self._stopping = True
        self._stop.set()

    async def close(self) -> None:
        """End what is under way, and the threads."""
        self.stop_rebuild()
        await self._reader.close()
        async with self._turn:
            self._searchers.shutdown(wait=True, cancel_futures=True)

    async def _search(self, work: Callable[[], T]) -> T:
        async with self._free, suspected():
            return await asyncio.get_running_loop().run_in_executor(self._searchers, self._done, work)

    async def _look(self, work: Callable[[], T]) -> T:
        """Do what needs no search, and so does not wait for any."""
        async with suspected():
            return await asyncio.to_thread(self._done, work)

    def _done(self, work: Callable[[], T]) -> T:
        """Do the work, once more where it failed for a Snapshot that was damaged while it was in use."""
        try:
            return work()
        except WenjuError:
            raise
        except Exception:  # torn files lead to all sorts
            if not self._index.let_go_if_damaged():
                raise
            return work()


def _heard(task: asyncio.Task[Report]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
