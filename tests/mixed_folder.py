"""A folder of articles of every kind, as a team has it: what the benchmark and the test of many files read.

Every article tells of another county; each of a kind holds a table and a picture where the format can. A few
files cannot be read, each for another reason.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from typing import TYPE_CHECKING

import docx
import openpyxl
import typst
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SURNAMES, _ENDINGS = "青白清长新安平永丰泉云石金玉龙凤", "山河源溪岭川湖州阳水城江"
_SENTENCES = (
    "全县茶园面积达到{0}万亩，种茶农户共{1}户。",
    "干茶产量{1}吨，比上年增长{2}%，产值{0}亿元。",
    "盘山公路全长{2}公里，{3}年10月建成通车，沿线{1}人出行更方便。",
    "新建社区食堂{2}处，为{1}位老人送餐，平均每餐{2}元。",
    "会议强调，要抓好春耕备耕，确保种子、化肥按时到户，农机检修不留死角。",
    "负责人表示，下一步将继续完善村级服务站点，让办事不出村成为常态。",
)
BAD = {
    "坏/空.docx": b"",
    "坏/断.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "坏/假.xlsx": b"PK\x03\x04 not a workbook",
    "坏/乱.txt": bytes(range(256)) * 8,
    "坏/旧.doc": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
}


def make(folder: Path, count: int) -> None:
    """Write `count` articles, and the bad files, into `folder`: the same in every run."""
    for name, data in BAD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for number in range(count):
        suffix, write = WRITERS[number % len(WRITERS)]
        file = folder / f"{number % 10}" / f"{number:04}{suffix}"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(write(*article(number)))


def county(number: int) -> str:
    """Return the county that article `number` tells of; no two are named alike."""
    first, rest = number % len(_SURNAMES), number // len(_SURNAMES)
    return f"{_SURNAMES[first]}{_ENDINGS[rest % len(_ENDINGS)]}{'东西南北中'[rest // len(_ENDINGS) % 5]}县"


def output(number: int, year: int) -> str:
    """Return what the table of article `number` says for a year, in 10,000 tonnes."""
    return f"{100 + number % 83 + (year - 2019) * 7.3:.1f}"


def article(number: int) -> tuple[str, list[str], list[list[str]]]:
    """Return title, paragraphs and table."""
    chance = random.Random(number)
    facts = [
        "".join(
            sentence.format(
                chance.randint(2, 90), chance.randint(300, 9000), chance.randint(3, 60), 2000 + number % 25
            )
            for sentence in chance.sample(_SENTENCES, 3)
        )
        for _ in range(8)
    ]
    table = [
        ["年份", "粮食产量（万吨）"],
        *([f"{year}年", output(number, year)] for year in range(2019, 2024)),
    ]
    return f"{county(number)}发展情况", facts, table


def _image(number: int) -> bytes:
    drawn = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(drawn).rectangle((20, 20, 60 + number % 200, 160), fill=(number % 256, 90, 120))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


def _markdown(title: str, facts: list[str], table: list[list[str]]) -> bytes:
    head, *rows = ("| " + " | ".join(row) + " |" for row in table)
    return "\n\n".join([f"# {title}", *facts, "\n".join([head, "|---|---|", *rows])]).encode()


def _text(title: str, facts: list[str], _table: list[list[str]]) -> bytes:
    return "\n".join([title, "", *facts]).encode("gb18030")


def _word(title: str, facts: list[str], table: list[list[str]]) -> bytes:
    document = docx.Document()
    document.add_heading(title, 0)
    for fact in facts:
        document.add_paragraph(fact)
    grid = document.add_table(0, 2)
    for row in table:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    document.add_picture(io.BytesIO(_image(len(facts[0]))))
    document.add_paragraph(f"图1 {title}示意", style="Caption")
    return _saved(document.save)


def _page(title: str, facts: list[str], table: list[list[str]]) -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table)
    links = "".join(f"<li><a href='/{number}'>栏目{number}</a></li>" for number in range(30))
    body = "".join(f"<p>{fact}</p>" for fact in facts)
    return (
        f"<html><head><meta charset=gb2312><title>{title}_某某网</title></head><body><ul class=nav>{links}"
        f"</ul><h1>{title}</h1><div class=content>{body}<table>{rows}</table></div>"
        "<div class=footer>版权所有</div></body></html>"
    ).encode("gb18030")


def _workbook(title: str, _facts: list[str], table: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    for row in table:
        sheet.append(row)
    return _saved(book.save)


def _values(title: str, _facts: list[str], table: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([[title], *table])
    return file.getvalue().encode("utf-8-sig")


def _typeset(title: str, facts: list[str], table: list[list[str]]) -> bytes:
    cells = ", ".join(f"[{cell}]" for row in table for cell in row)
    source = (
        '#set text(font: "Noto Serif CJK SC", size: 11pt)\n#set page(numbering: "1")\n'
        f"= {title}\n\n" + "\n\n".join(facts) + f"\n\n#table(columns: 2, {cells})\n"
    )
    return typst.compile(source.encode(), format="pdf")


def _archive(title: str, facts: list[str], table: list[list[str]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("文章.md", _markdown(title, facts, table))
        archive.writestr("附件.xyz", b"?")
    return file.getvalue()


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


WRITERS = (
    (".md", _markdown),
    (".txt", _text),
    (".docx", _word),
    (".html", _page),
    (".xlsx", _workbook),
    (".csv", _values),
    (".pdf", _typeset),
    (".zip", _archive),
)
