"""`check` on real files: each way a bot can be unwell, and a bot that is well."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot import health
from bot.health import CONFLICT, UNAUTHORIZED, Heartbeat, check, read_heartbeat, write_heartbeat
from bot.log.query_log import QueryLog
from bot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
WELL = Heartbeat(os.getpid(), NOW - 500, NOW - 5, "20260101-abc")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    QueryLog.open(tmp_path / "queries.db").close()
    return Settings(data=tmp_path)


def reason(settings: Settings, heartbeat: Heartbeat) -> str | None:
    write_heartbeat(settings.heartbeat, heartbeat)
    return check(settings, NOW)


def test_a_well_bot(settings: Settings) -> None:
    """A bot that polls, has a Snapshot and can write its log is well."""
    assert reason(settings, WELL) is None
    assert read_heartbeat(settings.heartbeat) == WELL


def test_the_clock_is_the_systems_unless_given(settings: Settings) -> None:
    """Without a time the check uses the present one."""
    write_heartbeat(settings.heartbeat, replace(WELL, started=time.time(), last_poll=time.time()))
    assert check(settings) is None


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"pid": 1, "unknown": 2}'])
def test_no_bot(settings: Settings, content: str | None) -> None:
    """Without a heartbeat, or with one that cannot be understood, no bot runs."""
    if content is not None:
        settings.heartbeat.write_text(content)
    assert check(settings, NOW) == "机器人没有在运行"


def test_a_killed_bot(settings: Settings) -> None:
    """A fresh heartbeat of a process that is gone does not count."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert reason(settings, replace(WELL, pid=gone.pid)) == "机器人没有在运行"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_poll": NOW - 91}, "91 秒"),
        ({"last_poll": None}, "500 秒"),
        ({"problem": CONFLICT, "last_poll": NOW - 900}, "409"),
        ({"problem": UNAUTHORIZED}, "401"),
        ({"problem": "磁盘已满"}, "磁盘已满"),
        ({"snapshot": None}, "索引"),
        ({"log": "database or disk is full"}, "database or disk is full"),
    ],
)
def test_an_unwell_bot(settings: Settings, changes: dict[str, object], words: str) -> None:
    """Each trouble that the bot tells of is the reason given, on one line."""
    told = reason(settings, replace(WELL, **changes))  # type: ignore[arg-type]
    assert told is not None
    assert words in told
    assert "\n" not in told


def test_a_bot_that_has_just_started_is_given_time(settings: Settings) -> None:
    """Before its first poll a bot is well for as long as a silence may last."""
    assert reason(settings, replace(WELL, started=NOW - 60, last_poll=None)) is None


def test_a_log_that_is_gone(settings: Settings) -> None:
    """A deleted log is noticed."""
    settings.query_log.unlink()
    assert "不见了" in (reason(settings, WELL) or "")


def test_a_log_that_stays_locked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that another process keeps is the reason; a log that is no database is one too."""
    monkeypatch.setattr(health, "LOCK_WAIT", 0.1)
    with closing(sqlite3.connect(settings.query_log, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert "locked" in (reason(settings, WELL) or "")
    settings.query_log.write_bytes(b"these are no rows" * 100)
    assert "not a database" in (reason(settings, WELL) or "")


def test_a_heartbeat_is_never_seen_half(settings: Settings) -> None:
    """A reader beside a busy writer always finds a whole heartbeat."""
    code = (
        "import sys; from pathlib import Path; from bot.health import Heartbeat, write_heartbeat\n"
        "while True: write_heartbeat(Path(sys.argv[1]), Heartbeat(1, 2.0, problem='长' * 20000))"
    )
    write_heartbeat(settings.heartbeat, WELL)
    with subprocess.Popen([sys.executable, "-c", code, settings.heartbeat]) as writer:
        while read_heartbeat(settings.heartbeat) == WELL:
            time.sleep(0.01)
        assert all(read_heartbeat(settings.heartbeat) for _ in range(500))
        writer.kill()
