"""Is the running bot well? The bot writes a heartbeat file; `wenju health`, another process, judges it.

It asks Telegram nothing: the age of the last successful getUpdates says more than a new connection would.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings

CONFLICT: Final = "conflict"
UNAUTHORIZED: Final = "unauthorized"
POLL_AGE = 90.0  # seconds: well above a long poll and a few tries after it
LOCK_WAIT = 3.0  # seconds: above any transaction of the bot's own

_PROBLEMS = {
    CONFLICT: "另有程序在用同一个令牌收取消息（409），请只保留一个",
    UNAUTHORIZED: "令牌被拒绝（401），请检查 WENJU_TOKEN",
}


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the running bot says of itself. Times are seconds since the epoch.

    `last_poll` is the last successful getUpdates, None before the first; `snapshot` names the index in use;
    `problem` is CONFLICT, UNAUTHORIZED or one line for the user; `log` is the query log's `trouble`.
    """

    pid: int
    started: float
    last_poll: float | None = None
    snapshot: str | None = None
    problem: str | None = None
    log: str | None = None


def write_heartbeat(path: Path, heartbeat: Heartbeat) -> None:
    """Replace the file in one step, so that a reader never sees half of it. Raise OSError."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(asdict(heartbeat), ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def read_heartbeat(path: Path) -> Heartbeat | None:
    """Return None where there is none, or none that can be understood."""
    try:
        return Heartbeat(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def check(settings: Settings, now: float | None = None) -> str | None:
    """Return None when the bot is well, else one line: the first reason. `now` is seconds since the epoch."""
    beat = read_heartbeat(settings.heartbeat)
    if beat is None or not _is_running(beat.pid):
        return "机器人没有在运行"
    if beat.problem:
        return _PROBLEMS.get(beat.problem, beat.problem)
    silence = (time.time() if now is None else now) - (beat.last_poll or beat.started)
    if silence > POLL_AGE:
        return f"已有 {silence:.0f} 秒没能从 Telegram 收取消息"
    if not beat.snapshot:
        return "还没有索引，请先运行 wenju index"
    if beat.log:
        return f"查询日志写不进去：{beat.log}"
    return _unwritable(settings.query_log)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, under another user
        return True
    return True


def _unwritable(path: Path) -> str | None:
    if not path.exists():
        return f"查询日志不见了：{path}"
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_WAIT)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        return f"查询日志写不进去：{error}"
    return None
