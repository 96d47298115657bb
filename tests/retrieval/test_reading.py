"""What is the same for every format: captions, images, archives, files that stand beside a file."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from retrieval.documents import Surroundings, archives, captions, find_files, pictures, read_file
from retrieval.documents.blocks import Block, Table, UnreadableError
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.documents import FileContent

TABLE = Block("table", "", table=Table((("年份", "产量"), ("2021年", "310"))))
PICTURE = Block("picture", "")
NEWS = "# 湖区新闻\n\n湖面约20平方公里，环湖步道全长36公里，沿途设有12个观景台。\n"


def text(words: str) -> Block:
    return Block("text", words)


def image(width: int = 200, height: int = 150, kind: str = "PNG", mode: str = "RGB") -> bytes:
    drawn = Image.new(mode, (width, height))
    ImageDraw.Draw(drawn).ellipse((0, 0, width // 2, height // 2), fill="white" if mode == "RGB" else 255)
    file = io.BytesIO()
    drawn.save(file, kind)
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def read(folder: Path, name: str, data: bytes, *, keep: bool = True) -> FileContent:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return read_file(folder, name, Surroundings(folder.parent / "pictures" if keep else None))


# Captions


@pytest.mark.parametrize(
    ("above", "caption"),
    [
        (["表1 茶叶产量"], "表1 茶叶产量"),
        (["表1-2：茶叶产量", "单位：吨"], "表1-2：茶叶产量 单位：吨"),
        (["（计量单位：万元、%）"], "（计量单位：万元、%）"),
        (["附表3．各乡镇情况"], "附表3．各乡镇情况"),
        (["茶叶产量情况"], "茶叶产量情况"),
        (["全县茶叶产量连续三年增长，质量也在提高。"], ""),
        (["图1 茶园分布"], ""),
    ],
)
def test_a_table_takes_the_lines_above_it(above: list[str], caption: str) -> None:
    """The caption and the unit above a table become its text, and are no text of the article any more."""
    before = [text("开头一段话，写的是别的事情。"), *map(text, above)]
    *rest, table = captions.attach([*before, TABLE])
    assert table.text == caption
    assert rest == before[: len(before) - len(above) if caption else None]


@pytest.mark.parametrize(
    ("below", "caption"),
    [
        ("图1 湖区全景", "图1 湖区全景"),
        ("图为环湖步道", "图为环湖步道"),
        ("▲ 清晨的湖面", "▲ 清晨的湖面"),
        ("湖心岛上的灯塔（王小明 摄）", "湖心岛上的灯塔（王小明 摄）"),
        ("湖面约20平方公里。", ""),
        ("表1 面积", ""),
    ],
)
def test_a_picture_takes_the_line_below_it(below: str, caption: str) -> None:
    """What is a caption by its beginning or its credit goes to the picture above it."""
    first, *rest = captions.attach([PICTURE, text(below)])
    assert first.text == caption
    assert rest == ([] if caption else [text(below)])


def test_what_the_format_calls_a_caption_is_one() -> None:
    """A caption by its style goes to the picture before it or else after it, and to a table below it."""
    marked = Block("caption", "湖区")
    assert [block.text for block in captions.attach([PICTURE, marked])] == ["湖区"]
    assert [block.text for block in captions.attach([marked, PICTURE])] == ["湖区"]
    assert [block.text for block in captions.attach([marked, TABLE])] == ["湖区"]
    assert captions.attach([marked, text("正文。")]) == [marked, text("正文。")]


def test_a_row_of_pictures_shares_its_caption_only_once() -> None:
    """Of several pictures above one caption the first takes it, and no caption is lost or doubled."""
    shared = captions.attach([PICTURE, PICTURE, text("图2 两处景点")])
    assert [block.text for block in shared].count("图2 两处景点") == 1
    named = replace(PICTURE, text="湖心岛")
    assert captions.attach([named, text("图3 湖心岛的灯塔")])[0].text == "湖心岛 图3 湖心岛的灯塔"


BLOCKS = st.lists(
    st.one_of(
        st.just(TABLE),
        st.just(PICTURE),
        st.sampled_from(["表1 甲", "图1 乙", "单位：元", "图为丙", "丁戊己。", "庚"]).map(text),
        st.just(Block("caption", "辛")),
    ),
    max_size=12,
)


@given(BLOCKS)
def test_captions_lose_nothing(blocks: list[Block]) -> None:
    """Whatever stands beside what, every line stays, as text or as one caption, and no block comes twice."""
    attached = captions.attach(blocks)
    said = " ".join(block.text for block in attached).split()
    assert sorted(said) == sorted(" ".join(block.text for block in blocks).split())
    kinds = [block.kind for block in attached if block.kind in ("table", "picture")]
    assert kinds == [block.kind for block in blocks if block.kind in ("table", "picture")]


# Images


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (image(), "png"),
        (image(kind="JPEG"), "jpg"),
        (image(kind="BMP"), "png"),
        (image(kind="GIF"), "png"),
        (image(kind="TIFF"), "png"),
        (image(kind="WEBP"), "png"),
        (image(kind="JPEG", mode="CMYK"), "png"),
    ],
)
def test_an_image_is_stored_so_that_it_can_be_shown(data: bytes, suffix: str, tmp_path: Path) -> None:
    """PNG and JPEG stay as they are, others become one of them; the size is the image's."""
    picture = pictures.store(data, tmp_path)
    assert picture is not None
    stored = (tmp_path / picture.key).read_bytes()
    assert picture.key.endswith(f".{suffix}")
    assert (picture.width, picture.height) == Image.open(io.BytesIO(stored)).size == (200, 150)
    if data.startswith(b"\x89PNG") or suffix == "jpg":
        assert stored == data


def test_the_same_image_is_stored_once(tmp_path: Path) -> None:
    """Equal images have one file and one key, different ones two."""
    first, same, other = (pictures.store(data, tmp_path) for data in (image(), image(), image(300)))
    assert first == same
    assert first != other
    assert len(list(tmp_path.iterdir())) == 2


def plain(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), colour).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("data", [image(20, 20), image(2000, 5), plain("red")], ids=["icon", "rule", "plain"])
def test_decorations_are_no_pictures(data: bytes, tmp_path: Path) -> None:
    """Icons, rules and images of one colour are left out without a word."""
    assert pictures.store(data, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_photo_taken_upright_stays_upright(tmp_path: Path) -> None:
    """The orientation that a camera notes is applied."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(io.BytesIO(image(kind="JPEG"))).save(file, "JPEG", exif=exif)
    picture = pictures.store(file.getvalue(), tmp_path)
    assert picture is not None
    assert (picture.width, picture.height) == (150, 200)


def odd() -> bytes:
    """Return a texture whose header says nothing of its pixels."""
    data = bytearray(image(kind="DDS"))
    data[80:84] = bytes(4)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (image()[:60], "已损坏"),
        (odd(), "已损坏"),
        (b"no image at all", "不是可以识别的图片"),
        (b"\x01\x00\x00\x00" + b"\0" * 100, "图元文件"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    ],
)
def test_what_cannot_be_shown_says_why(data: bytes, reason: str, tmp_path: Path) -> None:
    """A torn image and one of another kind are errors with their reason, and leave nothing behind."""
    with pytest.raises(pictures.PictureError, match=reason):
        pictures.store(data, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_is_no_fault_of_the_image(tmp_path: Path) -> None:
    """The error is the disk's, so that the file is read again, and not that of a broken picture."""
    (tmp_path / "pictures").write_text("no folder", encoding="utf-8")
    with pytest.raises(FileExistsError):
        pictures.store(image(), tmp_path / "pictures")


def test_an_image_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    """A small file that unfolds into gigabytes is not unfolded."""
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    with pytest.raises(pictures.PictureError, match="像素过多"):
        pictures.store(file.getvalue(), tmp_path)


@settings(max_examples=150)
@given(st.data())
def test_a_torn_image_is_stored_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is changed in an image's file, it is a picture, a decoration or a reasoned error."""
    whole = bytearray(data.draw(st.sampled_from([image(), image(kind="JPEG"), image(kind="GIF")])))
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)))):
        whole[place] = byte
    torn = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    folder = tmp_path_factory.mktemp("torn")
    try:
        picture = pictures.store(torn, folder)
    except pictures.PictureError:
        return
    assert picture is None or (folder / picture.key).is_file()


# A file and what stands beside it


def test_a_picture_beside_a_text_is_the_articles(tmp_path: Path) -> None:
    """A Markdown picture is read from the file beside, with its words as the caption."""
    folder = tmp_path / "documents"
    (folder / "图").mkdir(parents=True)
    (folder / "图" / "lake 1.png").write_bytes(image())
    content = read(folder, "a.md", f"{NEWS}\n![湖区全景](图/lake%201.png)\n\n步道免费开放。\n".encode())
    (document,) = content.documents
    paragraphs = [paragraph for section in document.sections for paragraph in section.paragraphs]
    (shown,) = [paragraph for paragraph in paragraphs if paragraph.pictures]
    assert shown.text == shown.pictures[0].caption == "湖区全景"
    assert (tmp_path / "pictures" / shown.pictures[0].key).read_bytes() == image()


def test_no_file_outside_of_the_folder_is_a_picture(tmp_path: Path) -> None:
    """Neither a path that leads out of the folder nor a link does; the words stay."""
    (tmp_path / "secret.png").write_bytes(image())
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    for reference in ("../secret.png", str(tmp_path / "secret.png"), "%2e%2e/secret.png", "link.png"):
        content = read(folder, "a.md", f"{NEWS}\n![全景图一张]({reference})\n".encode())
        paragraphs = [one for section in content.documents[0].sections for one in section.paragraphs]
        assert not any(paragraph.pictures for paragraph in paragraphs)


def test_the_folder_saved_with_a_page_is_no_folder_of_articles(tmp_path: Path) -> None:
    """A page's own pictures and scripts are left out, a folder that is only named alike is not."""
    for name in ("page_files/a.md", "notes_files/b.md", "page.html", "page.files/c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert find_files(tmp_path) == ["notes_files/b.md", "page.html"]


# Archives


def test_the_files_in_an_archive_are_articles(tmp_path: Path) -> None:
    """Each readable file is read under its path in the archive; what cannot be is named with its reason."""
    road = "# 公路\n\n盘山公路全长35公里。\n".encode()
    files = {
        "新闻/湖.md": NEWS.encode(),
        "公路.txt": road,
        "a.xyz": b"?",
        "__MACOSX/b.md": b"x",
        ".c.md": b"x",
    }
    content = read(tmp_path / "documents", "a.zip", zipped(files))
    assert [document.path for document in content.documents] == ["a.zip/公路.txt", "a.zip/新闻/湖.md"]
    assert content.remarks == ("a.xyz：不支持的类型 .xyz",)


def test_names_in_an_archive_are_read_as_they_were_meant(tmp_path: Path) -> None:
    """An archive made on a Chinese Windows has its names in GB18030 without saying so."""
    data = zipped({"AAAA.md": NEWS.encode()}).replace(b"AAAA", "湖区".encode("gb18030"))
    content = read(tmp_path / "documents", "a.zip", data)
    assert [document.path for document in content.documents] == ["a.zip/湖区.md"]


def test_a_picture_in_an_archive_stands_beside_its_file(tmp_path: Path) -> None:
    """A picture that a text in an archive names is taken from the archive."""
    files = {"甲/a.md": f"{NEWS}\n![湖区全景](b.png)\n".encode(), "甲/b.png": image()}
    content = read(tmp_path / "documents", "a.zip", zipped(files))
    paragraphs = [one for section in content.documents[0].sections for one in section.paragraphs]
    assert sum(len(paragraph.pictures) for paragraph in paragraphs) == 1


def bomb() -> bytes:
    return zipped({"a.md": b"0" * 100_000_000})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb(), "压缩炸弹"),
        (zipped({f"{number}.bin": b"" for number in range(10_001)}), "条目过多"),
        (zipped({}), "压缩包是空的"),
        (zipped({"a.xyz": b"?"}), "没有可以读取的文件（a.xyz：不支持的类型 .xyz）"),
        (zipped({"a.md": NEWS.encode()})[:-30], "已损坏或不完整"),
        (b"PK\x03\x04 not an archive", "已损坏或不完整"),
    ],
)
def test_an_archive_that_cannot_be_read_says_why(data: bytes, reason: str, tmp_path: Path) -> None:
    """Bombs, empty and torn archives are refused with their reason."""
    with pytest.raises(DocumentError) as refused:
        read(tmp_path / "documents", "a.zip", data)
    assert reason in refused.value.reason


def test_an_archive_with_a_password_is_refused() -> None:
    """An entry that says it is encrypted is not read."""
    data = bytearray(zipped({"a.md": NEWS.encode()}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableError, match="密码"):
        archives.open_zip(bytes(data))


PACKED = zipped({"a.md": NEWS.encode(), "b.txt": bytes(range(60))})


@settings(max_examples=150)
@given(st.data())
def test_a_torn_archive_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is changed in an archive, it is read in part or refused with a reason."""
    whole = bytearray(PACKED)
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)))):
        whole[place] = byte
    torn = bytes(whole[: data.draw(st.integers(1, len(whole)))])
    try:
        content = read(tmp_path_factory.mktemp("torn") / "documents", "a.zip", torn)
    except DocumentError:
        return
    assert content.documents
