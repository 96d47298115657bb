"""The bot's state beside the log: one SQLite file for what people set from the chat. It knows no table.

A write is on the disk when it returns. There is little of it and it is written rarely, so one connection with
a lock serves all threads.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from bot.damage import is_damage
from bot.databases import open_database
from bot.migrations import STATE
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlite_utils import Database


LOCK_WAIT = 5.0  # seconds


class StateError(WenjuError):
    """The state cannot be read or written."""


class StateDatabase:
    """Safe to call from any thread; each call may wait for the disk."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Make a missing file. Raise StateError, or NewerSchemaError for one of a later release.

        A damaged file is an error, never begun anew: that would silently forget guests and checked answers.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return cls(open_database(path, STATE, patience=LOCK_WAIT, shared=True))
        except (OSError, sqlite3.DatabaseError) as error:
            if is_damage(error):
                raise StateError(
                    f"{path} 已损坏（{error}）：请用 wenju restore 恢复一个备份，"
                    "或把这个文件移走（受邀者、语言和选定的答案会重新开始）"
                ) from error
            raise StateError(f"打不开 {path}：{error}") from error

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Raise StateError."""
        with self._lock:
            try:
                return list(self._db.query(sql, list(values)))
            except sqlite3.DatabaseError as error:
                raise StateError(f"读不了：{error}") from error

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Give the database for one transaction, committed at its end. Raise StateError."""
        with self._lock:
            try:
                with self._db.atomic():
                    yield self._db
            except sqlite3.DatabaseError as error:
                raise StateError(f"写不进去：{error}") from error

    def close(self) -> None:
        with self._lock:
            self._db.close()
