"""Inline mode: `@bot question` in any chat."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from hypothesis import strategies as st
from telegram.constants import InlineQueryLimit, MessageLimit

from bot.handlers import inline
from bot.log.database import read_entries, reading
from bot.messages import ENGLISH, SIMPLIFIED
from bot.sandbox.entities import utf16_length
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.log.entry import Entry
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[[], AbstractAsyncContextManager[None]]

with_bot = pytest.mark.usefixtures("bot")

TEA = "2020年干茶产量多少吨"


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a bot that may be asked as fast as these tests do, and logs soon."""
    monkeypatch.setattr(inline, "RESTED", 0.5)
    return replace(settings, questions_per_minute=10_000)


def logged(settings: Settings) -> list[Entry]:
    with reading(settings.query_log) as log:
        return list(read_entries(log))


async def typed(person: Person, text: str, offset: str = "") -> dict[str, Any]:
    return await (await person.inline(text, offset)).wait()


@with_bot
async def test_results(asker: Person) -> None:
    """The first result has the figure as its title, and below it the sentence and where it stands."""
    answer = await typed(asker, TEA)
    first = answer["results"][0]
    assert first["title"] == "3100吨 · 全县干茶产量 · 2020年"
    assert first["description"].startswith("2020年全县干茶产量3100吨")
    assert first["description"].endswith("\n📄 云岭县茶业报告 · 产量")
    assert all(result["description"].strip() for result in answer["results"])
    assert (answer["cache_time"], answer["is_personal"]) == (inline.CACHED, True)
    assert not [row for row in answer["results"] if "reply_markup" in row]


@with_bot
async def test_a_result_is_posted(asker: Person, sandbox: Sandbox) -> None:
    """What is posted says what was asked and has the whole answer; the bot does not answer it."""
    group = sandbox.group("课题组", asker)
    for chat in (group, None):
        query = await asker.inline(TEA, chat=group)
        await query.wait()
        posted = await asker.choose(query, 0, chat or asker)
        assert posted.text.split("\n")[0] == f"❓ {TEA}"
        assert "2020年全县干茶产量3100吨" in posted.text
        assert "📄 云岭县茶业报告" in posted.text
    await asker.ask("/help")
    assert len(asker.replies) == 1
    assert not group.replies


@with_bot
async def test_traditional_and_english(sandbox: Sandbox) -> None:
    """Results and what is posted are in the language and characters of who types."""
    taipei, london = sandbox.user(41, "小林", language="zh-hant"), sandbox.user(42, "Bob", language="en")
    query = await taipei.inline("盤山公路全長多少公里")
    (first, *_) = (await query.wait())["results"]
    assert "雲嶺縣公路建設" in first["description"]
    assert "盤山公路從縣城通到北邊的青石關" in (await taipei.choose(query)).text
    answer = await typed(london, "asdfghjkl")
    assert answer["button"]["text"] == ENGLISH.answers.inline_not_found


@with_bot
async def test_not_found(asker: Person) -> None:
    """Where nothing is found there is nothing to post, and a button leads to the private chat."""
    answer = await typed(asker, "asdfghjkl")
    assert answer["results"] == []
    assert answer["button"] == {
        "text": SIMPLIFIED.answers.inline_not_found,
        "start_parameter": inline.START,
    }
    await asker.start(inline.START)
    assert SIMPLIFIED.conversation.start in (await asker.next_reply()).text


@with_bot
async def test_near(asker: Person) -> None:
    """A paragraph that is only near is the one result, and says that it is no answer."""
    query = await asker.inline("石塘镇的邮局周末几点关门")
    (near,) = (await query.wait())["results"]
    assert near["title"].startswith(SIMPLIFIED.answers.perhaps)
    assert SIMPLIFIED.answers.not_found in (await asker.choose(query)).text


@with_bot
async def test_nothing_typed(asker: Person) -> None:
    """Before anything is typed there are a few questions, and a tap on one posts it with its answer."""
    query = await asker.inline("")
    answer = await query.wait()
    assert 1 <= len(answer["results"]) <= 3
    posted = await asker.choose(query)
    assert posted.text.split("\n")[0] == f"❓ {answer['results'][0]['title']}"
    assert SIMPLIFIED.answers.not_found not in posted.text


async def test_scrolling(settings: Settings, running: Running, asker: Person) -> None:
    """Further results come with the offset, each once, until there are enough."""
    for number in range(60):
        (settings.documents / f"village{number}.md").write_text(
            f"# 第{number}村\n\n第{number}村种植水稻{number + 100}亩，鱼塘{number + 3}口。\n",
            encoding="utf-8",
        )
    Index(settings.snapshots).build(settings.documents)
    async with running():
        seen: list[str] = []
        offsets = [""]
        while len(offsets) == 1 or offsets[-1]:
            answer = await typed(asker, "种植水稻", offsets[-1])
            assert len(answer["results"]) <= inline.PAGE
            seen += [result["id"] for result in answer["results"]]
            offsets.append(answer["next_offset"])
        assert offsets == ["", "10", "20", ""]
        assert len(set(seen)) == len(seen) > 20


@with_bot
@pytest.mark.parametrize("offset", ["0", "-10", "40", "9" * 60, "十", "1;0", "\x00"])
async def test_forged_offset(asker: Person, offset: str) -> None:
    """An offset that no answer of ours gave brings nothing."""
    assert (await typed(asker, TEA, offset))["results"] == []


async def test_one_row_for_what_was_rested_on(
    settings: Settings, running: Running, asker: Person, sandbox: Sandbox
) -> None:
    """Of a question typed letter by letter the log has the last wording; scrolling adds nothing."""
    other = sandbox.user(31, "旁人")
    async with running():
        for end in range(1, len(TEA) + 1):
            await asker.inline(TEA[:end])
        await (await other.inline("图书馆藏书多少册")).wait()
        await typed(asker, TEA, "10")
    entries = logged(settings)
    assert sorted(entry.answer.question.text for entry in entries) == sorted([TEA, "图书馆藏书多少册"])
    assert {(entry.chat_kind, entry.reply, entry.message) for entry in entries} == {("inline", None, None)}


async def test_no_follow_up(running: Running, asker: Person) -> None:
    """What somebody types inline has nothing to do with their private chat."""
    async with running():
        await typed(asker, "盘山公路全长多少公里")
        await asyncio.sleep(1)
        assert not (await asker.ask("什么时候通车的？")).text.startswith("按")


@with_bot
async def test_the_last_letter_is_answered(asker: Person) -> None:
    """However fast somebody types, the last wording is answered."""
    queries = [await asker.inline(TEA[:end]) for end in range(1, len(TEA) + 1)]
    assert (await queries[-1].wait())["results"]


@with_bot
async def test_too_late(asker: Person, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """An answer that Telegram takes no more is no error."""
    sandbox.fail_next("answerInlineQuery", 400, "Bad Request: query is too old and response timeout expired")
    await asker.inline(TEA)
    assert (await typed(asker, "图书馆藏书多少册"))["results"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_without_access(settings: Settings, asker: Person, running: Running) -> None:
    """Who may not use the bot gets nothing inline either."""
    object.__setattr__(settings, "access", "closed")
    async with running():
        answer = await typed(asker, TEA)
        assert answer["results"] == []
        assert answer["cache_time"] == 0


ANY_TEXT = (
    st.text(st.characters(codec="utf-8"), max_size=60)
    | st.text("多少产量\n/@<b>&\u202e\u200b😀", max_size=60)
    | st.sampled_from(["<" * 256, "😀" * 128, "产量" * 128, "\u200b\u200d", "אבג\u202e", "？" * 200])
).filter(lambda text: utf16_length(text) <= InlineQueryLimit.MAX_QUERY_LENGTH)


@with_bot
async def test_any_text(asker: Person, sandbox: Sandbox) -> None:
    """Whatever is typed, the answer is one that Telegram takes, and so is each message."""
    texts: list[str] = []

    @hypothesis.settings(max_examples=60, database=None)
    @hypothesis.given(ANY_TEXT)
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    for text in dict.fromkeys([*texts, "全县<b>茶园&面积"]):
        answer = await typed(asker, text)
        for result in answer["results"]:
            assert 0 < utf16_length(result["content"]["text"]) <= MessageLimit.MAX_TEXT_LENGTH
    assert all(call.status == 200 for call in sandbox.called("answerInlineQuery"))


async def test_too_many(running: Callable[..., AbstractAsyncContextManager[None]], asker: Person) -> None:
    """What is rested on counts as a question, what is typed over does not; who asks too many is told so."""
    too_many = SIMPLIFIED.access.too_many.split("{")[0]
    async with running(questions_per_minute=2):
        for end in range(1, len(TEA) + 1):
            await asker.inline(TEA[:end])
        assert (await typed(asker, TEA))["results"]
        await asyncio.sleep(2 * inline.RESTED)
        assert (await asker.ask(TEA)).text.startswith("3100吨")
        for offset in ("", "10"):
            answer = await typed(asker, TEA, offset)
            assert answer["results"] == []
            assert answer["button"]["text"].startswith(too_many)
            assert answer["cache_time"] == 0
        assert (await typed(asker, ""))["results"]


@with_bot
async def test_examples_after_a_change(settings: Settings, asker: Person, admin: Person) -> None:
    """The questions that are shown before anything is typed are answered from the index in use."""
    assert "3100吨" in str(await typed(asker, ""))
    tea = settings.documents / "tea.md"
    tea.write_text(tea.read_text(encoding="utf-8").replace("3100吨", "4200吨"), encoding="utf-8")
    await admin.say("/reindex")
    while "4200吨" not in str(await typed(asker, "")):
        pass
