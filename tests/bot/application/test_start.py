"""/start: the greeting, and a few questions to try."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[[], AbstractAsyncContextManager[None]]

with_bot = pytest.mark.usefixtures("bot")


@with_bot
async def test_questions_to_try(asker: Person) -> None:
    """The greeting offers questions made from the articles, and each of them is answered."""
    greeting = await asker.ask("/start")
    assert greeting.text == f"{SIMPLIFIED.conversation.start}\n\n{SIMPLIFIED.conversation.start_examples}"
    questions = [button for row in greeting.buttons for button in row]
    assert 1 <= len(questions) <= 3
    for question in questions:
        await (await asker.press(greeting, question)).wait()
        answer = await asker.next_reply()
        assert answer.text.startswith(f"按“{question}”作答")
        assert SIMPLIFIED.answers.not_found not in answer.text


async def test_after_a_restart(asker: Person, settings: Settings, running: Running) -> None:
    """The buttons ask what they say after a restart too, also where the articles are others now."""
    async with running():
        greeting = await asker.ask("/start")
        question = greeting.buttons[0][0]
    shutil.rmtree(settings.documents)
    settings.documents.mkdir()
    (settings.documents / "bridge.md").write_text("# 廊桥\n\n石塘镇的老廊桥桥长48米。\n", encoding="utf-8")
    async with running():
        await asker.press(greeting, question)
        await asker.next_reply()
    with reading(settings.query_log) as log:
        asked = [entry.answer.question.text for entry in read_entries(log)]
    assert asked == [question]


@with_bot
async def test_forged(asker: Person, sandbox: Sandbox) -> None:
    """Data that is on no button of the message asks nothing."""
    greeting = await asker.ask("/start")
    other = await asker.ask("盘山公路全长多少公里")
    data = greeting.button(greeting.buttons[0][0])["callback_data"]
    answers = []
    for forged in (data, "example:7", "example:x", "example:"):
        button = other.json["reply_markup"]["inline_keyboard"][0][0]
        kept = dict(button)
        button["callback_data"] = forged
        pressed = await asker.press(other, forged)
        # Telegram tells the bot what the message really holds
        button |= kept
        answers.append((await pressed.wait())["text"])
    await sandbox.until(lambda: len(asker.replies) >= 2 + answers.count(""))
    assert len(asker.replies) == 2 + answers.count("")


@with_bot
async def test_in_traditional_characters(sandbox: Sandbox) -> None:
    """A traditional reader gets questions in traditional characters, and they are answered as well."""
    taipei = sandbox.user(41, "小林", language="zh-hant")
    greeting = await taipei.ask("/start")
    assert TRADITIONAL.conversation.start_examples in greeting.text
    question = greeting.buttons[0][0]
    assert question == TRADITIONAL.shown(question)
    await taipei.press(greeting, question)
    assert TRADITIONAL.answers.not_found not in (await taipei.next_reply()).text


@with_bot
async def test_in_a_group(asker: Person, sandbox: Sandbox) -> None:
    """In a group the greeting is short."""
    group = sandbox.group("课题组", asker)
    greeting = await asker.ask("/start", chat=group)
    assert (greeting.text, greeting.buttons) == (SIMPLIFIED.conversation.start_group, [])


async def test_without_articles(settings: Settings, asker: Person, running: Running) -> None:
    """Where there is nothing to ask about, the greeting explains how to ask."""
    shutil.rmtree(settings.snapshots)
    shutil.rmtree(settings.documents)
    settings.documents.mkdir()
    async with running():
        greeting = await asker.ask("/start")
    assert greeting.text == f"{SIMPLIFIED.conversation.start}\n\n{SIMPLIFIED.conversation.help}"
    assert greeting.buttons == []
