"""The bot's test bench: the sandbox's Bot API server, a bare bot on it, and Chromium as a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.sandbox.server import Sandbox
from bot.settings import SANDBOX_TOKEN
from tests.phone import Phone, chromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from selenium import webdriver


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A running sandbox on a free port, without rate limits."""
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """A bare python-telegram-bot Bot that calls the sandbox."""
    # Plain HTTP needs no certificates, and loading them takes longer than most tests.
    calls, polls = (HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2))
    url = f"{sandbox.url}/bot", f"{sandbox.url}/file/bot"
    async with Bot(SANDBOX_TOKEN, *url, request=calls, get_updates_request=polls) as bot:
        yield bot


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A machine without a Chromium fails the test rather than skip it."""
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
def phone(chrome: webdriver.Chrome) -> Phone:
    return Phone(chrome)
