"""The query log as admins review it in the chat."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from bot.ids import new_id
from bot.log.listing import BOM
from bot.log.query_log import QueryLog
from bot.messages import SIMPLIFIED
from bot.pseudonyms import Pseudonyms
from bot.sandbox.media import image_size
from bot.state.database import StateDatabase
from bot.state.people import People
from retrieval.answer import answer
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[..., AbstractAsyncContextManager[None]]

LOGS = SIMPLIFIED.logs
TEA, LIBRARY, MARS = "2020年干茶产量多少吨？", "图书馆藏书多少册", "火星上有水吗"

with_bot = pytest.mark.usefixtures("bot")


@pytest.fixture
def fill(settings: Settings) -> Callable[..., str]:
    """Put a question into the log of a bot that does not run yet; return the entry's id."""
    snapshot = Index(settings.snapshots).current()

    def put(question: str, days: float = 0, asker: int = 1, vote: dict[str, Any] | None = None) -> str:
        log = QueryLog.open(settings.query_log)
        entry = log.new_entry(
            answer(snapshot, question),
            asker_id=asker,
            chat_id=asker,
            chat_kind="private",
            language="zh-hans",
            source="telegram",
        )
        log.record(replace(entry, id=new_id(), at=datetime.now(UTC) - timedelta(days=days)))
        log.flush()
        (newest,) = log.read(lambda db: db.execute("SELECT max(id) FROM queries").fetchone())
        if vote:
            log.vote(newest, 3, **vote)
        log.close()
        return str(newest)

    return put


def labels(message: Message) -> list[str]:
    return [label for row in message.buttons for label in row]


async def labelled(sandbox: Sandbox, message: Message, label: str) -> None:
    await sandbox.until(lambda: label in labels(message))


async def shows(sandbox: Sandbox, message: Message, text: str) -> None:
    await sandbox.until(lambda: text in message.text)


@with_bot
async def test_listing(asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """The log is listed newest first, in numbered rows and in pages."""
    for number in range(9):
        await asker.ask(f"2020年干茶产量多少吨？第{number}遍")
    await asker.ask(MARS)
    listing = await admin.ask("/logs")
    assert LOGS.title.format(count=10) in listing.text
    assert listing.text.index(f"1. ❔ {MARS}") < listing.text.index("第8遍")
    assert "第1遍" not in listing.text
    await admin.press(listing, SIMPLIFIED.conversation.next_page)
    await shows(sandbox, listing, "第0遍")
    assert {"9", "10", "2/2", SIMPLIFIED.conversation.previous_page} <= set(labels(listing))
    assert SIMPLIFIED.conversation.next_page not in labels(listing)
    await admin.press(listing, SIMPLIFIED.conversation.previous_page)
    await shows(sandbox, listing, MARS)


@with_bot
async def test_empty_log(admin: Person) -> None:
    """Before the first question the listing says that there is nothing, and there is nothing to export."""
    listing = await admin.ask("/logs")
    assert LOGS.empty in listing.text
    assert LOGS.export.format(form="CSV") not in labels(listing)
    assert (await admin.ask("/export csv")).text == LOGS.none_found
    assert LOGS.gaps_empty in (await admin.ask("/unanswered")).text


async def test_switches(running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox) -> None:
    """Buttons leave what was asked today, in 7 days, without an answer or with a 👎, marked and combined."""
    fill(TEA, days=20, vote={"verdict": "down"})
    fill(MARS, days=3)
    fill(LIBRARY, days=3)
    fill("月亮上有水吗")
    async with running():
        listing = await admin.ask("/logs")
        for pressed, count in (
            ("7 天", 3),
            ("未答", 2),
            ("今天", 1),
            ("未答 ✓", 1),
            ("今天 ✓", 4),
            ("👎", 1),
        ):
            await admin.press(listing, pressed)
            switch = pressed.removesuffix(" ✓")
            marked = switch if pressed.endswith("✓") else f"{switch} ✓"
            await labelled(sandbox, listing, marked)
            assert LOGS.title.format(count=count) in listing.text, pressed
        assert TEA in listing.text
        assert "👎1" in listing.text
        assert "今天" in labels(listing)


async def test_words(running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox) -> None:
    """The command takes a word and conditions; buttons keep a long word, also after a restart."""
    word = "干茶产量多少吨，请连同比上年增长的百分比和总产值一并告诉我，谢谢"
    for number in range(10):
        fill(f"2020年{word}，第{number}遍", days=number)
    fill(TEA)
    async with running():
        assert LOGS.title.format(count=11) in (await admin.ask("/logs 干茶")).text
        assert LOGS.none_found in (await admin.ask("/logs 干茶 未答")).text
        assert LOGS.title.format(count=8) in (await admin.ask("/logs 干茶 7天")).text
        listing = await admin.ask(f"/logs {word}")
        assert LOGS.title.format(count=10) in listing.text
    async with running():
        await admin.press(listing, SIMPLIFIED.conversation.next_page)
        await shows(sandbox, listing, "第9遍")
        await admin.press(listing, "10")
        await shows(sandbox, listing, LOGS.snapshot.format(name=""))
        await admin.press(listing, LOGS.back)
        await shows(sandbox, listing, LOGS.title.format(count=10))
        await admin.press(listing, "7 天")
        await shows(sandbox, listing, LOGS.title.format(count=7))
        assert word in listing.text


async def test_one_asker(running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox) -> None:
    """From a row one sees all that its asker asked; the command takes a hash or its beginning."""
    fill(TEA, asker=5)
    fill(LIBRARY, asker=5)
    fill(MARS, asker=6)
    async with running():
        listing = await admin.ask("/logs 图书馆")
        await admin.press(listing, "1")
        await shows(sandbox, listing, LOGS.snapshot.format(name=""))
        asker = listing.text.partition("#")[2][:16]
        await admin.press(listing, LOGS.same_asker)
        await shows(sandbox, listing, LOGS.title.format(count=2))
        assert TEA in listing.text
        assert MARS not in listing.text
        assert LOGS.title.format(count=2) in (await admin.ask(f"/logs #{asker[:4].upper()}")).text


async def test_whole_row(running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox) -> None:
    """A tap on a row's number shows all of it: figures, hits with scores, votes, times, the index."""
    fill(TEA, vote={"verdict": "down", "reason": "figure"})
    async with running():
        listing = await admin.ask("/logs")
        await admin.press(listing, "1")
        await shows(sandbox, listing, LOGS.paragraphs)
        for part in (
            TEA,
            LOGS.answered,
            LOGS.chat_kinds["private"],
            "3100吨",
            "云岭县茶业报告 · 产量",
            "2020年全县干茶产量",
            f"👎 第 1 条 {SIMPLIFIED.feedback.reasons['figure']}",
            LOGS.stages["search"],
            LOGS.snapshot.format(name="2"),
        ):
            assert part in listing.text, part


@with_bot
async def test_forgotten_row(asker: Person, admin: Person, settings: Settings) -> None:
    """A row that was deleted meanwhile is said to be gone."""
    await asker.ask(TEA)
    listing = await admin.ask("/logs")
    with sqlite3.connect(settings.query_log) as db:
        while not db.execute("SELECT reply FROM queries").fetchone()[0]:  # noqa: ASYNC110 - only the file tells
            await asyncio.sleep(0.05)
        for table in ("hits", "figures", "queries"):
            db.execute(f"DELETE FROM {table}")
    said = await (await admin.press(listing, "1")).wait()
    assert said["text"] == LOGS.gone
    assert not listing.edited


async def test_unanswered(
    running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox
) -> None:
    """Questions without an answer come in groups of the like, the most asked first, down to each row."""
    fill("请问火星上有水吗？", days=2)
    fill(MARS, days=3)
    fill(MARS, days=10)
    fill("月亮有多重", days=1)
    fill(TEA)
    async with running():
        listing = await admin.ask("/unanswered 7")
        assert LOGS.gaps_title.format(count=2) in listing.text
        assert listing.text.index("火星") < listing.text.index("月亮有多重")
        assert LOGS.times.format(count=2) in listing.text
        assert TEA not in listing.text
        await admin.press(listing, LOGS.spans["30"])
        await shows(sandbox, listing, LOGS.times.format(count=3))
        await admin.press(listing, "1")
        await shows(sandbox, listing, "请问火星上有水吗")
        assert f"1. {MARS}" in listing.text
        await admin.press(listing, "1")
        await shows(sandbox, listing, LOGS.snapshot.format(name=""))
        await admin.press(listing, LOGS.back)
        await shows(sandbox, listing, LOGS.wordings.format(count=2))
        await admin.press(listing, LOGS.back)
        await shows(sandbox, listing, "月亮有多重")
        assert (await admin.ask("/unanswered 8")).text == LOGS.gaps_usage


async def test_statistics(
    running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox
) -> None:
    """The figures of some days stand under a chart, and a button puts those of others in its place."""
    fill(TEA, asker=1, vote={"verdict": "up"})
    fill(TEA, asker=2)
    fill(MARS, asker=2)
    fill("图书馆在哪里", asker=2, days=20)
    async with running():
        chart = await admin.ask("/stats")
        assert LOGS.asked.format(asked=3, askers=2) in chart.text
        assert LOGS.answered_share.format(share="67% (2)") in chart.text
        assert f"1. {TEA} ×2" in chart.text
        assert "1. 云岭县茶业报告 ×2" in chart.text
        assert LOGS.legend in chart.text
        before = chart.json["photo"][0]["file_unique_id"]
        assert image_size(sandbox.world.files[chart.json["photo"][0]["file_id"]].data) == (1080, 640)
        await admin.press(chart, LOGS.spans["30"])
        await shows(sandbox, chart, LOGS.asked.format(asked=4, askers=2))
        assert chart.json["photo"][0]["file_unique_id"] != before
        assert f"{LOGS.spans['30']} ✓" in labels(chart)
        assert (await admin.ask("/stats 365")).text == LOGS.statistics_usage


async def test_unused_articles(running: Running, fill: Callable[..., str], admin: Person) -> None:
    """The statistics name the files of which no answer showed anything."""
    fill(MARS)
    async with running():
        chart = await admin.ask("/stats")
        assert LOGS.unused_articles.format(count=3) in chart.text
        assert "· school/library.txt" in chart.text


async def test_export_of_a_listing(
    running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox
) -> None:
    """The buttons under a listing send all that it lists, named by day and selection, votes included."""
    for _ in range(9):
        fill("=2020年干茶产量多少吨", vote={"verdict": "down", "reason": "other"})
    fill(LIBRARY)
    async with running():
        listing = await admin.ask("/logs 7天 干茶")
        await admin.press(listing, LOGS.export.format(form="CSV"))
        sent = await admin.next_reply()
        assert sent.text == LOGS.exported.format(count=9)
        document = sent.json["document"]
        assert document["file_name"] == f"wenju-{datetime.now().astimezone():%Y-%m-%d}-7天-干茶.csv"
        text = sandbox.world.files[document["file_id"]].data.decode().removeprefix(BOM)
        head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert len(rows) == 9
        row = dict(zip(head, rows[0], strict=True))
        assert row["问题"] == "'=2020年干茶产量多少吨"
        assert (row["踩"], row["理由"]) == ("1", "其他")


async def test_export_by_command(
    running: Running, fill: Callable[..., str], admin: Person, sandbox: Sandbox
) -> None:
    """The command takes the form and the same conditions; a workbook holds texts, never formulas."""
    fill("=1+1", asker=4)
    fill(TEA)
    async with running():
        sent = await admin.ask("/export XLSX 今天 未答")
        document = sent.json["document"]
        assert document["file_name"].endswith("-今天-未答.xlsx")
        book = load_workbook(io.BytesIO(sandbox.world.files[document["file_id"]].data))
        head, row = book.worksheets[0].iter_rows()
        question = row[[cell.value for cell in head].index("问题")]
        assert (question.value, question.data_type) == ("=1+1", "s")
        for command in ("/export", "/export pdf"):
            assert (await admin.ask(command)).text == LOGS.export_usage


@with_bot
async def test_forged_data(admin: Person, sandbox: Sandbox) -> None:
    """Data that no listing of ours holds changes nothing, whoever presses."""
    listing = await admin.ask("/logs")
    for data in ("logs:0:all001:", f"log:{new_id()}:logs:0:all001:", "export-csv:logs:0:all001:"):
        listing.json["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = data
        said = await (await admin.press(listing, data)).wait()
        assert said["text"] == LOGS.gone, data
    assert not listing.edited
    assert not sandbox.called("sendDocument")


@with_bot
async def test_log_cannot_be_read(asker: Person, admin: Person, settings: Settings) -> None:
    """Where there is no log, or no database in its place, commands and buttons say so."""
    await asker.ask(TEA)
    listing, chart = await admin.ask("/logs"), await admin.ask("/stats")
    settings.query_log.rename(settings.query_log.with_suffix(".away"))
    for content in (None, b"no database" * 1000):
        if content:
            settings.query_log.write_bytes(content)
        for command in ("/logs", "/unanswered", "/stats", "/export csv"):
            assert (await admin.ask(command)).text == LOGS.unavailable
        for message, button in ((listing, "1"), (listing, "今天"), (chart, LOGS.spans["30"])):
            said = await (await admin.press(message, button)).wait()
            assert said["text"] == LOGS.unavailable
    assert not listing.edited
    assert not chart.edited


@with_bot
async def test_digest_switch(admin: Person, settings: Settings) -> None:
    """The command turns the digest on and off, and says when it comes."""
    said = [(await admin.ask("/digest")).text for _ in range(3)]
    on = LOGS.digest_on.format(time=f"{settings.digest_at:%H:%M}")
    assert said == [on, LOGS.digest_off, on]


async def test_digest(
    running: Running, fill: Callable[..., str], settings: Settings, admin: Person, sandbox: Sandbox
) -> None:
    """Who asked for it is told of the day before, once however often the bot is started."""
    fill(TEA, days=1)
    fill(MARS, days=1)
    pseudonyms = Pseudonyms.open(settings.query_log.with_suffix(".key"))
    with closing(StateDatabase.open(settings.state)) as state:
        People(state, pseudonyms, settings.admins).set_digest(admin.id, wanted=True)
    await admin.start()  # Telegram lets a bot write to those who started it
    title = LOGS.digest_title.format(day=f"{datetime.now().astimezone() - timedelta(days=1):%m-%d}")
    for _ in range(2):
        async with running(digest_at=time()):
            await sandbox.until(lambda: any(title in reply.text for reply in admin.replies))
            await admin.ask(TEA)
    (told,) = (reply.text for reply in admin.replies if title in reply.text)
    assert LOGS.asked.format(asked=2, askers=1) in told
    assert f"1. {MARS} ×1" in told


async def test_turning_the_digest_on_sends_nothing_yet(
    running: Running, fill: Callable[..., str], admin: Person
) -> None:
    """Who turns it on after its time gets the next one, also where the bot is started again that day."""
    fill(TEA, days=1)
    async with running(digest_at=time()):
        await admin.ask("/digest")
    async with running(digest_at=time()):
        await admin.ask(TEA)
    assert not any("🗓" in reply.text for reply in admin.replies)


@pytest.fixture
async def wanting(settings: Settings, fill: Callable[..., str], admin: Person) -> None:
    """An admin who wants the digest of a day when something was asked; the bot does not run yet."""
    fill(TEA, days=1)
    pseudonyms = Pseudonyms.open(settings.query_log.with_suffix(".key"))
    with closing(StateDatabase.open(settings.state)) as state:
        People(state, pseudonyms, settings.admins).set_digest(admin.id, wanted=True)
    await admin.start()


@pytest.mark.usefixtures("wanting")
async def test_digest_after_lost_connections(
    running: Running, admin: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest that Telegram could not be given comes at a later try, once."""
    monkeypatch.setattr("bot.outgoing.delivery.RETRIES", (0.01, 0.01))
    monkeypatch.setattr("bot.digest.AGAIN", timedelta(seconds=0.1))
    sandbox.fail_next("sendMessage", 502, "Bad Gateway", times=4)
    async with running(digest_at=time()):
        await sandbox.until(lambda: any("🗓" in reply.text for reply in admin.replies))
        await asyncio.sleep(0.3)
    assert sum("🗓" in reply.text for reply in admin.replies) == 1


@pytest.mark.usefixtures("wanting")
async def test_digest_for_who_has_blocked_the_bot(
    running: Running, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest that Telegram refuses is not tried again that day."""
    monkeypatch.setattr("bot.digest.AGAIN", timedelta(seconds=0.1))
    sandbox.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    for _ in range(2):
        async with running(digest_at=time()):
            await sandbox.until(lambda: sandbox.called("sendMessage"))
            await asyncio.sleep(0.3)
    assert sum("🗓" in call.params["text"] for call in sandbox.called("sendMessage")) == 1


@with_bot
async def test_no_room_for_an_export(asker: Person, admin: Person, settings: Settings) -> None:
    """Where the files of an export cannot be written, that is said."""
    await asker.ask(TEA)
    away = settings.data.rename(settings.data.with_name("away"))
    assert (await admin.ask("/export csv")).text == LOGS.export_failed
    away.rename(settings.data)
