"""Whose presses count under an answer in a group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.messages import ENGLISH, SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")
for_all = pytest.mark.parametrize("settings", ["all"], indirect=True)

QUESTION = "公路什么时候通车"
SLIP = "盘山公录有多少座隧道"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, group_buttons=getattr(request, "param", "asker"))


@pytest.fixture
def other(sandbox: Sandbox) -> Person:
    return sandbox.user(31, "Ann", language="en")


@pytest.fixture
def group(sandbox: Sandbox, asker: Person, other: Person) -> Conversation:
    return sandbox.group("课题组", asker, other)


async def test_after_a_restart(
    running: Callable[[], AbstractAsyncContextManager[None]],
    asker: Person,
    other: Person,
    group: Conversation,
    sandbox: Sandbox,
) -> None:
    """The bot still knows who asked."""
    async with running():
        answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    async with running():
        said = await (await other.press(answer, SIMPLIFIED.answers.next)).wait()
        assert said["text"] == ENGLISH.answers.only_asker
        await asker.press(answer, SIMPLIFIED.answers.next)
        await sandbox.until(lambda: answer.edited)


@with_bot
async def test_anybody_votes(asker: Person, other: Person, group: Conversation, sandbox: Sandbox) -> None:
    """A vote is everybody's right."""
    answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    await other.press(answer, "👍")
    await sandbox.until(lambda: "👍 ✓" in str(answer.buttons))


@with_bot
async def test_asked_as_the_group(sandbox: Sandbox, asker: Person, group: Conversation) -> None:
    """Where an anonymous admin asked, Telegram tells nobody's name, so anybody may press."""
    group.chat.members[asker.user.id] = "administrator"
    await asker.say(f"/ask {QUESTION}", group, anonymous=True)
    answer = await group.next_reply()
    await asker.press(answer, SIMPLIFIED.answers.next)
    await sandbox.until(lambda: answer.edited)


@for_all
@with_bot
async def test_for_all(asker: Person, other: Person, group: Conversation, sandbox: Sandbox) -> None:
    """Where the admin says so, anybody presses, and sees it in their own language."""
    answer = await asker.ask(f"/ask {SLIP}", chat=group)
    await other.press(answer, SIMPLIFIED.answers.ask_that)
    assert ENGLISH.answers.context in str((await group.next_reply()).buttons)
    await other.press(answer, SIMPLIFIED.answers.next)
    await sandbox.until(lambda: ENGLISH.answers.previous in str(answer.buttons))
