"""No user can reach another's rights: what a stranger sends or presses gets a polite word, and has no effect.

The commands and the buttons are taken from the code, so that a new one is tried too, or has to be named here
as everybody's.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import strategies as st
from telegram.constants import ChatID

from bot import keyboards, routes
from bot.documents.catalogue import key_of
from bot.ids import new_id
from bot.keyboards.answers import Press
from bot.keyboards.curation import ChoicePress, PinPress
from bot.keyboards.feedback import ReasonPress
from bot.log.database import read_entries, reading
from bot.messages import ENGLISH, SIMPLIFIED
from bot.sandbox.chats import User
from bot.sandbox.conversations import Message
from bot.sandbox.people import checked_text
from bot.state.curation_prompts import Origin

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Conversation, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[..., AbstractAsyncContextManager[None]]

WORDS = SIMPLIFIED
REFUSED = WORDS.conversation.refused
QUESTION = "2020年干茶产量多少吨"
SLIP = "盘山公录有多少座隧道"
BRIDGE = "---\ntitle: 石塘镇的廊桥\n---\n\n石塘镇的老廊桥建于1736年，桥长48米。\n".encode()
CHANNEL = User(ChatID.FAKE_CHANNEL, "Channel", "Channel_Bot", is_bot=True)
"""Whom Telegram names as the sender where a channel speaks in a group."""

EVERYBODYS_COMMANDS = {"start", "help", "id", "ask", "language", "forget"}
EVERYBODYS_BUTTONS = {
    "access.FORGET", "access.LANGUAGE", "answers.EXAMPLE", "answers.PRESS",
    "feedback.REASON", "feedback.VOTE",
}  # fmt: skip


def admins_commands() -> list[str]:
    handled = re.findall(r'CommandHandler\((\[[^\]]+\]|"\w+")', inspect.getsource(routes))
    named = {name for names in handled for name in re.findall(r"\w+", names)}
    assert named > EVERYBODYS_COMMANDS
    return [f"/{name}" for name in sorted(named - EVERYBODYS_COMMANDS)]


def admins_buttons() -> dict[str, re.Pattern[str]]:
    """Return what the data of each kind of button looks like."""
    found = {}
    for module in pkgutil.iter_modules(keyboards.__path__):
        for name, value in vars(importlib.import_module(f"{keyboards.__name__}.{module.name}")).items():
            if isinstance(value, re.Pattern) and not name.startswith("_"):
                found[f"{module.name}.{name}"] = value
    assert found.keys() > EVERYBODYS_BUTTONS
    return {name: pattern for name, pattern in found.items() if name not in EVERYBODYS_BUTTONS}


COMMANDS = admins_commands()
BUTTONS = admins_buttons()
FULL = [
    *COMMANDS,
    "/reindex full",
    "/export xlsx 7天",
    "/invite 30",
    "/documents tea",
    "/logs 茶",
    "/stats 30",
]


def test_every_command_is_known() -> None:
    """The menus hold no command that is neither everybody's nor tried here."""
    menus = WORDS.conversation
    assert menus.commands.keys() | menus.group_commands.keys() <= EVERYBODYS_COMMANDS
    assert {f"/{name}" for name in menus.admin_commands} <= set(COMMANDS)


def test_every_button_is_handled() -> None:
    """Each kind of button has its handler, so none of them is tried in vain."""
    source = inspect.getsource(routes)
    assert all(re.search(rf"\b{name.partition('.')[2]}\b", source) for name in BUTTONS)


# What could change


def contents(settings: Settings) -> dict[str, object]:
    """Return all that a stranger must not change: the articles, the trash, the log and the state."""
    found: dict[str, object] = {}
    for folder in (settings.documents, settings.trash):
        for path in sorted(folder.rglob("*")):
            found[str(path)] = path.read_bytes() if path.is_file() else None
    for path in (settings.query_log, settings.state):
        with closing(sqlite3.connect(path)) as db:
            found[path.name] = list(db.iterdump())
    return found


async def settled(settings: Settings) -> dict[str, object]:
    """Return the contents once what was done is written, which happens in the background."""
    before, now = None, contents(settings)
    while before != now:
        await asyncio.sleep(0.4)
        before, now = now, contents(settings)
    return now


def asked(settings: Settings) -> set[str]:
    with reading(settings.query_log) as log:
        return {entry.answer.question.text for entry in read_entries(log)}


def strangers(sandbox: Sandbox, count: int) -> list[Person]:
    """Make people who have nothing to do with each other: a chat takes few messages a second."""
    return [sandbox.user(70_000 + len(sandbox.world.users) + number, "过客") for number in range(count)]


def post(sandbox: Sandbox, chat: Conversation, sender: User, text: str, **more: object) -> Message:
    """Post what no app lets a person write; the bot gets it."""
    message = sandbox.world.post(chat.chat, sender, checked_text(text) | more)
    sandbox.world.updates.put("message", message)
    return Message(sandbox.world, chat.chat, message)


async def forged(person: Person, message: Message, data: object) -> str:
    """Press with this data; return the toast."""
    return str((await (await person.forge(message, str(data))).wait())["text"])


# Commands


@pytest.mark.usefixtures("bot")
async def test_commands_in_private(sandbox: Sandbox, settings: Settings) -> None:
    """Each admin's command, also with arguments, is declined to a stranger."""
    before = await settled(settings)
    people = strangers(sandbox, len(FULL))
    replies = await asyncio.gather(
        *(person.ask(command) for person, command in zip(people, FULL, strict=True))
    )
    assert {reply.text for reply in replies} == {REFUSED}
    assert await settled(settings) == before


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("sender", ["member", "anonymous admin", "channel"])
async def test_commands_in_a_group(sandbox: Sandbox, settings: Settings, admin: Person, sender: str) -> None:
    """In a group they are declined too, whoever speaks there: a member, the group itself, or a channel."""
    before = await settled(settings)
    (stranger,) = strangers(sandbox, 1)
    group = sandbox.group("课题组", stranger, admin)
    group.chat.bot_status = "administrator"
    for command in [*COMMANDS, "/logs@wenju_sandbox_bot"]:
        if sender == "channel":
            channel = {"id": -1_009_999_999_999, "type": "channel", "title": "频道"}
            post(sandbox, group, CHANNEL, command, sender_chat=channel)
        else:
            await stranger.say(command, group, anonymous=sender == "anonymous admin")
    await sandbox.until(lambda: len(group.replies) == len(COMMANDS) + 1, timeout=30)
    assert {reply.text for reply in group.replies} == {REFUSED}
    assert await settled(settings) == before


async def test_who_speaks_as_a_group_is_no_admin(running: Running, sandbox: Sandbox, asker: Person) -> None:
    """That id is everybody's who speaks so: it is told to nobody, and named as an admin it opens nothing."""
    group = sandbox.group("课题组", asker)
    async with running(admins=frozenset({ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL})):
        await asker.say("/id", group, anonymous=True)
        assert (await group.next_reply()).text == WORDS.conversation.group_id.format(id=group.id)
        await asker.say("/logs", group, anonymous=True)
        assert (await group.next_reply()).text == REFUSED
        post(sandbox, group, CHANNEL, "/logs")
        assert (await group.next_reply()).text == REFUSED


@pytest.mark.usefixtures("bot")
async def test_forwarded_commands(sandbox: Sandbox, settings: Settings, admin: Person) -> None:
    """A forward is nobody's command: neither an admin's words in a stranger's hands, nor the other way."""
    before = await settled(settings)
    people = strangers(sandbox, len(COMMANDS))
    elsewhere = people[0].chat_with(admin)  # where the bot sees nothing
    forwarded = WORDS.conversation.forwarded_command
    for author, senders in ((admin, people), (people[0], [admin] * 3)):
        for sender, command in zip(senders, COMMANDS, strict=False):
            written = sandbox.world.post(elsewhere.chat, author.user, checked_text(command))
            await sender.forward(Message(sandbox.world, elsewhere.chat, written))
        for sender in senders:
            assert (await sender.next_reply()).text == forwarded
    group = sandbox.group("课题组", admin, people[0])
    written = sandbox.world.post(elsewhere.chat, people[0].user, checked_text("/invite"))
    await admin.forward(Message(sandbox.world, elsewhere.chat, written), group)
    assert (await admin.ask("/help")).text.startswith(WORDS.conversation.help)
    assert not group.replies
    assert await settled(settings) == before


@pytest.mark.usefixtures("bot")
async def test_commands_by_other_ways(sandbox: Sandbox, settings: Settings) -> None:
    """Edited into a message, as a start parameter, in a caption, inline or sent by a bot, they do nothing."""
    before, documents = await settled(settings), sorted(settings.documents.rglob("*"))

    async def tried(person: Person, command: str) -> None:
        greeting = await person.ask(f"/start {command[1:]}")
        assert greeting.text.startswith(WORDS.conversation.start)
        typed = await person.inline(command)
        assert isinstance((await typed.wait())["results"], list)
        edited = await person.say("/nothing")
        assert (await person.next_reply()).text == WORDS.conversation.unknown_command
        await person.edit(edited, command)
        post(sandbox, person, person.user, command, via_bot=sandbox.bot.as_json())
        await person.send_file("bridge.md", BRIDGE, caption=command)
        assert (await person.next_reply()).text == REFUSED
        assert len(person.replies) == 3

    await asyncio.gather(*map(tried, strangers(sandbox, len(COMMANDS)), COMMANDS))
    after = await settled(settings)
    assert asked(settings) <= set(COMMANDS)  # inline, a text is a question
    assert after[settings.state.name] == before[settings.state.name]
    assert sorted(settings.documents.rglob("*")) == documents


# Buttons


def any_data() -> list[str]:
    """Return data that each kind of admin's button could have."""
    found: list[str] = []
    for pattern in BUTTONS.values():

        @hypothesis.settings(max_examples=1, database=None)
        @hypothesis.given(st.from_regex(pattern, fullmatch=True))
        def collect(data: str) -> None:
            found.append(data)

        collect()
    return found


async def prepared(admin: Person, sandbox: Sandbox, settings: Settings) -> dict[str, list[str]]:
    """Have something behind each button; return data by which an admin could do harm or learn something."""
    await admin.ask(QUESTION)
    removed = await admin.ask("/documents")
    await admin.forge(removed, f"file-move:{key_of('road.md')}:0:")
    await sandbox.until(lambda: WORDS.documents.moved in removed.text, timeout=30)
    restore = removed.button(WORDS.documents.restore)["callback_data"]
    with reading(settings.query_log) as log:
        (row,) = read_entries(log)
    paragraph = row.answer.hits[1].paragraph.id
    take = ChoicePress("take", Origin("log", row.id), paragraph)
    pin = await admin.ask("/curated")
    await (await admin.forge(pin, str(take))).wait()
    await sandbox.until(lambda: "📌" in pin.text)
    press = PinPress.parse(pin.button(WORDS.curation.remove)["callback_data"])
    assert press
    await (await admin.press(pin, WORDS.curation.reword)).wait()
    chosen = Origin("pin", press.id)
    return {
        "access.INVITATION": ["invite:list:all", "invite:end:0123abcd"],
        "curation.CHOICE": [
            str(take),
            str(ChoicePress("offer", take.origin)),
            str(ChoicePress("take", chosen, paragraph)),
            str(ChoicePress("search", chosen)),
        ],
        "curation.PIN": [str(PinPress(action, press.id)) for action in ("show", "reword", "remove")],
        "curation.PINS": ["curated:0"],
        "documents.LISTING": ["files:0:"],
        "documents.FILE": [
            f"file-{action}:{key_of('tea.md')}:0:" for action in ("show", "send", "move", "undo")
        ],
        "documents.TRASH": ["trash:0"],
        "documents.RESTORE": [restore],
        "documents.EMPTY": [restore.replace("restore", action) for action in ("ask", "empty")],
        "documents.CANCEL": ["reindex-cancel:0123456789abcdef"],
        "logs.LOGS": ["logs:0:all000:", "logs:0:all001:"],
        "logs.ENTRY": [f"log:{row.id}:logs:0:all000:"],
        "logs.EXPORT": ["export-csv:logs:0:all000:"],
        "logs.GAPS": ["gaps:7:0"],
        "logs.GAP": [f"gap:7:0:{row.id}"],
        "logs.STATISTICS": ["stats:7"],
    }


@pytest.mark.usefixtures("bot")
async def test_admins_buttons(sandbox: Sandbox, settings: Settings, admin: Person, asker: Person) -> None:
    """No data of an admin's button, real, stale or made up, does anything for a stranger, wherever pressed.

    Neither does a reply to what asks an admin for some words.
    """
    real = await prepared(admin, sandbox, settings)
    assert real.keys() == BUTTONS.keys()
    assert all(BUTTONS[name].fullmatch(one) for name, data in real.items() for one in data)
    group = sandbox.group("课题组", admin, asker)
    listing = await admin.ask("/logs", chat=group)
    greeting = await asker.ask("/help")
    prompt = admin.replies[-1]
    assert prompt.markup["force_reply"]
    before, shown = await settled(settings), listing.text
    sent = len(sandbox.calls)
    known = [(data, place) for all_of in real.values() for data in all_of for place in (listing, greeting)]
    for data, place in [*known, *((data, greeting) for data in any_data())]:
        assert await forged(asker, place, data) == REFUSED, data
    for chat in (asker, group):
        await asker.say("谢谢！", chat, reply_to=prompt)
    assert (await asker.next_reply()).text == WORDS.conversation.small_talk
    assert listing.text == shown
    assert {call.method for call in list(sandbox.calls)[sent:]} <= {
        "answerCallbackQuery", "getUpdates", "sendMessage", "sendChatAction",
    }  # fmt: skip
    assert await settled(settings) == before


async def test_buttons_of_a_rebuild(running: Running, sandbox: Sandbox, admin: Person, asker: Person) -> None:
    """Nobody but an admin ends a rebuild by its own button."""
    async with running():
        begun = await admin.ask("/reindex full")
        while not begun.buttons:  # the refresh of the start is not over yet
            await asyncio.sleep(1)
            begun = await admin.ask("/reindex full")
        data = begun.button(WORDS.documents.cancel)["callback_data"]
        assert await forged(asker, await asker.ask("/help"), data) == REFUSED
        await sandbox.until(lambda: begun.text.startswith("✅"), timeout=60)


@pytest.mark.usefixtures("bot")
async def test_files(sandbox: Sandbox, settings: Settings, admin: Person, asker: Person) -> None:
    """Only admins add files, and nobody in a group: there a file is left alone, whoever sends it."""
    before = sorted(settings.documents.rglob("*"))
    await asker.send_file("bridge.md", BRIDGE)
    assert (await asker.next_reply()).text == REFUSED
    group = sandbox.group("课题组", admin, asker)
    group.chat.bot_status = "administrator"  # which sees everything
    for person in (asker, admin):
        await person.send_file("bridge.md", BRIDGE, chat=group)
    assert (await admin.ask("/id", chat=group)).text.endswith(str(group.id))
    assert len(group.replies) == 1
    assert sorted(settings.documents.rglob("*")) == before


# What belongs to another user


@pytest.fixture
def other(sandbox: Sandbox) -> Person:
    return sandbox.user(31, "Ann", language="en")


@pytest.fixture
def group(sandbox: Sandbox, asker: Person, other: Person) -> Conversation:
    return sandbox.group("课题组", asker, other)


@pytest.mark.usefixtures("bot")
async def test_forgetting(asker: Person, other: Person, group: Conversation, settings: Settings) -> None:
    """Nobody's press, on the button or with its data elsewhere, has another's questions deleted."""
    await asker.ask(QUESTION)
    await other.ask("最长的隧道有多长")
    sure = await asker.ask("/forget", chat=group)
    button = sure.button(WORDS.access.forget_yes)["callback_data"]
    for place in (sure, other.replies[-1]):
        assert await forged(other, place, button) == ENGLISH.access.forget_others
    assert sure.text == WORDS.access.forget_sure
    await settled(settings)
    assert asked(settings) == {QUESTION, "最长的隧道有多长"}


@pytest.mark.usefixtures("bot")
async def test_feedback(asker: Person, other: Person, group: Conversation, settings: Settings) -> None:
    """Another's form takes no press and no comment; reasons are not forged onto shared or foreign answers."""
    answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    press = Press.parse(answer.button("👍")["callback_data"])
    assert press
    for data, said in (
        (ReasonPress("figure", press.log_id, 0), ENGLISH.feedback.not_yours),
        (ReasonPress("missed", press.log_id, 0), ENGLISH.feedback.not_yours),
        (ReasonPress("figure", press.log_id, 77), ENGLISH.answers.gone),
        (f"reason-rude:{press.log_id}:0", ENGLISH.answers.gone),
    ):
        assert await forged(other, answer, data) == said
    own = await other.ask(QUESTION)
    assert await forged(other, own, ReasonPress("figure", press.log_id, 0)) == ENGLISH.answers.gone
    await asker.press(answer, "👎")
    form = await group.next_reply()
    reason = form.button(WORDS.feedback.reasons["other"])["callback_data"]
    assert await forged(other, form, reason) == ENGLISH.feedback.not_yours
    await other.say("盘山公路全长多少公里", chat=group, reply_to=form)
    assert "35公里" in (await group.next_reply()).text
    await settled(settings)
    with reading(settings.query_log) as log:
        votes = [vote for entry in read_entries(log) for vote in entry.votes]
    assert [(vote.verdict, vote.reason, vote.comment) for vote in votes] == [("down", None, None)]


@pytest.mark.usefixtures("bot")
async def test_pages(asker: Person, other: Person, group: Conversation, sandbox: Sandbox) -> None:
    """In a group nobody else turns the pages, opens the text or asks the suggestion; they are told so."""
    answer = await asker.ask(f"/ask {SLIP}", chat=group)
    texts = WORDS.answers
    for button in (texts.next, texts.context, texts.full_article, texts.ask_that):
        said = await (await other.press(answer, button)).wait()
        assert said["text"] == ENGLISH.answers.only_asker
    assert not answer.edited
    assert len(group.replies) == 1
    await asker.press(answer, texts.next)
    await sandbox.until(lambda: answer.edited)


@pytest.mark.usefixtures("bot")
async def test_answers_of_another_chat(asker: Person, other: Person, settings: Settings) -> None:
    """The data of another chat's answer reveals nothing and counts for nothing, nor does a made-up one."""
    theirs = await other.ask(SLIP)
    press = Press.parse(theirs.button("👍")["callback_data"])
    assert press
    own = await asker.ask(QUESTION)
    before = await settled(settings)
    for action in ("page", "context", "full", "pictures", "up", "down", "suggest"):
        for log_id in (press.log_id, new_id()):
            assert await forged(asker, own, f"{action}:{log_id}:0") == WORDS.answers.gone, action
    assert not own.edited
    assert len(asker.replies) == 1
    assert await settled(settings) == before


# A closed bot


async def test_a_closed_bot(
    running: Running, settings: Settings, sandbox: Sandbox, asker: Person, admin: Person
) -> None:
    """Whoever is not invited gets one line in private, silence in a group, and nothing else anywhere."""
    everything = [
        QUESTION,
        "你好",
        "/nothing",
        *COMMANDS,
        *(f"/{name}" for name in EVERYBODYS_COMMANDS - {"id"}),
    ]
    people = strangers(sandbox, len(everything))
    async with running(access="closed"):
        before = await settled(settings)
        replies = await asyncio.gather(
            *(person.ask(text) for person, text in zip(people, everything, strict=True))
        )
        assert {reply.text for reply in replies} == {WORDS.access.closed}
        assert (await asker.ask("/start inv_wrong")).text == WORDS.access.invitation_invalid
        await asker.send_file("bridge.md", BRIDGE)
        assert (await asker.next_reply()).text == WORDS.access.closed
        assert (await (await asker.inline(QUESTION)).wait())["results"] == []
        group = sandbox.group("课题组", admin, asker)
        for text in [f"/ask {QUESTION}", *COMMANDS]:
            await asker.say(text, group)
        await asker.edit(await asker.say("/nothing", group), f"/ask {QUESTION}")
        assert await settled(settings) == before
        answer = await admin.ask(f"/ask {QUESTION}", chat=group)
        assert "3100吨" in answer.text
        assert group.replies == [answer]
        for data in (
            answer.button("👍")["callback_data"],
            "logs:0:all000:",
            "forget:yes:0123456789abcdef",
            "x",
        ):
            assert await forged(asker, answer, data) == WORDS.access.closed


async def test_what_only_looks_like_a_command(running: Running, asker: Person, sandbox: Sandbox) -> None:
    """The start of an invitation, written as code or with words behind it, lets no question through."""
    async with running(access="closed"):
        for text in (f"/start inv_ {QUESTION}", f"/id {QUESTION}"):
            assert "3100吨" not in (await asker.ask(text)).text
            message = sandbox.world.post(asker.chat, asker.user, {"text": text, "entities": []})
            sandbox.world.updates.put("message", message)
            assert (await asker.next_reply()).text == WORDS.access.closed


async def test_refused_where_it_cannot_be_said(running: Running, asker: Person, sandbox: Sandbox) -> None:
    """A stranger's question is not answered either when the refusal does not get through."""
    async with running(access="closed"):
        sandbox.fail_next("sendMessage", 400, "Bad Request: chat not found")
        await asker.say(QUESTION)
        await sandbox.until(lambda: sandbox.called("sendMessage"))
        assert (await asker.ask(QUESTION)).text == WORDS.access.closed
        assert len(asker.replies) == 1


async def test_invitations(running: Running, sandbox: Sandbox, asker: Person, admin: Person) -> None:
    """Someone who may ask but is no admin neither makes invitations nor withdraws them."""
    async with running(access="closed", allowed=frozenset({asker.id})):
        made = await admin.ask("/invite")
        withdraw = made.button(WORDS.access.withdraw)["callback_data"]
        place = await asker.ask("/help")
        for data in (withdraw, withdraw.replace("ask", "end"), "invite:list:all"):
            assert await forged(asker, place, data) == REFUSED
        (guest,) = strangers(sandbox, 1)
        code = re.search(r"start=(inv_[\w-]+)", made.text)
        assert code
        assert (await guest.ask(f"/start {code[1]}")).text == WORDS.access.welcome
        assert (await guest.ask("/invite")).text == REFUSED
