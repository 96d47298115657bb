from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.figure_ranking import RankedPassage, rank
from retrieval.figures import extract
from retrieval.question import wanted

REPORT = (
    "青河县去年工作扎实。外贸总额先后跨过100亿元、200亿元大关，2021年达到260亿元，落户的跨国公司有48家，"
    "货运专列共开行超900列，350多家本地商户走进26个省份，产品行销全国31个省份。"
)
SERVICE = (
    "注册公司的时间缩短到1.5个工作日，为商户解决困难2.4万个。在2020年度满意度调查中，青河县名列全省第3、全市第1。"
    "8月15日上午，服务大会在县城召开。新馆于1998年5月建成，占地12公顷。"
)


def passages(*texts: str) -> list[RankedPassage]:
    return [
        RankedPassage(f"p{number}", "", None, text, extract(text), 1 - number / 10, number)
        for number, text in enumerate(texts)
    ]


def best(question: str, *texts: str) -> str | None:
    found = rank(question, wanted(question), passages(*texts))
    return found[0].text if found else None


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("2021年外贸总额是多少", "260亿元"),
        ("外贸总额", "260亿元"),
        ("跨国公司有多少家", "48家"),
        ("落户的跨国公司", "48家"),
        ("货运专列", "900列"),
        ("本地商户走进多少个省份", "26个"),
        ("产品行销多少个省份", "31个"),
    ],
)
def test_the_answer_comes_first_among_like_figures(question: str, figure: str) -> None:
    """Of many figures of one kind the one that the question's words lead to is first; no milestone is."""
    assert best(question, REPORT, SERVICE) == figure


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("注册公司要几个工作日", "1.5个工作日"),
        ("注册公司的时间", "1.5个工作日"),
        ("为商户解决了多少困难", "2.4万个"),
        ("满意度全省排名", "第3"),
        ("满意度在全市排第几", "第1"),
        ("服务大会哪天召开", "8月15日"),
        ("新馆占地多少公顷", "12公顷"),
    ],
)
def test_kind_scope_and_unit_are_heeded(question: str, figure: str) -> None:
    """The kind, the unit and the scope that are asked for decide."""
    assert best(question, SERVICE, REPORT) == figure


NEWS = "新华社青河3月6日电 青河县化工厂3月4日发生爆炸，造成7人死亡、148人受伤，3人失踪。"
COUNTED = "化工厂爆炸造成死亡7人、受伤148人、失踪3人。"
NOTICE = "公司回购股份，每股成交价4.4元，动用资金92.4万元。"


@pytest.mark.parametrize(
    ("question", "text", "figure"),
    [
        ("爆炸造成多少人受伤", NEWS, "148人"),
        ("爆炸造成多少人遇难", NEWS, "7人"),
        ("爆炸后多少人失联", NEWS, "3人"),
        ("爆炸造成多少人受伤", COUNTED, "148人"),
        ("爆炸造成多少人死亡", COUNTED, "7人"),
        ("化工厂什么时候发生爆炸", NEWS, "3月4日"),
        ("化工厂爆炸的消息是什么时候报道的", NEWS, "3月6日"),
        ("公司回购动用多少资金", NOTICE, "92.4万元"),
        ("公司回购每股多少钱", NOTICE, "4.4元"),
    ],
)
def test_the_dead_a_report_and_a_price_are_told_apart(question: str, text: str, figure: str) -> None:
    """The injured are not the dead, a report's date is not that of the event, a price is no total."""
    assert best(question, text) == figure


def test_a_date_is_cut_to_the_year_asked_for() -> None:
    """哪年 is answered by the year alone, at its place in the paragraph."""
    question = "新馆哪年建成"
    figure = rank(question, wanted(question), passages(SERVICE))[0]
    assert (figure.text, figure.value) == ("1998年", "1998")
    assert SERVICE[figure.start : figure.end] == figure.text


def test_traditional_text_is_understood_and_shown_as_it_stands() -> None:
    """A question in its simplified normal form finds the figure of a traditional paragraph."""
    assert best("参展商有多少家", "本屆展覽於臺中舉行，參展商共１２０家，觀眾三萬人。") == "１２０家"


def test_a_figure_that_the_question_states_is_no_answer() -> None:
    """What the asker already knows comes after what he asks for."""
    assert best("5个部门处理了多少个问题", "5个部门分头行动，处理了70个问题。") == "70个"


def test_each_figure_is_given_once_and_knows_its_paragraph() -> None:
    """A figure that several paragraphs repeat stands once, with the paragraph it is shown from."""
    question = "有多少家商户"
    found = rank(question, wanted(question), passages("商户350家。", "共有商户350家。"))
    assert [(figure.text, figure.paragraph) for figure in found] == [("350家", "p0")]


@pytest.mark.parametrize("question", ["谁主持了会议", "为什么召开大会"])
def test_no_figure_is_offered_where_none_is_asked_for(question: str) -> None:
    """A question after a person or a reason gets no figure."""
    assert rank(question, wanted(question), passages(REPORT, SERVICE)) == []


def test_nothing_found_has_no_figures() -> None:
    """Without paragraphs there are no figures."""
    assert rank("有多少家", wanted("有多少家"), []) == []


@given(st.text(max_size=30), st.text(max_size=80), st.sampled_from(["有多少家", "哪年", "几点", ""]))
def test_any_question_ranks_any_text(question: str, text: str, asking: str) -> None:
    """Whatever is asked of whatever text, each figure comes at most once and from its place."""
    asked = question + asking
    found = rank(asked, wanted(asked), passages(text, REPORT))
    assert all(
        {"p0": text, "p1": REPORT}[figure.paragraph][figure.start : figure.end] == figure.text
        for figure in found
    )


def test_a_series_comes_in_the_order_of_time() -> None:
    """A question for several years gets their figures by year; one for a single year its own first."""
    text = "全县茶叶产量2021年为3100吨，2019年为2400吨，2020年为2800吨。种茶农户8600户。"
    series = rank("各年茶叶产量分别是多少", wanted("各年茶叶产量分别是多少"), passages(text))
    assert [figure.text for figure in series[:3]] == ["2400吨", "2800吨", "3100吨"]
    assert best("2020年茶叶产量是多少", text) == "2800吨"
