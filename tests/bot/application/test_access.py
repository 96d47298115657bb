"""Who is served: everybody, or those who are listed or invited."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.messages import SIMPLIFIED
from bot.state.database import StateDatabase
from bot.state.people import People

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

WORDS = SIMPLIFIED.access
QUESTION = "2020年干茶产量多少吨"
with_bot = pytest.mark.usefixtures("bot")


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """A closed bot, or one with the settings that a test gives."""
    return replace(settings, **getattr(request, "param", {"access": "closed"}))


@pytest.fixture
def stranger(sandbox: Sandbox) -> Person:
    return sandbox.user(3003, name="过客")


def slowly(work: Callable[..., Any]) -> Callable[..., Any]:
    def wait(*given: object) -> Any:
        time.sleep(0.3)
        return work(*given)

    return wait


async def link_of(admin: Person) -> str:
    """Have an admin make an invitation; return what its link makes Telegram send."""
    made = await admin.ask("/invite")
    match = re.search(r"https://t\.me/\w+\?start=(inv_[\w-]+)", made.text)
    assert match
    return f"/start {match[1]}"


@with_bot
async def test_numbers_for_the_settings(asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """Anybody is told their own number, also by a closed bot, and an admin that of a group too."""
    assert str(asker.id) in (await asker.ask("/id")).text
    group = sandbox.group("课题组", admin, asker)
    await asker.say("/id", chat=group)
    told = await admin.ask("/id", chat=group)
    assert str(group.id) in told.text
    assert len(group.replies) == 1


@with_bot
async def test_invitation(asker: Person, admin: Person, stranger: Person, sandbox: Sandbox) -> None:
    """Who follows an admin's link may ask, others not; withdrawn, it puts its guests out."""
    link = await link_of(admin)
    made = admin.replies[-1]
    assert (await asker.ask(link)).text == WORDS.welcome
    assert "3100吨" in (await asker.ask(QUESTION)).text
    assert (await stranger.ask(QUESTION)).text == WORDS.closed
    await admin.press(made, WORDS.withdraw)
    await sandbox.until(lambda: made.text == WORDS.withdraw_sure)
    await admin.press(made, WORDS.withdraw_yes)
    await sandbox.until(lambda: made.text == WORDS.invitations_none)
    assert (await asker.ask(QUESTION)).text == WORDS.closed
    assert (await stranger.ask(link)).text == WORDS.invitation_invalid


@with_bot
@pytest.mark.parametrize("name", ["accept", "admit_group", "move_group"])
async def test_who_asks_at_once(
    asker: Person, admin: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A question right behind what lets somebody in is answered, however long that takes the disk."""
    link = await link_of(admin)
    group = sandbox.group("课题组", admin, asker, basic=True)
    if name == "move_group":
        await admin.ask("/invite", chat=group)
    monkeypatch.setattr(People, name, slowly(getattr(People, name)))
    if name == "accept":
        place = None
        await sandbox.user(3004, name="另一位").say(link)  # who is let in just before
        await asker.say(link)
    elif name == "admit_group":
        place = group
        await admin.say("/invite", chat=group)
    else:
        place = group.upgrade()
    await asker.say(f"/ask {QUESTION}", chat=place)
    await sandbox.until(lambda: any("3100吨" in reply.text for reply in (place or asker).replies))


@with_bot
async def test_list_of_invitations(asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """The list says how many came by each link; a button leads to it and its buttons withdraw."""
    await asker.say(await link_of(admin))
    await asker.next_reply()
    made = admin.replies[-1]
    await admin.press(made, WORDS.show_invitations)
    await sandbox.until(lambda: WORDS.invitations in made.text)
    assert "已加入 1 人" in made.text
    await admin.press(made, f"{WORDS.withdraw} 1")
    await sandbox.until(lambda: made.text == WORDS.withdraw_sure)
    await admin.press(made, SIMPLIFIED.answers.back)
    await sandbox.until(lambda: WORDS.invitations in made.text)


@with_bot
async def test_group_is_let_in(asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """An admin's /invite in a group lets its members ask there, and nowhere else."""
    group = sandbox.group("课题组", admin, asker)
    await asker.say(f"/ask {QUESTION}", chat=group)
    assert (await admin.ask("/invite", chat=group)).text == WORDS.group_admitted
    assert "3100吨" in (await asker.ask(f"/ask {QUESTION}", chat=group)).text
    assert (await asker.ask(QUESTION)).text == WORDS.closed


@with_bot
@pytest.mark.parametrize("days", ["0", "x", "366", "-1", "9999999999"])
async def test_days_of_an_invitation(admin: Person, days: str) -> None:
    """Odd numbers of days get a clear line."""
    assert (await admin.ask(f"/invite {days}")).text == WORDS.invite_days


@with_bot
@pytest.mark.parametrize("settings", [{"access": "open"}], indirect=True)
async def test_open(asker: Person, admin: Person) -> None:
    """An open bot needs no invitations, says so to admins, and lets nobody else make one."""
    assert (await admin.ask("/invite")).text == WORDS.invite_open
    assert (await asker.ask("/invite")).text == SIMPLIFIED.conversation.refused


@with_bot
@pytest.mark.parametrize("settings", [{"access": "open"}], indirect=True)
async def test_language(asker: Person, sandbox: Sandbox) -> None:
    """A chosen language is used from then on, in the menu of the person's chat too."""
    choice = await asker.ask("/language")
    await asker.press(choice, "English")
    await sandbox.until(lambda: choice.edited)
    assert "Just send a question" in (await asker.ask("/help")).text
    menu = sandbox.world.commands[f"chat:{asker.id}", ""]
    assert any("How to use" in command["description"] for command in menu)
    await asker.press(choice, "繁體中文")
    await sandbox.until(lambda: "繁體中文 ✓" in str(choice.buttons))
    assert "直接傳送問題" in (await asker.ask("/help")).text


async def test_privacy_notice(
    running: object, admin: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An admin is told once that mentions in groups cannot be seen, and not at all where they can."""
    monkeypatch.setattr("bot.notices.TELL_EVERY", 0.05)
    sandbox.privacy = True
    assert callable(running)
    async with running():
        await admin.ask("/help")
        await sandbox.until(lambda: any(reply.text == WORDS.privacy for reply in admin.replies))
        await asyncio.sleep(0.5)  # until that is noted
    async with running():
        await admin.ask("/help")
        await asyncio.sleep(0.3)
    assert sum(reply.text == WORDS.privacy for reply in admin.replies) == 1


async def test_no_privacy_notice(running: object, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bot sees all messages of groups there is nothing to tell."""
    monkeypatch.setattr("bot.notices.TELL_EVERY", 0.05)
    assert callable(running)
    async with running():
        await admin.ask("/help")
        await asyncio.sleep(0.3)
    assert len(admin.replies) == 1


async def test_privacy_notice_after_trouble(  # noqa: PLR0917 - fixtures
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    admin: Person,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While it cannot be read who has been told, nobody is, and the admin is once it can."""
    monkeypatch.setattr("bot.notices.TELL_EVERY", 0.05)
    sandbox.privacy = True
    await admin.start()
    StateDatabase.open(settings.state).close()
    with closing(sqlite3.connect(settings.state, isolation_level=None)) as state:
        state.execute("ALTER TABLE told RENAME TO away")
        async with running():
            async with asyncio.timeout(20):
                while "is not known" not in caplog.text:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.05)
            assert WORDS.privacy not in [reply.text for reply in admin.replies]
            state.execute("ALTER TABLE away RENAME TO told")
            await sandbox.until(lambda: WORDS.privacy in [reply.text for reply in admin.replies], timeout=20)
