from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.application import serve
from bot.health import check
from bot.lifecycle import TokenRejectedError
from bot.messages import SIMPLIFIED
from bot.outgoing import delivery
from retrieval.errors import DictionaryError

if TYPE_CHECKING:
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")


QUESTION = "2020年干茶产量多少吨"


@with_bot
async def test_typing_does_not_matter(
    asker: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer does not depend on the typing sign, nor wait long for it."""
    monkeypatch.setattr(delivery, "TYPING_AFTER", 0.0)
    sandbox.fail_next("sendChatAction", 500, "Internal Server Error")
    assert "3100吨" in (await asker.ask(QUESTION)).text
    sandbox.delay_next("sendChatAction", 8)
    assert "3100吨" in (await asker.ask(QUESTION, timeout=4)).text


@with_bot
async def test_error_is_said_and_logged(
    asker: Person, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """What fails unexpectedly is logged, and the user gets one polite line."""
    sandbox.fail_next("sendMessage", 400, "Bad Request: some new rule")
    assert (await asker.ask(QUESTION)).text == SIMPLIFIED.conversation.failed
    assert "Some new rule" in caplog.text


@with_bot
@pytest.mark.parametrize(
    "fault",
    [
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        (502, "Bad Gateway"),
        (429, "Too Many Requests: retry after 30", 30),
    ],
)
async def test_unanswered_press(asker: Person, sandbox: Sandbox, fault: tuple[int, str]) -> None:
    """A press that cannot be answered, for its age or for Telegram's trouble, still turns the page."""
    answer = await asker.ask(QUESTION)
    sandbox.fail_next("answerCallbackQuery", *fault)
    await asker.press(answer, SIMPLIFIED.answers.context)
    await sandbox.until(lambda: answer.edited)


@with_bot
async def test_failed_press(asker: Person, sandbox: Sandbox) -> None:
    """Where a press is answered and the page cannot be turned, a message says so."""
    answer = await asker.ask(QUESTION)
    sandbox.fail_next("editMessageText", 400, "Bad Request: some new rule")
    await asker.press(answer, SIMPLIFIED.answers.context)
    assert (await asker.next_reply()).text == SIMPLIFIED.conversation.failed
    assert len(sandbox.called("answerCallbackQuery")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        (502, "Bad Gateway", None),
        (403, "Forbidden", None),
        (429, "Too Many Requests: retry after 2", 2),
    ],
)
async def test_unreachable_at_start(
    settings: Settings, sandbox: Sandbox, asker: Person, fault: tuple[int, str, int | None]
) -> None:
    """A bot that starts before its network, or is put off, tries until it is let in, and not too early."""
    sandbox.fail_next("getMe", *fault)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(settings, stop))
    assert "3100吨" in (await asker.ask(QUESTION, timeout=15)).text
    refused, met = sandbox.called("getMe")
    assert met.at - refused.at >= (fault[2] or 0.25)
    stop.set()
    await serving


async def test_token_refused_at_start(settings: Settings, sandbox: Sandbox) -> None:
    """A token that Telegram does not know ends the bot with one clear line, without the token."""
    sandbox.fail_next("getMe", 401, "Unauthorized")
    with pytest.raises(TokenRejectedError) as raised:
        await serve(settings, asyncio.Event())
    assert str(settings.token) not in str(raised.value)
    assert "WENJU_TOKEN" in str(raised.value)
    assert "WENJU_TOKEN" in check(settings).reasons[0]  # it is told afterwards, too


async def test_token_revoked(settings: Settings, sandbox: Sandbox, asker: Person) -> None:
    """A token that is revoked while the bot runs ends it too."""
    serving = asyncio.create_task(serve(settings, asyncio.Event()))
    await asker.ask("/help")
    sandbox.fail_next("getUpdates", 401, "Unauthorized")
    await asker.say("/help")  # ends the poll that waits
    with pytest.raises(TokenRejectedError):
        await asyncio.wait_for(serving, 15)
    assert "WENJU_TOKEN" in check(settings).reasons[0]


async def test_healthy_without_a_network(settings: Settings, sandbox: Sandbox) -> None:
    """A bot that waits for its network can be asked for its health, and stops when it is told to."""
    sandbox.fail_next("getMe", 502, "Bad Gateway", times=100)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(settings, stop))
    health = check(settings)
    async with asyncio.timeout(30):
        while not health.well:
            await asyncio.sleep(0.05)
            health = check(settings)
    assert "收取消息：刚刚启动" in health.lines()
    stop.set()
    await serving
    assert not check(settings).well


@with_bot
async def test_healthy(asker: Person, settings: Settings) -> None:
    """A running bot that polls is well."""
    await asker.ask("/help")
    assert check(settings).well


async def test_words_that_cannot_be_read(settings: Settings) -> None:
    """A word list that is not there ends the bot at once: without it no index could be built."""
    missing = settings.data / "words.txt"
    with pytest.raises(DictionaryError, match=re.escape(str(missing))):
        await serve(replace(settings, dictionary=missing), asyncio.Event())
