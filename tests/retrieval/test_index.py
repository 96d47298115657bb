from __future__ import annotations

import os
import re
import resource
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retrieval.engine import EmbeddedEngine
from retrieval.errors import SnapshotError, WenjuError
from retrieval.index import Index
from retrieval.model import Question
from retrieval.postings import PostingsCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.progress import Progress

TEA = "# 茶业\n\n全县茶园面积达到12万亩，种茶农户共8600户。\n\n干茶产量3100吨，比上年增长7.5%。\n"
ROAD = "# 公路\n\n盘山公路全长35公里，2022年10月18日通车。\n"


def folders(index: Path) -> list[str]:
    return [path.name for path in index.iterdir() if path.name[0].isdigit()]


def asking(*terms: str) -> Question:
    return Question(" ".join(terms), " ".join(terms), terms)


def all_ids(index: Index) -> list[str]:
    snapshot = index.current()
    return [snapshot.at(row)[0].id for row in range(snapshot.paragraphs)]


def test_a_folder_becomes_searchable(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """What was read is found, with its figures, and the neighbours know each other."""
    index = Index(tmp_path / "index")
    report = index.build(documents(tea=TEA, road=ROAD))
    assert (report.files, report.read, report.documents, report.paragraphs) == (2, 2, 2, 3)
    (hit, figures), *_ = index.current().search(asking("茶园", "面积"), 3)
    assert hit.paragraph.title == "茶业"
    assert [figure.text for figure in figures] == ["12万亩", "8600户"]
    assert [hit.paragraph.text[start:end] for start, end in hit.marks] == ["茶园面积"]
    passage = index.current().passage(hit.paragraph.id, 0)
    assert passage is not None
    before, here, after = passage
    assert before is None
    assert here == hit.paragraph
    assert after is not None
    assert after.text.startswith("干茶产量")
    last = index.current().passage(after.id, 0)
    assert last is not None
    assert last[2] is None
    assert index.current().paragraph(hit.paragraph.id) == hit.paragraph
    assert index.current().paragraph("unknown") is None


def test_only_what_changed_is_read_again(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """A refresh takes unchanged files over, and ends in the very index that a full build makes."""
    index = Index(tmp_path / "index")
    folder = documents(tea=TEA, road=ROAD, old="# 旧闻\n\n这一篇很快就要删去了。\n")
    first = index.build(folder)
    assert index.build(folder).snapshot == first.snapshot
    (folder / "old.md").unlink()
    documents(road=ROAD + "\n隧道6座，桥梁21座。\n", new="# 新闻\n\n新开直营店3家。\n")
    report = index.build(folder)
    assert (report.read, report.unchanged, report.removed) == (2, 1, 1)
    full = Index(tmp_path / "full")
    full.build(folder, full=True)
    assert all_ids(index) == all_ids(full)
    for terms in (["茶园", "面积"], ["桥梁"], ["直营店"], ["删去"]):
        assert index.current().search(asking(*terms), 5) == full.current().search(asking(*terms), 5)


def test_a_refresh_writes_the_files_of_a_full_build(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Whatever was added, changed or removed, wherever it stands, every file has the same bytes."""
    index, full = Index(tmp_path / "index"), Index(tmp_path / "full")
    folder = documents(a=TEA, b=ROAD, c="# 旧闻\n\n这一篇很快就要删去了。\n", d=TEA + ROAD)
    index.build(folder)
    changes: list[dict[str, str]] = [
        {"c": ROAD + "\n隧道6座。\n"},
        {"0": "# 新闻\n\n新开直营店3家。\n"},
        {"z": TEA},
        {},
    ]
    for changed in changes:
        documents(**changed)
        if not changed:
            (folder / "a.md").unlink()
        index.build(folder)
        full.build(folder, full=True)
        assert contents(index) == contents(full)


def contents(index: Index) -> dict[str, bytes]:
    """Everything that is written about the documents."""
    folder = index.current().folder
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_bad_file_is_named_and_the_rest_indexed(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """One bad file never stops the others; a file that turns bad takes its paragraphs along."""
    folder = documents(tea=TEA, empty="", road=ROAD)
    (folder / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\0")
    index = Index(tmp_path / "index")
    report = index.build(folder)
    assert {error.path for error in report.skipped} == {"empty.md", "picture.md"}
    assert all(error.reason for error in report.skipped)
    assert report.paragraphs == 3
    documents(road="")
    report = index.build(folder)
    assert (report.paragraphs, report.removed, len(report.skipped)) == (2, 0, 3)
    assert not index.current().search(asking("盘山公路"), 5)


def test_a_folder_that_is_empty_all_at_once(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Many files that are gone together may be a disk that is missing: only a full build drops them."""
    index = Index(tmp_path / "index")
    folder = documents(**{f"tea{number}": TEA for number in range(11)})
    before = index.build(folder).snapshot
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(WenjuError, match=f"{re.escape(str(folder))}: 文件夹是空的，而索引里有它的 11 个文件"):
        index.build(folder)
    assert index.current().name == before
    report = index.build(folder, full=True)
    assert (report.removed, report.paragraphs) == (11, 0)


def test_the_last_files_may_go(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """A few are removed on purpose."""
    index = Index(tmp_path / "index")
    folder = documents(tea=TEA, road=ROAD)
    index.build(folder)
    for file in folder.iterdir():
        file.unlink()
    report = index.build(folder)
    assert (report.removed, report.paragraphs) == (2, 0)


def test_an_interrupt_just_after_the_swap(
    tmp_path: Path, documents: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has come into use is there, whatever ends the build then."""
    folder = documents(tea=TEA)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedEngine, "use", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Index(tmp_path / "index").build(folder)
    assert Index(tmp_path / "index").current().paragraphs == 2


def test_an_odd_file_stops_nothing(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Numerals of other scripts and impossible days are text like any other."""
    folder = documents(tea=TEA, odd="# 怪\n\n日期是0—੧日，又是3-45日，还有٣月٤日。\n")
    report = Index(tmp_path / "index").build(folder)
    assert report.skipped == ()
    assert report.documents == 2


def test_another_folder_is_read_anew(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """A file of the same name, size and time in another folder is another file."""
    index = Index(tmp_path / "index")
    first = documents(tea=TEA)
    index.build(first)
    second = tmp_path / "second"
    second.mkdir()
    (second / "tea.md").write_text(TEA.replace("8600", "9700"), encoding="utf-8")
    stat = (first / "tea.md").stat()
    os.utime(second / "tea.md", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    report = index.build(second)
    assert (report.read, report.removed, report.replaced) == (1, 1, str(first.resolve()))
    assert "9700户" in index.current().search(asking("茶园"), 1)[0][0].paragraph.text


def test_an_empty_folder_makes_an_empty_index(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """No documents is no error: nothing is found, and documents can come later."""
    index = Index(tmp_path / "index")
    folder = documents()
    assert index.build(folder).paragraphs == 0
    assert index.current().search(asking("茶园"), 5) == []
    documents(tea=TEA)
    assert index.build(folder).paragraphs == 2


def test_what_cannot_be_indexed_is_told(tmp_path: Path) -> None:
    """A missing folder and a missing index are errors of one line."""
    with pytest.raises(WenjuError, match="文件夹不存在"):
        Index(tmp_path / "index").build(tmp_path / "none")
    with pytest.raises(SnapshotError, match="还没有索引"):
        Index(tmp_path / "index").current()


def test_a_progress_that_raises_ends_the_build(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """A build that is stopped changes nothing, and what it has left behind goes with the next one."""
    index = Index(tmp_path / "index")
    folder = documents(tea=TEA)
    before = index.build(folder).snapshot
    documents(road=ROAD)

    def stop(_: object) -> None:
        raise WenjuError("stop")

    with pytest.raises(WenjuError, match="stop"):
        index.build(folder, stop)
    assert index.current().name == before
    index.build(folder)
    assert len(folders(tmp_path / "index")) == 2


@pytest.mark.parametrize("full", [False, True])
def test_a_build_goes_on_where_one_has_ended(
    tmp_path: Path, documents: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, *, full: bool
) -> None:
    """What an earlier build has read is not read again, unless all is to be; what it left torn is."""
    monkeypatch.setattr("retrieval.contents._SEGMENT", 1)
    index, folder = Index(tmp_path / "index"), documents(road=ROAD, school=TEA, tea=TEA)
    changed = folder / "road.md"

    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise WenjuError("stop")

    with pytest.raises(WenjuError, match="stop"):
        index.build(folder, stop)
    torn = next((tmp_path / "index").glob("UNFINISHED/*/")) / "segment-000001"
    (torn / "offsets.npy").write_bytes(b"")
    status = changed.stat()
    changed.write_text(ROAD.replace("公路", "铁路"), encoding="utf-8")
    os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))
    report = index.build(folder, full=full)
    assert (report.read, report.files) == (3, 3)
    hit, _ = index.current().search(asking("铁路" if full else "公路"), 1)[0]
    assert hit.paragraph.document == "road.md"
    assert len(folders(tmp_path / "index")) == 1


def test_all_is_on_the_disk_before_it_comes_into_use(
    tmp_path: Path, documents: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file and folder of a Snapshot is synced, and only then the file that names it."""
    synced: list[Path] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", noting)
    folder = tmp_path / "index"
    Index(folder).build(documents(tea=TEA))
    snapshot = Index(folder).current().folder
    before = synced[: synced.index(folder / "CURRENT.new")]
    assert {snapshot, *snapshot.rglob("*")} <= set(before)


def test_what_was_read_holds_few_files_open(
    tmp_path: Path, documents: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that has written many parts goes on where a process may open few files."""
    monkeypatch.setattr("retrieval.contents._SEGMENT", 1)
    folder = documents(**{f"tea{number}": TEA for number in range(30)})
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 100, hard))
    try:
        report = Index(tmp_path / "index").build(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert report.read == 30


@pytest.mark.parametrize("call", [2, 3])  # for the terms of a paragraph, and for its metrics
def test_a_build_interrupted_amid_a_file_leaves_nothing_torn(
    tmp_path: Path, documents: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Whatever part of a paragraph was added when Ctrl-C came, the next build is whole."""
    index, folder = Index(tmp_path / "index"), documents(road=ROAD, school=TEA, tea=TEA)
    calls = count()

    def interrupted(counter: PostingsCounter, *tokens: Sequence[str]) -> None:
        if next(calls) == call:
            raise KeyboardInterrupt
        add(counter, *tokens)

    add = PostingsCounter.add
    with monkeypatch.context() as patched:
        patched.setattr(PostingsCounter, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            index.build(folder)
    report = index.build(folder)
    assert (report.read, report.files, report.paragraphs) == (3, 3, 5)


def test_what_a_stopped_build_has_left_goes(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Also where nothing has changed since the build before it."""
    index, folder = Index(tmp_path / "index"), documents(tea=TEA)
    index.build(folder)

    def stop(_: object) -> None:
        raise WenjuError("stop")

    with pytest.raises(WenjuError, match="stop"):
        index.build(folder, stop, full=True)
    assert index.unchanged(folder) is None
    index.build(folder)
    assert index.unchanged(folder)
    assert not (tmp_path / "index" / "UNFINISHED").exists()


def test_one_builder_at_a_time(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """A second build at the same time is refused plainly."""
    index = Index(tmp_path / "index")
    folder = documents(tea=TEA)

    def again(_: object) -> None:
        Index(tmp_path / "index").build(folder)

    with pytest.raises(WenjuError, match="另一个进程正在建立索引"):
        index.build(folder, again)


def test_a_user_dictionary_rebuilds_the_index(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Another dictionary cuts otherwise, so everything is read again."""
    folder = documents(tea=TEA)
    Index(tmp_path / "index").build(folder)
    words = tmp_path / "words.txt"
    words.write_text("种茶农户\n", encoding="utf-8")
    report = Index(tmp_path / "index", words).build(folder)
    assert report.read == 1
    assert Index(tmp_path / "index", words).current().search(asking("种茶农户"), 1)
