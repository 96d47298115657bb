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
from bot.health import (
    CONFLICT,
    UNAUTHORIZED,
    Health,
    Heartbeat,
    check,
    last_words,
    read_heartbeat,
    write_heartbeat,
)
from bot.log.query_log import QueryLog
from bot.settings import SettingError, Settings

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
WELL = Heartbeat(os.getpid(), NOW - 500, NOW - 2, NOW - 5, "20260101-abc")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    QueryLog.open(tmp_path / "queries.db").close()
    return Settings(data=tmp_path)


def found(settings: Settings, heartbeat: Heartbeat) -> Health:
    write_heartbeat(settings.heartbeat, heartbeat)
    return check(settings, NOW)


def reasons(settings: Settings, heartbeat: Heartbeat) -> str:
    """The reasons, a line each; empty for a bot that is well."""
    return "\n".join(found(settings, heartbeat).reasons)


def test_a_well_bot(settings: Settings) -> None:
    """A bot that polls, has a Snapshot and can write its log is well, and a line tells of each."""
    health = found(settings, replace(WELL, depth=3, oldest=NOW - 7))
    assert health.lines() == [
        "正常",
        "收取消息：5 秒前",
        "待处理：3 条，最早的等了 7 秒",
        "索引：20260101-abc",
        "查询日志：可写",
    ]
    assert read_heartbeat(settings.heartbeat) == replace(WELL, depth=3, oldest=NOW - 7)


def test_for_machines(settings: Settings) -> None:
    """As JSON the same is a number or a name a fact, and unknown where no bot runs."""
    told = found(settings, replace(WELL, depth=3, oldest=NOW - 7)).as_json()
    assert told.pop("disk_free") > 0
    assert told == {
        "well": True,
        "reasons": (),
        "warnings": (),
        "updates": "polling",
        "last_poll_age": 5.0,
        "inbox_depth": 3,
        "inbox_oldest_age": 7.0,
        "snapshot": "20260101-abc",
        "log_writable": True,
    }
    settings.heartbeat.unlink()
    none = check(settings).as_json()
    assert not none.pop("well")
    assert none.pop("reasons")
    assert not any(none.values())


def test_the_clock_is_the_systems_unless_given(settings: Settings) -> None:
    """Without a time the check uses the present one."""
    now = time.time()
    write_heartbeat(settings.heartbeat, replace(WELL, started=now, at=now, last_poll=now))
    assert check(settings).well


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"pid": 1}', '{"pid": 1, "unknown": 2}'])
def test_no_bot(settings: Settings, content: str | None) -> None:
    """Without a heartbeat, or with one that cannot be understood, no bot runs."""
    if content is not None:
        settings.heartbeat.write_text(content)
    assert check(settings, NOW).reasons == ("机器人没有在运行",)


def test_a_killed_bot(settings: Settings) -> None:
    """A fresh heartbeat of a process that is gone does not count."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert reasons(settings, replace(WELL, pid=gone.pid)) == "机器人没有在运行"
    assert "401" in reasons(settings, replace(WELL, pid=gone.pid, problem=UNAUTHORIZED))


def test_last_words(settings: Settings) -> None:
    """A bot that has ended leaves no heartbeat; one that an error has ended leaves the reason."""
    write_heartbeat(settings.heartbeat, WELL)
    with last_words(settings.heartbeat):
        pass
    assert read_heartbeat(settings.heartbeat) is None
    with pytest.raises(SettingError), last_words(settings.heartbeat):
        raise SettingError("WENJU_TOKEN", "不接受")
    left = read_heartbeat(settings.heartbeat)
    assert left is not None
    assert left.problem == "WENJU_TOKEN: 不接受"


def test_last_words_on_a_full_disk(tmp_path: Path) -> None:
    """Where the reason cannot be written, it still ends the bot itself."""
    with pytest.raises(SettingError), last_words(tmp_path / "nowhere" / "heartbeat.json"):
        raise SettingError("WENJU_DATA", "磁盘已满")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"at": NOW - 61}, "61 秒"),
        ({"last_poll": NOW - 91}, "91 秒"),
        ({"last_poll": None}, "500 秒"),
        ({"problem": CONFLICT, "last_poll": NOW - 900}, "409"),
        ({"problem": UNAUTHORIZED}, "401"),
        ({"problem": "磁盘已满"}, "磁盘已满"),
        ({"problem": "webhook 设不上", "updates": "webhook"}, "webhook 设不上"),
        ({"snapshot": None}, "索引：连上 Telegram 后"),
        ({"snapshot": None, "engine": "检索集群连不上"}, "还没有索引：检索集群连不上"),
        ({"snapshot": None, "build": "文件夹不存在"}, "还没有索引：文件夹不存在"),
        ({"engine": "检索集群连不上"}, "现在查不了：检索集群连不上"),
        ({"inbox": "attempt to write a readonly database"}, "收件箱写不进去：attempt"),
        ({"oldest": NOW - 601, "depth": 8}, "共 8 条"),
        ({"log": "database or disk is full"}, "database or disk is full"),
    ],
)
def test_an_unwell_bot(settings: Settings, changes: dict[str, object], words: str) -> None:
    """Each trouble that the bot tells of is the reason given, on one line."""
    told = reasons(settings, replace(WELL, **changes))  # type: ignore[arg-type]
    assert words in told
    assert "\n" not in told


def test_several_reasons(settings: Settings) -> None:
    """All that is wrong is told, a line each, the gravest first, and nothing of what is well."""
    unwell = found(settings, replace(WELL, problem=CONFLICT, snapshot=None, log="disk I/O error"))
    assert [line[:6] for line in unwell.lines()] == ["另有程序在用", "还没有索引：", "查询日志写不"]


def test_the_silence_of_a_webhook(settings: Settings) -> None:
    """With a webhook nobody polls: silence is no fault."""
    silent = found(settings, replace(WELL, updates="webhook", last_poll=None))
    assert silent.well
    assert "收取消息：由 Telegram 送来（webhook）" in silent.lines()


def test_warnings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older index in use, and a disk that is nearly full, are said of a bot that is still well."""
    monkeypatch.setattr(health, "DISK_FREE", 1 << 60)
    warned = found(settings, replace(WELL, index="最新的索引已损坏", build="没有权限"))
    assert warned.well
    assert [line[:8] for line in warned.lines()[-3:]] == [
        "注意：最新的索引", "注意：索引未能更", "注意：磁盘快满了",
    ]  # fmt: skip


def test_a_bot_that_has_just_started_is_given_time(settings: Settings) -> None:
    """Before its first poll a bot is well for as long as a silence may last."""
    new = found(settings, replace(WELL, started=NOW - 60, last_poll=None))
    assert new.well
    assert "收取消息：刚刚启动" in new.lines()


def test_a_log_that_is_gone(settings: Settings) -> None:
    """A deleted log is noticed."""
    settings.query_log.unlink()
    assert "不见了" in reasons(settings, WELL)


def test_a_log_that_stays_locked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that another process keeps is the reason; a log that is no database is one too."""
    monkeypatch.setattr(health, "LOCK_WAIT", 0.1)
    with closing(sqlite3.connect(settings.query_log, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert "locked" in reasons(settings, WELL)
    settings.query_log.write_bytes(b"these are no rows" * 100)
    assert "not a database" in reasons(settings, WELL)


def test_a_heartbeat_is_never_seen_half(settings: Settings) -> None:
    """A reader beside a busy writer always finds a whole heartbeat."""
    code = (
        "import sys; from pathlib import Path; from bot.health import Heartbeat, write_heartbeat\n"
        "while True: write_heartbeat(Path(sys.argv[1]), Heartbeat(1, 2.0, 3.0, problem='长' * 20000))"
    )
    write_heartbeat(settings.heartbeat, WELL)
    with subprocess.Popen([sys.executable, "-c", code, settings.heartbeat]) as writer:
        while read_heartbeat(settings.heartbeat) == WELL:
            time.sleep(0.01)
        assert all(read_heartbeat(settings.heartbeat) for _ in range(500))
        writer.kill()
