"""A folder of files made to harm: each is refused with a reason or read, and the others are indexed."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from retrieval.documents import Surroundings, read_file
from retrieval.errors import DocumentError
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
