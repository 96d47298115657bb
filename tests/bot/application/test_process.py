"""The bot as a process of its own: signals, exits, and what it prints."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.processes import TOKEN, start

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.server import Sandbox


async def test_stops_amid_a_rebuild(folder: Path, telegram: Sandbox) -> None:
    """A signal ends a rebuild that would take long, too, and the index in use stays."""
    for number in range(3000):
        text = "\n\n".join(
            f"第{number}村第{line}组种植水稻{number + line}亩，养鱼两塘。" for line in range(30)
        )
        (folder / "documents" / f"{number}.md").write_text(f"# 第{number}村\n\n{text}\n", encoding="utf-8")
    process = await start(folder, WENJU_TOKEN=TOKEN, WENJU_API_URL=telegram.url)
    answer = await telegram.user().ask("2020年干茶产量多少吨", timeout=30)
    assert "3100吨" in answer.text
    started = time.monotonic()
    status, errors = await process.end(signal.SIGTERM)
    assert status == 0
    assert time.monotonic() - started < 15
    assert "文档 3003 篇" not in errors


@pytest.mark.parametrize("token", [TOKEN, "not a token", "123"])
async def test_bad_token(folder: Path, sandbox: Sandbox, token: str) -> None:
    """A token that is none, or not known, ends the bot at once with one line that does not repeat it."""
    process = await start(folder, WENJU_TOKEN=token, WENJU_API_URL=sandbox.url)
    status, errors = await process.end()
    assert status == 1
    assert errors.rstrip().splitlines()[-1].startswith("Error: WENJU_TOKEN")
    assert TOKEN not in errors


async def test_without_token(folder: Path) -> None:
    """Without a token the bot prints the address of its chat page, which answers."""
    process = await start(folder, WENJU_SANDBOX_PORT="0")
    line = await process.line()
    address = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert address is not None
    assert "WENJU_TOKEN" in line
    page = await asyncio.to_thread(lambda: urllib.request.urlopen(address[0]).read())
    assert b"<html" in page
    assert (await process.end(signal.SIGTERM))[0] == 0


async def test_taken_port(folder: Path) -> None:
    """A port that another program has is named in one line."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = await start(folder, WENJU_SANDBOX_PORT=str(port))
        status, errors = await process.end()
    assert status == 1
    assert errors.rstrip().splitlines()[-1].startswith(f"Error: WENJU_SANDBOX_PORT: 端口 {port}")


async def test_missing_documents(tmp_path: Path) -> None:
    """Without an index a folder of articles that is not there ends the bot at once, in one line."""
    process = await start(tmp_path, WENJU_SANDBOX_PORT="0")
    status, errors = await process.end()
    assert status == 1
    assert errors.rstrip().splitlines()[-1].startswith("Error: WENJU_DOCUMENTS: 文件夹不存在")


async def test_one_bot_over_one_data_folder(folder: Path) -> None:
    """A second bot on the same data is refused, and starts once the first has ended."""
    first = await start(folder, WENJU_SANDBOX_PORT="0")
    await first.line()
    status, errors = await (await start(folder, WENJU_SANDBOX_PORT="0")).end()
    assert status == 1
    assert errors.rstrip().splitlines()[-1].startswith("Error: WENJU_DATA: 已有一个 wenju")
    await first.end(signal.SIGKILL)
    again = await start(folder, WENJU_SANDBOX_PORT="0")
    assert "http://" in await again.line()
    assert (await again.end(signal.SIGTERM))[0] == 0


def test_no_server_for_a_bot_on_telegram() -> None:
    """What runs on Telegram loads no web server: that is the sandbox's alone."""
    code = "import sys, bot.application; sys.exit(not {'starlette', 'uvicorn'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
