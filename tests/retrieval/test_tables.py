"""Tables: a row is a paragraph that can be found and read alone, and its cells are its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.answer import answer
from retrieval.cells import figures
from retrieval.documents import read_file
from retrieval.documents.blocks import Block, Table
from retrieval.documents.sections import sections
from retrieval.documents.table_heads import read_head
from retrieval.documents.table_layout import tidy_rows
from retrieval.documents.tables import caption_of, paragraphs
from retrieval.index import Index
from retrieval.paragraphs import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.model import Figure
    from retrieval.snapshot import Snapshot


def table(text: str, heads: int | None = None) -> Table:
    """Make a table of lines whose cells are divided by bars."""
    return Table.of([[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()], heads)


def texts(given: Table, caption: str = "") -> list[str]:
    return [paragraph.text for paragraph in paragraphs(given, caption)]


def values(given: Table, caption: str = "") -> list[tuple[str, str | None, str | None]]:
    """Every value that is no date, with its metric and period."""
    return [
        (figure.text, figure.metric, figure.period)
        for paragraph in paragraphs(given, caption)
        for figure in figures(paragraph.text, paragraph.cells)
        if figure.kind != "date"
    ]


TRADE = """
年份 | 港口吞吐量（万吨） | 同比增长（%）
2030 | 1,204.5 | 3.1
2031 | 1,377.0 | 14.3
"""


def test_a_row_reads_alone() -> None:
    """The row's name comes first, then each head with its value and unit."""
    assert texts(table(TRADE)) == [
        "2030年 · 港口吞吐量 1,204.5万吨 · 同比增长 3.1%",
        "2031年 · 港口吞吐量 1,377.0万吨 · 同比增长 14.3%",
    ]


def test_cells_are_figures() -> None:
    """A value has its head's words as metric, the row's year as period, and is normalised as everywhere."""
    last = paragraphs(table(TRADE))[-1]
    year, amount, growth = figures(last.text, last.cells)
    assert (year.text, year.kind, year.value) == ("2031年", "date", "2031")
    assert (amount.kind, amount.value, amount.unit) == ("measure", 13_770_000.0, "吨")
    assert (amount.metric, amount.period) == ("港口吞吐量", "2031年")
    assert (growth.value, growth.unit, growth.metric) == (14.3, "%", "港口吞吐量同比增长")


def test_years_may_stand_across() -> None:
    """With the metrics down and the years across, the row gives metric and unit, the column the period."""
    given = table("指标 | 2030年 | 2031年\n水库蓄水量（亿立方米） | 12.5 | 13\n同比增长 | 2% | 4%", 1)
    assert texts(given) == [
        "水库蓄水量 · 2030年 12.5亿立方米 · 2031年 13亿立方米",
        "水库蓄水量 · 同比增长 · 2030年 2% · 2031年 4%",
    ]
    assert values(given) == [
        ("12.5亿立方米", "水库蓄水量", "2030年"),
        ("13亿立方米", "水库蓄水量", "2031年"),
        ("2%", "水库蓄水量 同比增长", "2030年"),
        ("4%", "水库蓄水量 同比增长", "2031年"),
    ]


def test_title_unit_and_heads_in_the_table() -> None:
    """Rows over the heads are its title and unit; merged heads go together; the title's year counts."""
    given = table(
        """
        2031年各县造林情况 | 2031年各县造林情况 | 2031年各县造林情况
        | | 单位：公顷
        县名 | 造林面积 | 造林面积
        县名 | 人工 | 飞播
        合计 | 820 | —
        青溪 | 500 | 320
        """
    )
    assert caption_of(Block("table", "", table=given)) == "2031年各县造林情况"
    assert texts(given)[0] == "合计 · 造林面积人工 820公顷 · 造林面积飞播 —"
    assert values(given) == [
        ("820公顷", "合计 造林面积人工", "2031年"),
        ("500公顷", "青溪 造林面积人工", "2031年"),
        ("320公顷", "青溪 造林面积飞播", "2031年"),
    ]


@pytest.mark.parametrize(
    ("rows", "caption", "expected"),
    [
        ("县 | 收入\n青溪 | 12", "各县收入（单位：万元）", "12万元 青溪 收入"),
        ("县 | 收入 | 增长率\n青溪 | 12 | 3", "单位：万元、%", "12万元 青溪 收入; 3% 青溪 收入增长率"),
        ("县 | 收入 | 增速\n青溪 | 12 | 3", "单位：万元", "12万元 青溪 收入; 3 青溪 收入增速"),
        ("指标 | 单位 | 数值\n树苗 | 万株 | 7", "", "7万株 树苗 数值"),
        (
            "年份 | 月份 | 雨量（毫米）\n2031 | 1 | 12\n2031 | 2 | 9",
            "",
            "12毫米 雨量 2031年1月; 9毫米 雨量 2031年2月",
        ),
        (
            "季度 | 游客（人次）\n一季度 | 30\n二季度 | 41",
            "2031年游客",
            "30人次 游客 2031年一季度; 41人次 游客 2031年二季度",
        ),
        ("时间 | 客流\n1—6月 | 30人", "", "30人 客流 1—6月"),
        ("镇 | 电话 | 得分\n南塘 | 5551234 | 9.5", "", "9.5 南塘 得分"),
        ("序号 | 镇 | 得分\n1 | 南塘 | 9.5\n2 | 北塘 | 8", "", "9.5 南塘 得分; 8 北塘 得分"),
        ("镇 | 得分\n南塘 | …\n北塘 | /\n东塘 | 7\n西塘 | -", "", "7 东塘 得分"),
        (
            "排名 | 镇 | 得分\n1 | 南塘 | 9\n2 | 北塘 | 8",
            "",
            "1 南塘 排名; 9 南塘 得分; 2 北塘 排名; 8 北塘 得分",
        ),
        (
            "证券代码 | 公司 | 市值（亿元）\n600101 | 甲 | 20\n600102 | 乙 | 30",
            "",
            "20亿元 甲 市值; 30亿元 乙 市值",
        ),
        ("镇 | 产量\n南塘 | —\n北塘 | 8\n东塘 | 7", "单位：吨", "8吨 北塘 产量; 7吨 东塘 产量"),
        ("得分 | 备注\n9 | 无\n8 | 无", "", "9 得分; 8 得分"),
        ("楼 | 住户\n3号楼 | 40户\n5号楼 | 36户", "", "40户 3号楼 住户; 36户 5号楼 住户"),
    ],
)
def test_what_the_heads_say(rows: str, caption: str, expected: str) -> None:
    """Units, periods and names come from wherever the table has them, and from nowhere else."""
    found = (" ".join(filter(None, value)) for value in values(table(rows), caption))
    assert "; ".join(found) == expected


def test_below_zero_in_brackets() -> None:
    """An accountant's brackets and the true minus sign make a value negative; its text stays."""
    (row,) = paragraphs(table("项目 | 一月（万元） | 二月（万元）\n结余 | (1,200.5) | −3", 1))
    assert [(figure.text, figure.value) for figure in figures(row.text, row.cells)[1::2]] == [
        ("(1,200.5)万元", -12_005_000.0),
        ("−3万元", -30_000.0),
    ]


def test_powers_of_ten() -> None:
    """A number as spreadsheets export large ones is the number that it stands for, and takes a unit."""
    (row,) = paragraphs(table("项目 | 金额（元）\n货款 | 1.25E+08", 1))
    assert [(one.text, one.value) for one in figures(row.text, row.cells)] == [("1.25E+08元", 125_000_000.0)]


def test_groups_of_rows() -> None:
    """A row that only names the rows below stands before each of them; remarks are paragraphs."""
    given = table(
        """
        品种 | 面积（亩） | 备注
        一、果树 | |
        （一）柑橘 | |
        蜜橘 | 30 | 新栽
        （二）梨 | |
        雪梨 | 5 |
        二、茶 | |
        绿茶 | 8 |
        注：面积为年末数。 | |
        """
    )
    assert texts(given) == [
        "一、果树 · （一）柑橘 · 蜜橘 · 面积 30亩 · 备注 新栽",
        "一、果树 · （二）梨 · 雪梨 · 面积 5亩",
        "二、茶 · 绿茶 · 面积 8亩",
        "注：面积为年末数。",
    ]


def test_names_beside_their_values() -> None:
    """Two columns of names and values are one thing's properties: one paragraph, all names said."""
    given = table("项目名称 | 青溪渡槽\n建设单位 | 县水利局\n总投资 | 4500万元\n工期 | 18个月")
    assert texts(given) == ["项目名称 青溪渡槽 · 建设单位 县水利局 · 总投资 4500万元 · 工期 18个月"]
    assert values(given) == [("4500万元", "青溪渡槽 总投资", None), ("18个月", "青溪渡槽 工期", None)]


def test_tables_of_words() -> None:
    """Heads without numbers below are found by their words; a table that lays out prose is prose."""
    assert texts(table("姓名 | 职务\n甲某 | 站长\n乙某 | 技术员")) == [
        "甲某 · 职务 站长",
        "乙某 · 职务 技术员",
    ]
    assert texts(table("只有一行 | 两格")) == ["只有一行 · 两格"]
    prose = Table((("渡口在村东，冬天停航。", "船工姓陈，今年六十岁。"),))
    assert texts(prose) == ["渡口在村东，冬天停航。", "船工姓陈，今年六十岁。"]
    assert texts(Table(())) == texts(Table((("", " "),))) == []


def test_wide_rows_are_cut_between_columns() -> None:
    """A row above the longest paragraph is several, each with its name; an over-long text has its own."""
    heads = ["站名", *(f"第{number}项观测指标的数值（毫米）" for number in range(60)), "说明"]
    row = ["青溪站", *map(str, range(60)), "沿河步行可达。" * 100]
    found = paragraphs(Table((tuple(heads), tuple(row)), 1))
    assert len(found) > 2
    assert all(paragraph.text.startswith("青溪站 · ") for paragraph in found)
    assert all(len(paragraph.text) <= LONGEST for paragraph in found[:-1])
    assert found[-1].text == "青溪站 · 说明 " + "沿河步行可达。" * 100
    assert not found[-1].cells


def test_words_in_a_cell_keep_their_own_metric() -> None:
    """Figures inside a cell's sentence are found there, with what the sentence says of them."""
    (row,) = paragraphs(table("项目 | 进展\n渡槽 | 完成投资300万元，增长12%", 1))
    assert [(figure.text, figure.metric) for figure in figures(row.text, row.cells)] == [
        ("300万元", "投资"),
        ("12%", "投资增长"),
    ]


def test_a_table_stands_below_its_section() -> None:
    """Its caption joins the section's heading, and the section goes on after it."""
    found = sections(
        [
            Block("heading", "水文", level=2),
            Block("text", "全年雨量偏多，河水不枯。"),
            Block("table", "表1 雨量 单位：毫米", table=table("站 | 雨量\n青溪 | 900", 1), page=3),
            Block("text", "秋后雨量转少，渡口照常开放。"),
        ]
    )
    assert [(section.heading, section.paragraphs[0].text) for section in found] == [
        ("水文", "全年雨量偏多，河水不枯。"),
        ("水文 › 表1 雨量", "青溪 · 雨量 900毫米"),
        ("水文", "秋后雨量转少，渡口照常开放。"),
    ]
    assert found[1].paragraphs[0].page == 3


TOWNS = """
| 镇 | 常住人口（万人） | 城镇化率（%） |
|---|---|---|
| 南塘 | 12.6 | 61 |
| 北塘 | 9.3 | 48.5 |
| 合计 | 21.9 | 55.5 |
"""
YEARS = {
    2028: "1,011.2 | 1.5",
    2029: "1,168.0 | 15.5",
    2030: "1,204.5 | 3.1",
    2031: "1,377.0 | 14.3",
}
HARBOUR = "\n".join(
    [
        "| 年份 | 吞吐量（万吨） | 同比增长（%） |",
        "|---|---|---|",
        *(f"| {year} | {values} |" for year, values in YEARS.items()),
    ]
)
ARTICLES = {
    "harbour": "# 青溪港年报\n\n港口全年平稳，货主满意，船只往来如常。\n\n历年吞吐量\n\n"
    f"{HARBOUR}\n\n2035年争取吞吐量超过9000万吨。\n",
    "people": f"# 青溪县人口\n\n人口稳定增长，城镇建设加快，乡村面貌一新。\n\n各镇人口\n{TOWNS}",
    "news": "# 座谈会召开\n\n2030年遇到洪水，全县稳住了生产，跨镇客运增长7.7%，达到35万人次。\n",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / f"{name}.md").write_text(text, encoding="utf-8")
    index = Index(folder / "index")
    index.build(folder / "articles")
    return index.current()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2031年吞吐量是多少", "1,377.0万吨"),
        ("2029年吞吐量同比增长多少", "15.5%"),
        ("2030年的同比增长是多少", "3.1%"),
        ("哪年吞吐量超过1200万吨", "2030年"),
        ("哪一年吞吐量突破1100万吨", "2029年"),
        ("南塘的常住人口", "12.6万人"),
        ("北塘的城镇化率是多少", "48.5%"),
        ("常住人口合计多少", "21.9万人"),
        ("2030年跨镇客运增长多少", "7.7%"),
    ],
)
def test_a_cell_answers(snapshot: Snapshot, question: str, expected: str) -> None:
    """The cell where the row and the column asked for meet is the first figure, also among prose."""
    given = answer(snapshot, question)
    assert given.found
    assert given.figures[0].text == expected


def test_the_course_of_a_metric(snapshot: Snapshot) -> None:
    """A question for all years gets them in the order of time."""
    given = answer(snapshot, "历年吞吐量")
    assert [figure.period for figure in given.figures[:4]] == [f"{year}年" for year in YEARS]


CELLS = (
    "— 合计 一、农业 注：估算。 单位：万元 （%） 2021 2021年 3月 序号 单位 万元 1 2 增长 产量（吨） "
    "同比增长 (3.5) 1,234 -7 12.5% 三百人"
)
CELL = st.one_of(
    st.sampled_from(["", "长" * 450, *CELLS.split()]),
    st.text(alphabet="甲乙丙 12.%()（）：，。\n\t|", max_size=12),
)
ROWS = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)
)
HEADS = st.one_of(st.none(), st.integers(0, 3))


@settings(max_examples=400)
@given(ROWS, HEADS, st.sampled_from(["", "表1 2021年产量（单位：万元）", "单位：%"]))
@example([["a", "长" * 450], ["b", "1"]], None, "")
def test_any_table_is_read(rows: list[list[str]], heads: int | None, caption: str) -> None:
    """Cells lie in order on what stands in the text, and only short paragraphs have them."""
    for paragraph in paragraphs(Table.of(rows, heads), caption):
        assert paragraph.text.strip()
        assert not paragraph.cells or len(paragraph.text) <= LONGEST
        end = 0
        for cell in paragraph.cells:
            assert end <= cell.start < cell.end <= len(paragraph.text)
            end = cell.end
        found: list[Figure] = figures(paragraph.text, paragraph.cells)
        assert all(paragraph.text[figure.start : figure.end] == figure.text for figure in found)


@settings(max_examples=400)
@given(ROWS, HEADS)
def test_no_cell_is_lost(rows: list[list[str]], heads: int | None) -> None:
    """Each text of a table stands in a paragraph or the caption, but for heads, row numbers and units."""
    given = Table.of(rows, heads)
    shown = "\n".join([*texts(given), caption_of(Block("table", "", table=given))])
    for row in tidy_rows(given)[1:]:
        for text in row:
            if all(text not in other for other in tidy_rows(given)[:5]) and not text.isdigit():
                head = read_head(text)
                assert text in shown or head.shown in shown


def test_long_tables_keep_every_row() -> None:
    """Each row of a long table is there, in order."""
    rows = 4_000
    given = Table((("站", "水位（米）"), *((f"{number}号站", f"{number}.5") for number in range(1, rows))))
    found = texts(given)
    assert len(found) == rows - 1
    assert found[-1] == f"{rows - 1}号站 · 水位 {rows - 1}.5米"


def test_markdown_tables(documents: Callable[..., Path]) -> None:
    """Rows between bars are a table with or without a rule; an escaped bar belongs to its cell."""
    folder = documents(
        a="# 报告\n\n站 | 水位（米）\n---|---\n甲\\|乙 | 3.5\n\n|丙|4|\n|丁|5|\n\n正文在此，水位如上。"
    )
    (document,) = read_file(folder, "a.md").documents
    assert [paragraph.text for section in document.sections for paragraph in section.paragraphs] == [
        "甲|乙 · 水位 3.5米",
        "丙 · 4",
        "丁 · 5",
        "正文在此，水位如上。",
    ]
