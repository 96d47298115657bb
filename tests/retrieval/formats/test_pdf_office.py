"""A PDF that LibreOffice made of a Word file, as most of people's PDFs are made."""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import TYPE_CHECKING

import docx
import pytest
from docx.shared import Cm

from tests.retrieval.formats.pdf_files import blocks, drawing, prose

if TYPE_CHECKING:
    from retrieval.documents.blocks import Block


def report() -> bytes:
    """Return a Word file with headings, lists, a table with merged cells, pictures, a header and a footer."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "江州市发展改革委　工作报告"
    document.sections[0].footer.paragraphs[0].text = "内部资料 注意保存"
    document.add_heading("江州市2023年民营经济发展情况报告", 0)
    for heading in ("基本情况", "主要做法", "下一步工作"):
        document.add_heading(heading, 1)
        for name in "甲乙丙丁":
            document.add_paragraph(prose(heading + name, 4))
        document.add_heading(f"{heading}要点", 2)
        document.add_paragraph("融资成本继续下降。", style="List Bullet")
        document.add_paragraph(prose(heading + "用地", 2), style="List Bullet")
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    for row in range(4):
        for column in range(3):
            table.cell(row, column).text = f"{row}行{column}列"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "合并的表头"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "合并的行"
    document.add_paragraph(prose("表后", 2))
    document.add_picture(io.BytesIO(drawing("JPEG")), width=Cm(8))
    document.add_paragraph("图1 江州港集装箱码头")
    document.add_paragraph(prose("图后", 2))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Block]:
    assert shutil.which("soffice"), "LibreOffice is missing: install libreoffice-writer"
    folder = tmp_path_factory.mktemp("office")
    (folder / "report.docx").write_bytes(report())
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "report.docx")], check=True, capture_output=True, timeout=120)
    return blocks((folder / "report.pdf").read_bytes())


def test_headings_and_paragraphs(found: list[Block]) -> None:
    """Title and sections have their levels, paragraphs are whole, running heads are gone."""
    headings = [(block.text, block.level) for block in found if block.kind == "heading"]
    assert headings == [
        ("江州市2023年民营经济发展情况报告", 1),
        ("基本情况", 2),
        ("基本情况要点", 3),
        ("主要做法", 2),
        ("主要做法要点", 3),
        ("下一步工作", 2),
        ("下一步工作要点", 3),
    ]
    written = [
        prose(heading + name, 4) for heading in ("基本情况", "主要做法", "下一步工作") for name in "甲乙丙丁"
    ]
    assert [block.text for block in found if block.kind == "text"] == [
        *written,
        prose("表后", 2),
        prose("图后", 2),
    ]
    assert {block.page for block in found} >= {1, 2, 3}


def test_lists(found: list[Block]) -> None:
    """Bullets are items, with all their lines."""
    items = [block.text for block in found if block.kind == "item"]
    assert items[:2] == ["• 融资成本继续下降。", "• " + prose("基本情况用地", 2)]


def test_the_table_and_the_picture(found: list[Block]) -> None:
    """Merged cells are repeated, and the picture has its caption after it."""
    table = next(block.table for block in found if block.table)
    assert table.rows == (
        ("0行0列", "合并的表头", "合并的表头"),
        ("合并的行", "1行1列", "1行2列"),
        ("合并的行", "2行1列", "2行2列"),
        ("3行0列", "3行1列", "3行2列"),
    )
    place = next(number for number, block in enumerate(found) if block.kind == "picture")
    assert (found[place].image or b"").startswith(b"\xff\xd8")
    assert found[place + 1].kind == "caption"
    assert found[place + 1].text.replace(" ", "") == "图1江州港集装箱码头"
