"""A thread that writes to a database, and tries again, later each time, for as long as it cannot.

A damaged database is moved aside and a new one begun. What is written, and what becomes of it when a try
fails, is the owner's.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.damage import is_damage, move_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlite_utils import Database

Job = TypeVar("Job")

FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0  # seconds between two tries

logger = logging.getLogger(__name__)


class BackgroundWriter(Generic[Job]):
    """Jobs are written in their order, up to `batch` at a time. Safe to use from any thread.

    In its thread it opens the file at `path` by `connect` and calls `write` with a batch, then `written`, or
    where that has raised an error `failed`, which returns the jobs that are to be tried again. `idle` is
    called when nothing waits any more.
    """

    def __init__(  # noqa: PLR0913 - one argument a part, by keyword
        self,
        path: Path,
        *,
        connect: Callable[[Path], Database],
        write: Callable[[Database, Sequence[Job]], None],
        written: Callable[[Sequence[Job]], None],
        failed: Callable[[Sequence[Job], Exception], Sequence[Job]],
        idle: Callable[[Database], None] | None = None,
        batch: int,
    ) -> None:
        self.trouble: str | None = None
        """Why the last try to write failed, None when it did not."""
        self.waiting: deque[Job] = deque()
        self.changed = threading.Condition()
        """Held to change what waits; notified when something does, and at the end."""
        self.closing = False
        self._path = path
        self._connect = connect
        self._write = write
        self._written = written
        self._failed = failed
        self._idle = idle
        self._batch = batch
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name=f"writer-{path.stem}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, job: Job) -> None:
        with self.changed:
            self.waiting.append(job)
            self.changed.notify_all()

    def close(self, timeout: float) -> None:
        """Write what waits, for `timeout` seconds at most, and stop."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        self._thread.join(timeout)
        with self.changed:
            self._abandoned = True
            self.changed.notify_all()

    def note(self, error: Exception) -> None:
        """Take note of a failure; the file is moved aside where it is damaged."""
        if str(error) != self.trouble:  # once an outage, not once a try
            logger.error("%s cannot be used, will try again: %s", self._path.name, error)
        self.trouble = str(error)
        if is_damage(error):
            with suppress(OSError):  # it stays where it is, and so does the trouble
                move_aside(self._path)

    def _take(self) -> list[Job]:
        """Wait for jobs and take them; empty when nothing waits and it is closed, or closed for too long."""
        with self.changed:
            self.changed.wait_for(lambda: self.waiting or self.closing)
            if self._abandoned:
                return []
            return [self.waiting.popleft() for _ in range(min(self._batch, len(self.waiting)))]

    def _run(self) -> None:
        """Be the thread that writes, whatever happens: without it nothing is written any more."""
        db: Database | None = None
        wait = FIRST_WAIT
        while jobs := self._take():
            try:
                db = db or self._connect(self._path)
                self._write(db, jobs)
            except Exception as error:  # noqa: BLE001 - see above; it is logged, told as trouble and tried again
                if db:
                    with suppress(sqlite3.Error):
                        db.close()
                    db = None
                self.note(error)
                with self.changed:
                    self.waiting.extendleft(reversed(self._failed(jobs, error)))
                    self.changed.wait_for(lambda: self._abandoned, wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if self.trouble:
                    logger.warning("%s can be used again", self._path.name)
                self.trouble = None
                self._written(jobs)
                wait = FIRST_WAIT
                if self._idle and not self.waiting:
                    with suppress(sqlite3.Error):
                        self._idle(db)
        if db:
            db.close()
