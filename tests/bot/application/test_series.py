"""A question for a course: its table, its chart, the way back to it, and over a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.handlers import courses
from bot.log.query_log import QueryLog
from bot.messages import ENGLISH, SIMPLIFIED
from bot.sandbox.media import image_size
from retrieval.index import Index
from tests.bot.application.test_buttons import press

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings
    from retrieval.model import Series

    Running = Callable[[], AbstractAsyncContextManager[None]]

QUESTION = "云岭县历年茶园面积"
ARTICLES = {
    "area.md": """---
title: 云岭县茶园五年
date: 2022-01-10
---

云岭县茶园面积2017年为8.5万亩，2018年为9.1万亩，2019年为10.4万亩，2021年为12.6万亩。
""",
    "check.md": """---
title: 云岭县茶园普查
date: 2022-03-01
---

普查认定，2019年云岭县茶园面积10.9万亩。
""",
}
YIELD = """---
title: 云岭县干茶五年
date: 2022-05-01
---

云岭县干茶产量2017年为2100吨，2018年为2400吨，2019年为2800吨，2021年为3300吨。
"""
TABLE = [
    "📈 云岭 · 茶园面积（万亩）",
    "2017年　\u20078.5 ①",
    "2018年　\u20079.1 ①",
    "2019年　10.9 ② ／ 10.4 ① ⚠",
    "2021年　12.6 ①",
]


@pytest.fixture(autouse=True)
def articles(settings: Settings) -> None:
    for name, text in ARTICLES.items():
        (settings.documents / name).write_text(text, encoding="utf-8")
    Index(settings.snapshots).build(settings.documents)


async def answered(asker: Person, question: str = QUESTION) -> tuple[Message, Message]:
    """Ask; return the table and the chart."""
    table = await asker.ask(question)
    return table, await asker.next_reply()


def table_of(message: Message) -> list[str]:
    return message.text.split("\n\n")[0].split("\n")


@pytest.mark.usefixtures("bot")
async def test_the_table(asker: Person) -> None:
    """The answer begins with a line a period; sources are numbered below, conflicts are marked."""
    table, _ = await answered(asker)
    assert table_of(table) == TABLE
    sources, best = table.text.split("\n\n")[1:3]
    assert sources.split("\n") == ["① 云岭县茶园五年 · 2022-01-10", "② 云岭县茶园普查 · 2022-03-01"]
    assert "茶园面积" in best
    assert "📄 " in best
    assert table.button("12.6万亩")["copy_text"] == {"text": "12.6万亩"}  # the newest


@pytest.mark.usefixtures("bot")
async def test_the_chart(asker: Person, sandbox: Sandbox) -> None:
    """The chart follows as a photo that replies to the question and says what it shows."""
    _, chart = await answered(asker)
    assert chart.json["reply_to_message"]["text"] == QUESTION
    assert image_size(sandbox.world.files[chart.json["photo"][0]["file_id"]].data) == (1080, 640)
    said = SIMPLIFIED.answers.course_of.format(first="2017年", last="2021年", sources=2)
    assert chart.json["caption"].split("\n") == [TABLE[0], said, SIMPLIFIED.answers.course_conflicts]


async def test_an_edited_question(
    running: Running, asker: Person, sandbox: Sandbox, settings: Settings
) -> None:
    """A chart that the message has brought already is not sent anew; that of another course is."""
    (settings.documents / "yield.md").write_text(YIELD, encoding="utf-8")
    Index(settings.snapshots).build(settings.documents)
    async with running():
        question = await asker.say(QUESTION)
        table, _ = await asker.next_reply(), await asker.next_reply()
        await asker.edit(question, "盘山公路全长多少公里")
        await sandbox.until(lambda: table.text.startswith("35公里"))
        await asker.edit(question, f"{QUESTION}？")
        await sandbox.until(lambda: table_of(table) == TABLE)
        await asker.edit(question, "云岭县历年干茶产量")
        assert "干茶产量" in (await asker.next_reply()).text
        assert len(sandbox.called("sendPhoto")) == 2


async def test_back_on_the_first_page(running: Running, asker: Person, sandbox: Sandbox) -> None:
    """Paging away and back shows the table again, also after a restart, and no second chart."""
    async with running():
        table, _ = await answered(asker)
        first = table.text
        await press(asker, sandbox, table, SIMPLIFIED.answers.next)
        assert not table.text.startswith("📈")
    async with running():
        await press(asker, sandbox, table, SIMPLIFIED.answers.previous)
        assert table.text == first
        assert len(asker.replies) == 2


async def test_the_log_keeps_it(running: Running, asker: Person, settings: Settings) -> None:
    """A row of the log has the series that was shown, value for value."""
    async with running():
        table, _ = await answered(asker)
    log = QueryLog.open(settings.query_log)
    try:
        log_id = table.button(SIMPLIFIED.answers.next)["callback_data"].split(":")[1]
        entry = log.get(log_id)
    finally:
        log.close()
    assert entry is not None
    series = entry.answer.series
    assert series is not None
    assert [point.period for point in series.points] == ["2017", "2018", "2019", "2021"]
    assert [statement.amount for statement in series.points[2].statements] == [10.9, 10.4]
    assert {source.document for source in series.sources} == {"area.md", "check.md"}


async def test_a_chart_that_fails(running: Running, asker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no chart can be drawn there is still the table, and the bot goes on."""

    def draw(_: Series) -> bytes:
        raise MemoryError

    monkeypatch.setattr(courses, "course_chart", draw)
    async with running():
        assert table_of(await asker.ask(QUESTION)) == TABLE
        assert (await asker.ask("盘山公路全长多少公里")).text.startswith("35公里")


@pytest.mark.usefixtures("bot")
async def test_in_english(sandbox: Sandbox) -> None:
    """The words around the evidence are the reader's."""
    table, chart = await answered(sandbox.user(22, "Ann", "en"))
    assert table_of(table)[0] == "📈 云岭 · 茶园面积 (万亩)"
    assert ENGLISH.answers.course_conflicts in chart.json["caption"]


@pytest.mark.usefixtures("bot")
async def test_inline(asker: Person) -> None:
    """An inline result posts the table as text."""
    shown = await (await asker.inline(QUESTION)).wait()
    posted = [result["input_message_content"]["message_text"] for result in shown["results"]]
    assert any(TABLE[3] in re.sub("<[^>]*>", "", text) for text in posted)


@pytest.mark.usefixtures("bot")
async def test_one_year_has_no_chart(asker: Person) -> None:
    """A question for one figure is answered as ever."""
    assert (await asker.ask("2021年云岭县茶园面积多少亩")).text.startswith("12.6万亩")
    assert len(asker.replies) == 1
