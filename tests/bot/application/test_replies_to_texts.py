"""Questions that reply to what somebody else wrote or forwarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED
from tests.bot.application.conftest import ARTICLES

if TYPE_CHECKING:
    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox

pytestmark = pytest.mark.usefixtures("bot")

ROAD = "盘山公路全长多少公里"
TEXT = ARTICLES["school/library.txt"].strip()


@pytest.fixture
def other(sandbox: Sandbox) -> Person:
    return sandbox.user(31, "同事")


@pytest.fixture
def group(sandbox: Sandbox, asker: Person, other: Person) -> Conversation:
    """A group in which the bot sees everything."""
    sandbox.world.privacy = False
    return sandbox.group("课题组", asker, other)


@pytest.mark.parametrize("call", ["/ask", "@{name}"])
async def test_what_somebody_asked(
    asker: Person, other: Person, group: Conversation, sandbox: Sandbox, call: str
) -> None:
    """A bare command or mention asks what it replies to; the answer stands under it."""
    asked = await other.say(ROAD, group)
    called = await asker.say(call.format(name=sandbox.bot.username), group, reply_to=asked)
    answer = await group.next_reply()
    assert answer.text.startswith("35公里")
    assert answer.json["reply_to_message"]["message_id"] == called.id


async def test_a_caption(asker: Person, other: Person, group: Conversation, sandbox: Sandbox) -> None:
    """A caption is a text as well; what has none asks for a question."""
    captioned = await other.send_file("路.pdf", b"%PDF-1.4", caption=ROAD, chat=group)
    await asker.say(f"@{sandbox.bot.username}", group, reply_to=captioned)
    assert (await group.next_reply()).text.startswith("35公里")
    bare = await other.send_file("路.pdf", b"%PDF-1.4", chat=group)
    await asker.say("/ask", group, reply_to=bare)
    assert (await group.next_reply()).text == SIMPLIFIED.conversation.ask_for_question


async def test_about_a_forwarded_text(asker: Person, other: Person, sandbox: Sandbox) -> None:
    """A question that replies to a forwarded article is answered from that article."""
    there = sandbox.group("别处", other, asker)
    forwarded = await asker.forward(await other.say(TEXT, there))
    await asker.next_reply()  # what is forwarded alone is answered as any text
    await asker.say("周末开放到几点？", reply_to=forwarded)
    answer = await asker.next_reply()
    assert "周末开放到晚上九点" in answer.text
    assert "📄 云岭县图书馆开馆" in answer.text


async def test_about_a_text_in_a_group(
    asker: Person, other: Person, group: Conversation, sandbox: Sandbox
) -> None:
    """In a group the question has to be addressed; then it is about the text it replies to."""
    text = await other.say(TEXT, group)
    await asker.say("周末开放到几点？", group, reply_to=text)
    await asker.say(f"@{sandbox.bot.username} 周末开放到几点？", group, reply_to=text)
    assert "周末开放到晚上九点" in (await group.next_reply()).text
    assert len(group.replies) == 1


async def test_following_a_question(asker: Person, other: Person, group: Conversation) -> None:
    """A question that replies to somebody's question follows that one."""
    asked = await other.say(ROAD, group)
    await asker.say("/ask 什么时候通车的？", group, reply_to=asked)
    assert (await group.next_reply()).text.startswith("按“盘山公路什么时候通车的”作答")


async def test_bare_reply_to_the_bot(asker: Person, group: Conversation) -> None:
    """What the bot itself said is no question."""
    answer = await asker.ask(f"/ask {ROAD}", chat=group)
    await asker.say("/ask", group, reply_to=answer)
    assert (await group.next_reply()).text == SIMPLIFIED.conversation.ask_for_question
