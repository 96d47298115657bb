"""The tables of PDFs: ruled, with merged cells, of three lines, over several pages, with their captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.retrieval.formats.pdf_files import PAGE, SERIF, blocks, prose, typeset

if TYPE_CHECKING:
    from retrieval.documents.blocks import Block, Table

HEAD = PAGE + SERIF


def only_table(found: list[Block]) -> Table:
    tables = [block.table for block in found if block.table]
    assert len(tables) == 1
    return tables[0]


def test_a_ruled_table_has_its_cells() -> None:
    """Each cell's text stands in its row and column, its lines put together, and in the text no more."""
    markup = (
        f"{prose('甲', 2)}\n\n#table(columns: (3cm, 1fr, 1fr), [指标名称很长所以写成两行], [绝对数], [增长],"
        f"[生产总值], [5972.8], [7.7%], [财政收入], [401.2], [3.1%])\n\n{prose('乙', 2)}"
    )
    found = blocks(typeset(HEAD + markup))
    assert [block.kind for block in found] == ["text", "table", "text"]
    assert only_table(found).rows == (
        ("指标名称很长所以写成两行", "绝对数", "增长"),
        ("生产总值", "5972.8", "7.7%"),
        ("财政收入", "401.2", "3.1%"),
    )
    assert all("5972.8" not in block.text for block in found)


def test_the_text_of_a_merged_cell_stands_in_each_place_that_it_covers() -> None:
    """Heads over several columns, and rows' heads over several rows, are repeated."""
    markup = (
        "#table(columns: 5, table.cell(rowspan: 2)[城市], table.cell(colspan: 2)[2021年], "
        "table.cell(colspan: 2)[2022年], [产值], [人口], [产值], [人口], [江州], [61], [12], [63], [13], "
        "[临川], [52], [11], [55], [10])"
    )
    assert only_table(blocks(typeset(HEAD + markup))).rows == (
        ("城市", "2021年", "2021年", "2022年", "2022年"),
        ("城市", "产值", "人口", "产值", "人口"),
        ("江州", "61", "12", "63", "13"),
        ("临川", "52", "11", "55", "10"),
    )


def test_a_table_may_be_open_at_its_sides() -> None:
    """The outer columns need no upright line beyond them."""
    stroke = "stroke: (x, y) => (top: .5pt, bottom: .5pt, left: if x > 0 { .5pt } else { none })"
    cells = "[指标], [全市], [农村], [消费价格], [2.0], [2.3], [衣着], [0.6], [0.3]"
    table = only_table(blocks(typeset(HEAD + f"#table(columns: (1fr,) * 3, {stroke}, {cells})")))
    assert table.rows == (("指标", "全市", "农村"), ("消费价格", "2.0", "2.3"), ("衣着", "0.6", "0.3"))


def test_rows_without_lines_between_them_are_parted() -> None:
    """Where only the head and the columns are ruled, each baseline is a row."""
    rows = ", ".join(f"[指标{number}], [{number}.5], [{number}%]" for number in range(1, 6))
    stroke = "stroke: (x, y) => (left: .5pt, right: .5pt, top: if y < 2 { .5pt }, bottom: if y == 5 { .5pt })"
    markup = f"#table(columns: (1fr,) * 3, {stroke}, [名称], [数量], [增长], {rows})"
    table = only_table(blocks(typeset(HEAD + markup)))
    assert table.rows[0] == ("名称", "数量", "增长")
    assert table.rows[1:] == tuple((f"指标{number}", f"{number}.5", f"{number}%") for number in range(1, 6))


def test_a_table_of_three_lines() -> None:
    """Lines above and below its head and at its end make a table; its caption and its unit lead it."""
    markup = (
        f"{prose('甲', 2)}\n\n#align(center)[表1　主要变量]\n#align(right)[单位：亿元]\n"
        "#table(columns: (1fr,) * 4, stroke: none, table.hline(stroke: 1pt), "
        "[变量], [均值], [标准差], [样本], table.hline(stroke: .5pt), [协同指数], [0.512], [0.083], [240], "
        "[物流成本], [3.24], [], [240], "
        f"[人才流动], [12.7], [4.45], [238], table.hline(stroke: 1pt))\n\n{prose('乙', 2)}"
    )
    found = blocks(typeset(HEAD + markup))
    assert [block.kind for block in found] == ["text", "caption", "caption", "table", "text"]
    assert [block.text for block in found[1:3]] == ["表1 主要变量", "单位：亿元"]
    table = only_table(found)
    assert table.heads == 1
    assert table.rows == (
        ("变量", "均值", "标准差", "样本"),
        ("协同指数", "0.512", "0.083", "240"),
        ("物流成本", "3.24", "", "240"),
        ("人才流动", "12.7", "4.45", "238"),
    )


def test_a_head_of_two_rows_in_a_table_of_three_lines() -> None:
    """A head over several columns, with a line of its own below, stands over each of them."""
    markup = (
        "#table(columns: (1fr,) * 5, stroke: none, table.hline(), [城市], table.cell(colspan: 2)[2021年], "
        "table.cell(colspan: 2)[2022年], table.hline(start: 1, end: 3, stroke: .5pt), "
        "table.hline(start: 3, end: 5, stroke: .5pt), [], [产值], [人口], [产值], [人口], table.hline(), "
        "[江州], [61], [12], [63], [13], [临川], [52], [11], [55], [10], [南屏], [41], [9], [44], [8], "
        "table.hline())"
    )
    table = only_table(blocks(typeset(HEAD + "#set table(align: center)\n" + markup)))
    assert table.heads == 2
    assert table.rows[1:3] == (("", "产值", "人口", "产值", "人口"), ("江州", "61", "12", "63", "13"))
    assert table.rows[0][1] == "2021年"
    assert table.rows[0][3] == "2022年"


def test_a_table_that_runs_on_over_pages_is_one() -> None:
    """Its head, repeated on each page, stands once, and page numbers and running heads are no part of it."""
    page = PAGE.replace("margin: 2cm", 'margin: 2cm, numbering: "1", header: [江州市统计局]')
    rows = ", ".join(f"[指标{number}], [{number * 7.5}]" for number in range(60))
    table = f"#table(columns: (1fr,) * 2, table.header([指标], [数值]), {rows})"
    markup = f"#align(center)[表2　主要指标]\n{table}\n\n{prose('甲', 2)}"
    found = blocks(typeset(page + SERIF + markup))
    assert [block.kind for block in found] == ["caption", "table", "text"]
    whole = only_table(found)
    assert whole.heads == 1
    assert whole.rows == (("指标", "数值"), *((f"指标{number}", str(number * 7.5)) for number in range(60)))


def test_two_tables_on_two_pages_stay_two() -> None:
    """A table with other columns, or with a caption of its own, goes on with nothing."""
    one = "#table(columns: (1fr,) * 2, [指标], [数值], [甲], [1], [乙], [2])"
    other = "#table(columns: (1fr,) * 2, [部门], [人数], [丙], [3], [丁], [4])"
    found = blocks(typeset(HEAD + f"#v(1fr)\n{one}\n#pagebreak()\n#align(center)[表2　人员]\n{other}"))
    assert [block.table.rows[0] for block in found if block.table] == [("指标", "数值"), ("部门", "人数")]


def test_a_framed_text_is_no_table() -> None:
    """A box around text, and rules above and below it, leave it text."""
    line = "\n#line(length: 100%)\n"
    markup = f"#rect(width: 100%)[{prose('甲', 3)}]\n{line}{prose('乙', 2)}{line}{prose('丙', 2)}{line}"
    found = blocks(typeset(HEAD + markup))
    assert [block.kind for block in found] == ["text", "text", "text"]
    assert [block.text for block in found] == [prose("甲", 3), prose("乙", 2), prose("丙", 2)]
