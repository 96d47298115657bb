"""Forums: a supergroup with topics, where every message has its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import InputMediaDocument
from telegram.constants import ChatAction
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.people import Conversation
    from bot.sandbox.server import Sandbox


@pytest.fixture
def forum(sandbox: Sandbox) -> Conversation:
    return sandbox.group("果园", sandbox.user(7), sandbox.user(8, name="乙"), topics=("苹果", "梨"))


async def test_a_question_in_a_topic_says_so(api: Bot, sandbox: Sandbox, forum: Conversation) -> None:
    """It carries the thread id and, as on Telegram, replies to the message that opened the topic."""
    pears = forum.topics["梨"]
    said = await sandbox.user(7).say("/ask 有多少", forum, topic=pears)
    message = (await api.get_updates())[-1].message
    assert message is not None
    assert (message.message_thread_id, message.is_topic_message, message.chat.is_forum) == (pears, True, True)
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None
    assert message.reply_to_message.forum_topic_created.name == "梨"
    assert said.topic == pears


async def test_outside_a_topic_there_is_no_thread(api: Bot, sandbox: Sandbox, forum: Conversation) -> None:
    """Neither in a forum's General topic nor in a plain group."""
    plain = sandbox.group("菜园", sandbox.user(7))
    for place in (forum, plain):
        await sandbox.user(7).say("/ask 有多少", place)
        message = (await api.get_updates())[-1].message
        assert message is not None
        assert message.message_thread_id is None
        assert not message.is_topic_message
        assert message.reply_to_message is None
        sent = await api.send_message(place.id, "三")
        assert sent.message_thread_id is None
    assert plain.topics == {}


async def test_what_the_bot_sends_goes_to_the_topic(api: Bot, forum: Conversation) -> None:
    pears = forum.topics["梨"]
    text = await api.send_message(forum.id, "三", message_thread_id=pears)
    file = await api.send_document(forum.id, b"x", filename="x.txt", message_thread_id=pears)
    album = await api.send_media_group(
        forum.id, [InputMediaDocument(b"x"), InputMediaDocument(b"y")], message_thread_id=pears
    )
    assert {message.message_thread_id for message in (text, file, *album)} == {pears}
    assert [reply.topic for reply in forum.replies] == [pears] * 4


async def test_a_reply_without_a_topic_goes_where_its_target_is(
    api: Bot, sandbox: Sandbox, forum: Conversation
) -> None:
    said = await sandbox.user(7).say("/ask 有多少", forum, topic=forum.topics["苹果"])
    sent = await api.send_message(forum.id, "三", reply_to_message_id=said.id)
    assert sent.message_thread_id == forum.topics["苹果"]
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == said.id
    answer = await sandbox.user(8).say("好", forum, reply_to=(await forum.next_reply()))
    assert answer.topic == forum.topics["苹果"]


@pytest.mark.parametrize("thread_id", [1, 99])
async def test_a_thread_that_is_no_topic_is_refused(
    api: Bot, sandbox: Sandbox, forum: Conversation, thread_id: int
) -> None:
    """Also the General topic's own id, with which nothing can be sent; in a private chat any."""
    await sandbox.user(7).say("/start")
    with pytest.raises(BadRequest, match="Message thread not found"):
        await api.send_message(forum.id, "三", message_thread_id=thread_id)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await api.send_document(forum.id, b"x", message_thread_id=thread_id)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await api.send_message(7, "三", message_thread_id=thread_id)
    with pytest.raises(ValueError, match="no topic"):
        await sandbox.user(7).say("好", forum, topic=thread_id)


async def test_typing_is_shown_in_a_topic(api: Bot, forum: Conversation) -> None:
    for thread_id in (forum.topics["梨"], 1):  # for typing, the General topic has its id
        await api.send_chat_action(forum.id, ChatAction.TYPING, message_thread_id=thread_id)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await api.send_chat_action(forum.id, ChatAction.TYPING, message_thread_id=99)
