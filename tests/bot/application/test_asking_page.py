"""Asking on a phone: the whole bot in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.keys import Keys

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone

WORDS = SIMPLIFIED.answers
LAST = ".row:last-child"


async def press(phone: Phone, text: str) -> None:
    """Press the last button of this text, as soon as it is there."""
    button = "[...document.querySelectorAll('.key')].findLast((key) => key.innerText === arguments[0])"
    await phone.until(f"return {button} !== undefined", text)
    await phone.run(f"{button}.click()", text)


@pytest.fixture
async def chat(phone: Phone, sandbox: Sandbox, bot: None) -> Phone:  # noqa: ARG001 - the bot has to run
    """The user's chat with the bot, started."""
    await phone.open(sandbox.url)
    await phone.run("sessionStorage.clear()")
    await phone.open(sandbox.url)
    phone.complaints()  # of a page before, whose server is gone
    await phone.tap("#start")
    await phone.sees(SIMPLIFIED.conversation.start, LAST)
    return phone


async def test_an_answer_and_its_buttons(chat: Phone) -> None:
    """The answer is paged, shown among the text around it and sent as a file, all by taps."""
    await chat.write("公路什么时候通车")
    await chat.sees("2022年10月18日", LAST)
    await press(chat, WORDS.next)
    await chat.sees("2/2", LAST)
    await press(chat, WORDS.previous)
    await chat.sees("1/2", LAST)
    await press(chat, WORDS.context)
    await press(chat, WORDS.later_text)
    await chat.sees("隧道6座", LAST)
    await press(chat, WORDS.back)
    await press(chat, WORDS.full_article)
    await chat.sees("road.md", ".in .file")
    assert chat.complaints() == []


async def test_an_edited_question(chat: Phone) -> None:
    """The arrow up brings the question back for editing, and its answer changes where it stands."""
    await chat.write("公路什么时候通车")
    await chat.sees("2022年10月18日", LAST)
    rows = await chat.run("return document.querySelectorAll('.row').length")
    await chat.write("", end=Keys.ARROW_UP)
    await chat.sees("编辑消息", "#about")
    await chat.run("document.querySelector('#input').value = ''")
    await chat.write("县图书馆藏书多少册")
    await chat.sees("18万册", LAST)
    assert await chat.run("return document.querySelectorAll('.row').length") == rows
    assert chat.complaints() == []


async def test_inline(chat: Phone, sandbox: Sandbox) -> None:
    """The bot's name and a question show results over the field, and a tap posts one."""
    await chat.write(f"@{sandbox.bot.username} 县图书馆藏书多少册", end="")
    await chat.sees("18万册", ".result")
    await chat.tap(".result")
    await chat.sees("❓ 县图书馆藏书多少册", ".out")
    assert chat.complaints() == []
