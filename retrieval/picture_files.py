"""The files of pictures in a folder, each named by its content, so that one that is shared is stored once."""

from __future__ import annotations

import os
import re
import shutil
from hashlib import blake2b
from typing import TYPE_CHECKING

from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from pathlib import Path

_KEY = re.compile(r"[0-9a-f]{32}\.(?:jpg|png)")


def write(folder: Path, data: bytes, suffix: str) -> str:
    """Write a picture's file, unless it is there, and return its key."""
    key = f"{_digest(data)}.{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / key).exists():
        part = folder / f"{key}.{os.getpid()}"  # who is ended while writing leaves no torn picture to others
        part.write_bytes(data)
        part.replace(folder / key)
    return key


def read(folder: Path, key: str) -> bytes:
    """Return a picture's file. Raise SnapshotError where it is missing or damaged, or `key` is no key."""
    if not _KEY.fullmatch(key):
        raise SnapshotError(f"不是图片的名称：{key!r}")
    try:
        data = (folder / key).read_bytes()
    except OSError as error:
        raise SnapshotError(f"图片缺失：{folder / key}") from error
    if key.partition(".")[0] != _digest(data):
        raise SnapshotError(f"图片损坏：{folder / key}")
    return data


def take(older: Path, newer: Path, key: str) -> None:
    """Have a picture of an older folder in a newer one too. Raise OSError where it is in neither."""
    if not (newer / key).exists():
        newer.mkdir(exist_ok=True)
        try:
            (newer / key).hardlink_to(older / key)
        except OSError:  # a file system without links
            shutil.copyfile(older / key, newer / key)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
