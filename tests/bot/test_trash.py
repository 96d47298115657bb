"""Removals and what comes back, with real files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from bot.documents.folder import DocumentsFolder, FolderError
from bot.documents.trash import Trash
from retrieval.documents import find_files


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "documents" / "sub").mkdir(parents=True)
    (tmp_path / "documents" / "sub" / "a.md").write_bytes(b"tea")
    return tmp_path / "documents"


@pytest.fixture
def trash(place: Path, tmp_path: Path) -> Trash:
    return Trash(tmp_path / "data" / "trash", DocumentsFolder(place))


def test_there_and_back(trash: Trash, place: Path) -> None:
    """A removed file is listed with where it was, and comes back just there, its time kept."""
    changed = (place / "sub" / "a.md").stat().st_mtime_ns
    removed = trash.remove("sub/a.md", by="0123456789abcdef")
    assert find_files(place) == []
    assert trash.entries() == [removed]
    assert (removed.path, removed.size, removed.by) == ("sub/a.md", 3, "0123456789abcdef")
    assert trash.restore(removed.id) == "sub/a.md"
    assert (place / "sub" / "a.md").read_bytes() == b"tea"
    assert (place / "sub" / "a.md").stat().st_mtime_ns == changed
    assert trash.entries() == []
    assert trash.restore(removed.id) is None


def test_back_beside_another(trash: Trash, place: Path) -> None:
    """A file comes back under a numbered name where another has taken its own."""
    removed = trash.remove("sub/a.md")
    (place / "sub" / "a.md").write_bytes(b"coffee")
    assert trash.restore(removed.id) == "sub/a (2).md"
    assert (place / "sub" / "a.md").read_bytes() == b"coffee"


def test_back_without_its_folder(trash: Trash, place: Path, tmp_path: Path) -> None:
    """Its folder is made anew; where a file or a link is in the way, the file comes back to the top."""
    removed = trash.remove("sub/a.md")
    (place / "sub").rmdir()
    assert trash.restore(removed.id) == "sub/a.md"
    removed = trash.remove("sub/a.md")
    (place / "sub").rmdir()
    (tmp_path / "outside").mkdir()
    (place / "sub").symlink_to(tmp_path / "outside")
    assert trash.restore(removed.id) == "a.md"
    assert not list((tmp_path / "outside").iterdir())


def test_newest_first_and_emptied(trash: Trash, place: Path) -> None:
    """The list begins with the last removal, and emptying spares what came after it was asked for."""
    for name in ("b.md", "c.md"):
        (place / name).write_text(name)
    first, second = trash.remove("sub/a.md"), trash.remove("b.md")
    assert trash.entries() == [second, first]
    third = trash.remove("c.md")
    assert trash.empty(second.id) == 2
    assert trash.entries() == [third]


def test_what_is_not_there(trash: Trash, place: Path) -> None:
    """A file that is gone, or reached through a link only, is not removed, and no entry stays."""
    (place / "link.md").symlink_to(place / "sub" / "a.md")
    for path, why in {"gone.md": "missing", "link.md": "link"}.items():
        with pytest.raises(FolderError) as raised:
            trash.remove(path)
        assert raised.value.reason == why
    assert trash.entries() == []


def test_crash_during_a_removal(trash: Trash, tmp_path: Path) -> None:
    """An entry without its whole content is none; the next start sweeps it away and keeps all others."""
    kept = trash.remove("sub/a.md")
    torn = tmp_path / "data" / "trash" / ("0" * 20)
    torn.mkdir()
    (torn / "content.part").write_bytes(b"te")
    fields = json.loads((tmp_path / "data" / "trash" / kept.id / "entry.json").read_bytes())
    (torn / "entry.json").write_text(json.dumps(fields | {"id": torn.name}))
    assert trash.entries() == [kept]
    trash.sweep()
    assert not torn.exists()
    assert trash.restore(kept.id) == "sub/a.md"


def test_crash_during_a_restore(trash: Trash, place: Path, tmp_path: Path) -> None:
    """A restore that had come to its end but for the entry makes no second copy when it is done again."""
    removed = trash.remove("sub/a.md")
    shutil.copytree(tmp_path / "data" / "trash", tmp_path / "before")
    trash.restore(removed.id)
    shutil.rmtree(tmp_path / "data" / "trash")
    (tmp_path / "before").rename(tmp_path / "data" / "trash")
    assert trash.restore(removed.id) == "sub/a.md"
    assert find_files(place) == ["sub/a.md"]


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_across_devices(tmp_path: Path) -> None:
    """The trash may be on another file system than the documents."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        place = Path(other)
        (place / "a.md").write_bytes(b"tea")
        trash = Trash(tmp_path / "trash", DocumentsFolder(place))
        removed = trash.remove("a.md")
        assert find_files(place) == []
        assert trash.restore(removed.id) == "a.md"
        assert (place / "a.md").read_bytes() == b"tea"


NAMES = st.sampled_from(["a.md", "b.txt", "../a.md", "a (2).md", "子/a.md"])


class Folder(RuleBasedStateMachine):
    """Any order of storing, removing, restoring and foreign writes."""

    removed = Bundle("removed")

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp())
        (self.place / "documents" / "sub").mkdir(parents=True)
        self.documents = DocumentsFolder(self.place / "documents")
        self.trash = Trash(self.place / "data" / "trash", self.documents)
        self.contents: Counter[bytes] = Counter()
        self.serial = 0

    def teardown(self) -> None:
        shutil.rmtree(self.place)

    def new_content(self) -> bytes:
        self.serial += 1
        return str(self.serial).encode()

    @rule(name=NAMES)
    def store(self, name: str) -> None:
        content = self.new_content()
        assert not self.documents.store(name, content).known
        self.contents[content] += 1

    @rule(name=NAMES, data=st.data())
    def store_again(self, name: str, data: st.DataObject) -> None:
        if paths := find_files(self.place / "documents"):
            content = (self.place / "documents" / data.draw(st.sampled_from(paths))).read_bytes()
            assert self.documents.store(name, content).known

    @rule(name=st.sampled_from(["a.md", "sub/a.md"]))
    def somebody_writes(self, name: str) -> None:
        if not (self.place / "documents" / name).exists():
            content = self.new_content()
            (self.place / "documents" / name).write_bytes(content)
            self.contents[content] += 1

    @rule(target=removed, data=st.data())
    def remove(self, data: st.DataObject) -> str:
        paths = find_files(self.place / "documents")
        return self.trash.remove(data.draw(st.sampled_from(paths))).id if paths else ""

    @rule(entry=consumes(removed))
    def restore(self, entry: str) -> None:
        assert (self.trash.restore(entry) is None) == (not entry)

    @invariant()
    def nothing_is_lost(self) -> None:
        files = [self.place / "documents" / path for path in find_files(self.place / "documents")]
        kept = (self.place / "data" / "trash").glob("*/content")
        assert Counter(file.read_bytes() for file in (*files, *kept)) == self.contents
        assert not list((self.place / "documents").rglob(".*"))


TestFolder = Folder.TestCase
TestFolder.settings = settings(max_examples=40, stateful_step_count=20)
