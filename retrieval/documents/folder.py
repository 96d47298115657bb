"""The folder of documents: which files are considered, and their bytes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from retrieval.errors import DocumentError

LARGEST = 64 * 1024 * 1024
"""The size in bytes above which a file is refused."""

_OF_PAGE = ("_files", ".files")


def find_files(folder: Path) -> list[str]:
    """Return the files to consider, sorted, as POSIX paths relative to `folder`, in folders within it too.

    Hidden files and folders, what editors leave behind and the folder that a browser saves with a page are
    left out; an unsupported type, a broken link or a folder that may not be listed is in, so that reading it
    says why it is skipped. Links to folders are followed, each folder once. Raise DocumentError where
    `folder` is no folder.
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
        kept = (name for name in folders if not name.startswith(".") and not _is_of_page(name, files))
        folders[:] = sorted(kept)
        within = Path(place).relative_to(folder)
        found += [(within / name).as_posix() for name in files if not is_left_out(name)]
    return sorted(found)


def is_left_out(name: str) -> bool:
    """Whether files of this name are hidden ones, or what editors leave behind."""
    return name.startswith((".", "~$")) or name.endswith("~")


def _is_of_page(folder: str, files: list[str]) -> bool:
    """Whether a browser saved this folder, with pictures and scripts, together with a page beside it."""
    stem = next((folder.removesuffix(end) for end in _OF_PAGE if folder.endswith(end)), None)
    return stem is not None and any(f"{stem}{suffix}" in files for suffix in (".html", ".htm"))


def read_bytes(folder: Path, path: str) -> bytes:
    """Return a file's bytes, at least one. Raise DocumentError with the reason where they cannot be had."""
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
