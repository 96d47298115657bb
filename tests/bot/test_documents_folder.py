"""Real files in a real folder; nothing of the file system is stood in for."""

from __future__ import annotations

import errno
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.documents.folder import DocumentsFolder, FolderError, Stored
from retrieval.documents import find_files

TEA = "云岭县的茶园大多在山坡上。\n".encode()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    return tmp_path / "documents"


@pytest.fixture
def documents(place: Path) -> DocumentsFolder:
    return DocumentsFolder(place)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def reason(documents: DocumentsFolder, name: str, data: bytes = TEA) -> str:
    with pytest.raises(FolderError) as raised:
        documents.store(name, data)
    return raised.value.reason


def test_stores(documents: DocumentsFolder, place: Path) -> None:
    """A file comes in under its name, and nothing else stays in the folder."""
    assert documents.store("茶业.md", TEA) == Stored("茶业.md")
    assert (place / "茶业.md").read_bytes() == TEA
    assert names(place) == ["茶业.md"]


def test_never_over_another(documents: DocumentsFolder, place: Path) -> None:
    """A taken name gets a number, whatever holds it: a file, a folder or a link to nowhere."""
    (place / "a.md").write_bytes(b"first")
    (place / "a (2).md").mkdir()
    (place / "a (3).md").symlink_to(place.parent / "outside.md")
    assert documents.store("a.md", TEA).path == "a (4).md"
    assert (place / "a.md").read_bytes() == b"first"
    assert not (place.parent / "outside.md").exists()


def test_same_content(documents: DocumentsFolder, place: Path) -> None:
    """A content that is there already is not stored again, and it is said where it is."""
    (place / "sub").mkdir()
    (place / "sub" / "old.txt").write_bytes(TEA)
    (place / "other.txt").write_bytes(TEA[::-1])
    assert documents.store("new.md", TEA) == Stored("sub/old.txt", known=True)
    assert find_files(place) == ["other.txt", "sub/old.txt"]


def test_odd_files_beside(documents: DocumentsFolder, place: Path) -> None:
    """A pipe or a broken link in the folder holds nothing up."""
    os.mkfifo(place / "pipe.txt")
    (place / "broken.txt").symlink_to(place / "nowhere")
    assert documents.store("a.md", TEA) == Stored("a.md")


@pytest.mark.parametrize("name", ["a.exe", "a", "txt", "a.md.rar", ""])
def test_unknown_type(documents: DocumentsFolder, place: Path, name: str) -> None:
    """What no reader reads is not stored."""
    assert reason(documents, name) == "type"
    assert not names(place)


def test_missing_folder(documents: DocumentsFolder, place: Path) -> None:
    """Without the folder that is said; none is made in its place."""
    place.rmdir()
    assert reason(documents, "a.md") == "no_folder"
    assert not place.exists()


@pytest.mark.usefixtures("as_nobody")
def test_read_only_folder() -> None:
    """A folder that may not be written says so."""
    assert reason(DocumentsFolder(Path("/usr")), "a.md") == "read_only"


def test_side_by_side(documents: DocumentsFolder, place: Path) -> None:
    """Files of one name that come at the same time are all there in the end."""
    begin = threading.Barrier(8)

    def store(number: int) -> str:
        begin.wait()
        return documents.store("a.md", f"第{number}份".encode()).path

    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(store, range(8)))
    assert len(set(paths)) == 8
    assert {(place / path).read_text(encoding="utf-8") for path in paths} == {f"第{n}份" for n in range(8)}


def test_without_hard_links(documents: DocumentsFolder, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that has no hard links nothing is written over either."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    (place / "a.md").write_bytes(b"first")
    assert documents.store("a.md", TEA).path == "a (2).md"
    assert (place / "a.md").read_bytes() == b"first"
    assert (place / "a (2).md").read_bytes() == TEA
    assert names(place) == ["a (2).md", "a.md"]


def test_finds_no_file_through_a_link(documents: DocumentsFolder, place: Path) -> None:
    """A path leads to a regular file in the folder itself, never out of it."""
    (place.parent / "secret.txt").write_bytes(TEA)
    (place / "out").symlink_to(place.parent)
    (place / "link.txt").symlink_to(place.parent / "secret.txt")
    (place / "sub").mkdir()
    for path, why in {
        "out/secret.txt": "link",
        "link.txt": "link",
        "../secret.txt": "missing",
        str(place.parent / "secret.txt"): "missing",
        "sub": "missing",
        "gone.txt": "missing",
        "": "missing",
    }.items():
        with pytest.raises(FolderError) as raised:
            documents.remove(path)
        assert raised.value.reason == why
    assert (place.parent / "secret.txt").read_bytes() == TEA


def test_sweep(documents: DocumentsFolder, place: Path) -> None:
    """What a crash has left of a file that never came in goes; what is being written stays."""
    (place / "sub").mkdir()
    left, fresh = place / "sub" / ".wenju-0123.part", place / ".wenju-4567.part"
    for part in (left, fresh):
        part.write_bytes(TEA)
    os.utime(left, (time.time() - 7200,) * 2)
    documents.sweep()
    assert fresh.exists()
    assert not left.exists()
    assert find_files(place) == []
