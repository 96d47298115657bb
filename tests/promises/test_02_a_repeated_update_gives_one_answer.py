"""Promise 2: a repeated update gives one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

QUESTION = "2020年干茶产量多少吨"


@pytest.fixture
def confirmed(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The updates that the bot has confirmed so far, as it got them."""
    seen: list[dict[str, Any]] = []
    confirm = sandbox.world.updates.confirmed

    def note(update: dict[str, Any]) -> None:
        seen.append(update)
        confirm(update)

    sandbox.world.updates.confirmed = note
    return seen


async def repeat(sandbox: Sandbox, update: dict[str, Any]) -> None:
    """Give an update to the bot again, and wait until it has taken it."""
    sandbox.world.updates.repeat(update)
    await sandbox.until(lambda: not len(sandbox.world.updates), timeout=15)


def questions(settings: Settings) -> list[str]:
    with reading(settings.query_log) as db:
        return [entry.answer.question.text for entry in read_entries(db)]


async def test_a_question(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    confirmed: list[dict[str, Any]],
    running: Callable[[], AbstractAsyncContextManager[None]],
) -> None:
    """Where a confirmation is lost, the question is answered and logged once; after a restart too."""
    async with running():
        await asker.ask(QUESTION)
        await sandbox.until(lambda: confirmed)
        for _ in range(3):
            await repeat(sandbox, confirmed[0])
        await asker.ask("/help")
    async with running():
        await repeat(sandbox, confirmed[0])
        await asker.ask("/id")
    assert [reply.text[:3] for reply in asker.replies[1:]] == [SIMPLIFIED.conversation.help[:3], "您的编"]
    assert len(asker.replies) == 3
    assert questions(settings) == [QUESTION]


@pytest.mark.usefixtures("bot")
async def test_a_press(asker: Person, sandbox: Sandbox, confirmed: list[dict[str, Any]]) -> None:
    """A repeated press is not pressed twice."""
    answer = await asker.ask(QUESTION)
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: answer.edited)
    await sandbox.until(lambda: "callback_query" in confirmed[-1])
    await repeat(sandbox, confirmed[-1])
    await asker.ask("/help")
    assert len(sandbox.called("editMessageText")) == 1
    assert len(sandbox.called("answerCallbackQuery")) == 1


@pytest.mark.usefixtures("bot")
async def test_the_same_words_are_another_question(
    asker: Person, settings: Settings, sandbox: Sandbox
) -> None:
    """What a person asks twice is answered twice: only the update tells a repetition."""
    for _ in range(2):
        await asker.ask(QUESTION)
    await sandbox.until(lambda: len(questions(settings)) == 2, timeout=15)
