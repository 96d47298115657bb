"""Excel workbooks as a reader of the sheet sees them: tables, titles, values as shown."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.drawing.image import Image
from PIL import Image as Pixels

from retrieval.documents import read_file
from retrieval.documents.blocks import Block, UnreadableError
from retrieval.documents.formats.spreadsheet import read
from retrieval.documents.formats.spreadsheet.number_formats import shown
from retrieval.documents.tables import of_block

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


DAY = dt.datetime.fromisoformat("2031-03-05")


def workbook(rows: list[list[Any]], title: str = "Sheet") -> tuple[Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book, sheet


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def blocks(data: bytes) -> list[Block]:
    return list(read(data).blocks)


def lines(data: bytes) -> list[str]:
    """The texts of a workbook's blocks, its tables as their rows."""
    found: list[str] = []
    for block in blocks(data):
        found += [paragraph.text for paragraph in of_block(block)] if block.table else [block.text]
    return found


def test_a_sheet_becomes_an_article(tmp_path: Path) -> None:
    """The title over the only table is the article's, its unit goes to the values, the remark stays text."""
    book, sheet = workbook(
        [
            ["2031年各县造林情况", None, None],
            [None, None, "单位：公顷"],
            ["县名", "造林面积", None],
            [None, "人工", "飞播"],
            ["青溪", 500, 320.5],
            ["合计", 500, 320.5],
            ["注：飞播为初步数。"],
        ]
    )
    for cells in ("A1:C1", "A3:A4", "B3:C3"):
        sheet.merge_cells(cells)
    (tmp_path / "造林.xlsx").write_bytes(saved(book))
    (document,) = read_file(tmp_path, "造林.xlsx").documents
    assert document.title == "2031年各县造林情况"
    assert [
        (section.heading, [whole.text for whole in section.paragraphs]) for section in document.sections
    ] == [
        (
            None,
            [
                "青溪 · 造林面积人工 500公顷 · 造林面积飞播 320.5公顷",
                "合计 · 造林面积人工 500公顷 · 造林面积飞播 320.5公顷",
                "注：飞播为初步数。",
            ],
        )
    ]
    value = document.sections[0].paragraphs[0].cells[0]
    assert (value.metric, value.period) == ("青溪 造林面积人工", "2031年")


def test_sheets_and_tables_apart() -> None:
    """Each visible sheet has its heading, hidden ones are named; empty rows divide tables."""
    book, _ = workbook(
        [["镇", "人口"], ["南塘", 3], [], ["各镇耕地"], ["镇", "耕地（亩）"], ["南塘", 70]], "南片"
    )
    book.create_sheet("北片").append(["北片没有数据。"])
    hidden = book.create_sheet("底稿")
    hidden.append(["不给人看"])
    hidden.sheet_state = "hidden"
    found = blocks(saved(book))
    assert [(block.kind, block.text, block.level) for block in found] == [
        ("remark", "隐藏的工作表没有读取：底稿", 0),
        ("heading", "南片", 2),
        ("table", "", 0),
        ("table", "", 0),
        ("heading", "北片", 2),
        ("text", "北片没有数据。", 0),
    ]
    assert lines(saved(book))[2:4] == ["南塘 · 人口 3", "南塘 · 耕地 70亩"]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (0.226, "0.0%", "22.6%"),
        (0.2265, "0%", "23%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-12.5, "0.00;[Red](0.00)", "(12.50)"),
        (-0.05, "0.0%;[Red]-0.0%", "-5.0%"),
        (12, '0"万元"', "12万元"),
        (3500000, '#,##0,"千元"', "3,500千元"),
        (12.5, "¥#,##0.00_ ", "¥12.50"),
        (2.5, "0.###", "2.5"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "0.0000001"),
        (12.25, "0.00E+00", "12.25"),
        (True, "General", "TRUE"),
        (DAY, 'yyyy"年"m"月"', "2031年3月"),
        (DAY, "mm-dd-yy", "2031-03-05"),
        (DAY, "yyyy/m/d;@", "2031/3/5"),
        (DAY.replace(hour=14, minute=7), "yyyy-mm-dd hh:mm", "2031-03-05 14:07"),
        (DAY, "[$-804]yyyy年m月d日 aaaa", "2031年3月5日 星期三"),
        (dt.time(14, 7), "h:mm AM/PM", "2:07 下午"),
        (dt.date(2031, 3, 5), "General", "2031-03-05"),
    ],
)
def test_values_as_shown(value: object, number_format: str, expected: str) -> None:
    """A number, a date or a truth value is the text that its number format makes of it."""
    assert shown(value, number_format) == expected


@settings(max_examples=200)
@given(
    st.one_of(
        st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates(), st.times(), st.timedeltas()
    ),
    st.text(alphabet='#0?.,%;"\\[]_*ymdhsae/ E+-年月¥@', max_size=16),
)
def test_any_format_shows_something(value: object, number_format: str) -> None:
    """No number format raises."""
    assert isinstance(shown(value, number_format), str)


def test_formulas() -> None:
    """A formula is its stored result; one without is an empty cell, and is remarked on once."""
    book, sheet = workbook([["镇", "收入（元）", "支出（元）"], ["南塘", 12, 7], ["合计", "=B2*1", "=C2*1"]])
    data = saved(book)
    found = blocks(data)
    assert [(block.kind, block.text) for block in found[1:]] == [("remark", "2 个公式没有缓存的结果")]
    assert lines(data)[:2] == ["南塘 · 收入 12元 · 支出 7元", "合计"]
    sheet["B3"], sheet["C3"] = 12, "#DIV/0!"
    assert lines(saved(book)) == ["南塘 · 收入 12元 · 支出 7元", "合计 · 收入 12元"]


def test_stored_results_are_read() -> None:
    """What the workbook stores as a formula's result is its value."""
    book, _ = workbook([["镇", "收入（元）"], ["南塘", "=6+6"]])
    data = saved(book)
    parts = unzipped(data)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"</f>\s*<v\s*(?:/>|></v>)", b"</f><v>12</v>", parts[sheet])
    assert lines(zipped(parts)) == ["南塘 · 收入 12元"]


def test_pictures() -> None:
    """A picture on a sheet comes after its tables, as it is stored."""
    image = io.BytesIO()
    Pixels.new("RGB", (30, 20), "navy").save(image, "PNG")
    book, sheet = workbook([["镇", "人口"], ["南塘", 3]])
    sheet.add_image(Image(io.BytesIO(image.getvalue())), "D1")
    *_, picture = blocks(saved(book))
    assert picture.kind == "picture"
    assert picture.image is not None
    assert Pixels.open(io.BytesIO(picture.image)).size == (30, 20)


def test_far_cells_cost_nothing() -> None:
    """A cell in the last corner and a merge over everything build no grid."""
    book, sheet = workbook([["镇", "人口"], ["南塘", 3]])
    sheet["XFD1048576"] = "远处"
    data = saved(book)
    parts = unzipped(data)
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><pageMargins'
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"<pageMargins", merge)
    assert lines(zipped(parts)) == ["南塘 · 人口 3", "远处"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("镇,人口\n南塘,3\n".encode(), ".csv"),
        (b"", "空文件"),
        (b"PK\x03\x04 and no more", "损坏"),
    ],
)
def test_what_is_no_workbook_says_what_it_is(data: bytes, reason: str) -> None:
    """A file that is no workbook, or a broken one, is refused with its reason."""
    with pytest.raises(UnreadableError, match=reason):
        blocks(data)


def test_damaged_workbooks_are_refused_or_read() -> None:
    """Cut, flipped and overwritten bytes raise nothing but UnreadableError."""
    book, sheet = workbook([["镇", "人口", "日期"], ["南塘", 3, DAY], ["北塘", 0.5, True]])
    sheet.merge_cells("A5:B5")
    data = saved(book)
    parts = unzipped(data)
    chance = random.Random(5)
    refused = 0
    for round_ in range(150):
        damaged = bytearray(data)
        if round_ % 3 == 0:
            damaged = damaged[: chance.randrange(len(damaged))]
        elif round_ % 3 == 1:
            for _ in range(8):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        else:
            name = chance.choice(sorted(parts))
            part = bytearray(parts[name])
            for _ in range(4):
                place = chance.randrange(len(part))
                part[place : place + chance.randrange(3)] = bytes(chance.choices(b'<>/"=0A9 x&', k=2))
            damaged = bytearray(zipped({**parts, name: bytes(part)}))
        try:
            blocks(bytes(damaged))
        except UnreadableError:
            refused += 1
    assert refused > 50
