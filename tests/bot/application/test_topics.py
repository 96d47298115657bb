"""Forums: everything the bot says stands in the topic of the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED
from bot.outgoing import delivery

if TYPE_CHECKING:
    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox

pytestmark = pytest.mark.usefixtures("bot")

SLIP = "盘山公录全长多少公里"


@pytest.fixture
def forum(sandbox: Sandbox, asker: Person) -> Conversation:
    sandbox.world.privacy = False
    return sandbox.group("课题组", asker, topics=("公路", "茶叶"))


async def test_answers(
    asker: Person, forum: Conversation, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer, typing, what its buttons bring, and an edit all stay in the topic."""
    monkeypatch.setattr(delivery, "TYPING_AFTER", 0.0)
    topic = forum.topics["茶叶"]
    question = await asker.say(f"/ask {SLIP}", forum, topic=topic)
    answer = await forum.next_reply()
    assert (answer.topic, answer.json["reply_to_message"]["message_id"]) == (topic, question.id)
    assert [call.params["message_thread_id"] for call in sandbox.called("sendChatAction")] == [str(topic)]
    await asker.press(answer, SIMPLIFIED.answers.full_article)
    assert (await forum.next_reply()).topic == topic
    await asker.press(answer, SIMPLIFIED.answers.ask_that)
    assert (await forum.next_reply()).topic == topic
    await asker.edit(question, "/ask 县图书馆藏书多少册？\n2020年干茶产量多少吨？")
    assert (await forum.next_reply()).topic == topic
    await sandbox.until(lambda: "18万册" in answer.text)


async def test_errors(asker: Person, forum: Conversation, sandbox: Sandbox) -> None:
    """So does the word of an error."""
    topic = forum.topics["公路"]
    sandbox.fail_next("sendMessage", 400, "Bad Request: some new rule")
    said = await asker.ask("/ask 盘山公路全长多少公里", forum, topic=topic)
    assert (said.text, said.topic) == (SIMPLIFIED.conversation.failed, topic)


async def test_silent_in_a_topic(asker: Person, forum: Conversation, sandbox: Sandbox) -> None:
    """What people say in a topic is left alone, although it replies to what opened the topic."""
    for name, topic in forum.topics.items():
        forum.chat.messages[topic]["from"] = sandbox.bot.as_json()  # as where the bot opened it
        await asker.say(f"{name}有多少", forum, topic=topic)
    answer = await asker.ask(f"@{sandbox.bot.username} 盘山公路全长多少公里", forum)
    assert (answer.topic, answer.text[:4]) == (None, "35公里")
    assert [reply.id for reply in forum.replies if reply.text] == [answer.id]


async def test_bare_mention_in_a_topic(asker: Person, forum: Conversation, sandbox: Sandbox) -> None:
    """A bare mention has no text that it replies to, and asks for a question."""
    said = await asker.ask(f"@{sandbox.bot.username}", forum, topic=forum.topics["茶叶"])
    assert said.text == SIMPLIFIED.conversation.ask_for_question
