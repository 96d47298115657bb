"""Any text from anybody gets a valid reply: no error, no loop that ends, nothing that a page or a sheet runs.

The sandbox refuses what Telegram refuses, and a refused call is an error in the bot's log.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from click.testing import CliRunner
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.cli import main
from bot.log.database import read_entries, reading
from bot.log.statistics import Days, read_dislikes, read_gaps, read_statistics
from bot.messages import LANGUAGES, SIMPLIFIED
from bot.outgoing import delivery
from bot.sandbox.conversations import Message
from bot.sandbox.entities import utf16_length
from bot.screens.statistics import digest
from tests.bot.test_review import served

if TYPE_CHECKING:
    from pathlib import Path

    from telegram import Bot

    from bot.sandbox.chats import User
    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

FAILED = {words.conversation.failed for words in LANGUAGES.values()}
QUESTION = "2020年干茶产量多少吨"
SCRIPT = "<script>alert(1)</script>"
TEXTS = [
    "<" * 4096, "&amp;" * 800, "<b>产量", f"{SCRIPT}茶园", "</blockquote></b>茶园面积",
    '<a href="javascript:x">茶</a>', "😀" * 2048, "👨\u200d👩\u200d👧" * 300, "🇨🇳" * 500, "产量" * 2048,
    "a\u0301" * 2000, "ﷺ" * 300, "\u200b\u200d\ufeff", "\u202e产量\u2066茶园", "مرحبا كم إنتاج الشاي",
    "\x00\x01\x1b[31m产量\x7f\x85", "\ud83d", "茶\udc00园\ud800", "=1+1", "+cmd|' /C calc'!A0", "-2+3",
    "@SUM(A1)", "＝1+1", '"=HYPERLINK(""http://x"")', "\t=1+1", "？" * 300, "%s %d {question} {0} {",
    "\\n\\0' OR 1=1 --", "../../etc/passwd", "#散列 @abcd http://a.b/c " * 60,
    "盘山公录有多少座隧道" + "，请问" * 90,
    "\n" * 50 + "茶园" + "\n" * 50, "　　", "1. 产量\n2. <b>\n3. 😀\n", "/", "//", "/ask", "/ask@",
    "/ask " + "<" * 4000, "/start " + "x" * 500, f"/start {SCRIPT}", "/logs \u202e<b>", "/" + "长" * 3000,
]  # fmt: skip
ANY_TEXT = st.text(min_size=1, max_size=80) | st.text(
    "问多少茶园？\n/=+-@,;\"'1.<b>&\u202e\u200b\ud800😀", min_size=1, max_size=80
)


def texts(count: int) -> list[str]:
    """Return the texts above and some made up."""
    found: list[str] = []

    @hypothesis.settings(max_examples=count, database=None)
    @hypothesis.given(ANY_TEXT)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return list(dict.fromkeys([*TEXTS, *found]))


def post(sandbox: Sandbox, chat: Conversation, sender: User, **content: Any) -> Message:
    """Post what a client of one's own could; the bot gets it whatever it is."""
    message = sandbox.world.post(chat.chat, sender, content)
    sandbox.world.updates.put("message", message)
    return Message(sandbox.world, chat.chat, message)


def entities_of(text: str) -> list[dict[str, Any]]:
    """Return a command at the start, as Telegram marks it, so that the text goes where it should."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    return [{"type": "bot_command", "offset": 0, "length": utf16_length(word)}] if word[:1] == "/" else []


def someone(
    sandbox: Sandbox, name: str = "小林", username: str | None = None, language: str = "zh-hans"
) -> Person:
    person = sandbox.user(60_000 + len(sandbox.world.users), name, language, username)
    person.chat.bot_status = "member"
    return person


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the errors that the bot has logged, or the library for it."""
    found = [record for record in caplog.records if record.levelno >= logging.ERROR]
    return [
        record.getMessage() for record in found if record.name.startswith(("bot.", "telegram.", "asyncio"))
    ]


async def still_answers(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Fail where anything went wrong before, or where the bot answers nothing any more."""
    assert "3100吨" in (await someone(sandbox).ask(QUESTION, timeout=60)).text
    assert not errors(caplog)
    refused = [call for call in sandbox.calls if call.status == 400]
    assert {call.method for call in refused} <= {"setMyCommands"}, refused  # of admins without a chat
    said = {
        message.get("text") for chat in sandbox.world.chats.values() for message in chat.messages.values()
    }
    assert not said & FAILED


def _edited(message: Message) -> bool:
    return message.edited


@pytest.mark.usefixtures("bot")
async def test_any_text(  # noqa: PLR0917 - fixtures
    sandbox: Sandbox,
    settings: Settings,
    admin: Person,
    api: Bot,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Any text in a private chat is answered validly, and so is an admin who then looks at what was asked."""

    async def asked(text: str) -> None:
        person = someone(sandbox)
        post(sandbox, person, person.user, text=text, entities=entities_of(text))
        assert (await person.next_reply(60)).text.strip()

    given = texts(30)
    await asyncio.gather(*map(asked, given))
    listing = await admin.ask("/logs", timeout=60)
    numbers = [
        button["callback_data"] for row in listing.json["reply_markup"]["inline_keyboard"] for button in row
    ]
    for data in numbers:
        if data.startswith("log:"):
            await (await admin.forge(listing, data)).wait()
    for command in (
        "/unanswered",
        "/stats",
        f"/logs {SCRIPT}",
        "/logs \u202e<b>&",
        "/documents <b>&\u202e",
        "/unanswered <",
    ):
        assert (await admin.ask(command, timeout=60)).text
    await still_answers(sandbox, caplog)
    await exported(admin, sandbox)
    with reading(settings.query_log) as log:
        rows = [entry.id for entry in read_entries(log)]
        days = Days.until_today(1)
        figures = read_statistics(log, days), read_gaps(log, days), read_dislikes(log, days, 5)
    for words in LANGUAGES.values():
        await delivery.send(api, admin.id, digest(*figures, datetime.now(UTC).date(), words))
    await asyncio.to_thread(reviewed, settings.query_log, rows)
    monkeypatch.setenv("WENJU_DATA", str(settings.data))
    await asyncio.to_thread(answered_in_the_terminal, given)


async def exported(admin: Person, sandbox: Sandbox) -> None:
    """Have the log exported; no cell is a formula."""
    for form in ("csv", "xlsx"):
        await admin.ask(f"/export {form}", timeout=60)
        file = sandbox.world.files[admin.replies[-1].json["document"]["file_id"]].data
        if form == "csv":
            rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
            assert len({len(row) for row in rows}) == 1
            cells = [cell for row in rows for cell in row]
            assert not [cell for cell in cells if cell.lstrip()[:1] in set("=+-@＝＋－＠")]
        else:
            sheet = load_workbook(io.BytesIO(file)).active
            assert sheet
            assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
            assert sheet.max_row == len(rows)


def reviewed(log: Path, rows: list[str]) -> None:
    """Look at each row of the log as a web page; none runs what somebody typed."""
    with served(log) as page:
        for path in [
            "/queries",
            "/queries/queries?_size=max",
            "/queries/latest",
            *(f"/queries/queries/{row}" for row in rows),
        ]:
            shown = page.get(path)
            assert shown.status_code == 200, path
            assert SCRIPT not in shown.text
            assert "<b>产量" not in shown.text


def answered_in_the_terminal(given: list[str]) -> None:
    """Ask all of it at once in the terminal: a line of JSON for each line that is not blank."""
    lines = [line for text in given for line in text.encode(errors="replace").decode().split("\n")]
    asked = "\n".join(lines).encode()
    result = CliRunner().invoke(main, ["ask", "-"], input=asked)
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.rstrip("\n").split("\n")]
    assert len(answers) == sum(bool(line.strip()) for line in lines)


# Everywhere else that somebody writes something

NAMES = [SCRIPT, "\u202e林\u2066", "\x00\u200b", "\ud83d", "{name} %s", "<b>&", "😀" * 32, "=1+1", "a" * 64]


@pytest.mark.usefixtures("bot")
async def test_any_name(sandbox: Sandbox, admin: Person, caplog: pytest.LogCaptureFixture) -> None:
    """Names of people and groups, user names, languages and titles are shown as they are, or left out."""
    for name in NAMES:
        person = someone(sandbox, name, username=name, language=name[:8])
        group = sandbox.group(name, person, admin)
        answer = await person.ask(f"/ask {QUESTION}", chat=group, timeout=30)
        assert "3100吨" in answer.text
        await person.forge(answer, answer.button("👎")["callback_data"])
        assert (await group.next_reply(30)).text.strip()
        await admin.ask("/invite", chat=group, timeout=30)
        person.chat.title = name
        post(
            sandbox,
            person,
            person.user,
            text=QUESTION,
            quote={"text": name, "position": 7, "is_manual": True},
        )
        assert "3100吨" in (await person.next_reply(30)).text
    await still_answers(sandbox, caplog)


@pytest.mark.usefixtures("bot")
async def test_any_file_name_and_caption(
    sandbox: Sandbox, admin: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Files of an admin get a report whatever they are called, and others' a polite word."""
    admin.chat.bot_status = "member"
    for number, name in enumerate(["\u202e林\ud83d\x00", "../../etc/passwd", f"a\\{SCRIPT}", "长" * 200, ""]):
        data = f"# 桥\n\n{SCRIPT}石塘镇的老廊桥桥长48米，第{number}座。\n".encode()
        file = sandbox.world.store("document", name, "text/markdown", data)
        document = {
            "file_id": file.id, "file_unique_id": file.unique_id, "file_name": f"{name}.md",
            "mime_type": name, "file_size": len(data),
        }  # fmt: skip
        person = someone(sandbox)
        post(sandbox, person, person.user, document=document, caption=name * 3)
        assert (await person.next_reply(30)).text == SIMPLIFIED.conversation.refused
        post(sandbox, admin, admin.user, document=document, caption=name * 3)
        report = await admin.next_reply(30)
        await sandbox.until(partial(_edited, report), timeout=60)
        assert report.text[:1] in "✅ℹ⚠", report.text
    await still_answers(sandbox, caplog)


ENTITIES: list[list[dict[str, Any]]] = [
    [{"type": "mention", "offset": 5000, "length": 10}],
    [{"type": "mention", "offset": 0, "length": 9999}],
    [{"type": "text_mention", "offset": 1, "length": 1}],
    [{"type": "bot_command", "offset": 0, "length": 9999}],
    [{"type": "bot_command", "offset": 0, "length": 0}],
    [{"type": "no such type", "offset": 0, "length": 3}],
    [{"type": "code", "offset": 1, "length": 1}] * 200,
]


@pytest.mark.usefixtures("bot")
async def test_any_entities(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Entities that lie outside of the text, or inside of a character, hinder no answer."""
    for entities in ENTITIES:
        for text in (QUESTION, "😀/ask@wenju_sandbox_bot", f"/ask {QUESTION}"):
            person = someone(sandbox)
            post(sandbox, person, person.user, text=text, entities=entities)
            assert (await person.next_reply(30)).text.strip()
            group = sandbox.group("群", person)
            post(sandbox, group, person.user, text=text, entities=entities)
            post(sandbox, group, person.user, caption=text, caption_entities=entities, photo=[])
    await still_answers(sandbox, caplog)


@pytest.mark.usefixtures("bot")
async def test_any_press_and_query(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever data a press brings, and whatever is typed inline at whatever offset, is answered."""
    person = someone(sandbox)
    answer = await person.ask(QUESTION)
    for data in [
        *NAMES,
        "",
        "page:",
        "page:" + "9" * 60,
        "logs:0:all001:",
        "stats:7\n",
        "x" * 5000,
        "forget:yes:\ud800",
    ]:
        await (await person.forge(answer, data)).wait(30)
    for text in texts(10):
        sent = text.encode(errors="replace").decode()
        for offset in ("", "\u202e<b>", "1" * 60):
            await (await person.inline(sent, offset)).wait(30)
    await still_answers(sandbox, caplog)
