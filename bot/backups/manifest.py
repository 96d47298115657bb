"""What the folder of a backup holds, and `backup.json`, which says so: with it a backup is whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.migrations import LOG, STATE, NewerSchemaError, version
from bot.pseudonyms import Pseudonyms
from retrieval.disk import sync
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = "backup.json"
LOG_FILE, STATE_FILE, KEY_FILE = "queries.db", "state.db", "queries.key"
STEPS = {LOG_FILE: LOG, STATE_FILE: STATE}
FILES = (*STEPS, KEY_FILE)
UNFINISHED = ".part-"
"""What the names of folders begin with that are not complete: whoever holds the place deletes them."""


class BackupError(WenjuError):
    """A backup cannot be made, used or changed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A file of a backup: its checksum, and of a database the number of its schema and its rows by table.

    `sha256_before` holds too while the file is being replaced, and after a crash in that moment.
    """

    sha256: str
    schema: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    sha256_before: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` is UTC in ISO 8601; `files` are FILES by their names."""

    made_at: str
    files: dict[str, Contents]


def describe(path: Path) -> Contents:
    """Say what a file of a backup holds, found by its name. Raise OSError, sqlite3.DatabaseError."""
    if path.name not in STEPS:
        return Contents(sha256(path))
    with _reading(path) as db:
        rows = {name: db.table(name).count for name in db.table_names()}
        return Contents(sha256(path), version(db), rows)


def check(backup: Path) -> Manifest:
    """Return what a backup says of itself, once that is found true.

    Raise BackupError, or NewerSchemaError for one of a later release.
    """
    manifest = read_manifest(backup)
    for name in FILES:
        check_sum(backup / name, manifest)
    for name, steps in STEPS.items():
        check_whole(backup / name)
        with _reading(backup / name) as db:
            if version(db) > len(steps):
                raise NewerSchemaError(version(db), len(steps))
    Pseudonyms.open(backup / KEY_FILE)
    return manifest


def check_sum(path: Path, manifest: Manifest) -> str:
    """Return the checksum of a backup's file. Raise BackupError where it is not the one in the manifest."""
    contents = manifest.files[path.name]
    try:
        found = sha256(path)
    except OSError as error:
        raise BackupError(f"备份读不了：{path}（{error.strerror}）") from error
    if found not in (contents.sha256, contents.sha256_before):
        raise BackupError(f"备份已损坏，校验和不符：{path}")
    return found


def check_whole(path: Path) -> None:
    """Look through a database. Raise BackupError where it is damaged, sqlite3.DatabaseError."""
    with _reading(path) as db:
        verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        raise BackupError(f"数据库已损坏：{path}（{verdict}）")


@contextmanager
def _reading(path: Path) -> Iterator[Database]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield Database(connection)


def read_manifest(backup: Path) -> Manifest:
    """Raise BackupError where the folder is no whole backup."""
    try:
        told = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        files = {name: Contents(**told["files"][name]) for name in FILES}
        return Manifest(str(told["made_at"]), files)
    except FileNotFoundError as error:
        raise BackupError(f"不是完整的备份：{backup}") from error
    except OSError as error:
        raise BackupError(f"备份读不了：{backup}（{error.strerror}）") from error
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(f"备份已损坏：{backup / MANIFEST}") from error


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """Replace the file in one step. Raise OSError."""
    files = {name: _told(contents) for name, contents in manifest.files.items()}
    part = backup / f"{MANIFEST}.part"
    told = json.dumps({"made_at": manifest.made_at, "files": files}, indent=1)
    part.write_text(f"{told}\n", encoding="utf-8")
    sync(part)
    part.replace(backup / MANIFEST)
    sync(backup)


def _told(contents: Contents) -> dict[str, object]:
    return {name: value for name, value in asdict(contents).items() if value not in (None, {})}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
