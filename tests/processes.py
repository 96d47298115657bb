"""The bot as a process of its own, for tests of signals, exits and what it prints."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pa"
PATIENCE = 60  # seconds


class Process:
    """`wenju run`, over a folder with `documents` and `data`; at a block's end it is killed."""

    def __init__(self, process: asyncio.subprocess.Process, errors: Path) -> None:
        self._process = process
        self._errors = errors

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    async def line(self) -> str:
        """The next line of standard output."""
        assert self._process.stdout is not None
        return (await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)).decode()

    async def says(self, words: str) -> None:
        """Wait until standard error has these words."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.errors:  # noqa: ASYNC110 - another process has no events
                await asyncio.sleep(0.05)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    async def end(self, number: int | None = None) -> tuple[int, str]:
        """Send a signal and return the exit status and everything on standard error."""
        if number is not None:
            self.signal(number)
        await asyncio.wait_for(self._process.communicate(), PATIENCE)
        assert self._process.returncode is not None
        return self._process.returncode, self.errors


async def start(folder: Path, **environment: str) -> Process:
    """Start `wenju run` with no settings but those given."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("WENJU_")}
    variables |= {
        "WENJU_DOCUMENTS": str(folder / "documents"),
        "WENJU_DATA": str(folder / "data"),
        **environment,
    }
    # A file, for a pipe that nobody reads fills up.
    with NamedTemporaryFile(dir=folder, suffix=".stderr", delete=False) as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            env=variables, stdout=asyncio.subprocess.PIPE, stderr=file, cwd=folder,
        )  # fmt: skip
    return Process(process, Path(file.name))
