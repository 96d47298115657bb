"""How many questions a person may ask in a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

pytestmark = pytest.mark.usefixtures("bot")

QUESTION = "盘山公路全长多少公里"
TOO_MANY = SIMPLIFIED.access.too_many.split("{")[0]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questions_per_minute=2)


async def test_a_friendly_word(asker: Person, sandbox: Sandbox) -> None:
    """Who asks more is told how long to wait; others, help, and the buttons of an answer go on."""
    answer = await asker.ask(QUESTION)
    assert (await asker.ask(QUESTION)).text.startswith("35公里")
    assert (await asker.ask(QUESTION)).text.startswith(TOO_MANY)
    assert (await asker.ask("/help")).text == SIMPLIFIED.conversation.help
    assert (await sandbox.user(31, "旁人").ask(QUESTION)).text.startswith("35公里")
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: answer.edited)


async def test_edits_count(asker: Person, sandbox: Sandbox) -> None:
    """An edit asks as well; one too many leaves the answers as they are."""
    question = await asker.say(QUESTION)
    answer = await asker.next_reply()
    await asker.edit(question, "县图书馆藏书多少册")
    await sandbox.until(lambda: answer.text.startswith("18万册"))
    await asker.edit(question, QUESTION)
    assert (await asker.next_reply()).text.startswith(TOO_MANY)
    assert answer.text.startswith("18万册")


async def test_several_questions_count_each(asker: Person) -> None:
    """A message with more questions than are left is not answered."""
    said = await asker.ask(f"1. {QUESTION}？\n2. 县图书馆藏书多少册？\n3. 茶园有多少亩？")
    assert said.text.startswith(TOO_MANY)


async def test_suggested_questions_count(asker: Person) -> None:
    """A suggestion that is pressed is a question."""
    greeting = await asker.ask("/start")
    for expected in (False, False, True):
        await asker.press(greeting, greeting.buttons[0][0])
        assert (await asker.next_reply()).text.startswith(TOO_MANY) == expected
