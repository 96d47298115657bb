"""Reads files into Documents: bytes, blocks, cleaned and rejoined, articles.

A format is a module of `formats`; what comes after it is the same for all. A file that cannot be read is a
DocumentError with its reason, never an empty success.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from retrieval.documents import articles
from retrieval.documents.blocks import UnreadableError
from retrieval.documents.cleaning import clean
from retrieval.documents.folder import LARGEST, find_files, is_left_out, read_bytes
from retrieval.documents.formats import SUFFIXES, reader_of
from retrieval.documents.rejoining import rejoin
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from retrieval.documents.blocks import Block
    from retrieval.model import Document

__all__ = ["LARGEST", "SUFFIXES", "FileContent", "find_files", "is_left_out", "read_file"]


@dataclass(frozen=True, slots=True)
class FileContent:
    """What was read of one file: its Documents, at least one, and what of it was left out and why."""

    documents: tuple[Document, ...]
    remarks: tuple[str, ...] = ()


def read_file(folder: Path, path: str) -> FileContent:
    """Read one file; `path` is relative to `folder`.

    Raise DocumentError with the reason, one clause in Chinese, where it cannot be read or holds no text.
    """
    suffix = PurePosixPath(path).suffix.lower()
    data = read_bytes(folder, path)
    read = reader_of(suffix)
    if read is None:
        raise DocumentError(path, f"不支持的类型 {suffix}" if suffix else "不支持的类型（没有扩展名）")
    remarks: list[str] = []
    try:
        content = read(data)
        blocks = _text(content.blocks, remarks)
        found = tuple(articles.documents(path, rejoin(clean(blocks)), content.metadata))
    except UnreadableError as error:
        raise DocumentError(path, str(error)) from error
    if not found:
        raise DocumentError(path, "没有正文" if data.strip() else "空文件")
    return FileContent(found, tuple(remarks))


def _text(blocks: Iterable[Block], remarks: list[str]) -> Iterator[Block]:
    """Yield what belongs to the articles, and gather the remarks."""
    for block in blocks:
        if block.kind == "remark":
            remarks.append(block.text)
        else:
            yield block
