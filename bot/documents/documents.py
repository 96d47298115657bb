"""Files into the documents and out of them, the index brought up to date with each; it says nothing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.documents.folder import told
from retrieval.documents import LARGEST as LARGEST_FILE
from retrieval.documents import read_member
from retrieval.errors import DocumentError, WenjuError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.documents.folder import DocumentsFolder, Stored
    from bot.documents.trash import Trash, Trashed
    from bot.library import Library
    from retrieval.snapshot import FileSummary

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A file of the documents as the index has it now.

    Without a `summary`, `reason` says why nothing could be read of it, or `stale` why the index is not up to
    date.
    """

    path: str
    summary: FileSummary | None
    reason: str = ""
    stale: str = ""


class Documents:
    """Files change at once, and the index in a second step, which may take its time.

    What changes files waits for its turn: between a look at what is there and the change nothing else comes.
    """

    def __init__(self, folder: DocumentsFolder, trash: Trash, library: Library) -> None:
        self._folder = folder
        self._trash = trash
        self._library = library
        self._turn = asyncio.Lock()  # of one change at a time: a double tap is two

    async def store(self, name: str, data: bytes) -> Stored:
        """Raise FolderError where that cannot be done."""
        return await self._change(lambda: self._folder.store(name, data))

    async def index_new(self, path: str) -> Indexed:
        """Index a file that was just stored.

        Raise DocumentError, the file gone again, where nothing can be read of it.
        """
        indexed = await self.index(path)
        if indexed.summary is None and not indexed.stale:
            await self._change(lambda: self._folder.remove(path))
            raise DocumentError(path, indexed.reason)
        return indexed

    async def index(self, path: str) -> Indexed:
        """Index a file that has come back."""
        stale = await self.refresh()
        entry = await self._library.file(path)
        if entry is None or entry.summary is None:
            return Indexed(path, None, entry.reason if entry else "", stale)
        return Indexed(path, entry.summary)

    async def refresh(self) -> str:
        """Bring the index up to date; return why it is not, empty where it is."""
        try:
            await self._library.refresh()
        except (WenjuError, OSError) as error:
            logger.warning("index not refreshed: %s", error)
            return str(error)
        return ""

    async def move_to_trash(self, path: str, by: str) -> Trashed:
        """Raise FolderError where that cannot be done."""
        return await self._change(lambda: self._trash.remove(path, by))

    async def restore(self, entry_id: str) -> str | None:
        """Put a file back and return where; None where the trash has it no more. Raise FolderError."""
        return await self._change(lambda: self._trash.restore(entry_id))

    async def original(self, path: str, largest: int, member: str = "") -> bytes | None:
        """Return the file as it is, or its `member` where it is an archive and that is not empty.

        None where it has more than `largest` bytes. Raise FolderError, and UnreadableError for an archive
        without it.
        """

        def read() -> bytes | None:
            file = self._folder.find(path)
            with told(path):
                if file.stat().st_size > (LARGEST_FILE if member else largest):
                    return None
                data = file.read_bytes()
            return read_member(data, member, largest) if member else data

        return await asyncio.to_thread(read)

    async def trashed(self) -> list[Trashed]:
        """Return what can be restored, newest first."""
        return await asyncio.to_thread(self._trash.entries)

    async def empty_trash(self, newest: str) -> int:
        """Delete for good what was removed up to the entry `newest`; return how many files that were."""
        return await self._change(lambda: self._trash.empty(newest))

    async def _change(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)
