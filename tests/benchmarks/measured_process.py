"""Runs a program of these benchmarks as a process of its own, with a time limit and its memory watched.

The program prints one line of JSON last, with `peak`, the most bytes it has held itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOOK_EVERY = 0.1  # seconds

Numbers = dict[str, Any]


class FailedError(Exception):
    """The program failed or took too long; the message is one line."""


def run(module: str, *arguments: object, limit: float, variables: dict[str, str] | None = None) -> Numbers:
    """Run `module` and return the JSON it prints, with `cpu` in seconds. Raise FailedError.

    Its `peak` and `cpu` are those of all processes below it, too.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(variables or {})}
    deadline, together = time.monotonic() + limit, 0
    used: dict[int, float] = {}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        # A session of its own, so that its children end with it.
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, env=environment, start_new_session=True
        )
        # Where the machine runs out of memory it is this process that ends, and no other.
        Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000", encoding="ascii")
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise FailedError(f"took over {limit:.0f} s")
                together = max(together, _held(process.pid, used))
                time.sleep(LOOK_EVERY)
        finally:
            _end(process)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            said = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise FailedError(f"exit {process.returncode}: {said}")
        found: Numbers = json.loads(output.read().splitlines()[-1])
    return {**found, "peak": max(found["peak"], together), "cpu": sum(used.values())}


def status(name: str) -> int:
    """Return a figure of this process in bytes, such as VmHWM, the most that it has held.

    getrusage would also count what the process that started this one has held.
    """
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024


def _held(process: int, used: dict[int, float]) -> int:
    """Return the resident bytes of a process and those below it; a page that they share counts for each.

    Note the seconds of processor time of each.
    """
    folder = Path(f"/proc/{process}")
    try:
        pages = int((folder / "statm").read_text(encoding="ascii").split()[1])
        ticks = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
        children = (folder / "task" / str(process) / "children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    used[process] = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return pages * resource.getpagesize() + sum(_held(int(child), used) for child in children)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
