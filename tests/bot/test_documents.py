"""Changes of the documents that come at the same time, and what is read of an archive."""

from __future__ import annotations

import asyncio
import zipfile
from typing import TYPE_CHECKING

import pytest

from bot.documents.documents import Documents
from bot.documents.folder import DocumentsFolder
from bot.documents.trash import Trash
from bot.library import Library
from retrieval.documents.blocks import UnreadableError
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


async def test_what_stands_in_an_archive(tmp_path: Path) -> None:
    """A path leads to a file, or into an archive, whose member comes as it is and up to a size."""
    folder = tmp_path / "documents"
    (folder / "旧.zip").mkdir(parents=True)
    (folder / "旧.zip" / "a.md").write_text("渡口票价五元。", encoding="utf-8")
    with zipfile.ZipFile(folder / "新.zip", "w") as archive:
        archive.writestr("下/b.md", "茶园三千亩。")
    index = Index(tmp_path / "data")
    index.build(folder)
    library = Library(index, folder)
    place = DocumentsFolder(folder)
    documents = Documents(place, Trash(tmp_path / "trash", place), library)
    found = {path: await library.file_with(path) for path in ("旧.zip/a.md", "新.zip/下/b.md", "新.zip/c.md")}
    assert {path: (file and file.path, member) for path, (file, member) in found.items()} == {
        "旧.zip/a.md": ("旧.zip/a.md", ""),
        "新.zip/下/b.md": ("新.zip", "下/b.md"),
        "新.zip/c.md": ("新.zip", "c.md"),
    }
    assert await documents.original("新.zip", 100, "下/b.md") == "茶园三千亩。".encode()
    assert await documents.original("新.zip", 10, "下/b.md") is None
    assert await documents.original("旧.zip/a.md", 100) == "渡口票价五元。".encode()
    with pytest.raises(UnreadableError):
        await documents.original("新.zip", 100, "c.md")
    (folder / "新.zip").write_bytes(b"PK torn")
    with pytest.raises(UnreadableError):
        await documents.original("新.zip", 100, "下/b.md")
    await library.close()
