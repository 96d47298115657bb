"""Changes of the documents that come at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.documents.documents import Documents
from bot.documents.folder import DocumentsFolder
from bot.documents.trash import Trash
from bot.library import Library
from retrieval.index import Index

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_same_content_at_once(tmp_path: Path) -> None:
    """Of one content that comes several times at once a single file is made; the others are known."""
    for name in ("documents", "data"):
        (tmp_path / name).mkdir()
    folder = DocumentsFolder(tmp_path / "documents")
    library = Library(Index(tmp_path / "data"), tmp_path / "documents")
    documents = Documents(folder, Trash(tmp_path / "trash", folder), library)
    data = "石塘镇的老廊桥桥长48米。\n".encode() * 100_000
    stored = await asyncio.gather(*(documents.store("bridge.md", data) for _ in range(6)))
    assert sorted(one.known for one in stored) == [False] + [True] * 5
    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["bridge.md"]
    await library.close()
