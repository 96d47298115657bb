"""Promise 1: kill -9 of the real bot at each step between a question and its answer."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.incoming.dispatcher import CRASHES
from bot.messages import SIMPLIFIED
from tests.benchmarks import chaos
from tests.benchmarks.bot_process import BotProcess
from tests.benchmarks.crowd import out_of_order
from tests.bot.application.conftest import copy_library
from tests.slow_bot import SLOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

    Step = Callable[[BotProcess, Sandbox, Person], AbstractAsyncContextManager[None]]

QUESTION = "2020年干茶产量多少吨"
QUESTIONS = {
    QUESTION: "3100吨",
    "盘山公路全长多少公里": "35公里",
    "图书馆藏书多少册": "18万册",
    "全县茶园面积多少亩": "12万亩",
    "青石隧道长多少米": "2800米",
}
PATIENCE = 30.0  # seconds


@pytest.fixture
async def bot(library: Path, tmp_path: Path, sandbox: Sandbox) -> AsyncIterator[BotProcess]:
    """The running bot, as a process of its own; see `slow`."""
    copy_library(library, tmp_path)
    sandbox.privacy = False
    process = BotProcess(sandbox, tmp_path, "tests.slow_bot")
    try:
        await process.start()
        yield process
    finally:
        process.close()


async def eventually(predicate: Callable[[], object]) -> None:
    """Wait for what no event at the server tells of."""
    deadline = time.monotonic() + PATIENCE
    while not predicate():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


def waiting(bot: BotProcess) -> list[tuple[int, int]]:
    """Return of each update in the inbox how often it is suspected of a crash, and what was sent for it."""
    with closing(sqlite3.connect(bot.folder / "data" / "inbox.db")) as db:
        sent = "(SELECT count(*) FROM sent WHERE sent.place = updates.place)"
        return db.execute(f"SELECT crashes, {sent} FROM updates WHERE payload IS NOT NULL").fetchall()


def logged(bot: BotProcess) -> list[str]:
    with closing(sqlite3.connect(bot.folder / "data" / "queries.db")) as db:
        return [question for (question,) in db.execute("SELECT question FROM queries ORDER BY at")]


@contextmanager
def held(bot: BotProcess, name: str) -> Iterator[None]:
    """Let another program write to a database of the bot's, so that the bot cannot."""
    with closing(sqlite3.connect(bot.folder / "data" / name, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def slow(bot: BotProcess) -> Iterator[None]:
    """Let no search of the bot's end."""
    sign = bot.folder / SLOW
    sign.touch()
    try:
        yield
    finally:
        sign.unlink()


async def again(bot: BotProcess) -> None:
    """Start the bot anew and wait until its inbox is empty."""
    await bot.start()
    await eventually(lambda: not waiting(bot))


@asynccontextmanager
async def received(bot: BotProcess, sandbox: Sandbox, asker: Person) -> AsyncIterator[None]:
    """The bot has the update, and cannot write it down."""
    with held(bot, "inbox.db"):
        polls = len(sandbox.called("getUpdates"))
        await asker.say(QUESTION)
        await sandbox.until(lambda: len(sandbox.called("getUpdates")) > polls)
        yield


@asynccontextmanager
async def committed(bot: BotProcess, _: Sandbox, asker: Person) -> AsyncIterator[None]:
    """The update is in the inbox."""
    await asker.say(QUESTION)
    await eventually(lambda: waiting(bot))
    yield


@asynccontextmanager
async def searched(bot: BotProcess, _: Sandbox, asker: Person) -> AsyncIterator[None]:
    """A search is under way."""
    with slow(bot):
        await asker.say(QUESTION)
        await eventually(lambda: waiting(bot) == [(1, 0)])
        yield


@asynccontextmanager
async def requested(_: BotProcess, sandbox: Sandbox, asker: Person) -> AsyncIterator[None]:
    """Telegram has refused the answer for now, and it is to be sent again."""
    sandbox.fail_next("sendMessage", 500, "Internal Server Error", times=3)
    await asker.say(QUESTION)
    await sandbox.until(lambda: sandbox.called("sendMessage"))
    sandbox.heal()
    assert not asker.replies
    yield


@asynccontextmanager
async def delivered(_: BotProcess, sandbox: Sandbox, asker: Person) -> AsyncIterator[None]:
    """The answer is in the chat, and the bot does not know."""
    sandbox.delay_next("sendMessage", 5, after=True)
    await asker.say(QUESTION)
    await sandbox.until(lambda: asker.replies)
    yield


@asynccontextmanager
async def unmarked(bot: BotProcess, sandbox: Sandbox, asker: Person) -> AsyncIterator[None]:
    """The bot knows that the answer is in the chat, and cannot write it down."""
    with ExitStack() as slowly:
        slowly.enter_context(slow(bot))
        await asker.say(QUESTION)
        await eventually(lambda: waiting(bot) == [(1, 0)])
        with held(bot, "inbox.db"):
            slowly.close()
            await sandbox.until(lambda: sandbox.called("sendMessage"))
            yield


@asynccontextmanager
async def unlogged(bot: BotProcess, _: Sandbox, asker: Person) -> AsyncIterator[None]:
    """The answer is sent, which is written down, and the log cannot be written."""
    with held(bot, "queries.db"):
        await asker.say(QUESTION)
        await eventually(lambda: waiting(bot) == [(0, 1)])
        yield


@pytest.mark.parametrize(
    ("step", "replies"),
    [
        (received, {1}),
        (committed, {1, 2}),
        (searched, {1}),
        (requested, {1}),
        (delivered, {2}),
        (unmarked, {2}),
        (unlogged, {1}),
    ],
    ids=lambda given: given.__name__ if callable(given) else "",
)
async def test_killed_at_each_step(
    bot: BotProcess, sandbox: Sandbox, asker: Person, step: Step, replies: set[int]
) -> None:
    """Wherever the bot is killed, the question is answered, at most twice, and has one row in the log."""
    async with step(bot, sandbox, asker):
        bot.kill()
    await again(bot)
    await sandbox.until(lambda: asker.replies, PATIENCE)
    await bot.stop()
    assert len(asker.replies) in replies
    assert all("3100吨" in reply.text for reply in asker.replies)
    assert logged(bot) == [QUESTION]


async def test_in_their_order(bot: BotProcess, sandbox: Sandbox, asker: Person) -> None:
    """Of several questions killed midway, those left are answered in their order, none twice but the last."""
    asked = [await asker.say(question) for question in QUESTIONS]
    await sandbox.until(lambda: len(asker.replies) == 2, PATIENCE)
    bot.kill()
    await again(bot)
    await bot.stop()
    answered = [reply.json["reply_to_message"]["message_id"] for reply in asker.replies]
    assert sorted(set(answered)) == [message.id for message in asked]
    assert answered == sorted(answered)
    assert len(answered) <= len(asked) + 1
    assert all(QUESTIONS[reply.json["reply_to_message"]["text"]] in reply.text for reply in asker.replies)
    assert sorted(logged(bot)) == sorted(QUESTIONS)


async def test_edited(bot: BotProcess, sandbox: Sandbox, asker: Person) -> None:
    """A question edited before a kill has its answer edited after it."""
    question = await asker.say(QUESTION)
    answer = await asker.next_reply(PATIENCE)
    await eventually(lambda: not waiting(bot))
    sandbox.fail_next("editMessageText", 500, "Internal Server Error", times=3)
    await asker.edit(question, "盘山公路全长多少公里")
    await sandbox.until(lambda: sandbox.called("editMessageText"), PATIENCE)
    bot.kill()
    sandbox.heal()
    await again(bot)
    assert "35公里" in answer.text
    assert len(asker.replies) == 1
    assert len(logged(bot)) == 2


async def test_pressed(bot: BotProcess, sandbox: Sandbox, asker: Person) -> None:
    """A button pressed before a kill turns the page after it."""
    answer = await asker.ask(QUESTION, timeout=PATIENCE)
    await eventually(lambda: not waiting(bot))
    sandbox.fail_next("editMessageText", 500, "Internal Server Error", times=3)
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: sandbox.called("editMessageText"), PATIENCE)
    bot.kill()
    sandbox.heal()
    await again(bot)
    assert answer.edited


@pytest.mark.parametrize("method", ["getFile", "editMessageText"])
async def test_uploaded(bot: BotProcess, sandbox: Sandbox, admin: Person, method: str) -> None:
    """A file sent before a kill is in the folder once after it, indexed, and reported on in one message."""
    sandbox.fail_next(method, 500, "Internal Server Error", times=5)
    await admin.send_file("bridge.md", "# 石塘镇的廊桥\n\n石塘镇的老廊桥长48米，前年按原样重修。\n".encode())
    await sandbox.until(lambda: sandbox.called(method), PATIENCE)
    await eventually(lambda: waiting(bot) == [(0, 1)])
    bot.kill()
    sandbox.heal()
    await again(bot)
    [report] = admin.replies
    assert SIMPLIFIED.documents.added in report.text
    assert [file.name for file in (bot.folder / "documents").glob("bridge*")] == ["bridge.md"]
    assert "48米" in (await admin.ask("老廊桥长多少米", timeout=PATIENCE)).text


async def test_what_kills_is_given_up(bot: BotProcess, asker: Person) -> None:
    """A question that ends the process each time is given up after a few times, and that is said."""
    with slow(bot):
        await asker.say(QUESTION)
        for crashes in range(1, CRASHES + 1):
            suspected = [(crashes, 0)]
            await eventually(lambda: waiting(bot) == suspected)  # noqa: B023 - it is awaited here
            assert not asker.replies
            bot.kill()
            bot.spawn()
        assert (await asker.next_reply(PATIENCE)).text == SIMPLIFIED.conversation.failed
    assert "35公里" in (await asker.ask("盘山公路全长多少公里", timeout=PATIENCE)).text


async def test_amid_chaos(tmp_path: Path) -> None:
    """Of many questions under faults and several kills none is lost, each is logged once, in order."""
    plan = chaos.Plan(questions=40, chats=12, groups=1, kills=3)
    outcome = await chaos.run(plan, tmp_path)
    assert (outcome.lost, outcome.failed) == (0, 0)
    assert (outcome.rows, outcome.logged) == (40, 40)
    assert max(outcome.by_kills, default=0) <= 1
    assert outcome.duplicates["unknown"] == 0
    assert out_of_order(outcome.asked) == 0
    assert "Traceback" not in outcome.errors
