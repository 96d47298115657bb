"""Any file gives text or a named reason, within limits of time and memory; a bad one stops nothing."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.documents import LARGEST, Surroundings, find_files, read_file
from retrieval.errors import DocumentError
from retrieval.index import Index
from retrieval.paragraphs import paragraphs
from tests import mixed_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCE = "大坝全长3.2公里，去年九月建成。"
ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    + "]>"
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(entries: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def word(body: str, before: str = "") -> bytes:
    document = f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def png(side: int) -> bytes:
    """An image of `side` times `side` white pixels, a bit each."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side // 8)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    size = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", size), chunk(b"IDAT", pixels), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def overlapping() -> bytes:
    """An archive whose thousand entries are all the same bytes."""
    data = packed({"a.txt": SENTENCE * 20_000})
    end = data.rfind(b"PK\5\6")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    listed = data[start:end] * 1000
    return data[:start] + listed + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1000, 1000, len(listed), start, 0)


def lying() -> bytes:
    """An archive whose entry says that it holds 100 bytes, and holds millions."""
    data = bytearray(packed({"a.txt": SENTENCE * 200_000}))
    for signature, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.rfind(signature) + place
        data[at : at + 4] = struct.pack("<I", 100)
    return bytes(data)


def mail(parts: int) -> bytes:
    head = "From: a@b.c\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    part = f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{SENTENCE}</p>\r\n"
    return f"{head}{part * parts}--b--\r\n".encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "flat.zip": (packed({"a.txt": "\0" * 30_000_000}), "炸弹"),
    "many.zip": (packed({f"{number}": "" for number in range(10_001)}), "条目过多"),
    "nested.zip": (packed({"a.zip": packed({"b.zip": packed({"c.txt": SENTENCE})})}), "不支持的类型 .zip"),
    "overlapping.zip": (overlapping(), "过大|损坏|炸弹"),
    "lying.zip": (lying(), "损坏"),
    "spaces.docx": (word(" " * 30_000_000), "炸弹"),
    "entities.docx": (word(paragraph("&j;"), ENTITIES), "实体|损坏"),
    "deep.html": (b"<div>" * 50_000, "嵌套过深"),
    "pixels.png": (png(30_000), "过大|像素"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_safely_is_refused(tmp_path: Path, name: str) -> None:
    """A file that would swell, or that never ends, is refused, and the reason says why."""
    data, reason = REFUSED[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentError) as raised:
        read_file(tmp_path, name)
    assert any(word in raised.value.reason for word in reason.split("|")), raised.value.reason


READ = {
    "runs.docx": word("<w:p>" + f"<w:r><w:t>{SENTENCE}</w:t></w:r>" * 20_000 + "</w:p>"),
    "parts.eml": mail(2000),
    "sender.eml": f"From: {'(' * 5000}\r\nSubject: x\r\n\r\n{SENTENCE}".encode(),
    "quotes.csv": b'name,"value\n' * 50_000,
    "spans.html": f"<table>{f'<tr><td colspan=99999 rowspan=99999>{SENTENCE}<td>1' * 200}</table>".encode(),
    "rows.csv": "区,人数\n".encode() + b"".join(b"a%d,%d\n" % (number, number) for number in range(5000)),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_only_odd_is_read(tmp_path: Path, name: str) -> None:
    """A file with very many pieces of one kind is read all the same."""
    (tmp_path / name).write_bytes(READ[name])
    content = read_file(tmp_path, name)
    assert any(section.paragraphs for document in content.documents for section in document.sections)


def test_the_rest_of_a_folder_of_bombs_is_indexed(tmp_path: Path) -> None:
    """Bombs, pipes, devices, loops of links and odd names hold up nothing: what can be read is found."""
    folder = tmp_path / "documents"
    folder.mkdir()
    bombs = ("flat.zip", "spaces.docx", "entities.docx", "deep.html")
    for name in bombs:
        (folder / name).write_bytes(REFUSED[name][0])
    odd = ["line\nbreak.txt", "\x1b[31m.txt", "\u202etxt.exe.txt", "坝" * 83 + ".txt"]
    for name in ("good.txt", *odd):
        (folder / name).write_text(SENTENCE, encoding="utf-8")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.txt").symlink_to("self.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.docx")
    (folder / "folder.txt").mkdir()
    index = Index(tmp_path / "index")
    report = index.build(folder)
    snapshot = index.current()
    found = {snapshot.at(row)[0].document for row in range(snapshot.paragraphs)}
    assert found == {"good.txt", *odd}
    skipped = {error.path for error in report.skipped}
    assert skipped >= {*bombs, "self.txt", "zero.txt", "pipe.docx"}


def test_reading_a_long_table_shows_signs_of_life(tmp_path: Path) -> None:
    """While a long table is taken apart, row by row, the one who waits is told that it goes on."""
    (tmp_path / "rows.csv").write_bytes(READ["rows.csv"])
    told: list[None] = []
    read_file(tmp_path, "rows.csv", Surroundings(alive=lambda: told.append(None)))
    assert len(told) >= 5000


# Reasons


TEXT = "城东新区的图书馆昨天开放了。\n馆内藏书三十万册，座位800个，周一闭馆。"


def reason(folder: Path, path: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_file(folder, path)
    assert caught.value.path == path
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", b"", "空文件"),
        ("a.txt", "\ufeff \u3000\r\n\t\u200b\n".encode(), "没有正文"),
        ("a.txt", b" \n\n", "空文件"),
        ("a.md", "扫码看视频\n\n- 3 -\n\n责任编辑：王某".encode(), "没有正文"),
        ("a.txt", bytes(range(40)) * 9, "二进制文件，不是文本"),
        ("a.txt", TEXT.encode()[:40] + b"\xff", "编码无法识别"),
        ("a.txt", b"\xef\xbb\xbf\xff\xfe", "编码有误，不是完整的 UTF-8"),
        ("a.xyz", b"text", "不支持的类型 .xyz"),
        ("README", b"text", "不支持的类型（没有扩展名）"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    """Each kind of unreadable file has its own reason, one clause in Chinese."""
    (tmp_path / name).write_bytes(data)
    assert reason(tmp_path, name) == expected


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and a file beyond the limit are refused at once."""
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(LARGEST + 1)
    assert reason(tmp_path, "missing.txt") == "文件不存在"
    assert reason(tmp_path, "folder.txt") == "是文件夹，不是文件"
    assert reason(tmp_path, "pipe.txt") == "不是普通文件"
    assert reason(tmp_path, "huge.txt") == "文件过大（超过 64 MB）"


def test_a_file_or_folder_without_permission_says_so(as_nobody: Path) -> None:
    """What may not be read is listed and reported, not passed over."""
    (as_nobody / "a.txt").write_text(TEXT, encoding="utf-8")
    (as_nobody / "closed").mkdir()
    (as_nobody / "a.txt").chmod(0)
    (as_nobody / "closed").chmod(0)
    assert find_files(as_nobody) == ["a.txt", "closed"]
    assert reason(as_nobody, "a.txt") == "无法读取（权限不足）"
    assert reason(as_nobody, "closed") == "无法读取（权限不足）"


# Anything


MARKS = [
    *("\n", "\n\n", "\r\n", "　　", " ", "\t", "，", "。", "：", "！", "”", "（", "）", "、", "；", "…"),
    *(
        "# ",
        "## ",
        "#",
        "- ",
        "* ",
        "1. ",
        "1、",
        "一、",
        "（一）",
        "第一章 ",
        "第三条 ",
        "■",
        "| ",
        " |",
        "|---|",
    ),
    *(
        "**",
        "******",
        "```",
        "---",
        "===",
        "> ",
        "[",
        "](",
        ")",
        "![",
        "`",
        "~~",
        "&amp;",
        "<br>",
        "<b",
        "<!--",
    ),
    *(
        "-->",
        "title: ",
        "来源：",
        "记者 ",
        "2022年8月29日",
        "扫码看视频",
        "附件：",
        "此处隐藏20字",
        "\ufeff",
        "\u200b",
    ),
]
DIRT = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=6)), max_size=60).map("".join)


def read(data: bytes, name: str) -> list[str]:
    """Return the titles and the paragraphs."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        return [
            text
            for document in read_file(Path(folder), name).documents
            for paragraph in paragraphs(document)
            for text in (paragraph.title, paragraph.text)
        ]


@settings(max_examples=400)
@given(DIRT, st.sampled_from(["a.txt", "a.md"]), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_any_text_is_read_or_refused(text: str, name: str, encoding: str) -> None:
    """No text raises anything but DocumentError, and no paragraph is blank."""
    try:
        found = read(text.encode(encoding, errors="ignore"), name)
    except DocumentError:
        return
    assert found
    assert all(text.strip() for text in found)


@settings(max_examples=200)
@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes raise anything but DocumentError."""
    try:
        found = read(data, "a.md")
    except DocumentError:
        return
    assert found


@cache
def articles() -> dict[str, bytes]:
    """Return the same article as a file of each kind, by its suffix."""
    title, facts, table = mixed_folder.article(7)
    return {suffix: write(title, facts, table) for suffix, write in mixed_folder.WRITERS}


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    """A file of any kind, cut short or with bytes changed, under whatever suffix, gives text or a reason."""
    suffixes = sorted(articles())
    whole = bytearray(articles()[data.draw(st.sampled_from(suffixes))])
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(whole)) | st.integers(0, len(whole)))
    name = f"a{data.draw(st.sampled_from([*suffixes, '.doc', '']))}"
    try:
        said = "".join(read(bytes(whole[:end]), name))
    except DocumentError as error:
        said = error.reason
    assert said.strip()
