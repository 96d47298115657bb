"""Reads a folder of documents into the next Snapshot's rows; what has not changed comes from the last."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retrieval import snapshot
from retrieval.documents import find_files, read_file
from retrieval.errors import DocumentError
from retrieval.paragraphs import paragraphs
from retrieval.postings import PostingsCounter
from retrieval.snapshot import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.dictionary import Dictionary
    from retrieval.snapshot import Snapshot


_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files are through; `path` is the next one."""

    done: int
    total: int
    path: str


@dataclass(slots=True)
class Content:
    """The rows of the next Snapshot, and where they are from."""

    records: list[bytes] = field(default_factory=list)
    counter: PostingsCounter = field(default_factory=PostingsCounter)
    files: list[SourceFile] = field(default_factory=list)
    skipped: list[DocumentError] = field(default_factory=list)
    read: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.read or self.removed)


def collect(
    documents: Path, old: Snapshot | None, words: Dictionary, progress: Callable[[Progress], None] | None
) -> Content:
    """Read what is new or changed, and take the rest over from the `old` Snapshot."""
    content = Content()
    known = {file.path: file for file in old.files} if old else {}
    new_row = np.full(old.paragraphs if old else 0, -1)
    paths = find_files(documents)
    for done, path in enumerate(paths):
        if progress:
            progress(Progress(done, len(paths), path))
        start = len(content.records)
        try:
            stat = (documents / path).stat()
            before = known.get(path)
            if old and before and (before.size, before.changed) == (stat.st_size, stat.st_mtime_ns):
                new_row[before.start : before.end] = np.arange(start, start + before.end - before.start)
                content.records += map(old.record, range(before.start, before.end))
                content.unchanged += 1
            else:
                _read(documents, path, words, content)
                content.read += 1
            known.pop(path, None)
        except DocumentError as error:
            content.skipped.append(error)
        except OSError as error:
            content.skipped.append(DocumentError(path, f"无法读取（{error.strerror}）"))
        except Exception as error:  # noqa: BLE001 - a fault of ours in one odd file must not stop the rest
            _LOG.exception("cannot read %s", path)
            content.skipped.append(DocumentError(path, f"读取出错（{type(error).__name__}）"))
        else:
            content.files.append(
                SourceFile(path, stat.st_size, stat.st_mtime_ns, start, len(content.records))
            )
    content.removed = len(known)
    if old:
        content.counter.take(old.searcher.paragraphs.postings, new_row)
    if progress:
        progress(Progress(len(paths), len(paths), ""))
    return content


def _read(documents: Path, path: str, words: Dictionary, content: Content) -> None:
    """Add the rows of one file, or none where it cannot be read."""
    rows = [
        (snapshot.encode(paragraph, words), snapshot.tokens(paragraph, words))
        for document in read_file(documents, path).documents
        for paragraph in paragraphs(document)
    ]
    for record, tokens in rows:
        content.counter.add(len(content.records), tokens)
        content.records.append(record)
