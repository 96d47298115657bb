from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.question import wanted


@pytest.mark.parametrize(
    ("question", "kind", "unit", "grain"),
    [
        ("学校是哪一年创办的", "date", None, "year"),
        ("大桥于西元几年通车", "date", None, "year"),
        ("大会哪天开幕", "date", None, "day"),
        ("报名截止到几月几日", "date", None, "day"),
        ("展览几月份开始", "date", None, "month"),
        ("每天几点开门", "date", None, "time"),
        ("条例何时施行", "date", None, None),
        ("什么时候放假", "date", None, None),
        ("办证需要几个工作日", "duration", "工作日", None),
        ("工程持续了多久", "duration", None, None),
        ("企业开办时间", "duration", None, None),
        ("有多少家企业参展", "count", "家", None),
        ("来了多少名专家", "count", "名", None),
        ("进口了多少亿元", "money", "元", None),
        ("门票多少钱", "money", "元", None),
        ("进出口总额是多少", "money", None, None),
        ("进出口总额是什么", "money", None, None),
        ("失业率", "percent", "%", None),
        ("女性占比是多少", "percent", "%", None),
        ("百分之几的人赞成", "percent", "%", None),
        ("在全国排名第几", "rank", None, None),
        ("营商环境排名", "rank", None, None),
        ("是原来的几倍", "ratio", "倍", None),
        ("决赛比分是多少", "ratio", None, None),
        ("体重多少公斤", "measure", "公斤", None),
        ("塔有多高", "measure", None, None),
        ("他今年几岁", "measure", "岁", None),
        ("队员多大年龄", "measure", "岁", None),
        ("活动第几日闭幕", "date", None, "day"),
        ("哪一个世纪传入", "date", None, "year"),
        ("每天供应多少天然气", "count", None, None),
        ("过去几个月里来了多少名游客", "count", "名", None),
        ("事故伤亡情况如何", "count", "人", None),
        ("企业亏损的披露时间是什么", "date", None, None),
        ("出口额增长多少", "percent", None, None),
        ("产量增加了多少", "measure", None, None),
        ("设备使用年限", "duration", None, None),
        ("桌子尺寸", "measure", None, None),
        ("收费标准", "money", None, None),
        ("面积多大", "measure", None, None),
        ("医保报销限额", "money", None, None),
        ("周几休馆", "date", None, "day"),
        ("多少倍", "ratio", "倍", None),
        ("有几座桥", "count", "座", None),
    ],
)
def test_says_what_is_asked_for(question: str, kind: str, unit: str | None, grain: str | None) -> None:
    """The question word, its unit or the noun that is asked about tells kind, unit and grain."""
    found = wanted(question)
    assert (found.kinds[0], found.unit, found.grain) == (kind, unit, grain)


@pytest.mark.parametrize(
    "question",
    [
        "谁出席了会议",
        "为什么要改革",
        "怎么办理登记",
        "有哪些单位发言",
        "三大片区是哪几个",
        "中欧班列",
        "😀",
        "",
    ],
)
def test_asks_for_no_figure(question: str) -> None:
    """Questions after a person, a reason, a way or a list, and bare names, ask for no figure."""
    assert wanted(question).kinds == ()


def test_knows_the_period_asked_about() -> None:
    """A year in the question is its period."""
    assert wanted("2021年的产值是多少").period == "2021年"
    assert wanted("产值是多少").period is None


@given(st.text(max_size=60))
def test_any_text_may_be_asked(text: str) -> None:
    """Whatever is asked, there is an answer to what it wants."""
    found = wanted(text)
    assert found.unit is None or found.kinds
