"""Keyed hashes in place of Telegram's ids: what is kept on disk tells nobody who a person is."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32


class KeyFileError(WenjuError):
    """The file of the key cannot be used."""


class Pseudonyms:
    """The same id always has the same hash: 16 hexadecimal digits of HMAC-SHA-256 (RFC 2104)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the key; make it, readable by its owner only, where there is none. Raise KeyFileError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            key = path.read_bytes() if path.exists() else _made(path)
        except OSError as error:
            raise KeyFileError(f"密钥文件用不了：{path}（{error.strerror}）") from error
        if len(key) != KEY_BYTES:
            raise KeyFileError(f"密钥文件损坏：{path}")
        return cls(key)

    def user(self, user_id: int) -> str:
        return self._hash("user", user_id)

    def chat(self, chat_id: int) -> str:
        return self._hash("chat", chat_id)

    def _hash(self, kind: str, number: int) -> str:
        return hmac.new(self._key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()[:16]


def _made(path: Path) -> bytes:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name) as file:  # of mode 0600
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(file.name, path)  # whole or not at all
    return path.read_bytes()
