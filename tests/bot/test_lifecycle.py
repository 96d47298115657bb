from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.lifecycle import background

if TYPE_CHECKING:
    import pytest


async def test_background_failure_is_logged_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Work that fails beside the block is logged while the block still runs, once; the block goes on."""

    async def fail() -> None:
        raise RuntimeError("out of the blue")

    async def last() -> None:
        await asyncio.Event().wait()

    async with background(fail(), last()):
        await asyncio.sleep(0.01)
        assert caplog.text.count("RuntimeError: out of the blue") == 1
    assert len(caplog.records) == 1
