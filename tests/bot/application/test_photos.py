"""Photos that people send: questions from anyone, articles from an admin."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED
from bot.picture_reader import PictureReader
from retrieval.documents import ocr
from retrieval.isolation import WorkerError
from tests.pages import jpeg, page, png

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Conversation, Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

PHOTO = jpeg(page(["盘山公路全长多少公里？"], size=(500, 200)))
TEXT = jpeg(
    page(
        ["新建的县图书馆位于文昌路，去年六月开馆，", "藏书18万册，周末开放到晚上九点。"],
        "云岭县图书馆开馆",
        size=(620, 220),
    )
)
ARTICLE = jpeg(
    page(
        ["石塘镇的老廊桥建于1736年，桥长48米，", "前年按原样重修。桥上的木料全部来自北山林场。"],
        "石塘镇的廊桥",
        size=(680, 220),
    )
)
TEXTS, UPLOADS = SIMPLIFIED.photos, SIMPLIFIED.documents


async def replies(place: Conversation, sandbox: Sandbox, count: int) -> list[Message]:
    """Wait for this many messages of the bot, the first rewritten by then."""
    await sandbox.until(
        lambda: len(place.replies) >= count and place.replies[0].text != TEXTS.reading, timeout=60
    )
    return place.replies


@pytest.mark.usefixtures("bot")
async def test_photo_as_a_question(asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """What stands in a photo is the question, and how it was read is said; an admin asks by a caption."""
    await asker.send_file("photo.jpg", PHOTO)
    read, answer = await replies(asker, sandbox, 2)
    assert read.text == TEXTS.read_as.format(text="盘山公路全长多少公里？")
    assert answer.text.startswith("35公里")

    await admin.send_file("scan.png", TEXT, "周末开放到几点？", as_document=True)
    read, answer = await replies(admin, sandbox, 2)
    assert "云岭县图书馆开馆" in read.text
    assert "周末开放到晚上九点" in answer.text
    assert "📄 云岭县图书馆开馆" in answer.text


@pytest.mark.usefixtures("bot")
async def test_in_a_group(asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """In a group a photo is read when its caption calls the bot, or a reply to it does; no other is."""
    group = sandbox.group("课题组", admin, asker)
    photo = await admin.send_file("photo.jpg", PHOTO, chat=group)
    await admin.send_file("photo.jpg", PHOTO, "看看这个", chat=group)
    await asker.say("/ask", group, reply_to=photo)
    assert (await replies(group, sandbox, 2))[1].text.startswith("35公里")
    await asker.send_file("photo.jpg", PHOTO, f"/ask@{sandbox.bot.username}", chat=group)
    assert (await replies(group, sandbox, 4))[3].text.startswith("35公里")
    await asker.send_file("photo.jpg", PHOTO, f"@{sandbox.bot.username} 公路上有隧道多少座？", chat=group)
    assert (await replies(group, sandbox, 6))[5].text.startswith("6座")


@pytest.mark.usefixtures("bot")
async def test_photo_as_an_article(
    asker: Person, admin: Person, sandbox: Sandbox, settings: Settings
) -> None:
    """An admin's photo is stored under its caption or its date, indexed at once, and can be taken back."""
    await admin.send_file("photo.jpg", ARTICLE, "廊桥/说明牌")
    await sandbox.until(lambda: admin.replies and UPLOADS.added in admin.replies[-1].text, timeout=60)
    report = admin.replies[-1]
    assert "石塘镇的廊桥" in report.text
    assert (settings.documents / "廊桥_说明牌.jpg").read_bytes() == ARTICLE
    assert "48米" in (await asker.ask("老廊桥的桥长多少米")).text
    await admin.press(report, UPLOADS.undo)
    await sandbox.until(lambda: UPLOADS.moved in report.text, timeout=60)
    assert not (settings.documents / "廊桥_说明牌.jpg").exists()

    await admin.send_file("photo.jpg", png(page([], size=(300, 200))))
    await sandbox.until(lambda: "没有识别出文字" in admin.replies[-1].text, timeout=60)
    assert TEXTS.name in admin.replies[-1].text


@pytest.mark.usefixtures("bot")
async def test_what_cannot_be_read(asker: Person, sandbox: Sandbox) -> None:
    """A photo without text and a broken image are said to be so; a caption is answered all the same."""
    await asker.send_file("photo.png", png(page([], size=(300, 200))))
    assert (await replies(asker, sandbox, 1))[0].text == TEXTS.nothing_read
    await asker.send_file("photo.png", b"no image", "盘山公路全长多少公里", as_document=True)
    await sandbox.until(lambda: len(asker.replies) == 3, timeout=60)
    assert asker.replies[1].text == TEXTS.not_read
    assert asker.replies[2].text.startswith("35公里")


async def test_quota(
    running: Callable[..., AbstractAsyncContextManager[None]], asker: Person, sandbox: Sandbox
) -> None:
    """A photo counts as a question; one too many is not even fetched."""
    async with running(questions_per_minute=1):
        await asker.ask("盘山公路全长多少公里")
        await asker.send_file("photo.jpg", PHOTO)
        await sandbox.until(lambda: len(asker.replies) == 2)
        assert not sandbox.called("getFile")


async def test_quota_of_several_questions(
    running: Callable[..., AbstractAsyncContextManager[None]], asker: Person, sandbox: Sandbox
) -> None:
    """Each question in a photo counts; more than are left are not answered."""
    asked = ["1. 盘山公路全长多少公里？", "2. 县图书馆藏书多少册？", "3. 公路上有隧道多少座？"]
    questions = jpeg(page(asked, size=(560, 260)))
    async with running(questions_per_minute=2):
        await asker.send_file("photo.jpg", questions)
        refused = (await replies(asker, sandbox, 2))[1]
        assert refused.text.startswith(SIMPLIFIED.access.too_many.split("{")[0])


async def test_downloads_wait_for_the_reader(
    running: Callable[..., AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No more photos than two are fetched before the first of them is read."""
    go_on = asyncio.Event()
    fetched: list[int] = []

    async def read(*_: object) -> str:
        fetched.append(len(sandbox.called("getFile")))
        await go_on.wait()
        return ""

    monkeypatch.setattr(PictureReader, "read", read)
    async with running():
        for _ in range(5):
            await asker.send_file("photo.jpg", PHOTO)
        await sandbox.until(lambda: len(asker.replies) == 5 and len(fetched) == 2)
        assert len(sandbox.called("getFile")) == 2
        go_on.set()
        await sandbox.until(lambda: [one.text for one in asker.replies] == [TEXTS.nothing_read] * 5)


async def test_without_the_extra(
    running: Callable[..., AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where pictures cannot be read, that is said politely, and a caption is answered."""
    monkeypatch.setattr(ocr, "identity", lambda: "")
    async with running():
        await asker.send_file("photo.jpg", PHOTO)
        assert (await asker.next_reply()).text == TEXTS.no_reader
        await asker.send_file("photo.jpg", PHOTO, "盘山公路全长多少公里")
        await sandbox.until(lambda: len(asker.replies) == 3)
        assert asker.replies[2].text.startswith("35公里")


async def test_worker_ends_when_idle() -> None:
    """The worker that reads is there only while it is needed, and a new one comes after it."""
    reader = PictureReader(idle=0.01)
    try:
        for _ in range(2):
            with pytest.raises(WorkerError, match="图片"):
                await reader.read(b"no image")
            await reader._ending  # type: ignore[misc] # it is there after a read
            assert not reader.running
    finally:
        await reader.close()
