"""Files that come in by the chat, and go again."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest
from telegram.constants import FileSizeLimit

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")

TEXTS = SIMPLIFIED.documents
BRIDGE = "---\ntitle: 石塘镇的廊桥\n---\n\n石塘镇的老廊桥建于1736年，桥长48米，前年按原样重修。\n".encode()


def replied(message: Message) -> int | None:
    answered = message.json.get("reply_to_message")
    return answered["message_id"] if answered else None


async def sent(
    admin: Person, sandbox: Sandbox, name: str = "bridge.md", data: bytes = BRIDGE, caption: str = ""
) -> Message:
    """Send a file and return the report."""
    message = await admin.send_file(name, data, caption)

    def report() -> Message | None:
        return next((one for one in admin.replies if replied(one) == message.id), None)

    reading = TEXTS.receiving.partition(" ")[0]
    await sandbox.until(lambda: (said := report()) and not said.text.startswith(reading), timeout=40)
    found = report()
    assert found is not None
    return found


@with_bot
async def test_there_and_back(admin: Person, asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A file is indexed at once, can be taken back with a button, and restored with another."""
    report = await sent(admin, sandbox, caption="不作标题")
    assert TEXTS.added in report.text
    assert "bridge.md" in report.text
    assert "石塘镇的廊桥" in report.text
    assert "文章 1 篇，段落 1 个，数据 " in report.text
    assert "数据 0 条" not in report.text
    assert (settings.documents / "bridge.md").read_bytes() == BRIDGE
    assert "48米" in (await asker.ask("老廊桥的桥长多少米")).text

    await admin.press(report, TEXTS.undo)
    await sandbox.until(lambda: TEXTS.moved in report.text, timeout=20)
    assert not (settings.documents / "bridge.md").exists()
    assert "48米" not in (await asker.ask("老廊桥的桥长多少米")).text

    await admin.press(report, TEXTS.restore)
    await sandbox.until(lambda: TEXTS.restored in report.text, timeout=20)
    assert (settings.documents / "bridge.md").read_bytes() == BRIDGE
    assert "48米" in (await asker.ask("老廊桥的桥长多少米")).text
    assert report.buttons == [[TEXTS.undo]]


@with_bot
async def test_never_over_another(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A taken name gets a number, and the report says so; a content that is there is not stored again."""
    before = (settings.documents / "tea.md").read_bytes()
    report = await sent(admin, sandbox, "tea.md")
    assert TEXTS.stored_as.format(name="tea (2).md") in report.text
    assert (settings.documents / "tea.md").read_bytes() == before
    again = await sent(admin, sandbox, "other.txt")
    assert TEXTS.known in again.text
    assert "tea (2).md" in again.text
    assert not (settings.documents / "other.txt").exists()
    await admin.press(again, TEXTS.view)
    await sandbox.until(lambda: admin.replies[-1].json.get("document"))
    assert admin.replies[-1].json["document"]["file_name"] == "tea (2).md"


@with_bot
async def test_hostile_name(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A name that is a path, hidden or turned around becomes a harmless one in the folder itself."""
    report = await sent(admin, sandbox, "..\\..\\.~$\u202e<b>bridge.md")
    assert TEXTS.added in report.text
    assert {path.name for path in settings.documents.iterdir()} == {
        "tea.md", "road.md", "school", "_b_bridge.md",
    }  # fmt: skip


@with_bot
async def test_nothing_to_read(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A file of which nothing can be read is not kept, and its reason is said."""
    report = await sent(admin, sandbox, "noise.txt", bytes(range(256)) * 40)
    assert report.text.startswith("⚠️")
    assert "noise.txt" in report.text
    assert not report.buttons
    assert not (settings.documents / "noise.txt").exists()
    assert not settings.trash.exists() or not list(settings.trash.iterdir())


@with_bot
async def test_unknown_type(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A type that cannot be read is declined before it is fetched, and the types that can be are named."""
    before = sorted(settings.documents.iterdir())
    report = await sent(admin, sandbox, "setup.exe")
    assert all(kind in report.text for kind in ("Word", "PDF", "Excel", "ZIP"))
    assert not sandbox.called("getFile")
    assert sorted(settings.documents.iterdir()) == before


@with_bot
async def test_too_large(admin: Person, sandbox: Sandbox) -> None:
    """A file above Telegram's limit is declined in plain words before it is fetched."""
    report = await sent(admin, sandbox, "large.txt", b"x" * (FileSizeLimit.FILESIZE_DOWNLOAD + 1))
    assert TEXTS.too_large.format(limit="20 MB") in report.text
    assert not sandbox.called("getFile")


@with_bot
async def test_lost_connection(admin: Person, sandbox: Sandbox) -> None:
    """A connection that is lost while the file is fetched is tried again."""
    sandbox.drop_next("getFile")
    assert TEXTS.added in (await sent(admin, sandbox)).text


@with_bot
async def test_not_fetched(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Where Telegram does not give the file, that is said, and nothing is stored."""
    sandbox.fail_next("getFile", 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    assert TEXTS.not_received in (await sent(admin, sandbox)).text
    assert not (settings.documents / "bridge.md").exists()


@with_bot
async def test_missing_folder(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Without the folder of documents the report says so."""
    settings.documents.rename(settings.documents.with_name("moved"))
    assert TEXTS.troubles["no_folder"] in (await sent(admin, sandbox)).text


@with_bot
async def test_several_at_once(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Files sent together each get their report and are all indexed."""
    for number in range(6):
        text = f"# 第{number}座桥\n\n第{number}座桥长{number + 10}米，去年修好。\n"
        await admin.send_file("bridge.md", text.encode())
    await sandbox.until(lambda: sum(TEXTS.added in reply.text for reply in admin.replies) == 6, timeout=40)
    assert len({reply.text for reply in admin.replies}) == 6
    assert len(list(settings.documents.glob("bridge*.md"))) == 6
    assert "15米" in (await admin.ask("第5座桥长多少米")).text


@with_bot
async def test_deleted_report(admin: Person, sandbox: Sandbox) -> None:
    """Where the message that was to become the report is gone, the report comes as a new one."""
    sandbox.fail_next("editMessageText", 400, "Bad Request: message to edit not found")
    await admin.send_file("bridge.md", BRIDGE)
    await sandbox.until(lambda: TEXTS.added in admin.replies[-1].text if admin.replies else False, timeout=20)
    assert len(admin.replies) == 2


@with_bot
async def test_index_that_another_builds(
    admin: Person, asker: Person, sandbox: Sandbox, settings: Settings
) -> None:
    """Where the index cannot be updated just now, files come and go all the same, and that is said."""
    await sent(admin, sandbox, "other.md", "# 船\n\n石塘镇有渡船三条。\n".encode())
    with (settings.snapshots / "BUILDING").open("w") as other_builder:
        fcntl.flock(other_builder, fcntl.LOCK_EX)
        report = await sent(admin, sandbox)
        assert report.text.startswith("⚠️ " + TEXTS.not_indexed.partition("{")[0])
        assert (settings.documents / "bridge.md").read_bytes() == BRIDGE
        await admin.press(report, TEXTS.undo)
        await sandbox.until(lambda: TEXTS.moved in report.text, timeout=40)  # the index never had it
    await admin.press(report, TEXTS.restore)
    await sandbox.until(lambda: TEXTS.restored in report.text, timeout=20)
    assert "48米" in (await asker.ask("老廊桥的桥长多少米")).text


async def test_after_a_restart(
    running: Callable[[], AbstractAsyncContextManager[None]],
    admin: Person,
    sandbox: Sandbox,
    settings: Settings,
) -> None:
    """The buttons under a report do what they say after a restart, too."""
    async with running():
        report = await sent(admin, sandbox)
    async with running():
        await admin.press(report, TEXTS.undo)
        await sandbox.until(lambda: TEXTS.moved in report.text, timeout=20)
    async with running():
        await admin.press(report, TEXTS.restore)
        await sandbox.until(lambda: TEXTS.restored in report.text, timeout=20)
    assert (settings.documents / "bridge.md").read_bytes() == BRIDGE
