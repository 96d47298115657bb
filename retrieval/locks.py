"""Locks on the folders of Snapshots: whoever reads or writes one shares its lock, and nobody removes it.

What is in the folders, and which of them is in use, is not known here.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING

from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "LOCK"


def share(folder: Path) -> int:
    """Lock a Snapshot that is read; return the descriptor to close. Raise SnapshotError if there is none."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY)
    except OSError as error:
        raise SnapshotError(f"索引缺失：{folder}") from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def hold(folder: Path) -> int:
    """Lock a Snapshot that is being written; return the descriptor to close."""
    (folder / NAME).touch()
    return share(folder)


def is_abandoned(folder: Path) -> bool:
    """Whether a build was killed before it could lock `folder`; for whoever alone may build now."""
    return not (folder / NAME).exists()


def remove_unread(folder: Path) -> None:
    """Remove the Snapshot in `folder` unless somebody reads or writes it."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY)
    except OSError:
        return  # somebody was faster, or has yet to lock it
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
