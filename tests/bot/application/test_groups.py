from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox

pytestmark = pytest.mark.usefixtures("bot")

QUESTION = "2020年干茶产量多少吨"


@pytest.fixture
def group(sandbox: Sandbox, asker: Person) -> Conversation:
    """A group in which the bot sees everything, so that silence is its own choice."""
    sandbox.world.privacy = False
    return sandbox.group("课题组", asker)


async def test_command(asker: Person, group: Conversation, sandbox: Sandbox) -> None:
    """In a group the command asks, with and without the bot's name."""
    assert "3100吨" in (await asker.ask(f"/ask {QUESTION}", chat=group)).text
    named = f"/ask@{sandbox.bot.username} {QUESTION}"
    assert "3100吨" in (await asker.ask(named, chat=group)).text


@pytest.mark.parametrize("text", ["@{name} {question}", "{question} @{name}", "@{NAME} {question}"])
async def test_mention(asker: Person, group: Conversation, sandbox: Sandbox, text: str) -> None:
    """A mention asks, wherever it stands; it is no part of the question."""
    name = str(sandbox.bot.username)
    asked = text.format(name=name, NAME=name.upper(), question=QUESTION)
    assert "3100吨" in (await asker.ask(asked, chat=group)).text


async def test_bare_mention(asker: Person, group: Conversation, sandbox: Sandbox) -> None:
    """A mention without a question asks for one."""
    answer = await asker.ask(f"@{sandbox.bot.username}", chat=group)
    assert answer.text == SIMPLIFIED.conversation.ask_for_question


async def test_reply_to_bot(asker: Person, group: Conversation) -> None:
    """A reply to the bot is a question."""
    first = await asker.ask("/help", chat=group)
    await asker.say(QUESTION, chat=group, reply_to=first)
    assert "3100吨" in (await group.next_reply()).text


async def test_silent_otherwise(asker: Person, group: Conversation) -> None:
    """What people say to each other, and commands for other bots, stay without an answer."""
    talk = await asker.say(QUESTION, chat=group)
    await asker.say("是啊", chat=group, reply_to=talk)
    await asker.say("@other_bot 你好", chat=group)
    await asker.say("/weather", chat=group)
    await asker.say(f"/ask@other_bot {QUESTION}", chat=group)
    await asker.send_file("茶.pdf", b"%PDF-1.4", chat=group)
    await asker.ask("/help", chat=group)
    assert len(group.replies) == 1


async def test_unknown_command_for_this_bot(asker: Person, group: Conversation, sandbox: Sandbox) -> None:
    """A command that names this bot but does not exist gets the hint."""
    answer = await asker.ask(f"/weather@{sandbox.bot.username}", chat=group)
    assert answer.text == SIMPLIFIED.conversation.unknown_command
