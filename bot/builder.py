"""Has the index built by a process of its own, so that answers wait for neither its work nor its memory.

The process gets no setting of the bot's. What it does is in `retrieval.build_process`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import retrieval
from retrieval.build_process import GRACE, heard, request
from retrieval.errors import WenjuError
from retrieval.index import Report

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable

    from retrieval.index import Index
    from retrieval.progress import Progress

LONGEST_LINE = 256 * 1024 * 1024  # bytes: a Report names each file that was skipped
PATIENCE = GRACE + 3.0  # seconds for a process that has been asked to end


class BuildStoppedError(WenjuError):
    def __init__(self) -> None:
        super().__init__("重建已中止")


class Builder:
    def __init__(self, index: Index) -> None:
        self._index = index

    async def build(
        self,
        documents: Path,
        progress: Callable[[Progress], None],
        stop: asyncio.Event,
        *,
        full: bool = False,
    ) -> Report:
        """Do what `Index.build` does, and raise what it raises; BuildStoppedError once `stop` is set."""
        process = await _start()
        stopping = asyncio.create_task(_end_when(stop, process))
        try:
            report = await self._listen(process, request(self._index, documents, full=full), progress)
        finally:
            stopping.cancel()
            await _end(process)
        if report is None:
            await asyncio.to_thread(self._index.sweep)
            reason = f"建立索引的进程意外终止（{process.returncode}）"
            raise BuildStoppedError if stop.is_set() else WenjuError(reason)
        return report

    async def _listen(
        self, process: Process, asked: bytes, progress: Callable[[Progress], None]
    ) -> Report | None:
        """Return the Report; None where the process ends without one."""
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(ConnectionError):  # it has ended already
            process.stdin.write(asked)
            await process.stdin.drain()
        while (line := await process.stdout.readline()).endswith(b"\n"):
            said = heard(line)
            if isinstance(said, Report):
                return said
            progress(said)
        return None


async def _start() -> Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WENJU_")}
    found = [str(Path(retrieval.__file__).parents[1]), *filter(None, [environment.get("PYTHONPATH")])]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # the folder that the bot was started in holds anything
        "-m",
        "retrieval.build_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        env={**environment, "PYTHONPATH": os.pathsep.join(found)},
        process_group=0,  # Ctrl-C is for the bot, which then ends it
    )


async def _end_when(stop: asyncio.Event, process: Process) -> None:
    await stop.wait()
    await _end(process)


async def _end(process: Process) -> None:
    """Ask the process to end, and wait until it has."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
