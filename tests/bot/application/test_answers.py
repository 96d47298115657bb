from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.log.database import read_entries
from bot.log.query_log import QueryLog
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL
from bot.outgoing import delivery

if TYPE_CHECKING:
    from bot.log.entry import Entry
    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

pytestmark = pytest.mark.usefixtures("bot")


def formatted(message: Message, kind: str) -> list[str]:
    return [
        message.text[entity["offset"] : entity["offset"] + entity["length"]]
        for entity in message.entities
        if entity["type"] == kind
    ]


def replied(settings: Settings) -> list[Entry]:
    """Return the log's entries whose reply is known: it is written a moment after the reply."""
    log = QueryLog.open(settings.query_log)
    try:
        return [entry for entry in log.read(lambda db: list(read_entries(db))) if entry.reply is not None]
    finally:
        log.close()


async def test_figure_paragraph_source(asker: Person) -> None:
    """A question is answered with the figure in bold, the paragraph quoted and the source."""
    answer = await asker.ask("2020年干茶产量多少吨？")
    assert formatted(answer, "bold")[0] == "3100吨"
    assert answer.text.startswith("3100吨")
    assert "2020年全县干茶产量3100吨，比上年增长7.5%" in formatted(answer, "blockquote")[0]
    assert answer.text.split("\n")[-1] == "📄 云岭县茶业报告 · 产量 · 2021年3月5日"
    assert "产量" in "".join(formatted(answer, "underline"))


async def test_reply_quotes_question(asker: Person) -> None:
    """The answer is a reply to the question."""
    question = await asker.say("盘山公路全长多少公里")
    answer = await asker.next_reply()
    assert answer.json["reply_to_message"]["message_id"] == question.id


@pytest.mark.parametrize("after", [0.0, 60.0])
async def test_typing(asker: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, after: float) -> None:
    """Typing is shown before an answer that takes longer than a moment, and only then."""
    monkeypatch.setattr(delivery, "TYPING_AFTER", after)
    await asker.ask("盘山公路全长多少公里")
    calls = [call.method for call in sandbox.calls if call.params.get("chat_id") == str(asker.id)]
    assert calls == (["sendMessage"] if after else ["sendChatAction", "sendMessage"])


async def test_asked_by_command(asker: Person) -> None:
    """The command takes the question after it, on other lines too."""
    assert (await asker.ask("/ask 图书馆藏书多少册")).text.startswith("18万册")
    assert (await asker.ask("/ask\n图书馆藏书多少册")).text.startswith("18万册")


@pytest.mark.parametrize("text", ["/ask", "/ask \u3000 ", "/ask\n"])
async def test_empty_question(asker: Person, text: str) -> None:
    """A command without a question asks for one."""
    assert (await asker.ask(text)).text == SIMPLIFIED.conversation.ask_for_question


@pytest.mark.parametrize("text", ["火星上有水吗？", "asdfghjkl", "\u202eאבג"])
async def test_not_found(asker: Person, text: str) -> None:
    """What the documents do not say is not found, and that is said."""
    answer = await asker.ask(text)
    assert answer.text.startswith(SIMPLIFIED.answers.not_found)
    assert SIMPLIFIED.answers.rephrase in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "<b>产量</b> & <script>",
        "茶" * 4096,
        "\u200b\u200d产量",
        "多少" * 2000,
        "😀" * 2048,
        "'; DROP TABLE queries; --",
    ],
)
async def test_any_text_has_a_reply(asker: Person, text: str) -> None:
    """Whatever is typed, there is a proper reply."""
    answer = await asker.ask(text)
    assert answer.text
    assert answer.text != SIMPLIFIED.conversation.failed


async def test_help(asker: Person, admin: Person) -> None:
    """Help explains how to ask; admins read about their commands too."""
    assert (await asker.ask("/help")).text == SIMPLIFIED.conversation.help
    assert SIMPLIFIED.conversation.admin_help in (await admin.ask("/help")).text


async def test_unknown_command(asker: Person) -> None:
    """A command that the bot does not have gets a short hint."""
    assert (await asker.ask("/weather 长沙")).text == SIMPLIFIED.conversation.unknown_command


async def test_what_is_no_question(asker: Person) -> None:
    """What is neither text nor a picture or a file is declined politely."""
    await asker.send_location(28.2, 112.9)
    assert (await asker.next_reply()).text == SIMPLIFIED.conversation.text_only


async def test_language_of_the_asker(sandbox: Sandbox) -> None:
    """The bot speaks the asker's language, and a traditional reader sees traditional characters."""
    taiwanese, english = sandbox.user(21, "阿明", "zh-hant"), sandbox.user(22, "Ann", "en")
    assert (await taiwanese.ask("/ask")).text == TRADITIONAL.conversation.ask_for_question
    assert (await english.ask("/ask")).text == ENGLISH.conversation.ask_for_question
    answer = await taiwanese.ask("盤山公路全長多少公里")
    assert "盤山公路從縣城通到北邊的青石關，全長35公里" in answer.text
    assert "📄 雲嶺縣公路建設" in answer.text
    assert "盘山公路从县城通到北边的青石关，全长35公里" in (await english.ask("盘山公路全长多少公里")).text


async def test_many_at_once(sandbox: Sandbox) -> None:
    """Everybody gets the answer to their own question, however many ask at the same time."""
    questions = {
        "2020年干茶产量多少吨": "3100吨",
        "图书馆藏书多少册": "18万册",
        "盘山公路全长多少公里": "35公里",
    }
    asked = list(questions) * 5
    people = [sandbox.user(100 + number) for number in range(len(asked))]
    asking = (person.ask(question, timeout=15) for person, question in zip(people, asked, strict=True))
    for answer, question in zip(await asyncio.gather(*asking), asked, strict=True):
        assert answer.json["reply_to_message"]["text"] == question
        assert questions[question] in answer.text


async def test_near(asker: Person, sandbox: Sandbox) -> None:
    """Buttons under a paragraph that is only near show its context, and lead back to the honest answer."""
    answer = await asker.ask("石塘镇的邮局周末几点关门")
    assert SIMPLIFIED.answers.perhaps in answer.text
    first = answer.text
    await (await asker.press(answer, SIMPLIFIED.answers.context)).wait()
    await sandbox.until(lambda: answer.text != first)
    await (await asker.press(answer, SIMPLIFIED.answers.back)).wait()
    await sandbox.until(lambda: answer.text == first)


async def test_logged(asker: Person, settings: Settings) -> None:
    """Each question stands in the log once, with its reply."""
    answer = await asker.ask("2020年干茶产量多少吨？")
    async with asyncio.timeout(5):
        while not (entries := await asyncio.to_thread(replied, settings)):  # noqa: ASYNC110 - it is a file
            await asyncio.sleep(0.02)
    (entry,) = entries
    assert entry.answer.found
    assert entry.answer.figures[0].text == "3100吨"
    assert (entry.reply, entry.source, entry.language, entry.chat_kind) == (
        answer.id, "telegram", "zh-hans", "private",
    )  # fmt: skip


async def test_a_year_that_the_articles_lack(asker: Person) -> None:
    """What they say of another year is shown, but not for that one."""
    notice = SIMPLIFIED.answers.other_year.format(year="2011")
    answer = await asker.ask("2011年干茶产量多少吨？")
    assert answer.text.startswith(f"⚠️ {notice}")
    assert "3100吨" in formatted(answer, "blockquote")[0]
    assert notice not in (await asker.ask("2020年干茶产量多少吨？")).text
