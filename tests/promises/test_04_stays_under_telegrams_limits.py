"""Promise 4: many questions at once, counted at a server that refuses what Telegram would refuse."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot import lifecycle
from bot.markup import units
from bot.outgoing import delivery, pacing
from bot.sandbox import limits
from bot.sandbox.server import Sandbox
from retrieval.index import Index
from tests.bot.application.test_pictures import VIEWS, write_documents

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from telegram import Bot

    from bot.sandbox.people import Conversation, Person
    from bot.settings import Settings

    Running = Callable[..., AbstractAsyncContextManager[None]]

QUESTION = "2020年干茶产量多少吨"
SHORT_MINUTE = 12.0  # seconds
LONG = "\n\n".join(f"{number}. 云岭县的茶园\n大多在<b>八百米</b>以上的山坡。" for number in range(300))
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="stay")]])


@pytest.fixture(autouse=True)
def unpaced() -> None:
    """Leave the pace as it is."""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(rate_limits=True) as running:
        yield running


@pytest.fixture
def short_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a group's minute pass sooner, for the bot and the server."""
    for module in (pacing, limits):
        monkeypatch.setattr(module, "GROUP", (20, SHORT_MINUTE))


def sent(sandbox: Sandbox) -> dict[int, list[float]]:
    """Return when the messages of each chat came to the server; an album is as many as its photos."""
    times: dict[int, list[float]] = defaultdict(list)
    for call in sandbox.calls:
        if call.method.startswith(("send", "edit")) and call.method != "sendChatAction":
            media = call.params.get("media", "[]")
            messages = len(json.loads(media)) if call.method == "sendMediaGroup" else 1
            times[int(call.params["chat_id"])] += [call.at] * messages
    return times


def most_within(seconds: float, times: list[float]) -> int:
    """Return the most messages in any window of so many seconds."""
    return max(sum(start <= at < start + seconds for at in times) for start in times)


def refused(sandbox: Sandbox) -> list[object]:
    return [call for call in sandbox.calls if call.status == 429]


def asked_for(chat: Conversation) -> list[int]:
    """Return the questions that the replies answer, by their message ids, in the order of the replies."""
    return [reply.json["reply_to_message"]["message_id"] for reply in chat.replies]


@pytest.mark.usefixtures("short_minute")
async def test_a_burst(sandbox: Sandbox, running: Running) -> None:
    """Many chats, one busy person and a busy group get all their answers, in order, without a single 429."""
    people = [sandbox.user(100 + number, f"读者{number}") for number in range(40)]
    busy = people[0]
    group = sandbox.group("课题组", *people[:3])
    async with running(questions_per_minute=1000):
        for person in people:
            await person.say(QUESTION)
        for number in range(23):
            await people[number % 3].say(f"/ask {QUESTION}", chat=group)
        for _ in range(7):
            await busy.say(QUESTION)
        await sandbox.until(lambda: all(person.replies for person in people), timeout=60)
        await sandbox.until(lambda: len(busy.replies) == 8, timeout=60)
        await sandbox.until(lambda: len(group.replies) == 23, timeout=60)
    assert refused(sandbox) == []
    times = sent(sandbox)
    assert most_within(1.0, sorted(at for chat in times.values() for at in chat)) <= 30
    assert most_within(SHORT_MINUTE, times[group.id]) <= 20
    assert most_within(3.0, times[busy.id]) <= 3
    assert asked_for(busy) == sorted(asked_for(busy))
    by_person = defaultdict(list)
    for reply in group.replies:
        question = reply.json["reply_to_message"]
        by_person[question["from"]["id"]].append(question["message_id"])
    assert all(numbers == sorted(numbers) for numbers in by_person.values())


async def test_an_album_counts_as_its_photos(
    sandbox: Sandbox, settings: Settings, running: Running, asker: Person
) -> None:
    """Answers with albums come as slowly as all their messages have to."""
    write_documents(settings.documents)
    await asyncio.to_thread(Index(settings.snapshots).build, settings.documents)
    async with running():
        for _ in range(3):
            await asker.say(VIEWS)
        await sandbox.until(lambda: len(asker.replies) == 9, timeout=60)
    assert refused(sandbox) == []
    assert len(sandbox.called("sendMediaGroup")) == 3
    assert most_within(3.0, sent(sandbox)[asker.id]) <= 3


@pytest.mark.usefixtures("short_minute")
async def test_a_busy_group(
    sandbox: Sandbox,
    running: Running,
    asker: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While a group waits for its next minute, others are answered; its rest may wait for the next start."""
    monkeypatch.setattr(lifecycle, "FAREWELL", 0.5)
    group = sandbox.group("课题组", asker)
    async with running(questions_per_minute=1000):
        for _ in range(24):
            await asker.say(f"/ask {QUESTION}", chat=group)
        await sandbox.until(lambda: len(group.replies) == 20, timeout=60)
        assert "3100吨" in (await sandbox.user(31, "旁人").ask(QUESTION, timeout=30)).text
        assert len(group.replies) == 20
    assert "4 条消息没来得及处理" in caplog.text
    async with running():
        await sandbox.until(lambda: len(group.replies) == 24, timeout=90)
    assert asked_for(group) == sorted(asked_for(group))


async def test_a_long_message_is_split(api: Bot, asker: Person) -> None:
    """The first part quotes what was asked; the last one has the buttons and is what the caller gets."""
    message = Message.de_json((await asker.say("问")).json, api)
    last = await delivery.reply(message, LONG, BUTTONS)
    replies = asker.replies
    assert len(replies) == 3
    assert [len(reply.buttons) for reply in replies] == [0, 0, 1]
    assert ["reply_to_message" in reply.json for reply in replies] == [True, False, False]
    assert last.message_id == replies[-1].id
    assert all(units(reply.text) <= 4096 and reply.text.endswith("山坡。") for reply in replies)
    assert "".join(reply.text for reply in replies).count("云岭县") == 300
