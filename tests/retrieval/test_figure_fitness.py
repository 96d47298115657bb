from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.figure_fitness import answers
from retrieval.figures import extract
from retrieval.model import Question
from retrieval.question import wanted

if TYPE_CHECKING:
    from retrieval.model import Figure


def asked(text: str) -> Question:
    return Question(text, text, (), wanted(text))


def figure_of(text: str) -> Figure:
    """Return the last figure of a sentence, with its period."""
    return extract(text)[-1]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("办证需要多少钱", "办证时间缩短到3个工作日"),
        ("渡船的票价是多少", "渡船开行已达900班"),
        ("2018年茶叶出口额是多少元", "2019年茶叶出口额达7.3亿元"),
        ("哪天开馆", "开馆时藏书18万册"),
        ("公路有多少公里", "公路耗用水泥4200吨"),
        ("桥上有几个桥墩", "桥墩深30米"),
        ("茶叶出口额是多少", "茶叶出口额同比增长12%"),
        ("茶叶出口额是多少", "茶叶出口额增加3亿元"),
        ("茶叶出口额同比增长多少", "茶叶出口额7.3亿元"),
        ("茶叶出口额增长了多少", "茶叶出口额7.3亿元"),
        ("茶叶出口额是多少", "茶叶进出口总额7.3亿元"),
        ("2001年植树多少株", "2005年以来累计植树300株"),
    ],
)
def test_what_was_not_asked_for(question: str, sentence: str) -> None:
    """A figure of another kind, in another unit or of another year is no answer."""
    assert not answers(figure_of(sentence), asked(question))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("2019年茶叶出口额是多少", "2019年茶叶出口额达7.3亿元"),
        ("2019年茶叶出口额是多少", "2018-2020年茶叶出口额达7.3亿元"),
        ("2019年比2018年茶叶出口额多多少", "2018年茶叶出口额达7.3亿元"),
        ("茶叶出口额是多少", "2019年茶叶出口额达7.3亿元"),
        ("茶叶出口额增长多少", "茶叶出口额增长12%"),
        ("办证时间", "办证时间缩短到3个工作日"),
        ("茶叶出口额增加多少", "茶叶出口额增加3亿元"),
        ("茶叶出口额增速", "茶叶出口额同比增长12%"),
        ("2021年植树多少株", "2005年以来累计植树300株"),
        ("办证需要几天", "办证时间缩短到3个工作日"),
        ("票价多少钱", "票价5美元"),
        ("哪天开馆", "图书馆6月3日开馆"),
        ("全国排名", "去年全国排名第8"),
        ("公路有多少公里", "公路长3500米"),
        ("展览有多少人", "观众8万人次"),
        ("有多少个村", "另有20家"),
        ("茶园怎么样", "茶园面积达12万亩"),
        ("面积是多少亩", "面积12万"),
    ],
)
def test_what_may_be_the_answer(question: str, sentence: str) -> None:
    """A figure that agrees, or says too little to disagree, may be the answer."""
    assert answers(figure_of(sentence), asked(question))


@given(st.text(max_size=60), st.text("年月日12〇零多少几个元%-至 世纪民国", max_size=40))
def test_any_texts(question: str, sentence: str) -> None:
    """Whatever the texts are, there is a verdict."""
    for figure in extract(sentence):
        assert answers(figure, asked(question)) in {True, False}
