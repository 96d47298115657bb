"""PDF files for the tests: set by Typst, changed by pypdf, and what the reader makes of them."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pypdf
import typst
from PIL import Image, ImageDraw

from retrieval.documents.formats.pdf import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.documents.blocks import Block

SERIF = '#set text(font: "Noto Serif CJK SC", size: 10.5pt, lang: "zh")\n#set par(justify: true)\n'
INDENTED = "#set par(first-line-indent: (amount: 2em, all: true))\n"
PAGE = "#set page(width: 12cm, height: 14cm, margin: 2cm)\n"


def typeset(markup: str, **files: bytes) -> bytes:
    """Return the PDF of Typst markup; a file is named in it by its keyword."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        (folder / "main.typ").write_text(markup, encoding="utf-8")
        return typst.compile(folder / "main.typ")


def changed(data: bytes, change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """Return the PDF after pypdf has changed it."""
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(data)))
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def blocks(data: bytes) -> list[Block]:
    return list(read(data).blocks)


def texts(data: bytes) -> list[str]:
    return [block.text for block in blocks(data) if block.text]


def prose(name: str, sentences: int = 4) -> str:
    """Return a paragraph in which every sentence is its own."""
    works = ("供水管网", "供电线路", "城市道路", "公共交通", "河道治理", "学校医院", "老旧小区")
    steps = (
        "设计图纸已经审定",
        "施工单位已经进场",
        "主要工程已经完成",
        "资金来源已经落实",
        "居民意见已经征求",
    )
    return "".join(
        f"{name}的第{number}句说的是{works[(number + ord(name[0])) % 7]}的改造情况，{steps[number % 5]}，"
        f"{name}还要在年底以前报送下一阶段的安排。"
        for number in range(1, sentences + 1)
    )


def drawing(name: str, colour: str = "steelblue") -> bytes:
    """Return an image in the format that is named, with enough in it to be one."""
    image = Image.new("RGB", (320, 200), "white")
    pen = ImageDraw.Draw(image)
    for step in range(12):
        pen.ellipse((step * 22, step * 12, step * 22 + 50, step * 12 + 44), fill=colour, outline="black")
    file = io.BytesIO()
    image.save(file, name)
    return file.getvalue()
