"""The query log on an admin's phone: the whole bot in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED
from bot.screens.charts import HEIGHT, WIDTH

if TYPE_CHECKING:
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone

LOGS = SIMPLIFIED.logs
LAST = ".row:last-child"


async def press(phone: Phone, text: str) -> None:
    """Press the button of this text under the last message, as soon as it is there."""
    button = (
        "[...document.querySelectorAll(`${arguments[0]} .keyboard button`)]"
        ".find((button) => button.innerText.trim() === arguments[1])"
    )
    await phone.until(f"return {button} !== undefined", LAST, text)
    await phone.run(f"{button}.click()", LAST, text)


@pytest.mark.usefixtures("bot")
async def test_review_on_the_phone(phone: Phone, sandbox: Sandbox, admin: Person, asker: Person) -> None:
    """A row is opened from the listing and left again; the chart is shown and changed in place."""
    await asker.ask("2020年干茶产量多少吨？")
    await asker.ask("火星上有水吗")
    await admin.ask("/start")
    await phone.open(sandbox.url)
    await phone.run("sessionStorage.setItem('tab', 'admin')")
    await phone.open(sandbox.url)
    await phone.write("/logs ")
    await phone.sees("2. ✅ 2020年干茶产量多少吨？", LAST)
    await press(phone, "2")
    await phone.sees(LOGS.paragraphs, LAST)
    await phone.sees("云岭县茶业报告", LAST)
    await press(phone, LOGS.back)
    await press(phone, LOGS.switches["unanswered"])
    await phone.sees(LOGS.title.format(count=1), LAST)
    await phone.write("/stats ")
    picture = f"document.querySelector('{LAST} img')"
    size = f"return {picture}?.naturalWidth === {WIDTH} && {picture}.naturalHeight === {HEIGHT}"
    await phone.until(size)
    await press(phone, LOGS.spans["30"])
    await phone.sees(f"{LOGS.spans['30']} ✓", LAST)
    await phone.until(size)
    assert phone.complaints() == []
