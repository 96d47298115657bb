from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index import Index
from retrieval.language import normalise
from retrieval.lists import CHARACTERS, PARAGRAPHS, asks_for_list, blocks, continuation
from retrieval.model import Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rows(*texts: str) -> list[Paragraph]:
    return [Paragraph(f"p{n}", "a.md", 0, n, "办法", None, text) for n, text in enumerate(texts)]


def taken(*texts: str) -> int:
    """How many of the paragraphs after the first its list runs on into."""
    first, *after = rows(*texts)
    return len(continuation(first, after))


def test_items_after_a_lead_in() -> None:
    """Items that end in semicolons follow their lead-in without numbers."""
    assert taken("申请人须提交：", "申请表；", "身份证；", "租赁合同。", "材料不全的当场告知。") == 3


def test_a_second_thought_begins_no_list() -> None:
    """A paragraph that begins with 其次 belongs to something before it, and runs on into nothing."""
    assert taken("其次是修路，包括三条乡道。", "再次是引水。") == 0
    assert taken("首先是修路。", "其次是引水。") == 1


def test_blank_lines_are_read_in_linear_time() -> None:
    """A text of nothing but line ends, however long, is read at once."""
    assert len(blocks("\n" * 50_000 + "一、修路。")) == 1


@pytest.mark.parametrize(
    "question",
    [
        "申请补贴需要哪些材料",
        "建茶园要符合哪几个条件？",
        "茶叶的种類有哪些",
        "补贴范围包括什么",
        "报名应当提交什么材料",
        "三大茶区分别是哪三个",
        "需要什么手续",
        "五项任务分别是什么",
    ],
)
def test_questions_for_a_list(question: str) -> None:
    """A question for several things by name asks for a list."""
    assert asks_for_list(normalise(question))


@pytest.mark.parametrize(
    "question",
    [
        "茶园面积多少",
        "谁主持会议",
        "哪年通车",
        "哪几年减产",
        "需要什么时候到",
        "为什么修路",
        "有什么关系",
        "对应的县是什么",
        "",
    ],
)
def test_other_questions(question: str) -> None:
    """A question for one thing, a number, a time or a reason asks for none."""
    assert not asks_for_list(normalise(question))


@pytest.mark.parametrize(
    "texts",
    [
        ("应当提交下列材料：", "（一）申请表；", "（二）合同；", "（三）照片。"),
        ("要做好以下工作。", "一是固堤。", "二是备沙袋。", "三是转移。"),
        ("分三步：\n1. 登记。", "2. 丈量。", "3、公示。", "4．发放。"),
        ("他讲了三点。第一，修路。", "第二，建桥。", "第三，通车。", "第四，养护。"),
        ("情形如下", "① 坡太陡", "② 占农田", "③ 已领过"),
        ("有这些品种：\n• 红茶", "• 绿茶", "• 白茶", "• 黄茶"),
        ("物资包括：\n沙袋；", "木桩；", "手电；", "雨衣。"),
        ("（九）采摘；", "（十）晾晒；", "（十一）炒制；", "（十二）包装。"),
        ("首先要选地。", "其次要选苗。", "再次要施肥。", "二、验收"),
    ],
)
def test_list_runs_on(texts: tuple[str, ...]) -> None:
    """However a list is numbered, it runs on to its last item and into nothing after it."""
    items = 2 if texts[0].startswith("首先") else 3
    assert taken(*texts, "材料齐全的，七日内答复。", "另行通知。") == items


@pytest.mark.parametrize(
    "texts",
    [
        ("茶园十二万亩。", "干茶三千吨。"),
        ("他说：", "今年的茶好。"),
        ("（一）申请表；", "二、审批", "（三）照片。"),
        ("以下是正文。", "二是修路。"),
        ("10岁以下免票。", "老人半价。"),
        ("长1.5米。", "2.5米的另算。"),
    ],
)
def test_no_list(texts: tuple[str, ...]) -> None:
    """Prose, another numbering and a number that does not follow are no list that runs on."""
    assert taken(*texts) == 0


def test_item_of_several_paragraphs() -> None:
    """What stands between two items belongs to the list; what follows the last one does not."""
    assert taken("（一）修路。", "工期两年。", "（二）建桥。", "造价另定。", "县里负责。") == 2


def test_list_ends_with_its_section() -> None:
    """A list does not run on under the next heading."""
    first, second = rows("（一）修路。", "（二）建桥。")
    other = Paragraph("x", "a.md", 0, 2, "办法", "附则", "（三）通车。")
    assert continuation(first, [second, other]) == (second,)


def test_a_long_list_is_bounded() -> None:
    """Neither the number of paragraphs nor their length goes beyond the limits."""
    assert taken(*(f"{n}. 短。" for n in range(1, 40))) == PARAGRAPHS
    assert taken("1. 短。", *(f"{n}. {'长' * 999}" for n in range(2, 20))) == CHARACTERS // 1000 - 1


def test_a_list_is_one_block() -> None:
    """In one text the lead-in and the items stand together, the sentences around them apart."""
    text = "会议在县城开。任务有三项：一是修路。二是建桥。三是通车。县长作了总结。"
    assert [text[a:b] for a, b in blocks(text)] == [
        "会议在县城开。",
        "任务有三项：一是修路。二是建桥。三是通车。",
        "县长作了总结。",
    ]


@given(
    st.text("（一二三）1.、。；：\n是第①•茶以下", max_size=60),
    st.lists(st.text("（二）2.是。；：", max_size=12)),
)
def test_any_text(text: str, after: list[str]) -> None:
    """Blocks are pieces of the text in order, and what a list runs on into directly follows it."""
    last = 0
    for start, end in blocks(text):
        assert last <= start < end <= len(text)
        last = end
    first, *following = rows(text, *after)
    assert list(continuation(first, following)) == following[: len(continuation(first, following))]


def test_the_following_paragraphs(documents: Callable[..., Path], tmp_path: Path) -> None:
    """The index yields the paragraphs after one up to the end of its article, and none of an unknown one."""
    index = Index(tmp_path / "index")
    index.build(documents(a="# 甲\n\n第一段话。\n\n第二段话。\n\n第三段话。", b="# 乙\n\n别的文章。"))
    snapshot = index.current()
    first = snapshot.at(0)[0]
    assert [after.text for after in snapshot.following(first.id)] == ["第二段话。", "第三段话。"]
    assert not list(snapshot.following("none"))
