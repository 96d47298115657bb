"""Greetings, thanks and signs alone: no questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Chat, Message

from bot.handlers.conversation import SmallTalk
from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

QUESTION = "2020年干茶产量多少吨"
HINT = SIMPLIFIED.conversation.small_talk


@pytest.mark.usefixtures("bot")
async def test_small_talk(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """It is answered with how to ask, and is not in the log; a question after a greeting is answered."""
    for text in ("你好", "？？？", "👍🏽"):
        assert (await asker.ask(text)).text == HINT
    answer = await asker.ask(f"您好，请问{QUESTION}")
    assert "3100吨" in answer.text
    await asker.say("謝謝！", reply_to=answer)
    assert (await asker.next_reply()).text == HINT
    group = sandbox.group("课题组", asker)
    group.chat.bot_status = "administrator"
    await asker.say("谢谢", chat=group)
    assert (await asker.ask("@wenju_sandbox_bot 在吗", chat=group)).text == HINT
    assert len(group.replies) == 1
    said = await asker.say(QUESTION, chat=group)
    await asker.say("@wenju_sandbox_bot ？", chat=group, reply_to=said)
    await sandbox.until(lambda: len(group.replies) == 2)
    with reading(settings.query_log) as log:
        logged = {entry.answer.question.text for entry in read_entries(log)}
    assert not logged & {"你好", "？？？", "👍🏽", "謝謝！", "在吗"}


@pytest.mark.parametrize(
    "text",
    [
        "2021",
        "好",
        "测试",
        "再见草原",
        "你好吗",
        "茶？",
        "谢谢你的茶是哪里产的",
        "①",
        "C++",
        "hi-fi",
        "مرحبا",
        "早",
        "用了",
        "没有",
        "帮助信息",
    ],
)
async def test_what_may_be_a_question(api: Bot, text: str) -> None:
    """Any other letter or digit makes it a question."""
    message = Message(1, None, Chat(1, "private"), text=text)  # type: ignore[arg-type] # no date is looked at
    message.set_bot(api)
    assert not SmallTalk().filter(message)


@pytest.mark.parametrize(
    "text",
    [
        "没有了，谢谢",
        "你是谁？",
        "帮助",
        "不用了",
        "谢谢你！",
        "哈喽～",
        "OK 👌",
        "\u200b",
        "。。。",
        "Thank you!",
        "🇨🇳",
        "在吗？有人吗",
        "早上好呀",
    ],
)
async def test_what_is_none(api: Bot, text: str) -> None:
    """Whatever signs stand around it, and in either form of the characters."""
    message = Message(1, None, Chat(1, "private"), text=text)  # type: ignore[arg-type] # as above
    message.set_bot(api)
    assert SmallTalk().filter(message)
