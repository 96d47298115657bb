from __future__ import annotations

import asyncio
import fcntl
import shutil
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")


REPORT = SIMPLIFIED.documents.reindex_done.split("，")[0]


async def reindex_begun(admin: Person) -> Message:
    # The bot refreshes its index when it starts, which may not be over yet.
    while (message := await admin.ask("/reindex")).text == SIMPLIFIED.documents.reindex_running:  # noqa: ASYNC110 - only asking tells
        await asyncio.sleep(2)  # a chat takes a message a second, so what is said next shall not wait
    return message


async def reindexed(admin: Person, sandbox: Sandbox) -> Message:
    message = await reindex_begun(admin)
    await sandbox.until(lambda: REPORT in message.text or "⚠️" in message.text, timeout=20)
    return message


@with_bot
async def test_reindex(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A new article is found after a reindex, whose report counts the files and names what was skipped."""
    (settings.documents / "bridge.md").write_text(
        "---\ntitle: 廊桥\n---\n\n石塘镇的老廊桥建于1736年，桥长48米，前年按原样重修。\n", encoding="utf-8"
    )
    (settings.documents / "empty.txt").write_bytes(b"")
    (settings.documents / "noise.txt").write_bytes(bytes(range(256)) * 40)
    report = (await reindexed(admin, sandbox)).text
    assert "文件 6 个" in report
    assert "empty.txt：" in report
    assert "noise.txt：" in report
    assert "48米" in (await admin.ask("老廊桥的桥长多少米")).text


@with_bot
async def test_long_list_of_skipped_files(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """The first ten skipped files are named, the others counted."""
    for number in range(14):
        (settings.documents / f"empty{number}.txt").write_bytes(b"")
    report = (await reindexed(admin, sandbox)).text
    assert report.count("· empty") == 10
    assert SIMPLIFIED.documents.reindex_more.format(count=4) in report


@with_bot
async def test_longest_report(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A report of many files with long names, skipped and read in part, goes on in another message."""
    for number in range(12):
        name = f"{number:02}{'长' * 60}"
        with ZipFile(settings.documents / f"{name}.zip", "w") as archive:
            archive.writestr("bridge.md", f"# 廊桥\n\n石塘镇的老廊桥桥长{number}米。\n")
            archive.writestr(f"{'坏' * 150}.xyz", b"\0")
        with ZipFile(settings.documents / f"{name}b.zip", "w") as archive:
            archive.writestr(f"{'坏' * 150}.xyz", b"\0")
    first = await reindexed(admin, sandbox)
    rest = await admin.next_reply(30)
    said = first.text + rest.text
    assert first.text.startswith("✅")
    assert said.count("·") == 20
    assert SIMPLIFIED.documents.reindex_partly.split("{")[0] in said


@with_bot
async def test_one_at_a_time(admin: Person, asker: Person, settings: Settings, sandbox: Sandbox) -> None:
    """A second reindex is declined while one runs, and questions are answered meanwhile."""
    await reindexed(admin, sandbox)
    for number in range(150):
        text = "\n\n".join(
            f"第{number}村第{line}组种植水稻{number + line}亩，养鱼两塘。" for line in range(20)
        )
        (settings.documents / f"village{number}.md").write_text(
            f"# 第{number}村\n\n{text}\n", encoding="utf-8"
        )
    first = await reindex_begun(admin)
    second = await admin.ask("/reindex")
    assert second.text == SIMPLIFIED.documents.reindex_running
    assert "3100吨" in (await asker.ask("2020年干茶产量多少吨")).text
    assert REPORT not in first.text
    await sandbox.until(lambda: REPORT in first.text, timeout=60)


@with_bot
async def test_missing_folder(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A reindex that cannot be done says why, and the old index stays in use."""
    settings.documents.rename(settings.documents.with_name("moved"))
    message = await reindexed(admin, sandbox)
    assert message.text.startswith("⚠️")
    assert "3100吨" in (await admin.ask("2020年干茶产量多少吨")).text


async def test_without_index(
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    admin: Person,
    asker: Person,
    sandbox: Sandbox,
) -> None:
    """Where the first build fails the bot says that it has no index; an admin is told what to do."""
    shutil.rmtree(settings.snapshots)
    settings.snapshots.mkdir()
    with (settings.snapshots / "BUILDING").open("w") as other_builder:
        fcntl.flock(other_builder, fcntl.LOCK_EX)
        async with running():
            assert (await asker.ask("干茶产量")).text == SIMPLIFIED.answers.no_index
            assert (await admin.ask("干茶产量")).text == SIMPLIFIED.answers.no_index_admin
            fcntl.flock(other_builder, fcntl.LOCK_UN)
            await reindexed(admin, sandbox)
            assert "3100吨" in (await asker.ask("2020年干茶产量多少吨")).text


async def test_refresh_at_start(
    running: Callable[[], AbstractAsyncContextManager[None]], settings: Settings, asker: Person
) -> None:
    """What changed in the folder while the bot was off is known soon after its start."""
    (settings.documents / "bridge.md").write_text("# 廊桥\n\n石塘镇的老廊桥桥长48米。\n", encoding="utf-8")
    async with running():
        for _ in range(20):
            answer = await asker.ask("老廊桥的桥长多少米")
            if "48米" in answer.text:
                return
            await asyncio.sleep(0.5)
    raise AssertionError("the new article is not found")


@with_bot
async def test_command_menus(admin: Person, sandbox: Sandbox) -> None:
    """The menu holds everybody's commands, and for admins theirs too, in Chinese and English."""
    await admin.say("/start")  # a chat that the bot may set a menu for
    await sandbox.until(lambda: (f"chat:{admin.id}", "en") in sandbox.world.commands)
    menus = [
        (call.params.get("language_code") or "", call.params.get("scope"), call.params["commands"])
        for call in sandbox.called("setMyCommands")
    ]
    assert {language for language, _, _ in menus} == {"", "en"}
    assert any("reindex" in str(commands) and "chat" in str(scope) for _, scope, commands in menus)
    assert not any("reindex" in str(commands) and "default" in str(scope) for _, scope, commands in menus)
