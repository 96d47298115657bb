"""Two programs on one token take each other's updates: it is said once, and shows in the bot's health."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest

from bot.health import check
from bot.incoming import polling
from bot.messages import SIMPLIFIED
from bot.settings import SANDBOX_TOKEN, Settings
from tests.processes import PATIENCE, TOKEN, start

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

    Running = Callable[..., AbstractAsyncContextManager[None]]

SAID = "请只保留一个"
OVER = "又能收取消息了"


def conflicts(telegram: Sandbox) -> int:
    return sum(call.status == 409 for call in telegram.called("getUpdates"))


async def until_health(data: Path, *, well: bool) -> None:
    """Wait until the bot of this folder is well, or is unwell for a second instance."""
    health = check(Settings(data=data))
    async with asyncio.timeout(PATIENCE):
        while not (health.well if well else "409" in str(health)):
            await asyncio.sleep(0.2)
            health = check(Settings(data=data))


@pytest.fixture
def other_folder(library: Path, tmp_path: Path) -> Path:
    """Another copy of the library, with a data folder of its own."""
    return shutil.copytree(library, tmp_path / "other")


async def test_two_bots(folder: Path, other_folder: Path, telegram: Sandbox) -> None:
    """Both say once what is the matter, and both are unwell as long as it lasts, though they get updates."""
    asker, environment = telegram.user(), {"WENJU_TOKEN": TOKEN, "WENJU_API_URL": telegram.url}
    async with await start(folder, **environment) as one, await start(other_folder, **environment) as other:
        await one.says(SAID)
        await other.says(SAID)
        await telegram.until(lambda: conflicts(telegram) >= 4, PATIENCE)
        assert "3100吨" in (await asker.ask("2020年干茶产量多少吨", timeout=PATIENCE)).text
        await telegram.until(lambda: conflicts(telegram) >= 6, PATIENCE)
        await until_health(folder / "data", well=False)
        await until_health(other_folder / "data", well=False)
        for bot in (one, other):
            assert bot.errors.count(SAID) == 1
            assert OVER not in bot.errors
            assert "Traceback" not in bot.errors


async def test_the_other_ends(  # noqa: PLR0917 - fixtures are arguments
    running: Running,
    settings: Settings,
    other_folder: Path,
    sandbox: Sandbox,
    asker: Person,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once the other has ended, the bot says that it gets updates again, and is well."""
    caplog.set_level("INFO")
    monkeypatch.setattr(polling, "CONFLICT_OVER", 2.0)
    async with running():
        async with await start(other_folder, WENJU_TOKEN=SANDBOX_TOKEN, WENJU_API_URL=sandbox.url):
            await sandbox.until(lambda: SAID in caplog.text, timeout=PATIENCE)
            await until_health(settings.data, well=False)
        await asyncio.sleep(polling.CONFLICT_OVER)
        await asker.ask("/help", timeout=PATIENCE)
        await until_health(settings.data, well=True)
    assert OVER in caplog.text


@pytest.mark.usefixtures("bot")
async def test_another_program(asker: Person, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Another program on the same token is named in the log, once, and does not end the bot."""
    await asker.ask("/help")
    sandbox.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2)
    await asker.say("/help")
    await sandbox.until(lambda: "409" in caplog.text, timeout=PATIENCE)
    assert (await asker.ask("/help", timeout=PATIENCE)).text == SIMPLIFIED.conversation.help
    assert caplog.text.count(SAID) == 1
