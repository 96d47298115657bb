from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.splitting import split_questions


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2021年进出口总额是多少？市场主体有多少户？", ["2021年进出口总额是多少？", "市场主体有多少户？"]),
        ("进出口总额多少?GDP是多少?", ["进出口总额多少?", "GDP是多少?"]),
        ("茶厂有几家？！校车几点发车？？", ["茶厂有几家？！", "校车几点发车？？"]),
        ("茶厂有几家？校车几点发车", ["茶厂有几家？", "校车几点发车"]),
        ("1. 茶厂有几家\n2. 校车几点发车", ["茶厂有几家", "校车几点发车"]),
        ("（1）茶厂有几家？\n（2）校车几点发车？", ["茶厂有几家？", "校车几点发车？"]),
        ("一、茶厂有几家？\n二、校车几点发车？", ["茶厂有几家？", "校车几点发车？"]),
        ("- 茶叶产量\n- 校车时刻\n- 渡口票价", ["茶叶产量", "校车时刻", "渡口票价"]),
        ("①茶叶产量②\n②校车时刻", ["茶叶产量②", "校车时刻"]),
        ("请教几个问题：\n1、茶厂有几家\n2、校车几点发车", ["请教几个问题：\n茶厂有几家", "校车几点发车"]),
        ("能告诉我吗？\n1. 茶叶产量\n2. 校车时刻", ["能告诉我吗？\n茶叶产量", "校车时刻"]),
        ("1. 茶厂有几家\n2. 校车时刻\n谁知道？", ["茶厂有几家", "校车时刻\n谁知道？"]),
        ("茶厂有几家？\n\n校车几点发车？", ["茶厂有几家？", "校车几点发车？"]),
        ("茶厂有几家\n校车几点发车", ["茶厂有几家", "校车几点发车"]),
        ("请问一下，茶厂有几家？还有校车几点发车？", ["请问一下，茶厂有几家？", "还有校车几点发车？"]),
        ("我刚搬到石塘镇。校车几点发车？渡口在哪里？", ["我刚搬到石塘镇。校车几点发车？", "渡口在哪里？"]),
        ("茶厂有几家？校车几点发车？谢谢！", ["茶厂有几家？", "校车几点发车？谢谢！"]),
        ("在吗？茶厂有几家？校车几点发车？", ["在吗？茶厂有几家？", "校车几点发车？"]),
    ],
)
def test_each_question_of_a_message_is_one_part(text: str, parts: list[str]) -> None:
    """Marks, numbers, bullets and lines tell questions apart; what leads in to one stays with it."""
    assert split_questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "2021年进出口总额是多少？",
        "进出口总额",
        "茶厂有188家，对吗？",
        "茶厂是不是有188家？是吗？",
        "帮我查茶厂有几家，好吗？",
        "茶厂有几家？你知道吗？",
        "茶厂有几家？能告诉我吗？谢谢",
        "《路在何方？》是谁写的？",
        "“茶从哪里来？”这句话出自哪篇文章？",
        "我家有两个孩子。大的上小学。学费要交多少？",
        "我家有两个孩子。\n大的上小学。\n学费要交多少？",
        "校车为什么停了？为什么？",
        "看看 https://example.org/?a=1 里说的是什么？",
        "1. 加强组织领导。\n2. 落实工作经费。",
        "1. 石塘镇\n2. 青石镇\n哪个茶叶产量高？",
        "哪个镇的茶叶产量高？\n- 石塘镇\n- 青石镇",
        "3.5亿元是哪一年的出口额",
        "2021年茶叶\n出口额是多少？",
        "山上的茶园怎么了？" + "今年雨水多，茶农都在采摘。" * 12 + "谁来买茶？" + "收购站昨天开了门。" * 8,
        "茶叶？" * 300,
        "你好" * 100 + "x",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    """Statements, quotations, titles, links and tags split nothing, and neither does a pasted article."""
    assert split_questions(text) == [text]


@pytest.mark.parametrize("text", ["", " \n\t\u3000"])
def test_a_blank_text_has_no_questions(text: str) -> None:
    assert split_questions(text) == []


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(st.one_of(st.text(), st.text(alphabet="茶厂有几家是吗对谁1.、-（）？?！。，“”《》\n ", max_size=80)))
def test_any_text_splits_into_parts_of_it_in_order(text: str) -> None:
    """Parts are never blank, and say nothing that the text does not say."""
    parts = split_questions(text)
    assert bool(parts) == bool(text.strip())
    assert all(part.strip() for part in parts)
    rest = iter(letters(text))
    assert all(letter in rest for letter in letters("".join(parts)))


@given(st.text(alphabet="茶厂有几家是吗对谁哪里？?！。，“”《》\n ", max_size=120))
def test_no_letter_is_lost_where_there_are_no_bullets(text: str) -> None:
    assert letters("".join(split_questions(text))) == letters(text)
