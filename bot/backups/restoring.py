"""Puts a backup in use, all of it or nothing. What it replaces is kept aside.

The files are copied into a folder beside those in use. With its last name, `restoring-<time>`, it is decided:
whatever happens then, `finish` puts them in place, now or at the next start.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.backups.making import NAME, copy_file, sweep, unfinished
from bot.backups.manifest import FILES, MANIFEST, BackupError, check
from bot.damage import COMPANIONS
from bot.running import alone
from retrieval.disk import sync

if TYPE_CHECKING:
    from pathlib import Path

DECIDED, REPLACED = "restoring-", "replaced-"
"""What the names of folders begin with: of files to be put in place, and of those that were in use before."""


def restore(data: Path, backup: Path) -> Path | None:
    """Put a backup in use; return the folder of what it replaces, None where there was nothing.

    Raise SettingError while a bot runs, NewerSchemaError for a backup of a later release, BackupError for one
    that is damaged: nothing has changed then.
    """
    check(backup)
    with alone(data):
        finish(data)
        try:
            sweep(data)
            with unfinished(data) as part:
                for name in (*FILES, MANIFEST):
                    copy_file(backup / name, part / name)
                check(part)
                part.rename(data / f"{DECIDED}{datetime.now(UTC):{NAME}}")
            sync(data)
        except OSError as error:
            raise BackupError(f"没有恢复：{error.filename or data}（{error.strerror}）") from error
        return finish(data)


def finish(data: Path) -> Path | None:
    """Complete a restore that a crash has cut short; return the folder of what it replaced. Raise OSError.

    For a process that holds the data folder alone.
    """
    aside = None
    for decided in sorted(data.glob(f"{DECIDED}*")):
        aside = data / decided.name.replace(DECIDED, REPLACED)
        aside.mkdir(mode=0o700, exist_ok=True)
        for name in FILES:
            if (decided / name).exists():  # else it is in place
                _move_aside(data / name, aside)
                (decided / name).rename(data / name)
        sync(aside)
        sync(data)
        shutil.rmtree(decided)
        if not any(aside.iterdir()):
            aside.rmdir()
            aside = None
    return aside


def _move_aside(path: Path, folder: Path) -> None:
    for suffix in COMPANIONS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(folder / part.name)
