"""Basic groups that become supergroups, as Telegram has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram.error import ChatMigrated

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.server import Sandbox


async def test_an_upgrade(api: Bot, sandbox: Sandbox) -> None:
    """Both chats tell of each other; the old one takes nothing any more and names the new one."""
    owner = sandbox.user(7)
    group = sandbox.group("果园", owner, basic=True)
    await api.send_message(group.id, "早")
    new = group.upgrade()
    told = [update.message for update in await api.get_updates() if update.message]
    assert [(one.chat.id, one.chat.type) for one in told] == [(group.id, "group"), (new.id, "supergroup")]
    assert [(one.migrate_to_chat_id, one.migrate_from_chat_id) for one in told] == [
        (new.id, None),
        (None, group.id),
    ]
    with pytest.raises(ChatMigrated) as caught:
        await api.send_message(group.id, "还在吗")
    assert caught.value.new_chat_id == new.id
    assert (await api.send_message(new.id, "在")).chat.title == "果园"


def test_a_supergroup_cannot_be_upgraded(sandbox: Sandbox) -> None:
    """There is nothing that it could become."""
    with pytest.raises(ValueError, match="no basic group"):
        sandbox.group("果园", sandbox.user(7)).upgrade()
