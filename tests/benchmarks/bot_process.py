"""A bot as a process of its own, for those who kill, measure and restart it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import SANDBOX_TOKEN

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
LOOK_EVERY = 0.01  # seconds
STOP_SECONDS = 60.0


class BotProcess:
    """`module` is run with `arguments` over `folder`, which holds `documents` and `data`."""

    def __init__(
        self, sandbox: Sandbox, folder: Path, module: str = "bot", arguments: tuple[str, ...] = ("run",)
    ) -> None:
        self.folder = folder
        self.peak = 0
        """The most memory that any of the processes has held, in bytes."""
        self.starts: list[float] = []
        """Seconds from each start until the bot asked for updates."""
        self._sandbox = sandbox
        self._command = [sys.executable, "-m", module, *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def errors(self) -> str:
        """What the processes have written on standard error."""
        return (self.folder / "errors.txt").read_text(encoding="utf-8", errors="replace")

    async def start(self) -> None:
        """Start the bot and wait until it asks for updates. Raise RuntimeError where it does not."""
        before = self._meetings()
        started = time.monotonic()
        self.spawn()
        assert self._process is not None
        while self._meetings() == before:
            if self._process.poll() is not None or time.monotonic() - started > READY_SECONDS:
                raise RuntimeError(f"the bot has not started:\n{self.errors}")
            await asyncio.sleep(LOOK_EVERY)
        self.starts.append(time.monotonic() - started)

    def spawn(self) -> None:
        """Start the bot, and do not wait for it."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith("WENJU_")}
        variables |= {
            "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT)))),
            "WENJU_TOKEN": SANDBOX_TOKEN,
            "WENJU_API_URL": self._sandbox.url,
            "WENJU_DOCUMENTS": str(self.folder / "documents"),
            "WENJU_DATA": str(self.folder / "data"),
            "WENJU_ADMINS": str(self._sandbox.admin_id),
            "WENJU_QUESTIONS_PER_MINUTE": "36500",
        }
        with (self.folder / "errors.txt").open("ab") as errors:
            self._process = subprocess.Popen(self._command, env=variables, cwd=self.folder, stderr=errors)

    def kill(self) -> None:
        """End the bot without a word of warning."""
        self.note_memory()
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    async def stop(self) -> None:
        """Ask the bot to end, and wait for it."""
        self.note_memory()
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(self._process.wait, STOP_SECONDS)

    def close(self) -> None:
        """Leave no process behind."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def note_memory(self) -> int:
        """Return the bytes that the bot holds now, and keep the most that it ever held."""
        assert self._process is not None
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        held = {name: int(size) * 1024 for name, size in re.findall(r"(VmHWM|VmRSS):\s+(\d+) kB", status)}
        self.peak = max(self.peak, held.get("VmHWM", 0))
        return held.get("VmRSS", 0)

    def cpu(self) -> float:
        """Return the seconds of processor time that the running process has used."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        own, for_the_system = status.rpartition(")")[2].split()[11:13]
        return (int(own) + int(for_the_system)) / os.sysconf("SC_CLK_TCK")

    def _meetings(self) -> int:
        return len(self._sandbox.called("deleteWebhook"))  # each bot drops its webhook before it polls
