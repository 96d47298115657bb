"""Feedback and checked answers on a phone: the whole bot in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone

TEXTS = SIMPLIFIED.curation
LAST = ".row:last-child"
QUESTION = "孩子们什么时候能听故事"


async def press(phone: Phone, text: str) -> None:
    """Press the last button of this text, as soon as it is there."""
    button = (
        "[...document.querySelectorAll('.keyboard button')]"
        ".findLast((button) => button.innerText.trim() === arguments[0])"
    )
    await phone.until(f"return {button} !== undefined", text)
    await phone.run(f"{button}.click()", text)


@pytest.mark.usefixtures("bot")
async def test_a_comment_on_the_phone(phone: Phone, sandbox: Sandbox) -> None:
    """A 👎, its reason and a comment take three taps and a line; the field waits for the reply by itself."""
    await phone.open(sandbox.url)
    await phone.tap("#start")
    await phone.sees(SIMPLIFIED.conversation.start, LAST)
    await phone.write("全县茶园面积多少亩")
    await press(phone, "👎")
    await press(phone, SIMPLIFIED.feedback.reasons["figure"])
    await phone.sees(SIMPLIFIED.feedback.noted, LAST)
    await phone.until(
        "return document.activeElement.placeholder === arguments[0]", SIMPLIFIED.feedback.placeholder
    )
    await phone.write("那是前年的数字")
    await phone.sees(SIMPLIFIED.feedback.comment_taken, LAST)
    assert phone.complaints() == []


@pytest.mark.usefixtures("bot")
async def test_pinning_on_the_phone(phone: Phone, sandbox: Sandbox, admin: Person, asker: Person) -> None:
    """An admin finds an unanswered question in the log and a paragraph for it; the asker then gets it."""
    await asker.ask(QUESTION)
    await admin.ask("/start")
    await phone.open(sandbox.url)
    phone.complaints()  # of the page before, whose server is gone
    await phone.run("sessionStorage.setItem('tab', 'admin')")
    await phone.open(sandbox.url)
    await phone.write("/logs ")
    await phone.sees(QUESTION, LAST)
    await press(phone, "1")
    await press(phone, TEXTS.pin)
    await press(phone, TEXTS.search)
    await phone.sees(TEXTS.search_prompt, LAST)
    await phone.write("儿童馆讲故事")
    await phone.sees(TEXTS.choose, LAST)
    await press(phone, "1")
    await press(phone, TEXTS.take)
    await phone.sees(f"📌 {QUESTION}", LAST)
    assert TEXTS.checked in (await asker.ask(QUESTION)).text
    assert phone.complaints() == []
