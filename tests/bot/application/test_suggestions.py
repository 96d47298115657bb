from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.log.database import read_entries
from bot.log.query_log import QueryLog
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.log.entry import Entry
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")

SLIP = "防华链"
MENDED = "防滑链"


def logged(settings: Settings) -> list[Entry]:
    log = QueryLog.open(settings.query_log)
    try:
        return log.read(lambda db: list(read_entries(db)))
    finally:
        log.close()


@with_bot
async def test_a_slip_brings_a_suggestion(asker: Person) -> None:
    """Where nothing is found for a slip, the mended question is shown, and its button answers it."""
    answer = await asker.ask(SLIP)
    assert answer.text == f"{SIMPLIFIED.answers.not_found}\n您是不是想问：{MENDED}"
    await (await asker.press(answer, SIMPLIFIED.answers.ask_that)).wait()
    mended = await asker.next_reply()
    assert mended.text.startswith(f"按“{MENDED}”作答\n")
    assert "给过往车辆发放防滑链" in mended.text
    assert mended.json["reply_to_message"]["message_id"] == answer.id
    assert SIMPLIFIED.answers.ask_that not in str(mended.buttons)


@with_bot
async def test_a_found_answer_may_have_a_suggestion(asker: Person, sandbox: Sandbox) -> None:
    """An answer with a suggestion keeps its other buttons, on the first page with the suggestion's."""
    answer = await asker.ask("盘山公录有多少座隧道")
    assert answer.text.endswith("\n您是不是想问：盘山公路有多少座隧道")
    assert answer.buttons[0][0] == SIMPLIFIED.answers.ask_that
    await (await asker.press(answer, SIMPLIFIED.answers.next)).wait()
    await sandbox.until(lambda: SIMPLIFIED.answers.previous in str(answer.buttons))
    assert SIMPLIFIED.answers.ask_that not in str(answer.buttons)
    await (await asker.press(answer, SIMPLIFIED.answers.previous)).wait()
    await sandbox.until(lambda: SIMPLIFIED.answers.ask_that in str(answer.buttons))


async def test_after_a_restart(
    running: Callable[[], AbstractAsyncContextManager[None]], asker: Person, settings: Settings
) -> None:
    """The button works after a restart, and what it asks is logged as the presser's own question."""
    async with running():
        answer = await asker.ask(SLIP)
    async with running():
        await (await asker.press(answer, SIMPLIFIED.answers.ask_that)).wait()
        reply = await asker.next_reply()
    entries = logged(settings)
    mended = next(entry for entry in entries if entry.answer.question.read_as)
    typed = next(entry for entry in entries if not entry.answer.question.read_as)
    assert (typed.answer.question.text, typed.answer.question.read_as) == (SLIP, None)
    assert (mended.answer.question.text, mended.answer.question.read_as) == (SLIP, MENDED)
    assert typed.answer.suggestion == MENDED
    assert (mended.asker, mended.chat, mended.reply) == (typed.asker, typed.chat, reply.id)


@with_bot
async def test_another_chat_gets_nothing(asker: Person, sandbox: Sandbox) -> None:
    """The button's data, forged in another chat or for an answer without a suggestion, asks nothing."""
    other = sandbox.user(31, "旁人")
    foreign = (await other.ask(SLIP)).button(SIMPLIFIED.answers.ask_that)["callback_data"]
    answer = await asker.ask("图书馆藏书多少册")
    own = str(answer.button(SIMPLIFIED.answers.context)["callback_data"]).replace("context", "suggest")
    for data in (foreign, own):
        answer.json["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = data
        assert (await (await asker.press(answer, data)).wait())["text"] == SIMPLIFIED.answers.gone
    assert len(asker.replies) == 1


@with_bot
async def test_in_the_askers_language(sandbox: Sandbox) -> None:
    """The offer is made in the language of the asker."""
    taipei, london = sandbox.user(41, "小林", language="zh-hant"), sandbox.user(42, "Bob", language="en")
    assert f"您是不是想問：{TRADITIONAL.shown(MENDED)}" in (await taipei.ask(SLIP)).text
    answer = await london.ask(SLIP)
    assert f"Did you mean: {MENDED}" in answer.text
    assert answer.buttons[0] == [ENGLISH.answers.ask_that]
