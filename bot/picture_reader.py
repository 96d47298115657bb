"""Photos from the chat, read in a confined worker that is started when needed and ended when idle."""

from __future__ import annotations

import asyncio

from retrieval.documents import ocr
from retrieval.isolation import Limits, Workers
from retrieval.picture_text import ReadText, request_for

IDLE = 180.0  # seconds after which the worker, which takes some 600 MB, is ended
LIMITS = Limits(silence=30, longest=30, memory=Limits().memory + ocr.ROOM, output=1024 * 1024)


class PictureReader:
    """One picture at a time; methods are for one event loop."""

    def __init__(self, idle: float = IDLE) -> None:
        self._idle = idle
        self._workers: Workers | None = None
        self._ending: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def available(self) -> bool:
        """Whether pictures can be read here."""
        return bool(ocr.identity())

    @property
    def running(self) -> bool:
        return self._workers is not None

    async def read(self, image: bytes) -> str:
        """Return the text in an image file, a paragraph a line. Raise WorkerError where it cannot be read."""
        async with self._turn:
            if self._ending:
                self._ending.cancel()
            if self._workers is None:
                self._workers = Workers(ReadText(), 1, limits=LIMITS)
            try:
                (reply,) = await asyncio.to_thread(self._workers.request, request_for(image))
            finally:
                self._ending = asyncio.create_task(self._end_when_idle())
        return str(reply["text"])

    async def close(self) -> None:
        """End the worker, whatever it is doing."""
        if self._workers:
            await asyncio.to_thread(self._workers.close)
        async with self._turn:
            if self._ending:
                self._ending.cancel()
            self._workers = None

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle)
        async with self._turn:
            if self._workers:
                await asyncio.to_thread(self._workers.close)
                self._workers = None
