"""Many files at a time: their order, what is carried over, and those that exhaust a worker."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw

from retrieval.errors import SnapshotError
from retrieval.index import Index
from retrieval.isolation import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.model import Paragraph
    from retrieval.progress import Progress


def image(colour: str) -> bytes:
    drawn = Image.new("RGB", (160, 120), "white")
    ImageDraw.Draw(drawn).rectangle((20, 20, 90, 90), fill=colour)
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles, each with a picture, and an archive of which only a part can be read."""
    made = tmp_path / "documents"
    made.mkdir()
    for name, colour in (("湖", "blue"), ("山", "green")):
        (made / f".{name}.png").write_bytes(image(colour))
        text = f"# {name}区\n\n{name}区的面积约20平方公里。\n\n![{name}区全景](.{name}.png)\n"
        (made / f"{name}.md").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(made / "a.zip", "w") as archive:
        archive.writestr("桥.txt", "# 大桥\n\n大桥全长3.2公里。\n")
        archive.writestr("桥.xyz", "?")
    return made


def paragraphs(index: Index) -> list[Paragraph]:
    snapshot = index.current()
    return [snapshot.at(row)[0] for row in range(snapshot.paragraphs)]


def keys(index: Index) -> dict[str, str]:
    return {one.title: picture.key for one in paragraphs(index) for picture in one.pictures}


def stored(index: Index) -> set[str]:
    return {file.name for file in (index.current().folder / "pictures").iterdir()}


def test_pictures_are_in_the_snapshot(tmp_path: Path, folder: Path) -> None:
    """A picture is kept with the index, so that it can be shown whatever becomes of its file."""
    index = Index(tmp_path / "index")
    index.build(folder)
    (folder / ".湖.png").unlink()
    assert index.current().picture(keys(index)["湖区"]) == image("blue")
    assert stored(index) == set(keys(index).values())
    summary = index.current().file("湖.md")
    assert summary is not None
    assert summary.pictures == 1


def test_pictures_of_unchanged_files_are_carried_over(tmp_path: Path, folder: Path) -> None:
    """A refresh keeps the pictures of what has not changed, and no others."""
    index = Index(tmp_path / "index")
    index.build(folder)
    before = keys(index)
    (folder / "山.md").unlink()
    (folder / "河.md").write_text("# 河\n\n河长30公里。\n", encoding="utf-8")
    report = index.build(folder)
    assert (report.read, report.unchanged, report.removed) == (1, 2, 1)
    assert keys(index) == {"湖区": before["湖区"]}
    assert stored(index) == {before["湖区"]}
    assert index.current().picture(before["湖区"]) == image("blue")


@pytest.mark.parametrize("key", ["../manifest.json", "a.png", f"{'0' * 32}.png", ""])
def test_no_other_file_is_a_picture(key: str, tmp_path: Path, folder: Path) -> None:
    """A key that names no picture of the Snapshot is an error, wherever it points to."""
    index = Index(tmp_path / "index")
    index.build(folder)
    with pytest.raises(SnapshotError):
        index.current().picture(key)


def test_a_damaged_picture_is_not_shown(tmp_path: Path, folder: Path) -> None:
    """A picture whose bytes are not those of its name is an error, and the answers stay."""
    index = Index(tmp_path / "index")
    index.build(folder)
    key = keys(index)["湖区"]
    (index.current().folder / "pictures" / key).write_bytes(image("red"))
    with pytest.raises(SnapshotError, match="图片损坏"):
        index.current().picture(key)


def test_what_was_left_out_is_said_again(tmp_path: Path, folder: Path) -> None:
    """The remarks on a file stand in every report for as long as it is unchanged."""
    index = Index(tmp_path / "index")
    said = {"a.zip": ("桥.xyz：不支持的类型 .xyz",)}
    assert index.build(folder).remarks == said
    assert index.build(folder).remarks == said
    summary = index.current().file("a.zip")
    assert summary is not None
    assert (summary.titles, summary.remarks) == (("大桥",), said["a.zip"])


def test_a_file_that_exhausts_its_worker_is_not_read_again(tmp_path: Path, folder: Path) -> None:
    """It is skipped with its reason until it changes; the others are indexed."""
    index = Index(tmp_path / "index", limits=Limits(output=20_000))
    huge = folder / "huge.txt"
    huge.write_text(
        "".join(f"# 第{number}年报告\n\n产量为{number}吨。\n" for number in range(300)), encoding="utf-8"
    )
    first, second = index.build(folder), index.build(folder)
    for report in (first, second):
        assert [(error.path, error.reason) for error in report.skipped] == [("huge.txt", "内容过多")]
        assert report.documents == 3
    assert first.snapshot == second.snapshot
    huge.rename(tmp_path / "away.txt")
    assert index.unchanged(folder) is None
    assert index.build(folder).skipped == ()
    assert index.unchanged(folder)  # it is forgotten
    huge.write_text("# 短了\n\n产量为7吨。\n", encoding="utf-8")
    third = index.build(folder)
    assert (third.skipped, third.read, third.documents) == ((), 1, 4)


def test_a_name_that_is_no_utf8_stops_nothing(tmp_path: Path, folder: Path) -> None:
    """The file is skipped with its reason, by a name that can be shown and stored, also the next time."""
    with open(os.fsencode(folder) + b"/\xff.md", "wb") as file:  # noqa: PTH123 - no name for a Path
        file.write(b"# A\n\nText of an article.\n")
    index = Index(tmp_path / "index")
    for _ in range(2):
        report = index.build(folder)
        assert [(error.path, error.reason) for error in report.skipped] == [("?.md", "文件名不是 UTF-8")]
        assert report.documents == 3


def test_the_order_is_that_of_the_files(tmp_path: Path) -> None:
    """However many workers read, the rows come in the order of the files, big and small ones mixed."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(60):
        lines = [f"第{number}号文件的第{line}段，写了{line + 1}件事。" for line in range(1 + number % 7 * 30)]
        (folder / f"{number:02}.md").write_text("\n\n".join(["# 文件", *lines]), encoding="utf-8")
    (folder / "31.md").write_bytes(b"\0" * 300)
    index = Index(tmp_path / "index")
    seen: list[Progress] = []
    report = index.build(folder, seen.append)
    assert [error.path for error in report.skipped] == ["31.md"]
    found = list(dict.fromkeys(paragraph.document for paragraph in paragraphs(index)))
    assert found == [f"{number:02}.md" for number in range(60) if number != 31]
    assert [(step.done, step.path) for step in seen] == [
        *((number, f"{number:02}.md") for number in range(60)),
        (60, ""),
    ]


def test_a_build_that_is_stopped_leaves_the_index_alone(tmp_path: Path, folder: Path) -> None:
    """Whatever the progress raises ends the build, its workers too; what was read waits for the next one."""
    index = Index(tmp_path / "index")
    index.build(folder)
    before = index.current().name
    (folder / "新.md").write_text("# 新\n\n新的一篇。\n", encoding="utf-8")

    def stop(progress: Progress) -> None:
        if progress.done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        index.build(folder, stop)
    assert index.current().name == before
    places = {place.name for place in (tmp_path / "index").iterdir() if place.is_dir()}
    assert places == {before, "UNFINISHED"}
