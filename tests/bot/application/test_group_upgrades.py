"""A group that becomes a supergroup, under another id, is the same group to its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

QUESTION = "/ask 2020年干茶产量多少吨"


async def test_who_was_let_in_stays_so(
    running: Callable[..., AbstractAsyncContextManager[None]], sandbox: Sandbox, asker: Person, admin: Person
) -> None:
    """A group that an admin or the settings let in is let in under its new id, also after a restart."""
    listed = sandbox.group("课题组", admin, asker, basic=True)
    invited = sandbox.group("读书会", admin, asker, basic=True)
    async with running(access="closed", allowed=frozenset({listed.id})):
        assert (await admin.ask("/invite", chat=invited)).text == SIMPLIFIED.access.group_admitted
        upgraded = [group.upgrade() for group in (listed, invited)]
        for group in upgraded:
            assert "3100吨" in (await asker.ask(QUESTION, chat=group)).text
    async with running(access="closed", allowed=frozenset({listed.id})):
        for group in upgraded:
            assert "3100吨" in (await asker.ask(QUESTION, chat=group)).text


async def test_who_was_not_let_in_is_not(
    running: Callable[..., AbstractAsyncContextManager[None]], sandbox: Sandbox, asker: Person, admin: Person
) -> None:
    """The upgrade of any other group opens nothing."""
    listed = sandbox.group("课题组", admin, basic=True)
    other = sandbox.group("外人", asker, admin, basic=True)
    async with running(access="closed", allowed=frozenset({listed.id})):
        group = other.upgrade()
        await asker.say(QUESTION, chat=group)
        assert "3100吨" in (await admin.ask(QUESTION, chat=group)).text
        assert len(group.replies) == 1


async def test_an_answer_follows_its_group(
    running: Callable[..., AbstractAsyncContextManager[None]], sandbox: Sandbox, asker: Person, admin: Person
) -> None:
    """What was asked just before the upgrade is answered in the new chat."""
    listed = sandbox.group("课题组", admin, asker, basic=True)
    async with running(access="closed", allowed=frozenset({listed.id})):
        sandbox.fail_next("sendMessage", 502, "Bad Gateway")
        await asker.say(QUESTION, chat=listed)
        await sandbox.until(lambda: sandbox.called("sendMessage"))
        group = listed.upgrade()
        assert "3100吨" in (await group.next_reply()).text
