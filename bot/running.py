"""Whether a bot works in a data folder: whoever needs the folder for itself holds it."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.settings import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the data folder: two bots over one log and index would answer everything twice.

    Raise SettingError where another process holds it. A crash lets it go.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "RUNNING").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError("WENJU_DATA", f"已有一个 wenju 在使用这个文件夹：{data}") from error
        yield
