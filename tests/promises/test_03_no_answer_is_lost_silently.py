"""Promise 3: 429, 5xx, time-outs and resets never lose an answer silently."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from bot.messages import SIMPLIFIED
from bot.outgoing import backoff, sending

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

with_bot = pytest.mark.usefixtures("bot")

QUESTION = "2020年干茶产量多少吨"
OTHER = "盘山公路全长多少公里"
ERRORS = [
    (429, "Too Many Requests: retry after 1", 1),
    (500, "Internal Server Error", None),
    (502, "Bad Gateway", None),
    (503, "Service Unavailable", None),
    (504, "Gateway Timeout", None),
]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_PAUSE", 0.1)


@with_bot
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error[0])
@pytest.mark.parametrize("times", [1, 4])
async def test_an_error(
    asker: Person, sandbox: Sandbox, error: tuple[int, str, int | None], times: int
) -> None:
    """An answer that Telegram could not take is sent again, as often as it takes, and arrives once."""
    sandbox.fail_next("sendMessage", *error, times=times)
    answer = await asker.ask(QUESTION, timeout=20)
    assert "3100吨" in answer.text
    assert len(asker.replies) == 1
    assert len(sandbox.called("sendMessage")) == times + 1


@with_bot
@pytest.mark.parametrize("times", [1, 4])
async def test_a_broken_connection(asker: Person, sandbox: Sandbox, times: int) -> None:
    """An answer whose connection broke is sent again."""
    sandbox.drop_next("sendMessage", times=times)
    assert "3100吨" in (await asker.ask(QUESTION, timeout=20)).text
    assert len(asker.replies) == 1


@with_bot
async def test_a_time_out(asker: Person, sandbox: Sandbox) -> None:
    """An answer to which Telegram says nothing for long is sent again."""
    sandbox.delay_next("sendMessage", 9)
    assert "3100吨" in (await asker.ask(QUESTION, timeout=20)).text


@with_bot
async def test_a_lost_confirmation(asker: Person, sandbox: Sandbox) -> None:
    """Where nobody can know whether an answer arrived, it is sent again: twice is better than never."""
    sandbox.drop_next("sendMessage", after=True)
    assert "3100吨" in (await asker.ask(QUESTION, timeout=20)).text
    await sandbox.until(lambda: len(asker.replies) == 2, timeout=20)
    assert asker.replies[0].text == asker.replies[1].text


@with_bot
async def test_an_edit(asker: Person, sandbox: Sandbox) -> None:
    """A page that could not be turned is turned at another try."""
    answer = await asker.ask(QUESTION)
    sandbox.fail_next("editMessageText", 502, "Bad Gateway", times=3)
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: answer.edited, timeout=20)


@with_bot
async def test_answers_keep_their_order(asker: Person, sandbox: Sandbox) -> None:
    """What is sent again does not fall behind what was asked later in the chat; other chats do not wait."""
    stranger = sandbox.user(31, "旁人")
    sandbox.fail_next("sendMessage", 429, "Too Many Requests: retry after 3", 3)
    await asker.say(QUESTION)
    await sandbox.until(lambda: sandbox.called("sendMessage"), timeout=20)
    await asker.say(OTHER)
    assert "18万册" in (await stranger.ask("图书馆藏书多少册", timeout=20)).text
    assert not asker.replies
    await sandbox.until(lambda: len(asker.replies) == 2, timeout=20)
    assert ["3100吨" in reply.text for reply in asker.replies] == [True, False]


@with_bot
async def test_an_outage_has_no_end_but_its_own(
    asker: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While Telegram takes nothing at all, an answer waits, however often it was tried."""
    monkeypatch.setattr(backoff, "LONGEST_PAUSE", 0.1)
    sandbox.fail_next("*", 502, "Bad Gateway", times=sending.TRIES * 3)
    assert "3100吨" in (await asker.ask(QUESTION, timeout=30)).text
    assert len(sandbox.called("sendMessage")) > sending.TRIES
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@with_bot
async def test_what_never_arrives_is_said(
    asker: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What alone is not taken, while other calls are, is given up in the end, logged, and said."""
    monkeypatch.setattr(backoff, "LONGEST_PAUSE", 0.1)
    answer = await asker.ask(QUESTION)
    sandbox.fail_next("editMessageText", 500, "Internal Server Error", times=sending.TRIES)
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: sandbox.called("editMessageText"), timeout=20)
    await sandbox.user(31, "旁人").ask("/help", timeout=20)
    await sandbox.until(lambda: len(asker.replies) == 2, timeout=20)
    assert asker.replies[1].text == SIMPLIFIED.conversation.failed
    assert len(sandbox.called("editMessageText")) == sending.TRIES
    assert "an update could not be handled" in caplog.text


@with_bot
@pytest.mark.parametrize(
    "refusal",
    [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
    ],
)
async def test_a_closed_chat(
    asker: Person, sandbox: Sandbox, refusal: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Who has blocked the bot, or let it write no more, is no error and gets no second try."""
    sandbox.fail_next("sendMessage", *refusal)
    await asker.say(QUESTION)
    await sandbox.until(lambda: sandbox.called("sendMessage"), timeout=15)
    assert (await asker.ask("/help")).text == SIMPLIFIED.conversation.help
    assert len(sandbox.called("sendMessage")) == 2
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_the_network_is_away_at_the_start(
    asker: Person, sandbox: Sandbox, running: Callable[..., AbstractAsyncContextManager[None]]
) -> None:
    """A bot that starts before its network waits for it, and answers what was asked meanwhile."""
    await asker.say(QUESTION)
    sandbox.drop_next("getMe", times=2)
    sandbox.drop_next("deleteWebhook")
    sandbox.drop_next("getUpdates")
    async with running():
        await sandbox.until(lambda: asker.replies, timeout=30)
    assert "3100吨" in asker.replies[0].text
    assert [len(sandbox.called(method)) for method in ("getMe", "deleteWebhook")] == [3, 2]


@with_bot
async def test_an_update_that_cannot_be_read(
    asker: Person, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """An update of an unknown shape is logged and left out; what comes after it is answered."""
    await asker.ask("/help")
    broken: list[dict[str, Any]] = [{"text": 5}, {"message_id": "x", "date": "soon", "chat": []}]
    for message in broken:
        sandbox.world.updates.put("message", message)
    assert "3100吨" in (await asker.ask(QUESTION, timeout=20)).text
    assert caplog.text.count("an update cannot be read and is left out: message") == len(broken)
    polls = len(sandbox.called("getUpdates"))
    assert (await asker.ask("/help")).text == SIMPLIFIED.conversation.help
    assert len(sandbox.called("getUpdates")) - polls < 10
