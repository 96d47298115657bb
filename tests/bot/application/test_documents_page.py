"""Files from an admin's phone: the whole bot in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone

TEXTS = SIMPLIFIED.documents
BUTTONS = ".row:last-child .keyboard button"


@pytest.mark.usefixtures("bot")
async def test_from_the_phone(phone: Phone, sandbox: Sandbox, admin: Person, tmp_path: Path) -> None:
    """A file is attached, reported, taken back and restored, and then stands in the list."""
    file = tmp_path / "老廊桥.md"
    file.write_text("# 石塘镇的廊桥\n\n石塘镇的老廊桥桥长48米，前年按原样重修。\n", encoding="utf-8")
    await admin.ask("/start")
    await phone.open(sandbox.url)
    await phone.run("sessionStorage.setItem('tab', 'admin')")
    await phone.open(sandbox.url)
    await phone.attach(file)
    await phone.tap("#send")
    await phone.sees(TEXTS.added)
    await phone.sees("石塘镇的廊桥")
    await phone.tap(BUTTONS)
    await phone.sees(TEXTS.moved)
    await phone.tap(BUTTONS)
    await phone.sees(TEXTS.restored)
    await phone.write("/documents 廊桥 ")
    await phone.sees(TEXTS.title_found.format(word="廊桥", count=1))
    await phone.tap(BUTTONS)
    await phone.sees(TEXTS.move_to_trash)
    assert phone.complaints() == []
