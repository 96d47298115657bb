"""The articles that the README's pictures of a table, a picture, a scan and a series are asked of."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
import openpyxl
from PIL import Image, ImageDraw

from tests import pages

if TYPE_CHECKING:
    from pathlib import Path

OUTPUT = {2018: "9.6", 2019: "11.2", 2020: "11.8", 2021: "14.5", 2022: "16.9", 2023: "19.3"}
TOWNS = (
    ("青石镇", "38500", "21600", "5.4"),
    ("石塘镇", "27100", "18900", "4.1"),
    ("南溪乡", "16400", "9200", "2.3"),
    ("北岭乡", "12800", "11500", "2.6"),
)
NOTICE = (
    "城东片区各用户：",
    "　　因环城路供水管道改造，定于5月16日22时至次日6时",
    "对城东片区停水，涉及青石路、梅园小区、县第二中学，",
    "请提前储水。供水热线：96118转3。",
    "　　　　　　　　　　　　　　云岭县自来水公司",
    "　　　　　　　　　　　　　　2024年5月13日",
)


def write(folder: Path) -> None:
    """Write articles of four kinds into a new folder."""
    folder.mkdir()
    for year, output in OUTPUT.items():
        text = (
            f"# 云岭县{year}年国民经济和社会发展统计公报\n\n日期：{year + 1}-03-20\n\n"
            f"{year}年，全县茶叶总产值{output}亿元，带动{year - 1996}00户农户增收。\n"
        )
        (folder / f"统计公报{year}.md").write_text(text, encoding="utf-8")
    _towns(folder / "各乡镇基本情况.xlsx")
    _trail(folder / "环湖步道规划.docx")
    (folder / "停水通知（扫描件）.pdf").write_bytes(pages.pdf([pages.page(NOTICE, "关于城东片区停水的通知")]))


def _towns(file: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2023年各乡镇基本情况"])
    sheet.append(["乡镇", "常住人口（人）", "茶园面积（亩）", "茶叶产值（亿元）"])
    for name, *numbers in TOWNS:
        sheet.append([name, *map(float, numbers)])
    book.save(file)


def _trail(file: Path) -> None:
    document = docx.Document()
    document.add_heading("环湖步道建设规划", 0)
    document.add_paragraph("环湖步道全长36公里，分三期建设，沿途设观景台12处、驿站5处，2025年底全线贯通。")
    document.add_picture(io.BytesIO(pages.png(_map())), width=docx.shared.Cm(12))
    document.add_paragraph("图1 环湖步道线路示意图", style="Caption")
    document.add_paragraph("一期工程从游客中心到石塘码头，长14公里，路面为透水沥青。")
    document.save(str(file))


def _map() -> Image.Image:
    image = Image.new("RGB", (900, 600), "#eef4e6")
    draw = ImageDraw.Draw(image)
    draw.ellipse((190, 130, 710, 470), fill="#b9dcf2", outline="#6aa9cf", width=3)
    draw.arc((150, 95, 750, 505), 0, 360, fill="#d9822b", width=12)
    stops = {"游客中心": (150, 300), "石塘码头": (450, 95), "观景塔": (750, 300), "芦苇湾": (450, 505)}
    for name, (x, y) in stops.items():
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill="white", outline="#b5561c", width=5)
        draw.text((x, y - 40), name, font=pages.font(30), fill="#333333", anchor="mm")
    draw.text((450, 300), "云岭湖", font=pages.font(48), fill="#2f6f9f", anchor="mm")
    return image
