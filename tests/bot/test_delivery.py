"""What is longer than a message comes in several, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.outgoing import delivery

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.server import Sandbox

LONG = "\n\n".join(f"{number}. 云岭县的茶园\n大多在<b>八百米</b>以上的山坡。" for number in range(300))
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="stay")]])


async def test_a_long_outcome(api: Bot, sandbox: Sandbox) -> None:
    """An outcome that has no room in the message that showed the progress goes on below it."""
    asker = sandbox.user()
    asked = Message.de_json((await asker.say("/reindex")).json, api)
    shown = await delivery.reply(asked, "正在重建")
    await delivery.rewrite(shown, LONG, BUTTONS, asked=asked)
    first, *others = asker.replies
    assert first.edited
    assert first.id == shown.message_id
    assert [len(reply.buttons) for reply in (first, *others)] == [0, 0, 1]
    assert "".join(reply.text for reply in (first, *others)).count("云岭县") == 300


async def test_a_long_notice(api: Bot, sandbox: Sandbox) -> None:
    """What nobody asked for is split as well."""
    asker = sandbox.user()
    await asker.say("/start")
    await delivery.send(api, asker.id, LONG)
    assert len(asker.replies) == 3
