"""Rebuilding the index: from the chat, by changes in the folder, and by the clock."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.application import serve
from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")

TEXTS = SIMPLIFIED.documents
REPORT = TEXTS.reindex_done.split("，")[0]
BRIDGE = "# 廊桥\n\n石塘镇的老廊桥桥长48米，前年按原样重修。\n"


async def begun(admin: Person, command: str) -> Message:
    # The bot refreshes its index when it starts, which may not be over yet.
    while (message := await admin.ask(command)).text == TEXTS.reindex_running:  # noqa: ASYNC110 - only asking tells
        await asyncio.sleep(2)  # a chat takes a message a second, so what is said next shall not wait
    return message


def villages(settings: Settings, count: int) -> None:
    for number in range(count):
        text = "\n\n".join(f"第{number}村第{line}组种稻{number + line}亩，养鱼两塘。" for line in range(20))
        (settings.documents / f"{number}.md").write_text(f"# 第{number}村\n\n{text}\n", encoding="utf-8")


@with_bot
async def test_full(admin: Person, sandbox: Sandbox) -> None:
    """`full` reads every file again, without it only what is new or changed."""
    report = await begun(admin, "/reindex")
    await sandbox.until(lambda: REPORT in report.text, timeout=20)
    assert "读取 0，未变 3" in report.text
    assert not report.buttons
    report = await begun(admin, "/reindex full")
    await sandbox.until(lambda: REPORT in report.text, timeout=20)
    assert "读取 3，未变 0" in report.text


@with_bot
async def test_cancel(admin: Person, asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A rebuild is cancelled with its button; the old index stays, and the next rebuild does it all."""
    report = await begun(admin, "/reindex")
    await sandbox.until(lambda: REPORT in report.text, timeout=20)
    villages(settings, 300)
    shown = await begun(admin, "/reindex")
    await (await admin.press(shown, TEXTS.cancel)).wait()
    await sandbox.until(lambda: TEXTS.reindex_cancelled in shown.text, timeout=20)
    assert "3100吨" in (await asker.ask("2020年干茶产量多少吨")).text
    listing = await admin.ask("/documents 299")
    assert TEXTS.not_read in listing.text


@with_bot
async def test_cancel_of_another(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """The button of a rebuild that is over cancels no later one."""
    first = await begun(admin, "/reindex")
    keyboard = first.json["reply_markup"]
    await sandbox.until(lambda: REPORT in first.text, timeout=20)
    villages(settings, 60)
    second = await begun(admin, "/reindex")
    first.json["reply_markup"] = keyboard  # as it stands in an app that has not heard of the edit yet
    said = await (await admin.press(first, TEXTS.cancel)).wait()
    assert said["text"] == TEXTS.reindex_over
    await sandbox.until(lambda: REPORT in second.text, timeout=60)
    assert "读取 60" in second.text


@with_bot
async def test_upload_meanwhile(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A file that comes while the index is being rebuilt waits its turn and is indexed after."""
    villages(settings, 60)
    rebuild = await begun(admin, "/reindex full")
    await admin.send_file("bridge.md", BRIDGE.encode())
    await sandbox.until(lambda: any(TEXTS.added in reply.text for reply in admin.replies), timeout=60)
    assert REPORT in rebuild.text
    assert "48米" in (await admin.ask("老廊桥的桥长多少米")).text


@asynccontextmanager
async def regularly(
    settings: Settings, caplog: pytest.LogCaptureFixture, expected: str = "索引：文档"
) -> AsyncIterator[None]:
    """Run the bot, once the refresh at its start has been logged as expected."""
    caplog.set_level(logging.INFO)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(settings, stop))
    await until_logged(caplog, expected)
    yield
    stop.set()
    await serving


async def until_logged(caplog: pytest.LogCaptureFixture, text: str, times: int = 1) -> None:
    for _ in range(400):
        if caplog.text.count(text) >= times:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{text!r} is not logged")


async def until_known(asker: Person, settings: Settings) -> None:
    """Write an article, again and again, until it is found."""
    for number in range(40):
        (settings.documents / "bridge.md").write_text(f"{BRIDGE}\n\n第{number}稿。\n", encoding="utf-8")
        if "48米" in (await asker.ask("老廊桥的桥长多少米")).text:
            return
        await asyncio.sleep(2)
    pytest.fail("the new article is not found")


@pytest.mark.parametrize("polling", ["false", "true"])
async def test_watch(
    settings: Settings,
    asker: Person,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    polling: str,
) -> None:
    """With the watch on, what changes in the folder is known without a word, by polling too."""
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", polling)
    async with regularly(replace(settings, watch=True), caplog):
        await until_known(asker, settings)
    assert "处变化" in caplog.text


async def test_by_the_clock(settings: Settings, asker: Person, caplog: pytest.LogCaptureFixture) -> None:
    """With an interval set, what has changed is known after it."""
    async with regularly(replace(settings, reindex_every=timedelta(seconds=1)), caplog):
        await until_known(asker, settings)
    assert "定时" in caplog.text


async def test_failures_stop_nothing(
    settings: Settings, asker: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the folder neither the watch nor the clock ends the bot; both are logged."""
    settings.documents.rename(settings.documents.with_name("moved"))
    regular = replace(settings, watch=True, reindex_every=timedelta(seconds=0.2))
    async with regularly(regular, caplog, expected="索引未能更新"):
        await until_logged(caplog, "索引未能更新", times=3)
        await until_logged(caplog, "文件夹暂时看不住")
        assert "3100吨" in (await asker.ask("2020年干茶产量多少吨")).text
        settings.documents.with_name("moved").rename(settings.documents)
        await until_known(asker, settings)
