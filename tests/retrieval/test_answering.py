from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer import answer, as_json
from retrieval.answering import answering_sentences
from retrieval.index import Index
from retrieval.model import Figure, Question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKET = (
    "新茶市在石塘镇的东头，由供销社管理，摊位按抽签分配给种茶的农户。开业仪式由副县长罗文秀主持。"
    "因为路边交易常常堵车，县里才决定建茶市。茶市旁边有停车场，停车不收费。开业当天成交干茶3吨。"
)
WORDS = {"茶市": 1.0, "开业": 2.0, "主持": 3.0, "停车": 2.0, "石塘": 2.0, "建茶": 2.0}


def marked(question: str, text: str = MARKET, figure: Figure | None = None) -> list[str]:
    idf = {term: weight for term, weight in WORDS.items() if term in question}
    spans = answering_sentences(Question(question, question, tuple(idf)), text, idf, figure)
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("开业仪式谁主持", "开业仪式由副县长罗文秀主持。"),
        ("为什么建茶市", "因为路边交易常常堵车，县里才决定建茶市。"),
        ("停车收费吗", "茶市旁边有停车场，停车不收费。"),
    ],
)
def test_the_sentence_that_answers(question: str, sentence: str) -> None:
    """The sentence with the question's rare words, and of the kind asked for, is chosen."""
    assert marked(question) == [sentence]


def test_the_sentence_with_the_figure() -> None:
    """The sentence that holds the figure is chosen though others hold as many words."""
    start = MARKET.index("3吨")
    figure = Figure("3吨", "measure", 3.0, "吨", start, start + 2)
    assert "开业当天成交干茶3吨。" in marked("茶市开业成交多少吨", figure=figure)


@pytest.mark.parametrize("text", ["茶市在石塘镇。", "茶市在石塘镇。停车不收费。", "", "。。"])
def test_short_texts_have_none(text: str) -> None:
    """In a text of one or two short sentences nothing stands out."""
    assert not marked("茶市停车收费吗", text)


def test_not_nearly_everything() -> None:
    """A sentence that is most of the text is not chosen, and neither is one without the question's words."""
    assert not marked("谁主持", "罗文秀主持了" + "很长很长" * 30 + "的仪式。到会的有县长。另有来宾。")
    assert not marked("火星上有水吗")


def test_a_list_is_chosen_whole() -> None:
    """For a question for a list, its lead-in and its items are one sentence."""
    text = "县里各单位都派人到会，会后还看了现场。大家发言。开业的任务有三项：一是修路。二是建桥。三是停车。"
    assert marked("茶市开业的任务有哪些", text) == ["开业的任务有三项：一是修路。二是建桥。三是停车。"]


@given(
    st.text("茶市开业谁为什么有哪些？", max_size=20),
    st.text("茶市开业İ。；\n一是：\ud800因为 ", max_size=200),
    st.none() | st.integers(0, 250),
)
def test_any_text(question: str, text: str, start: int | None) -> None:
    """What is chosen is at most two pieces of the text, in order, and never nearly all of it."""
    figure = None if start is None else Figure("3", "count", 3.0, None, start, start + 1)
    asked = Question(question, question, ())
    spans = answering_sentences(asked, text, {"茶市": 1.0, "开业": 2.0}, figure)
    assert len(spans) <= 2
    assert sum(end - start for start, end in spans) <= len(text) * 2 / 3
    places = [place for span in spans for place in span]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


def test_an_answer_has_all_of_it(documents: Callable[..., Path], tmp_path: Path) -> None:
    """An Answer says which sentences answer, where a list runs on, and what is a copy; so does its JSON."""
    listed = "# 茶园补贴\n\n补贴要交以下材料：\n\n（一）申请表。\n\n（二）土地合同。\n\n其余从略。\n"
    index = Index(tmp_path / "index")
    index.build(documents(a=listed, b=f"# 茶市\n\n{MARKET}\n", c=f"# 转载\n\n{MARKET}\n"))
    given = answer(index.current(), "茶园补贴要交哪些材料")
    assert [after.text for after in given.hits[0].continued] == ["（二）土地合同。"]
    asked = answer(index.current(), "谁主持茶市的开业仪式")
    first, second = asked.hits[:2]
    assert [first.paragraph.text[a:b] for a, b in first.answering] == ["开业仪式由副县长罗文秀主持。"]
    assert (first.same_as, second.same_as) == (None, first.paragraph.id)
    rows = as_json(asked, index.current())["paragraphs"]
    assert rows[0]["answering"] == first.answering
    assert rows[1]["same_as"] == rows[0]["id"]
    assert as_json(given, index.current())["paragraphs"][0]["continued"][0]["text"] == "（二）土地合同。"
