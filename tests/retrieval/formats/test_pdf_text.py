"""The text of PDFs: its order, its paragraphs and headings, and what belongs to the pages only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pypdf.generic import NameObject, TextStringObject

from retrieval.documents.formats.pdf import read
from tests.retrieval.formats.pdf_files import INDENTED, PAGE, SERIF, blocks, changed, prose, texts, typeset

if TYPE_CHECKING:
    import pypdf

COLUMNS = "#set page(width: 21cm, height: 16cm, margin: 2cm, columns: {count})\n" + SERIF + INDENTED
SPANNING = "#place(top + center, scope: {scope}, float: true)[{body}]\n"
LATIN = (
    "Administrative translation has improved considerably since the introduction of attention-based "
    "architectures, and institutional adoption followed the developments in infrastructure procurement. "
)


def spanning(body: str) -> str:
    return SPANNING.replace("{scope}", '"parent"').replace("{body}", body)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_columns_are_read_one_after_the_other(count: int) -> None:
    """Paragraphs come in the order of writing, whole, however many columns the page has."""
    written = [prose(name, 5) for name in "甲乙丙丁戊己庚辛"]
    markup = COLUMNS.format(count=count) + "\n\n".join(written)
    assert texts(typeset(markup)) == written


def test_rare_characters_are_whole() -> None:
    """Those beyond the first 65,536, as in names of places and people, are read as any other."""
    written = "石𬒈乡的𠮷先生家在𣲗水边，他说今年收成不错。"
    assert texts(typeset(PAGE + SERIF + written)) == [written]


def test_what_spans_the_columns_comes_before_them() -> None:
    """Title, authors and abstract stand above both columns, and are read first, each by itself."""
    written = [prose(name, 5) for name in "甲乙丙丁戊己"]
    head = (
        '#text(size: 18pt, weight: "bold")[沿江城市群产业协同水平的测度与影响因素：'
        "基于面板数据的实证分析]\n\n"
        "李明远　王思齐\n\n（沿江大学 经济学院，江州 430000）\n\n"
        f"#align(left)[*摘　要*：{prose('摘要', 4)}]\n"
    )
    found = blocks(typeset(COLUMNS.format(count=2) + spanning(head) + "\n\n".join(written)))
    assert (found[0].kind, found[0].level) == ("heading", 1)
    assert found[0].text == "沿江城市群产业协同水平的测度与影响因素：基于面板数据的实证分析"
    assert [block.text for block in found[1:3]] == ["李明远 王思齐", "（沿江大学 经济学院，江州 430000）"]
    assert found[3].text == "摘 要：" + prose("摘要", 4)
    assert [block.text for block in found[4:]] == written


def test_columns_that_a_spanning_table_parts_are_read_above_it_first() -> None:
    """Above a table of the page's width, both columns are read before what stands below it."""
    top = "#columns(2)[" + prose("甲", 6) + "\n#colbreak()\n" + prose("乙", 6) + "]\n"
    table = "#table(columns: (1fr,) * 4, [地区], [产值], [人口], [面积], [江州], [12], [34], [56])\n"
    below = "#columns(2)[" + prose("丙", 6) + "\n#colbreak()\n" + prose("丁", 6) + "]\n"
    page = "#set page(width: 21cm, height: 20cm, margin: 2cm)\n" + SERIF + INDENTED
    found = blocks(typeset(page + top + table + below))
    kinds = [block.kind for block in found]
    assert kinds == ["text", "text", "table", "text", "text"]
    assert [block.text for block in found if block.text] == [prose(name, 6) for name in "甲乙丙丁"]


def test_text_without_indents_is_parted_by_space_and_short_lines() -> None:
    """A paragraph ends with a line that has room left, or where the next line is further below."""
    written = [prose("甲"), prose("乙"), "丙只有一行。", prose("丁")]
    assert texts(typeset(PAGE + SERIF + "\n\n".join(written))) == written


def test_latin_words_are_whole() -> None:
    """Words that the hyphen of a line's end breaks are put together, and words stay apart."""
    narrow = '#set page(width: 7cm, height: 12cm, margin: 1cm)\n#set text(lang: "en", hyphenate: true)\n'
    found = texts(typeset(narrow + "#set par(justify: true)\n" + LATIN * 4))
    assert found == [(LATIN * 4).strip()]


def test_figures_and_words_of_other_scripts_stand_in_chinese_as_written() -> None:
    """The space that typesetters leave beside digits and Latin letters is none."""
    text = "2023年GDP为5972.8亿元，比上年增长7.7%，其中第二产业增加值2310.6亿元。"
    assert texts(typeset(PAGE + SERIF + text)) == [text]


def test_a_paragraph_goes_on_over_the_page_past_numbers_notes_and_pictures() -> None:
    """The rest of a sentence on the next page belongs to it, whatever stands between."""
    page = PAGE.replace("margin: 2cm", 'margin: 2cm, numbering: "— 1 —"')
    long = prose("长段", 12)
    note = long.replace("第3句", "第3句#footnote[此句的数据截至年底，不含新设街道。]", 1)
    found = blocks(typeset(page + SERIF + INDENTED + prose("甲") + "\n\n" + note + "\n\n" + prose("乙")))
    assert [block.text for block in found if "此句的数据" not in block.text] == [
        prose("甲"),
        long,
        prose("乙"),
    ]
    assert sum("此句的数据截至年底" in block.text for block in found) == 1
    assert next(block.page for block in found if block.text == prose("乙")) == 2


def test_running_heads_and_page_numbers_go() -> None:
    """What comes again at the same place of several pages is left out, left and right pages alike."""
    page = (
        "#set page(width: 12cm, height: 14cm, margin: 2cm,\n"
        "  header: context { if calc.odd(counter(page).get().first()) [区域经济评论 #h(1fr) 2023年第4期]"
        " else [产业协同研究 #h(1fr) 李明远等] },\n"
        "  footer: context { align(center)[第 #counter(page).display() 页 "
        "共 #counter(page).final().first() 页] })\n"
    )
    written = [prose(name, 9) for name in "甲乙丙丁"]
    assert texts(typeset(page + SERIF + INDENTED + "\n\n".join(written))) == written


def test_the_first_line_of_a_single_page_is_its_title() -> None:
    """What stands at the top of the only page is no running head."""
    title = "关于调整城东新区公交线路的公告"
    found = blocks(typeset(PAGE + SERIF + f"#align(center)[{title}]\n\n" + prose("甲")))
    assert (found[0].kind, found[0].level, found[0].text) == ("heading", 1, title)


def test_headings_are_known_by_their_letters() -> None:
    """The largest is the title, also over two lines; larger or bold lines head sections, each its level."""
    markup = (
        "#align(center)[#text(size: 20pt)[城东新区2023年基础设施\\ 建设情况报告]]\n\n"
        f"#text(size: 15pt)[供水情况]\n\n{prose('甲')}\n\n#text(size: 12.5pt)[管网改造]\n\n{prose('乙')}\n\n"
        f"*资金来源*\n\n{prose('丙')}\n\n#text(size: 15pt)[道路情况]\n\n{prose('丁')}"
    )
    found = [block for block in blocks(typeset(PAGE + SERIF + markup)) if block.kind == "heading"]
    assert [(block.text, block.level) for block in found] == [
        ("城东新区2023年基础设施建设情况报告", 1),
        ("供水情况", 2),
        ("管网改造", 3),
        ("资金来源", 4),
        ("道路情况", 2),
    ]


def test_bookmarks_name_headings() -> None:
    """A line that the outline has is a heading of its depth, whatever its letters."""
    markup = PAGE + SERIF + '#show heading: it => text(size: 10.5pt, weight: "regular")[#it.body]\n'
    markup += f"{prose('甲')}\n\n= 供水情况\n\n{prose('乙')}\n\n== 管网改造\n\n{prose('丙')}"
    found = [(block.text, block.level) for block in blocks(typeset(markup)) if block.kind == "heading"]
    assert found == [("供水情况", 2), ("管网改造", 3)]


def test_a_table_of_contents_goes() -> None:
    """Lines of dots that lead to page numbers are no text."""
    markup = (
        f"#outline(title: [目录])\n#pagebreak()\n= 供水情况\n\n{prose('甲')}\n\n= 道路情况\n\n{prose('乙')}"
    )
    found = blocks(typeset(PAGE + SERIF + markup))
    assert [block.text for block in found] == ["供水情况", prose("甲"), "道路情况", prose("乙")]
    assert {block.page for block in found} == {2}


def test_a_watermark_is_no_text() -> None:
    """Text that stands askew is left out."""
    mark = "#set page(background: rotate(45deg, text(size: 40pt, fill: gray)[内部资料]))\n"
    assert texts(typeset(PAGE + mark + SERIF + prose("甲"))) == [prose("甲")]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read(angle: int) -> None:
    """Text is read in its own direction, however the file turns the page."""

    def turn(writer: pypdf.PdfWriter) -> None:
        for page in writer.pages:
            page.rotate(angle)

    written = [prose("甲"), prose("乙")]
    assert texts(changed(typeset(PAGE + SERIF + "\n\n".join(written)), turn)) == written


def test_a_notice_with_a_red_head() -> None:
    """The red head names the source, and the title is the notice's own, over its three lines."""
    markup = (
        "#set page(width: 21cm, height: 29.7cm, margin: 2.8cm)\n"
        + SERIF
        + "#set text(size: 16pt)\n"
        + INDENTED
        + "#align(center)[#text(size: 36pt, fill: red, tracking: 4pt)[江州市人民政府文件]]\n"
        "#align(center)[江政发〔2023〕12号]\n#line(length: 100%, stroke: 2pt + red)\n"
        "#align(center)[#text(size: 22pt)[江州市人民政府关于印发\\ "
        "促进民营经济高质量发展若干措施的\\ 通知]]\n\n"
        "#par(first-line-indent: 0em)[各县（市、区）人民政府，市政府各部门：]\n\n"
        f"{prose('总则', 2)}\n\n一、总体要求\n\n{prose('要求', 2)}\n\n"
        "#align(right)[江州市人民政府#h(2em)]\n#align(right)[2023年5月16日#h(2em)]\n"
    )
    found = blocks(typeset(markup))
    assert (found[0].kind, found[0].text) == ("byline", "来源：江州市人民政府")
    assert found[1].text == "江政发〔2023〕12号"
    assert (found[2].level, found[2].text) == (
        1,
        "江州市人民政府关于印发促进民营经济高质量发展若干措施的通知",
    )
    assert [block.text for block in found[3:]] == [
        "各县（市、区）人民政府，市政府各部门：",
        prose("总则", 2),
        "一、总体要求",
        prose("要求", 2),
        "江州市人民政府",
        "2023年5月16日",
    ]


def test_lists_are_items() -> None:
    """Bullets and numbers begin an item each, whose further lines belong to it."""
    long = prose("要点", 2)
    found = blocks(typeset(PAGE + SERIF + f"{prose('甲')}\n\n- 第一点\n- {long}\n\n1. 其一\n2. {long}\n"))
    assert [(block.kind, block.text) for block in found[1:]] == [
        ("item", "• 第一点"),
        ("item", f"• {long}"),
        ("item", "1.其一"),
        ("item", f"2.{long}"),
    ]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("城东新区供水情况报告", "城东新区供水情况报告"),
        ("Microsoft Word - 报告.doc", None),
        ("城东新区供水情况报告.docx", None),
        ("untitled", None),
        ("去年的另一份文件", None),
    ],
)
def test_the_title_that_the_file_gives_itself_is_taken_where_the_text_has_it(
    said: str, title: str | None
) -> None:
    """A file's name, a program's or another article's title is none."""
    data = typeset(PAGE + SERIF + f"#text(size: 18pt)[城东新区供水情况报告]\n\n{prose('甲')}")

    def name(writer: pypdf.PdfWriter) -> None:
        writer.add_metadata({NameObject("/Title"): TextStringObject(said)})

    assert read(changed(data, name)).metadata.title == title
