"""Text in images: scanned pages, tables, charts, sideways pages, what cannot be read, and the cache."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from retrieval.answer import answer
from retrieval.documents import Surroundings, ocr, read_file
from retrieval.documents.blocks import Block, UnreadableError
from retrieval.documents.formats.image import read
from retrieval.documents.page_layout import Line
from retrieval.documents.pictures import PictureError
from retrieval.documents.recognition import recognised, text_in
from retrieval.errors import DocumentError
from retrieval.index import Index
from tests.pages import font, jpeg, page, pdf, png, table

if TYPE_CHECKING:
    from retrieval.documents.recognition import Recognise

ROOT = Path(__file__).parents[2]
NOTICE = page(
    [
        "各镇人民政府：",
        "　　为做好防汛准备，决定自3月10日起在全市开展河道清淤",
        "工作，计划清淤河道126公里，投入资金3480万元。",
        "　　清出的淤泥统一运往北郊堆场，不得就地堆放。",
    ],
    "关于河道清淤工作的通知",
)
TOWNS = table(
    [
        ("镇名", "人口（万人）", "增长"),
        ("石塘镇", "3.2", "4.5%"),
        ("青石镇", "2.8", "3.1%"),
        ("文昌镇", "5.6", "1.2%"),
    ],
    "表1 2022年各镇人口",
)


@pytest.fixture(scope="module")
def recognise() -> Recognise:
    """The engine, loaded once."""
    found = ocr.recogniser()
    assert found is not None
    return found


def line(text: str, top: float, confidence: float = 0.9) -> Line:
    return Line(text, confidence, 10, top, 10 + 20 * len(text), top + 20)


def test_scanned_pages_are_found(tmp_path: Path) -> None:
    """A question is answered by what only a scanned page says, by a table's cell too, with page and image."""
    documents, kept = tmp_path / "documents", tmp_path / "recognised"
    documents.mkdir()
    (documents / "scan.pdf").write_bytes(pdf([NOTICE, TOWNS]))
    index = Index(tmp_path / "snapshots", recognised=kept)
    report = index.build(documents)
    assert not report.skipped
    assert not report.remarks

    found = answer(index.current(), "清淤投入资金多少")
    paragraph = found.hits[0].paragraph
    assert found.figures[0].text == "3480万元"
    assert (paragraph.page, paragraph.title) == (1, "关于河道清淤工作的通知")
    assert "开展河道清淤工作，计划" in paragraph.text
    assert paragraph.confidence is not None
    assert paragraph.confidence > 0.9
    assert Image.open(io.BytesIO(index.current().picture(paragraph.pictures[0].key))).size

    cell = answer(index.current(), "2022年石塘镇的人口是多少")
    assert cell.hits[0].paragraph.page == 2
    assert cell.hits[0].paragraph.pictures
    assert cell.figures[0].text.startswith("3.2")

    # The same images in another file are not read again.
    for file in kept.iterdir():
        lines = json.loads(file.read_text("utf-8"))
        for one in lines:
            one[0] = one[0].replace("3480", "9999")
        file.write_text(json.dumps(lines), "utf-8")
    index.build(documents, full=True)
    assert answer(index.current(), "清淤投入资金多少").figures[0].text == "9999万元"


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180])
def test_turned_pages(recognise: Recognise, turn: Image.Transpose) -> None:
    """A page on its side or its head is read as if it stood upright."""
    found = text_in(png(NOTICE.transpose(turn)), recognise).splitlines()
    assert found[0] == "关于河道清淤工作的通知"
    assert "清淤河道126公里，投入资金3480万元。" in found[2]


def test_orientation_of_a_photo(recognise: Recognise) -> None:
    """A photo that says by EXIF how it was held is turned first."""
    turned = NOTICE.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    turned.save(file, "JPEG", exif=exif)
    assert text_in(file.getvalue(), recognise).startswith("关于河道清淤工作的通知")


def test_long_screenshot(recognise: Recognise) -> None:
    """A tall image is read in tiles, each line once."""
    image = Image.new("RGB", (500, 1900), "white")
    draw = ImageDraw.Draw(image)
    texts = [f"第{number}座桥长{number * 7}米" for number in range(1, 24)]
    for number, text in enumerate(texts):
        draw.text((40, 30 + number * 80), text, font=font(28), fill="black")
    lines = recognise(png(image))
    assert [one.text for one in sorted(lines, key=lambda one: one.top)] == texts


def test_picture_with_and_without_words(recognise: Recognise) -> None:
    """A chart's words are read; a word on a sign is not worth it."""
    chart = Image.new("RGB", (700, 400), "white")
    draw = ImageDraw.Draw(chart)
    draw.text((350, 40), "云岭市旅游收入（亿元）", font=font(28), fill="black", anchor="mm")
    for number, value in enumerate((12.4, 15.8, 9.6)):
        left = 120 + number * 180
        draw.rectangle((left, 340 - value * 12, left + 80, 340), fill="navy")
        draw.text((left + 40, 320 - value * 12), str(value), font=font(24), fill="black", anchor="mm")
        draw.text((left + 40, 365), f"{2018 + number}年", font=font(24), fill="black", anchor="mm")
    sign = Image.new("RGB", (400, 200), "tan")
    ImageDraw.Draw(sign).text((200, 100), "面馆", font=font(60), fill="black", anchor="mm")
    blocks = [Block("picture", "图1", image=png(chart)), Block("picture", "", image=jpeg(sign))]
    first, second = recognised(blocks, recognise)
    assert first.recognised.startswith("云岭市旅游收入")
    assert "2018年 2019年 2020年" in first.recognised
    assert "15.8" in first.recognised.splitlines()
    assert first.confidence
    assert second.recognised == ""


@pytest.mark.parametrize("size", [(1, 1), (30, 1000), (700, 500)])
def test_nothing_to_read(recognise: Recognise, size: tuple[int, int]) -> None:
    """An image without text has none."""
    assert recognise(png(Image.new("RGB", size, "white"))) == []


@pytest.mark.parametrize("data", [b"", b"no image", png(NOTICE)[:2000], jpeg(NOTICE)[:300]])
def test_broken_images(data: bytes) -> None:
    """What cannot be decoded says so before the engine is loaded."""
    engine = ocr.recogniser()
    assert engine is not None
    with pytest.raises(PictureError):
        engine(data)


def test_huge_image() -> None:
    """An image of too many pixels is not decoded."""
    engine = ocr.recogniser()
    assert engine is not None
    with pytest.raises(PictureError, match="像素过多"):
        engine(png(Image.new("1", (20_000, 10_000))))


def test_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is kept by content, a damaged file is made anew, and the oldest files go."""
    asked: list[bytes] = []
    monkeypatch.setattr(ocr, "_KEPT_FILES", 2)

    def lines(_: object, data: bytes) -> list[Line]:
        asked.append(data)
        return [line("桥长48米", 10 * len(asked))]

    monkeypatch.setattr(ocr._Engine, "lines", lines)

    def read(data: bytes) -> list[Line]:
        reading = ocr.recogniser(tmp_path)
        assert reading is not None
        return reading(data)

    first = read(b"one")
    assert read(b"one") == first
    assert asked == [b"one"]
    (file,) = tmp_path.iterdir()
    file.write_text("{", "utf-8")
    assert read(b"one") != first
    assert asked == [b"one"] * 2
    for number in range(5):
        old = tmp_path / f"{number}.json"
        old.write_text("[]", "utf-8")
        os.utime(old, (number, number))
    read(b"another")
    assert file.exists()
    assert len(list(tmp_path.iterdir())) == 3


def test_unsure_lines() -> None:
    """What is hardly legible is left out, and many such lines are mentioned; a silent page is shown."""
    pages = {
        b"a": [
            line("看得清的一行文字，写的是桥长48米。", 100),
            *(line("糊", 200 + 30 * n, 0.3) for n in range(6)),
        ],
        b"b": [],
    }
    scans = [Block("scan", "", page=number, image=image) for number, image in enumerate(pages, start=1)]
    found = list(recognised(scans, lambda data: pages[data]))
    assert [(block.kind, block.text) for block in found] == [
        ("text", "看得清的一行文字，写的是桥长48米。"),
        ("picture", ""),
        ("remark", "第 2 页没有识别出文字"),
        ("remark", "有 6 行文字看不清，没有收入"),
    ]


def test_running_heads() -> None:
    """What stands at the edge of each page is read once."""
    scans = [Block("scan", "", page=number, image=bytes([number])) for number in (1, 2)]

    def recognise(data: bytes) -> list[Line]:
        return [
            line(f"云岭年鉴 第{data[0]}期", 10),
            line(f"这是第{data[0]}页的正文，写在中间。", 200),
            line("内部资料", 900),
        ]

    texts = [block.text for block in recognised(scans, recognise)]
    assert texts == [
        "云岭年鉴 第1期",
        "这是第1页的正文，写在中间。",
        "内部资料",
        "这是第2页的正文，写在中间。",
    ]


def test_chart_as_a_file(tmp_path: Path) -> None:
    """An image file whose text is scattered numbers is one picture with its caption, not a row of numbers."""
    (tmp_path / "chart.png").write_bytes(png(NOTICE))
    words = [
        line("旅游收入（亿元）", 10),
        *(line(f"{n}.5", 100 * n) for n in (1, 2, 3)),
        line("2020年 2021年", 500),
    ]
    (document,) = read_file(
        tmp_path, "chart.png", Surroundings(tmp_path / "pictures", lambda _: words)
    ).documents
    (paragraph,) = document.sections[0].paragraphs
    assert paragraph.text == "旅游收入（亿元）\n1.5\n2.5\n3.5\n2020年 2021年"
    assert paragraph.pictures[0].caption == "旅游收入（亿元）"


def test_a_page_is_stored_once(tmp_path: Path) -> None:
    """The paragraphs of a page all show its one image."""
    (tmp_path / "page.png").write_bytes(png(NOTICE))
    surroundings = Surroundings(
        tmp_path / "pictures", lambda _: [line("第一段。", 10), line("第二段。", 200)]
    )
    (document,) = read_file(tmp_path, "page.png", surroundings).documents
    paragraphs = document.sections[0].paragraphs
    assert [paragraph.text for paragraph in paragraphs] == ["第一段。", "第二段。"]
    assert len({paragraph.pictures for paragraph in paragraphs}) == 1
    assert len(list((tmp_path / "pictures").iterdir())) == 1


WITHOUT = """
import sys
sys.modules["rapidocr"] = None
from pathlib import Path
from retrieval.documents import ocr, read_file, Surroundings
from retrieval.errors import DocumentError
assert ocr.identity() == ""
for name in ("scan.pdf", "page.png"):
    try:
        read_file(Path(sys.argv[1]), name, Surroundings(recognise=ocr.recogniser()))
    except DocumentError as error:
        print(error.reason)
"""


def test_without_the_extra(tmp_path: Path) -> None:
    """Where nothing can read images, scans and image files are refused with what to install."""
    (tmp_path / "scan.pdf").write_bytes(pdf([NOTICE, TOWNS]))
    (tmp_path / "page.png").write_bytes(png(NOTICE))
    command = [sys.executable, "-c", WITHOUT, str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()
    assert len(said) == 2
    assert all("请安装 wenju[ocr]" in reason for reason in said)
    assert "2 页是扫描图像" in said[0]


def test_another_recogniser_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When what reads images changes, every file is read again; else none is."""
    (tmp_path / "a.md").write_text("# 桥\n\n桥长48米。\n", "utf-8")
    index = Index(tmp_path / "snapshots", recognised=tmp_path / "kept")
    index.build(tmp_path)
    assert index.build(tmp_path).read == 0
    monkeypatch.setattr(ocr, "identity", lambda: "another")
    assert index.build(tmp_path).read == 1


def test_errors_of_image_files(tmp_path: Path) -> None:
    """An image file that is none, or broken, or silent, says so."""
    cases = {
        "a.png": (b"", "空文件"),
        "b.jpg": (b"<p>text</p>", "图片"),
        "c.png": (png(NOTICE)[:900], "已损坏"),
    }
    for name, (data, reason) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DocumentError, match=reason):
            read_file(tmp_path, name)
    (tmp_path / "d.png").write_bytes(png(NOTICE))
    with pytest.raises(DocumentError, match="没有识别出文字"):
        read_file(tmp_path, "d.png", Surroundings(recognise=lambda _: []))


def tiff() -> bytes:
    file = io.BytesIO()
    small = NOTICE.resize((190, 105))
    small.save(file, "TIFF", save_all=True, append_images=[small.convert("1")], compression="tiff_lzw")
    return file.getvalue()


@settings(max_examples=150)
@given(
    st.sampled_from([png(NOTICE.resize((190, 105))), jpeg(NOTICE.resize((190, 105))), tiff()]),
    st.lists(
        st.tuples(st.integers(0, 400), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=4
    ),
)
def test_damaged_files(data: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    """However a file is damaged, its pages are read or it says that it cannot be."""
    for start, inserted, removed in changes:
        data = data[:start] + inserted + data[start + removed :]
    with suppress(UnreadableError):
        for block in read(data).blocks:
            assert block.image or block.kind == "remark"


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    """Each page of a TIFF is a page; another image file has no pages."""
    NOTICE.convert("1").save(tmp_path / "a.tiff", save_all=True, append_images=[TOWNS.convert("1")])
    (tmp_path / "b.webp").write_bytes(png(NOTICE))
    seen: list[bytes] = []

    def recognise(data: bytes) -> list[Line]:
        seen.append(data)
        return [line(f"这是第{len(seen)}张图里的一句话。", 10)]

    def pages(name: str) -> list[int | None]:
        (document,) = read_file(tmp_path, name, Surroundings(recognise=recognise)).documents
        return [whole.page for section in document.sections for whole in section.paragraphs]

    assert pages("a.tiff") == [1, 2]
    assert pages("b.webp") == [None]
