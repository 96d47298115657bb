"""Reads a folder's files into Documents: bytes, text, blocks, cleaned and rejoined, articles.

A format is a function from its text to blocks, and one entry in `_READERS`. A file that cannot be read is a
DocumentError with its reason, never an empty success.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from retrieval.documents import articles, front_matter, markdown
from retrieval.documents.cleaning import clean
from retrieval.documents.decoding import UndecodableError, decode
from retrieval.documents.rejoining import rejoin
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from retrieval.model import Document

LARGEST = 64 * 1024 * 1024
"""The size in bytes above which a file is refused."""

_READERS = dict.fromkeys((".txt", ".text", ".md", ".markdown"), markdown.blocks)

SUFFIXES = frozenset(_READERS)
"""The suffixes, in small letters with their dot, of the files that can be read."""


def find_files(folder: Path) -> list[str]:
    """Return the files to consider, sorted, as POSIX paths relative to `folder`, in folders within it too.

    Hidden files and folders and what editors leave behind are left out; an unsupported type, a broken link
    or a folder that may not be listed is in, so that reading it says why it is skipped. Links to folders
    are followed, each folder once. Raise DocumentError where `folder` is no folder.
    """
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where a parent may not be entered
        raise DocumentError(str(folder), "文件夹不存在")
    found: list[str] = []
    seen: set[tuple[int, int]] = set()

    def refused(error: OSError) -> None:
        found.append(Path(error.filename).relative_to(folder).as_posix())

    for place, folders, files in os.walk(folder, onerror=refused, followlinks=True):
        status = os.stat(place)  # noqa: PTH116 - a text path, as os.walk gives it
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        within = Path(place).relative_to(folder)
        found += [(within / name).as_posix() for name in files if not is_left_out(name)]
    return sorted(found)


def read_documents(folder: Path, path: str) -> list[Document]:
    """Return the Documents of one file, at least one; `path` is relative to `folder`.

    Raise DocumentError with the reason, one clause in Chinese, where it cannot be read or holds no text.
    """
    suffix = PurePosixPath(path).suffix.lower()
    data = _read(folder, path)
    reader = _READERS.get(suffix)
    if reader is None:
        raise DocumentError(path, f"不支持的类型 {suffix}" if suffix else "不支持的类型（没有扩展名）")
    try:
        text = decode(data)
    except UndecodableError as error:
        raise DocumentError(path, str(error)) from error
    metadata, body = front_matter.split(text)
    found = list(articles.documents(path, rejoin(clean(reader(body))), metadata))
    if not found:
        raise DocumentError(path, "没有正文" if text.strip() else "空文件")
    return found


def is_left_out(name: str) -> bool:
    """Whether files of this name are hidden ones, or what editors leave behind."""
    return name.startswith((".", "~$")) or name.endswith("~")


def _read(folder: Path, path: str) -> bytes:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise DocumentError(path.encode(errors="replace").decode(), "文件名不是 UTF-8") from None
    file = folder / path
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            os.listdir(file)  # noqa: PTH208 - only whether it may be listed
            raise DocumentError(path, "是文件夹，不是文件")
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError(path, "不是普通文件")
        if status.st_size == 0:
            raise DocumentError(path, "空文件")
        if status.st_size > LARGEST:
            raise DocumentError(path, f"文件过大（超过 {LARGEST // 1024 // 1024} MB）")
        return file.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError(path, "文件不存在") from error
    except PermissionError as error:
        raise DocumentError(path, "无法读取（权限不足）") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DocumentError(path, f"无法读取（{getattr(error, 'strerror', None) or error}）") from error
