"""Is the running bot well? The bot writes a heartbeat file; `wenju health`, another process, judges it.

It asks Telegram nothing: the age of the last successful getUpdates says more than a new connection would.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.redaction import Redaction
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.settings import Settings

CONFLICT: Final = "conflict"
UNAUTHORIZED: Final = "unauthorized"
POLL_AGE = 90.0  # seconds: well above a long poll and a few tries after it
BEAT_AGE = 60.0  # seconds: a dozen heartbeats
WAITING_AGE = 600.0  # seconds: a busy group takes 20 answers a minute and rightly waits for its turn
DISK_FREE = 50_000_000  # bytes
LOCK_WAIT = 3.0  # seconds: above any transaction of the bot's own

_PROBLEMS = {
    CONFLICT: "另有程序在用同一个令牌收取消息（409），请只保留一个",
    UNAUTHORIZED: "令牌被拒绝（401），请检查 WENJU_TOKEN",
}


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the running bot says of itself. Times are seconds since the epoch; `at` is that of the heartbeat.

    `last_poll` is the last successful getUpdates, or update at the webhook, None before the first; `snapshot`
    names the index in use; `problem` is CONFLICT, UNAUTHORIZED or one line for the user; `log`, `inbox` and
    `index` are the `trouble` of the query log, the inbox and the library, `engine` is why no question can be
    answered, `build` why the last build failed. `depth` counts the updates that wait or are under way,
    `oldest` is when the first of them came.
    """

    pid: int
    started: float
    at: float
    last_poll: float | None = None
    snapshot: str | None = None
    problem: str | None = None
    log: str | None = None
    inbox: str | None = None
    index: str | None = None
    engine: str | None = None
    build: str | None = None
    depth: int = 0
    oldest: float | None = None
    updates: Literal["polling", "webhook"] = "polling"


@dataclass(frozen=True, slots=True)
class Health:
    """What the check found: the bot is well where there are no `reasons`, each a line, why it is not.

    `warnings` are lines too. Ages are in seconds, `disk_free` in bytes; what is unknown is None.
    """

    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    updates: Literal["polling", "webhook"] | None = None
    last_poll_age: float | None = None
    inbox_depth: int | None = None
    inbox_oldest_age: float | None = None
    snapshot: str | None = None
    log_writable: bool | None = None
    disk_free: int | None = None

    @property
    def well(self) -> bool:
        return not self.reasons

    def as_json(self) -> dict[str, Any]:
        return {"well": self.well, **asdict(self)}

    def lines(self) -> list[str]:
        """Return a line a reason, a fact where there is none; then the warnings."""
        return [*(self.reasons or self._facts()), *(f"注意：{warning}" for warning in self.warnings)]

    def _facts(self) -> Iterator[str]:
        yield "正常"
        if self.updates == "webhook":
            yield "收取消息：由 Telegram 送来（webhook）"
        elif self.last_poll_age is None:
            yield "收取消息：刚刚启动"
        else:
            yield f"收取消息：{self.last_poll_age:.0f} 秒前"
        oldest = "" if self.inbox_oldest_age is None else f"，最早的等了 {self.inbox_oldest_age:.0f} 秒"
        yield f"待处理：{self.inbox_depth} 条{oldest}"
        yield f"索引：{self.snapshot}"
        yield "查询日志：可写"


def write_heartbeat(path: Path, heartbeat: Heartbeat) -> None:
    """Replace the file in one step, so that a reader never sees half of it. Raise OSError.

    A token that an error quotes is left out.
    """
    part = path.with_name(path.name + ".part")
    content = json.dumps(asdict(heartbeat), ensure_ascii=False)
    part.write_text(Redaction(None).clean(content), encoding="utf-8")
    part.replace(path)


def read_heartbeat(path: Path) -> Heartbeat | None:
    """Return None where there is none, or none that can be understood."""
    try:
        return Heartbeat(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def last_words(path: Path) -> Iterator[None]:
    """Leave no heartbeat of a bot that has ended, but for why, where a WenjuError ends it."""
    try:
        yield
    except WenjuError as error:
        now = time.time()
        with suppress(OSError):
            write_heartbeat(path, Heartbeat(os.getpid(), now, now, problem=str(error)))
        raise
    with suppress(OSError):
        path.unlink(missing_ok=True)


def check(settings: Settings, now: float | None = None) -> Health:
    """Judge the bot of these settings. `now` is seconds since the epoch."""
    now = time.time() if now is None else now
    beat = read_heartbeat(settings.heartbeat)
    if beat is None:
        return Health(("机器人没有在运行",))
    if not _is_running(beat.pid):
        why = f"：{_PROBLEMS.get(beat.problem, beat.problem)}" if beat.problem else ""
        return Health((f"机器人没有在运行{why}",))
    unwritable = _unwritable(settings.query_log)
    free = shutil.disk_usage(settings.data).free
    return Health(
        reasons=tuple(_reasons(beat, now, unwritable)),
        warnings=tuple(_warnings(beat, free)),
        updates=beat.updates,
        last_poll_age=_age(beat.last_poll, now),
        inbox_depth=beat.depth,
        inbox_oldest_age=_age(beat.oldest, now),
        snapshot=beat.snapshot,
        log_writable=not (beat.log or unwritable),
        disk_free=free,
    )


def _reasons(beat: Heartbeat, now: float, unwritable: str | None) -> Iterator[str]:
    """Yield what is wrong, the gravest first."""
    if now - beat.at > BEAT_AGE:
        yield f"程序已有 {now - beat.at:.0f} 秒没写心跳：它没有反应，或数据文件夹写不进去"
    silence = now - (beat.last_poll or beat.started)
    if beat.problem:
        yield _PROBLEMS.get(beat.problem, beat.problem)
    elif beat.updates == "polling" and silence > POLL_AGE:
        yield f"已有 {silence:.0f} 秒没能从 Telegram 收取消息"
    if beat.inbox:
        yield f"收件箱写不进去：{beat.inbox}"
    if beat.oldest is not None and now - beat.oldest > WAITING_AGE:
        yield f"有消息等了 {now - beat.oldest:.0f} 秒还没答复，共 {beat.depth} 条待处理"
    if beat.snapshot and beat.engine:
        yield f"现在查不了：{beat.engine}"
    elif not beat.snapshot:
        why = beat.engine or beat.build or "连上 Telegram 后会自动建立，也可运行 wenju index"
        yield f"还没有索引：{why}"
    if beat.log:
        yield f"查询日志写不进去：{beat.log}"
    elif unwritable:
        yield unwritable


def _warnings(beat: Heartbeat, free: int) -> Iterator[str]:
    if beat.index:
        yield beat.index
    if beat.snapshot and beat.build:
        yield f"索引未能更新：{beat.build}"
    if free < DISK_FREE:
        yield f"磁盘快满了，只剩 {free / 1e6:.0f} MB"


def _age(moment: float | None, now: float) -> float | None:
    return None if moment is None else max(0.0, now - moment)


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
