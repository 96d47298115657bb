from __future__ import annotations

import asyncio
import io
import logging
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from bot import chores
from retrieval.progress import Progress

if TYPE_CHECKING:
    import pytest

    from bot.library import Library


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def shown(library: SimpleNamespace, seconds: float) -> None:
    """Show the progress for a while."""
    showing = asyncio.create_task(chores.show_progress(cast("Library", library)))
    await asyncio.sleep(seconds)
    showing.cancel()
    await asyncio.wait([showing])


async def test_progress_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A log gets a line now and then while something is built, and none afterwards."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(chores, "TELL_EVERY", 0.01)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    library = SimpleNamespace(rebuilding=True, progress=Progress(2, 9, "", filling=True))
    await shown(library, 0.2)
    assert "正在写入检索集群… 2/9" in caplog.messages
    caplog.clear()
    library.rebuilding = False
    await shown(library, 0.2)
    assert not caplog.messages


async def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in one line, which is empty at the end."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    await shown(SimpleNamespace(rebuilding=True, progress=Progress(2, 9, "a.md")), 0.7)
    assert terminal.getvalue() == "\r\033[K正在建立索引… 2/9\r\033[K"
