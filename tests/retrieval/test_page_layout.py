"""Lines with their places become columns, paragraphs, heads and tables."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.page_layout import Line, blocks, text_of

WIDTH = 20  # pixels of a letter


def line(text: str, left: float, top: float, height: float = 20, confidence: float = 1.0) -> Line:
    return Line(text, confidence, left, top, left + len(text) * height, top + height)


def column(texts: list[str], left: float = 100, top: float = 200) -> list[Line]:
    """Lines below each other; a line that begins with two wide spaces is indented."""
    return [
        line(text.strip("　"), left + (len(text) - len(text.lstrip("　"))) * WIDTH, top + number * 34)
        for number, text in enumerate(texts)
    ]


def kinds(lines: list[Line], *, titled: bool = False) -> list[tuple[str, str]]:
    return [(block.kind, text_of(block)) for block in blocks(lines, titled=titled)]


FULL = "这一行写得满满的一直到栏的边上为止没有空"  # 20 letters
PROSE = [f"　　{FULL[:18]}", FULL, "到这里结束。"]


def test_indented_paragraphs() -> None:
    """An indent begins a paragraph, as does what follows a short line; other lines go on."""
    assert kinds(column([*PROSE, *PROSE, "另起一段没有缩进，因为上一行没有写满"])) == [
        ("text", FULL[:18] + FULL + "到这里结束。"),
        ("text", FULL[:18] + FULL + "到这里结束。"),
        ("text", "另起一段没有缩进，因为上一行没有写满"),
    ]


def test_two_columns_below_a_title() -> None:
    """Columns of running text are read one after the other, what stands across them at its place."""
    title = line("两栏的简报标题", 250, 60, height=40)
    left = column([FULL.replace("满", "左")] * 4, left=50)
    right = column([FULL.replace("满", "右")] * 4, left=500)
    foot = line("页脚横跨两栏的一句说明文字到这里也就完了吧", 200, 420)
    found = kinds([right[1], title, left[0], foot, *right[2:], *left[1:], right[0]], titled=True)
    assert [kind for kind, _ in found] == ["heading", "text", "text", "text"]
    assert ["左" in text for _, text in found] == [False, True, False, False]
    assert ["右" in text for _, text in found] == [False, False, True, False]
    assert found[3][1] == foot.text


def test_table() -> None:
    """Aligned cells of three rows and more are a table; an empty cell stays empty."""
    rows = [
        ("镇名", "人口", "产量"),
        ("石塘镇", "3.2", "18600"),
        ("青石镇", "", "15230"),
        ("文昌镇", "5.6", "9870"),
    ]
    cells = [
        line(cell, 100 + place * 250, 200 + number * 60)
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
        if cell
    ]
    head, table = blocks([line("各镇主要指标一览", 240, 100), *cells])
    assert head.text == "各镇主要指标一览"
    assert table.table is not None
    assert table.table.rows == tuple(rows)


def test_rows_that_do_not_align() -> None:
    """Where columns are not clear, each row stays a line in its order."""
    rows = [
        line("甲方：云岭县", 100, 200),
        line("乙方：石塘镇", 600, 200),
        line("签字", 120, 300),
        line("日期", 620, 300),
    ]
    assert kinds(rows) == [("text", "甲方：云岭县 乙方：石塘镇"), ("text", "签字 日期")]


def test_scattered_words() -> None:
    """Words of a chart that stand neither beside nor below each other are not run together."""
    assert kinds([line("14.1", 600, 100), line("12.4", 100, 130), line("9.6", 350, 160)]) == [
        ("text", "14.1"),
        ("text", "12.4"),
        ("text", "9.6"),
    ]


def test_title_of_two_lines() -> None:
    """Large lines below each other are one head; only a page that may have the title has it at level 1."""
    lines = [line("关于做好河道清淤工作", 120, 40, 36), line("有关事项的通知", 180, 90, 36), *column(PROSE)]
    head = blocks(lines, titled=True)[0]
    assert (head.level, head.text) == (1, "关于做好河道清淤工作有关事项的通知")
    assert blocks(lines)[0].level == 2


def test_page_number() -> None:
    """A number alone at the top or the bottom is the page's; one within the text is not."""
    for number in ("- 3 -", "12", "第 4 页 共 9 页"):
        assert not any(number in text for _, text in kinds([*column(PROSE), line(number, 300, 900)]))
    assert "88" in str(kinds([*column([FULL, "88"]), *column([FULL, FULL], top=500)]))


def test_confidence_is_weighted() -> None:
    """A long line counts more than a short one."""
    (block,) = blocks(
        [line("十个字的一行文字写在", 100, 200, confidence=0.9), line("短行", 100, 234, confidence=0.5)]
    )
    assert block.confidence is not None
    assert 0.8 < block.confidence < 0.9


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(
            Line,
            st.text(st.sampled_from("一二三四五，。ab1 "), min_size=1, max_size=30).map(
                lambda text: text.strip() or "字"
            ),
            st.floats(0, 1),
            *[st.floats(0, 2000)] * 4,
        ),
        max_size=40,
    )
)
def test_any_lines(lines: list[Line]) -> None:
    """Whatever the boxes, every letter is read once, but for page numbers."""
    read = Counter("".join(text_of(block) for block in blocks(lines)))
    given = Counter("".join(one.text for one in lines))
    assert {letter: count for letter, count in read.items() if letter.isalpha()} == {
        letter: count for letter, count in given.items() if letter.isalpha()
    }
