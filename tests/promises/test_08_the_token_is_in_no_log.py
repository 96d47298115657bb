"""The bot at debug level, through every fault: then all that it has left is searched for the token."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import sys
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest

from bot.incoming.webhook import secret_token
from bot.incoming.webhook_server import SECRET_HEADER
from bot.redaction import HIDDEN
from bot.sandbox.server import SANDBOX_ADMIN_ID
from tests.processes import TOKEN, start

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox

SECRET = TOKEN.partition(":")[2]
"""Half of the token is enough to find, however the colon between the halves is written."""

QUESTION = "2020年干茶产量多少吨"
LATE = 30  # seconds: an answer that is tried again comes late


def with_token(folder: Path) -> list[Path]:
    """The files that hold it, of the databases, what is beside them, the heartbeat, and what was printed."""
    return [path for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


async def command(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    environment = {"WENJU_TOKEN": TOKEN, "WENJU_DATA": str(folder / "data"), "PATH": os.environ["PATH"]}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder,
    )  # fmt: skip


async def wenju(folder: Path, *arguments: str) -> str:
    """Everything that a command prints."""
    printed, _ = await (await command(folder, *arguments)).communicate()
    return printed.decode()


async def review(folder: Path) -> str:
    """The front page of the log review, and what its command prints."""
    serving = await command(folder, "review", "--port", "0")
    assert serving.stdout is not None
    line = (await serving.stdout.readline()).decode()
    text = await page(line.partition("：")[2].strip())
    serving.send_signal(signal.SIGINT)
    rest, _ = await serving.communicate()
    return line + text + rest.decode()


async def page(address: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(address, timeout=LATE) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(get)


async def fail_each_way(telegram: Sandbox, asker: Person) -> None:
    """Let answers fail in every way that Telegram or the network knows."""
    for status, description in (
        (400, f"Bad Request: {TOKEN}"),
        (403, "Forbidden: bot was blocked by the user"),
        (409, f"Conflict: {TOKEN}"),
        (500, f"Internal Server Error: {TOKEN}"),
    ):
        telegram.fail_next("sendMessage", status, description)
        await asker.say(QUESTION)
        telegram.fail_next("getUpdates", 502, f"Bad Gateway: {TOKEN}")
        await asker.ask(QUESTION, timeout=LATE)
    telegram.fail_next("sendMessage", 429, f"Too Many Requests: {TOKEN}", 1)
    telegram.drop_next("sendMessage")
    telegram.delay_next("sendMessage", 6)  # a second longer than the bot waits
    telegram.fail_next("getUpdates", 409, f"Conflict: {TOKEN}")
    telegram.drop_next("getUpdates")
    await asker.ask(QUESTION, timeout=LATE)


async def fail_downloads(telegram: Sandbox, admin: Person) -> None:
    """Let the fetching of a file fail, whose address holds the token."""
    telegram.fail_next("getFile", 400, f"Bad Request: {TOKEN}")
    await admin.send_file("a.txt", "县里新修了一座廊桥。".encode())
    await admin.next_reply(LATE)
    for status in (404, 502):
        telegram.fail_next("download", status, TOKEN, times=3)
        await admin.send_file("b.txt", "县里新修了一座廊桥。".encode())
        await admin.next_reply(LATE)
        telegram.heal()


async def fail_inside(folder: Path, asker: Person) -> None:
    """Let a handler meet an error of its own."""
    with closing(sqlite3.connect(folder / "data" / "state.db")) as state:
        state.execute("DROP TABLE curation_prompts")
    answer = await asker.ask(QUESTION, timeout=LATE)
    await asker.forge(answer, "nonsense")
    await asker.say("/language")


async def test_through_every_fault(folder: Path, telegram: Sandbox) -> None:
    """At debug level, through every fault, no line, file, page or command of the bot holds the token."""
    asker, admin = telegram.user(), telegram.user(SANDBOX_ADMIN_ID)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    telegram.fail_next("getMe", 502, f"Bad Gateway: {TOKEN}")
    telegram.drop_next("getMe")
    async with await start(
        folder,
        WENJU_TOKEN=TOKEN,
        WENJU_API_URL=telegram.url,
        WENJU_ADMINS=str(SANDBOX_ADMIN_ID),
        WENJU_LOG_LEVEL="debug",
        WENJU_METRICS_PORT=str(port),
    ) as bot:
        assert "3100吨" in (await asker.ask(QUESTION, timeout=LATE)).text
        await fail_each_way(telegram, asker)
        await fail_downloads(telegram, admin)
        await fail_inside(folder, asker)
        shown = [
            await page(f"http://127.0.0.1:{port}/metrics"),
            await wenju(folder, "health", "--json"),
            await wenju(folder, "logs"),
            await review(folder),
        ]
        assert with_token(folder) == []  # while it runs, what is not in the databases is beside them
        telegram.fail_next("getUpdates", 401, f"Unauthorized: {TOKEN}")
        await asker.say("/help")
        status, errors = await bot.end()
    shown.append(await wenju(folder, "health"))
    assert status == 1
    assert errors.rstrip().splitlines()[-1].startswith("Error: WENJU_TOKEN")
    assert " DEBUG " in errors
    assert HIDDEN in errors
    assert "WENJU_TOKEN" in shown[-1]
    assert with_token(folder) == []
    assert [text for text in shown if SECRET in text] == []


async def test_with_a_webhook(folder: Path, telegram: Sandbox) -> None:
    """Where Telegram posts the updates, neither the token nor what it has to show is anywhere."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    telegram.fail_next("setWebhook", 502, f"Bad Gateway: {TOKEN}")
    async with await start(
        folder,
        WENJU_TOKEN=TOKEN,
        WENJU_API_URL=telegram.url,
        WENJU_LOG_LEVEL="debug",
        WENJU_WEBHOOK_URL=f"http://127.0.0.1:{port}/wenju",
        WENJU_WEBHOOK_PORT=str(port),
    ) as bot:
        telegram.fail_next("sendMessage", 500, f"Internal Server Error: {TOKEN}")
        assert "3100吨" in (await telegram.user().ask(QUESTION, timeout=LATE)).text
        wrong = urllib.request.Request(f"http://127.0.0.1:{port}/wenju", b"{}", {SECRET_HEADER: TOKEN})
        with pytest.raises(HTTPError) as refused:
            await asyncio.to_thread(urllib.request.urlopen, wrong)
        shown = str(refused.value.headers) + refused.value.read().decode()
        assert with_token(folder) == []
        status, errors = await bot.end(signal.SIGTERM)
    assert status == 0
    assert "setWebhook" in errors
    assert secret_token(TOKEN) not in errors
    assert SECRET not in shown
    assert with_token(folder) == []


@pytest.mark.parametrize("level", ["debug", "error"])
async def test_wrong_from_the_start(folder: Path, sandbox: Sandbox, level: str) -> None:
    """A token that Telegram does not know is repeated nowhere, nor by what asks why the bot has ended."""
    async with await start(
        folder, WENJU_TOKEN=TOKEN, WENJU_API_URL=sandbox.url, WENJU_LOG_LEVEL=level
    ) as bot:
        status, errors = await bot.end()
    assert status == 1
    assert errors.rstrip().splitlines()[-1].startswith("Error: WENJU_TOKEN")
    said = await wenju(folder, "health")
    assert "WENJU_TOKEN" in said
    assert with_token(folder) == []
    assert SECRET not in said


async def test_quoted_by_telegram(folder: Path, telegram: Sandbox) -> None:
    """An error that ends the bot and quotes the token is told without it, at once and later on."""
    telegram.fail_next("setWebhook", 400, f"Bad Request: bad webhook of {TOKEN}")
    async with await start(
        folder,
        WENJU_TOKEN=TOKEN,
        WENJU_API_URL=telegram.url,
        WENJU_WEBHOOK_URL="https://example.org/wenju",
        WENJU_WEBHOOK_PORT="127.0.0.1:0",
    ) as bot:
        status, errors = await bot.end()
    assert status == 1
    assert f"bad webhook of {HIDDEN}" in errors.lower()
    assert f"bad webhook of {HIDDEN}" in (await wenju(folder, "health")).lower()
    assert with_token(folder) == []


def test_the_search_finds_it(tmp_path: Path) -> None:
    """The search of the other tests is worth something."""
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "queries.db")) as log:
        log.execute("CREATE TABLE questions (text)")
        log.execute("INSERT INTO questions VALUES (?)", [f"https://api.telegram.org/bot{TOKEN}/getMe"])
        log.commit()
    assert with_token(tmp_path)
