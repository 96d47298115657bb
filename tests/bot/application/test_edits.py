"""A question that is edited after it was answered."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[[], AbstractAsyncContextManager[None]]

with_bot = pytest.mark.usefixtures("bot")

ROAD, BOOKS, TEA = "盘山公路全长多少公里", "县图书馆藏书多少册", "2020年干茶产量多少吨"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of a bot that may be asked as fast as these tests do."""
    return replace(settings, questions_per_minute=10_000)


def starts(message: Message, text: str) -> bool:
    return message.text.startswith(text)


@with_bot
async def test_the_answer_is_edited(asker: Person, sandbox: Sandbox) -> None:
    """The answer changes in place, with its buttons, however often the question does."""
    question = await asker.say(ROAD)
    answer = await asker.next_reply()
    for text, found in ((BOOKS, "18万册"), (TEA, "3100吨"), ("火星上有水吗", SIMPLIFIED.answers.not_found)):
        await asker.edit(question, text)
        await sandbox.until(partial(starts, answer, found))
    await asker.edit(question, BOOKS)
    await sandbox.until(partial(starts, answer, "18万册"))
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: "儿童馆" in answer.text)
    assert len(asker.replies) == 1


async def test_each_edit_is_logged(
    asker: Person, sandbox: Sandbox, settings: Settings, running: Running
) -> None:
    """The log has a row for each wording, with the same question and reply, also across a restart."""
    async with running():
        question = await asker.say(ROAD)
        answer = await asker.next_reply()
    async with running():
        await asker.edit(question, BOOKS)
        await sandbox.until(lambda: answer.text.startswith("18万册"))
    with reading(settings.query_log) as log:
        entries = list(read_entries(log))
    assert [entry.answer.question.text for entry in entries] == [BOOKS, ROAD]
    assert {(entry.message, entry.reply) for entry in entries} == {(question.id, answer.id)}


@with_bot
async def test_edited_before_it_is_answered(asker: Person, sandbox: Sandbox) -> None:
    """An edit right behind its question waits for the answer, and changes it."""
    sandbox.delay_next("sendMessage", 0.5)
    question = await asker.say(ROAD)
    await asker.edit(question, BOOKS)
    answer = await asker.next_reply()
    await sandbox.until(lambda: answer.text.startswith("18万册"))
    assert len(asker.replies) == 1


@with_bot
async def test_more_and_fewer_questions(asker: Person, sandbox: Sandbox) -> None:
    """Answers are edited one by one; those of new questions are sent, those of removed ones deleted."""
    question = await asker.say(f"{ROAD}？\n{BOOKS}？")
    await sandbox.until(lambda: len(asker.replies) == 2)
    road, books = asker.replies
    await asker.edit(question, f"{BOOKS}？\n{TEA}？\n{ROAD}？")
    await sandbox.until(lambda: len(asker.replies) == 3 and "3100吨" in books.text)
    assert [reply.text.split("\n")[1][:3] for reply in asker.replies] == ["18万", "310", "35公"]
    assert asker.replies[2].json["reply_to_message"]["message_id"] == question.id
    await asker.edit(question, TEA)
    await sandbox.until(lambda: len(asker.replies) == 1 and road.text.startswith("3100吨"))
    await asker.edit(question, f"{ROAD}？\n{BOOKS}？")
    await sandbox.until(lambda: len(asker.replies) == 2 and "35公里" in road.text)
    assert "18万册" in asker.replies[1].text


@with_bot
async def test_command(asker: Person, sandbox: Sandbox) -> None:
    """An edited `/ask` counts as well; one that asks nothing any more asks for a question."""
    question = await asker.say(f"/ask {ROAD}")
    answer = await asker.next_reply()
    await asker.edit(question, f"/ask {BOOKS}")
    await sandbox.until(lambda: answer.text.startswith("18万册"))
    await asker.edit(question, "/ask")
    await sandbox.until(lambda: answer.text == SIMPLIFIED.conversation.ask_for_question)
    await asker.edit(question, TEA)
    await sandbox.until(lambda: answer.text.startswith("3100吨"))


@with_bot
async def test_other_commands_are_left_alone(asker: Person, admin: Person) -> None:
    """An edited message is no command: what was done is done."""
    question = await admin.say(ROAD)
    answer = await admin.next_reply()
    await admin.edit(question, "/reindex full")
    helped = await asker.say("/help")
    await asker.next_reply()
    await asker.edit(helped, "/start")
    assert (await asker.ask(ROAD)).text.startswith("35公里")
    assert not answer.edited
    assert len(asker.replies) == 2


@with_bot
async def test_in_a_group(asker: Person, sandbox: Sandbox) -> None:
    """In a group an edit counts where it is meant for the bot, and one that has no answer is answered."""
    sandbox.world.privacy = False
    group = sandbox.group("课题组", asker)
    name = f"@{sandbox.bot.username}"
    talk = await asker.say(ROAD, group)
    question = await asker.say(f"{name} {ROAD}", group)
    answer = await group.next_reply()
    await asker.edit(talk, TEA)
    await asker.edit(question, f"{name} {BOOKS}")
    await sandbox.until(lambda: answer.text.startswith("18万册"))
    assert len(group.replies) == 1
    await asker.edit(talk, f"{name} {TEA}")
    late = await group.next_reply()
    assert late.text.startswith("3100吨")
    assert late.json["reply_to_message"]["message_id"] == talk.id


@with_bot
async def test_deleted_answer(asker: Person, sandbox: Sandbox) -> None:
    """Where the answer was deleted meanwhile, the edited question gets a new one."""
    question = await asker.say(ROAD)
    answer = await asker.next_reply()
    sandbox.world.delete(answer.chat, answer.id)
    await asker.edit(question, BOOKS)
    assert (await asker.next_reply()).text.startswith("18万册")


@with_bot
@pytest.mark.parametrize(("days", "answered"), [(1.9, True), (2.1, False)])
async def test_old_message_without_an_answer(
    asker: Person, sandbox: Sandbox, days: float, *, answered: bool
) -> None:
    """A message that was never answered is answered when it is edited, but not after two days."""
    group = sandbox.group("课题组", asker)
    talk = await asker.say(ROAD, group)
    talk.json["date"] = int(time.time() - timedelta(days=days).total_seconds())
    await asker.edit(talk, f"/ask {ROAD}")
    await asker.ask(f"/ask {TEA}", group)
    await sandbox.until(lambda: len(group.replies) == 1 + answered)


@with_bot
async def test_follow_up(asker: Person, sandbox: Sandbox) -> None:
    """An edited follow-up still follows the question before it, not itself or a later one."""
    await asker.ask(ROAD)
    question = await asker.say("什么时候通车的？")
    answer = await asker.next_reply()
    await asker.ask(BOOKS)
    await asker.edit(question, "是什么时候通车的呢？")
    await sandbox.until(lambda: answer.edited)
    assert answer.text.startswith("按“盘山公路")


@with_bot
async def test_somebody_elses_answer_stays(asker: Person, sandbox: Sandbox) -> None:
    """An edit changes the answers to that message only."""
    other = sandbox.user(31, "旁人")
    theirs = await other.ask(ROAD)
    question = await asker.say(ROAD)
    answer = await asker.next_reply()
    await asker.edit(question, TEA)
    await sandbox.until(lambda: answer.text.startswith("3100吨"))
    assert theirs.text.startswith("35公里")


ANY_TEXT = (
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
    | st.text("问多少？\n/ask@1. <b>&\u202e\u200b😀", min_size=1, max_size=60)
    | st.sampled_from(["<" * 4096, "😀" * 2048, "产量" * 2048, "\u200b\u200d", "אבג\u202e", "？" * 200])
)


@with_bot
async def test_any_text(asker: Person, sandbox: Sandbox) -> None:
    """Whatever a question becomes, there is a valid answer to it, and no error."""
    question = await asker.say(ROAD)
    await asker.next_reply()
    texts: list[str] = []

    @hypothesis.settings(max_examples=15, database=None)
    @hypothesis.given(ANY_TEXT.filter(str.strip))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    for text in dict.fromkeys(texts):
        await asker.edit(question, text)
    await asker.edit(question, TEA)
    await sandbox.until(lambda: any(reply.text.startswith("3100吨") for reply in asker.replies), timeout=120)
    await sandbox.until(lambda: len(asker.replies) == 1, timeout=60)
    assert asker.replies[0].text.startswith("3100吨")
    assert SIMPLIFIED.conversation.failed not in [reply.text for reply in asker.replies]
