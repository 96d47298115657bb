"""The metrics page of the whole bot, as Prometheus reads it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.application import serve
from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED
from bot.settings import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[..., AbstractAsyncContextManager[None]]

QUESTION = "2020年干茶产量多少吨"
LOOPBACK = "127.0.0.1"


@pytest.fixture
def port() -> int:
    """A port that nothing listens to."""
    with socket.create_server((LOOPBACK, 0)) as free:
        return int(free.getsockname()[1])


async def page(port: int) -> str:
    def get() -> str:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(get)


def values(text: str) -> dict[str, float]:
    """Every sample by its name and the values of its labels, but for buckets."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


async def test_what_is_counted(running: Running, asker: Person, sandbox: Sandbox, port: int) -> None:
    """Questions, updates, calls, retries and the state of inbox, log, polling and index are on the page."""
    async with running(metrics=(LOOPBACK, port)):
        sandbox.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", 1)
        answer = await asker.ask(QUESTION, timeout=10)
        await (await asker.press(answer, SIMPLIFIED.answers.context)).wait()
        await asker.ask("火星上有水吗")
        while "wenju_inbox_depth 0.0" not in (text := await page(port)):
            pass
    told = values(text)
    assert told["wenju_questions_total true"] == 1
    assert told["wenju_questions_total false"] == 1
    assert told["wenju_updates_total message"] == told["wenju_answer_seconds_count message"] == 2
    assert told["wenju_updates_total callback_query"] == 1
    assert 1 < told["wenju_answer_seconds_sum message"] < 60
    assert told["wenju_api_calls_total sendMessage 200"] == 2
    assert told["wenju_api_calls_total sendMessage 429"] == 1
    assert told["wenju_api_retries_total flood"] == 1
    assert told["wenju_log_unwritten"] == told["wenju_inbox_oldest_seconds"] == 0
    assert told["wenju_last_received_timestamp_seconds"] > told["process_start_time_seconds"]
    assert told["wenju_snapshot_documents"] == 3
    assert told["wenju_engine_up"] == 1
    assert told["wenju_snapshot_paragraphs"] > 3
    assert told["wenju_snapshot_timestamp_seconds"] > 1.7e9
    assert told["wenju_event_loop_lag_seconds_count"] > 0
    assert told["process_resident_memory_bytes"] > 1e6


async def test_nothing_of_what_is_asked(
    running: Running, settings: Settings, asker: Person, port: int
) -> None:
    """Neither a question nor an id of a person, a chat or the log is on the page, nor the token."""
    async with running(metrics=(LOOPBACK, port)):
        await asker.ask(QUESTION)
        await asker.inline("图书馆")
        text = await page(port)
    with reading(settings.query_log) as log:
        (entry,) = read_entries(log, limit=1)
    for private in (QUESTION, "图书馆", str(asker.user.id), entry.asker, entry.id, str(settings.token)):
        assert private not in text


async def test_calls_that_end_in_nothing(
    running: Running, sandbox: Sandbox, asker: Person, port: int
) -> None:
    """A connection that breaks is counted as the network's fault, and as a retry."""
    async with running(metrics=(LOOPBACK, port)):
        sandbox.drop_next("sendMessage")
        await asker.ask(QUESTION, timeout=10)
        told = values(await page(port))
    assert told["wenju_api_calls_total sendMessage network"] == 1
    assert told["wenju_api_retries_total network"] == 1


async def test_a_taken_port(settings: Settings, port: int) -> None:
    """A port that another program has ends the bot in one line that names the setting."""
    with (
        socket.create_server((LOOPBACK, port)),
        pytest.raises(SettingError, match=f"^WENJU_METRICS_PORT: {LOOPBACK}:{port} 用不了"),
    ):
        await serve(replace(settings, metrics=(LOOPBACK, port)), asyncio.Event())


async def test_the_end(running: Running, port: int) -> None:
    """The page ends with the bot, and its port is free again."""
    async with running(metrics=(LOOPBACK, port)):
        assert await page(port)
    with socket.create_server((LOOPBACK, port)):
        pass


def test_off_by_default() -> None:
    """A bot that nobody asks for metrics does not load what makes them."""
    code = "import sys, bot.application; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
