from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.handlers.feedback import LONGEST_COMMENT
from bot.log.database import read_entries, reading
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.log.entry import Vote
    from bot.messages import Words
    from bot.sandbox.people import Conversation, Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")

QUESTION = "公路什么时候通车"
UNANSWERED = "木星的卫星有几颗"
TEXTS = SIMPLIFIED.feedback
REASONS = [
    [TEXTS.reasons["figure"], TEXTS.reasons["paragraph"]],
    [TEXTS.reasons["missed"], TEXTS.reasons["other"]],
]


async def press(person: Person, sandbox: Sandbox, message: Message, button: str) -> str:
    """Press, wait for what changes, and return the toast."""
    before = dict(message.json)
    said = await (await person.press(message, button)).wait()
    await sandbox.until(lambda: message.json != before)
    return str(said["text"])


async def forge(person: Person, message: Message, data: str) -> str:
    return str((await (await person.forge(message, data)).wait())["text"])


def votes(settings: Settings) -> list[Vote]:
    with reading(settings.query_log) as log:
        return [vote for entry in read_entries(log) for vote in entry.votes]


async def voted(settings: Settings, *expected: object) -> None:
    """Wait for the votes' verdicts, reasons and comments, which are written in the background."""

    def found() -> list[object]:
        return [(vote.verdict, vote.reason, vote.comment) for vote in votes(settings)]

    for _ in range(50):
        if found() == list(expected):
            return
        await asyncio.sleep(0.1)
    assert found() == list(expected)


@with_bot
async def test_a_thumb_up_asks_nothing(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A 👍 is thanked for and marked, and no more is asked."""
    answer = await asker.ask(QUESTION)
    assert await press(asker, sandbox, answer, "👍") == TEXTS.thanks
    await sandbox.until(lambda: "👍 ✓" in answer.buttons[-1])
    assert len(asker.replies) == 1
    await voted(settings, ("up", None, None))


@with_bot
async def test_reasons_in_place(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """In private a 👎 turns the buttons into reasons, and back restores them; it counts at once."""
    answer = await asker.ask(QUESTION)
    text, before = answer.text, answer.buttons
    assert await press(asker, sandbox, answer, "👎") == TEXTS.why
    await sandbox.until(lambda: answer.buttons == [*REASONS, [SIMPLIFIED.answers.back]])
    assert answer.text == text
    await press(asker, sandbox, answer, SIMPLIFIED.answers.back)
    await sandbox.until(lambda: "👎 ✓" in answer.buttons[-1])
    assert answer.buttons[:-1] == before[:-1]
    await voted(settings, ("down", None, None))


@with_bot
@pytest.mark.parametrize("reason", list(TEXTS.reasons))
async def test_each_reason_is_kept(asker: Person, sandbox: Sandbox, settings: Settings, reason: str) -> None:
    """A reason is stored and thanked for, and a reply is invited in a message of its own."""
    answer = await asker.ask(QUESTION)
    await press(asker, sandbox, answer, "👎")
    assert await press(asker, sandbox, answer, TEXTS.reasons[reason]) == TEXTS.thanks
    invitation = await asker.next_reply()
    assert invitation.text == TEXTS.noted
    assert invitation.markup["force_reply"]
    assert invitation.markup["input_field_placeholder"] == TEXTS.placeholder
    assert "👎 ✓" in answer.buttons[-1]
    await voted(settings, ("down", reason, None))


@with_bot
async def test_a_comment(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A reply to the invitation is the comment, thanked for and no question; a later one replaces it."""
    invitation = await disliked(asker, sandbox, settings)
    await asker.say("2019年的数字才是十二万亩", reply_to=invitation)
    assert (await asker.next_reply()).text == TEXTS.comment_taken
    await voted(settings, ("down", "figure", "2019年的数字才是十二万亩"))
    said = await asker.say("那是前年的数字", reply_to=invitation)
    assert (await asker.next_reply()).text == TEXTS.comment_taken
    await voted(settings, ("down", "figure", "那是前年的数字"))
    await asker.edit(said, "那是大前年的数字")
    assert (await asker.next_reply()).text == TEXTS.comment_taken
    await voted(settings, ("down", "figure", "那是大前年的数字"))
    with reading(settings.query_log) as log:
        assert [entry.answer.question.text for entry in read_entries(log)] == [QUESTION]


@with_bot
async def test_a_long_comment(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Of a comment a thousand characters are kept."""
    invitation = await disliked(asker, sandbox, settings)
    await asker.say("错" * 3000, reply_to=invitation)
    assert (await asker.next_reply()).text == TEXTS.comment_taken
    await voted(settings, ("down", "figure", "错" * LONGEST_COMMENT))


@with_bot
async def test_only_a_reply_is_a_comment(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """What is said after the invitation without replying to it is a question as ever."""
    await disliked(asker, sandbox, settings)
    assert "35公里" in (await asker.ask("盘山公路全长多少公里")).text


@with_bot
async def test_changed_mind(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A 👍 after a 👎 takes reason and comment with it; a reply to the old invitation is kept with the 👍."""
    invitation = await disliked(asker, sandbox, settings)
    answer = asker.replies[0]
    await press(asker, sandbox, answer, "👍")
    await voted(settings, ("up", None, None))
    await asker.say("看错了，是对的", reply_to=invitation)
    assert (await asker.next_reply()).text == TEXTS.comment_taken
    await voted(settings, ("up", None, "看错了，是对的"))


@with_bot
async def test_another_reason(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """The reason can be changed, the chosen one is marked, and nobody is asked for words twice."""
    await disliked(asker, sandbox, settings)
    answer = asker.replies[0]
    await press(asker, sandbox, answer, "👎 ✓")
    await sandbox.until(lambda: f"{TEXTS.reasons['figure']} ✓" in answer.buttons[0])
    await press(asker, sandbox, answer, TEXTS.reasons["other"])
    await voted(settings, ("down", "other", None))
    assert len(asker.replies) == 2


@with_bot
async def test_not_found(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Where nothing is found one button says that it should be, and a comment is invited."""
    answer = await asker.ask(UNANSWERED)
    assert answer.buttons == [[TEXTS.should_be_there]]
    assert await press(asker, sandbox, answer, TEXTS.should_be_there) == TEXTS.thanks
    assert (await asker.next_reply()).text == TEXTS.noted
    await sandbox.until(lambda: answer.buttons == [[f"{TEXTS.should_be_there} ✓"]])
    await voted(settings, ("down", "missed", None))


async def test_after_a_restart(
    running: Callable[[], AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
) -> None:
    """Reasons and invitations from before a restart still work."""
    async with running():
        answer = await asker.ask(QUESTION)
        await press(asker, sandbox, answer, "👎")
    async with running():
        await press(asker, sandbox, answer, TEXTS.reasons["figure"])
        invitation = await invited(asker, settings)
    async with running():
        await asker.say("不是这个数", reply_to=invitation)
        assert (await asker.next_reply()).text == TEXTS.comment_taken
        await voted(settings, ("down", "figure", "不是这个数"))


@pytest.fixture
def other(sandbox: Sandbox) -> Person:
    return sandbox.user(31, "小<b>&李")


@pytest.fixture
def group(sandbox: Sandbox, asker: Person, other: Person) -> Conversation:
    return sandbox.group("课题组", asker, other)


@with_bot
async def test_in_a_group_only_the_voter_is_asked(
    asker: Person, other: Person, group: Conversation, sandbox: Sandbox, settings: Settings
) -> None:
    """The answer keeps its buttons; who voted is asked by name below it, and nobody else's press counts."""
    answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    before = answer.buttons
    assert await press(other, sandbox, answer, "👎") == TEXTS.thanks
    asked = await invited(group, settings)
    assert asked.text == TEXTS.why_named.format(name="小<b>&李")
    assert asked.buttons == REASONS
    assert asked.json["reply_to_message"]["message_id"] == answer.id
    assert answer.buttons[:-1] == before[:-1]
    forged = asked.button(TEXTS.reasons["other"])["callback_data"]
    assert await forge(asker, asked, forged) == TEXTS.not_yours
    assert await press(other, sandbox, asked, TEXTS.reasons["paragraph"]) == TEXTS.thanks
    await sandbox.until(lambda: asked.text == TEXTS.noted)
    assert asked.buttons == []
    await voted(settings, ("down", "paragraph", None))
    await other.say("该是另一段", chat=group, reply_to=asked)
    assert (await group.next_reply()).text == TEXTS.comment_taken
    await voted(settings, ("down", "paragraph", "该是另一段"))


@with_bot
async def test_in_a_group_a_voter_is_asked_once(asker: Person, group: Conversation) -> None:
    """However often somebody changes the vote, one message asks for the reason; two taps at once are one."""
    answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    up, down = (answer.button(name)["callback_data"] for name in ("👍", "👎"))
    for tap in [await asker.press(answer, down) for _ in range(2)]:
        await tap.wait()
    for button in (up, down, up, down):
        await forge(asker, answer, button)
    asked = [message for message in group.replies if message.text == TEXTS.why_named.format(name="小林")]
    assert len(asked) == 1


@with_bot
@pytest.mark.parametrize("words", [TRADITIONAL, ENGLISH])
async def test_languages(sandbox: Sandbox, words: Words) -> None:
    """Reasons and invitation are in the voter's language."""
    texts, language = words.feedback, words.language
    person = sandbox.user(77, "Lin", language)
    answer = await person.ask(QUESTION)
    assert await press(person, sandbox, answer, "👎") == texts.why
    await press(person, sandbox, answer, texts.reasons["other"])
    assert (await person.next_reply()).text == texts.noted


async def disliked(asker: Person, sandbox: Sandbox, settings: Settings) -> Message:
    """Dislike an answer for its figure; return the invitation to comment."""
    answer = await asker.ask(QUESTION)
    await press(asker, sandbox, answer, "👎")
    await press(asker, sandbox, answer, TEXTS.reasons["figure"])
    return await invited(asker, settings)


async def invited(chat: Conversation, settings: Settings) -> Message:
    """Return the bot's next message, which asks for words, as soon as that is noted."""
    invitation = await chat.next_reply()
    for _ in range(50):
        if invitation.id in {vote.prompt for vote in votes(settings)}:
            return invitation
        await asyncio.sleep(0.1)
    raise LookupError(invitation.text)
