"""The promises are tested on the whole bot: with the fixtures of its other tests."""

from __future__ import annotations

from tests.bot.application.conftest import (
    admin,
    asker,
    bot,
    folder,
    library,
    running,
    settings,
    telegram,
    unpaced,
)
from tests.bot.conftest import api, chrome, phone, sandbox

__all__ = [
    "admin",
    "api",
    "asker",
    "bot",
    "chrome",
    "folder",
    "library",
    "phone",
    "running",
    "sandbox",
    "settings",
    "telegram",
    "unpaced",
]
