"""Follow-ups and the questions before them. Where None stands, the question is left as it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.follow_up import complete

if TYPE_CHECKING:
    from retrieval.dictionary import Dictionary

EXPORTS = "2021年湖南省茶叶出口额是多少？"
CONGRESS = "全省旅游大会什么时候召开的？"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (EXPORTS, "那2020年呢？", "2020年湖南省茶叶出口额是多少"),
        (EXPORTS, "2020年呢", "2020年湖南省茶叶出口额是多少"),
        (EXPORTS, "２０２０年？", "２０２０年湖南省茶叶出口额是多少"),
        (EXPORTS, "那2020年是多少", "2020年湖南省茶叶出口额是多少"),
        ("茶叶出口额是多少", "那么2020年呢", "2020年茶叶出口额是多少"),
        ("2021年8月的游客有多少人", "那9月呢", "2021年9月的游客有多少人"),
        ("2021年上半年出口额是多少", "下半年呢", "2021年下半年出口额是多少"),
        ("今年什么时候开学", "去年呢", "去年什么时候开学"),
    ],
)
def test_another_date(before: str, question: str, expected: str, dictionary: Dictionary) -> None:
    """A date takes the place of the old one, with its year where it has none, or is added."""
    assert complete(question, before, dictionary) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (EXPORTS, "广东呢", "2021年广东茶叶出口额是多少"),
        (EXPORTS, "那四川和重庆呢？", "2021年四川和重庆茶叶出口额是多少"),
        (EXPORTS, "那2020年广东省呢", "2020年广东省茶叶出口额是多少"),
        ("全国有多少座水库", "那长沙呢", "长沙有多少座水库"),
        ("水库有多少座", "长沙呢", "长沙水库有多少座"),
        ("湖南的游客数在全国排第几？", "那中部地区排第几？", "湖南的游客数在中部地区排第几"),
        ("湖南的游客数是多少？", "那中部地区排第几？", "湖南的游客数中部地区排第几"),
        ("湖南排第几", "中部呢", "湖南中部排第几"),
        ("2021年湖南省茶葉出口額是多少？", "那廣東呢", "2021年廣東茶葉出口額是多少"),
    ],
)
def test_another_place(before: str, question: str, expected: str, dictionary: Dictionary) -> None:
    """A place takes the place of a like one; within a ranking a region is where it is ranked."""
    assert complete(question, before, dictionary) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("湖南的面积是多少", "人口呢", "湖南的人口是多少"),
        ("橘子洲的面积是多少", "岳麓山呢", "岳麓山的面积是多少"),
        ("县中药厂2020年营业收入是多少", "那利润是多少", "县中药厂2020年利润是多少"),
        ("北京大学2020年招生多少人", "清华大学呢", "清华大学2020年招生多少人"),
        ("李明担任什么职务", "王芳呢", "王芳担任什么职务"),
        ("怎么办理护照", "身份证呢", "怎么办理身份证"),
        ("怎么办理护照", "没有身份证呢", "没有身份证，怎么办理护照"),
        (EXPORTS, "增速呢", "2021年湖南省茶叶出口额的增速"),
        ("申请创业补贴的条件是什么", "流程呢", "申请创业补贴的流程是什么"),
        ("二等奖奖励多少？", "那三等奖呢？", "三等奖奖励多少"),
        ("市级作坊补助多少钱", "县级作坊呢", "县级作坊补助多少钱"),
        (EXPORTS, "然后广东呢", "2021年广东茶叶出口额是多少"),
    ],
)
def test_another_subject(before: str, question: str, expected: str, dictionary: Dictionary) -> None:
    """A measure, a name or an aspect takes the place of what it is like."""
    assert complete(question, before, dictionary) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("2020年全国茶园面积是多少？", "其中中部呢？", "2020年全国茶园面积，其中中部是多少"),
        ("湖南省有多少家茶厂", "其中国营的呢", "湖南省，其中国营有多少家茶厂"),
        ("2020年湖南有多少家茶厂", "其中有多少家是国营的", "2020年湖南茶厂，其中有多少家是国营"),
        ("哪些县种茶", "其中湖南呢", "哪些县种茶，其中湖南"),
        ("湖南茶叶出口额全国排名第几？", "其中中部呢？", "湖南茶叶出口额中部排名第几"),
        ("湖南茶叶出口额排名第几？", "其中中部呢？", "湖南茶叶出口额，其中中部排名第几"),
    ],
)
def test_a_part(before: str, question: str, expected: str, dictionary: Dictionary) -> None:
    """`其中` asks about a part of what the old question was about, or ranks it among fewer."""
    assert complete(question, before, dictionary) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (CONGRESS, "谁主持的？", "全省旅游大会谁主持的"),
        (CONGRESS, "那谁主持的？", "全省旅游大会谁主持的"),
        (CONGRESS, "在哪里", "全省旅游大会在哪里"),
        (CONGRESS, "多少人参加？", "全省旅游大会多少人参加"),
        ("谁主持了全省旅游大会？", "什么时候召开的", "全省旅游大会什么时候召开的"),
        ("2020年茶叶出口额下降了多少？", "为什么？", "2020年茶叶出口额下降，为什么"),
        ("创业补贴的标准是多少", "怎么申请", "创业补贴怎么申请"),
        ("盘山公路全长多少公里？", "什么时候通车的", "盘山公路什么时候通车的"),
        ("湖南的人口是多少", "同比增长多少", "湖南的人口同比增长多少"),
        ("县里的重点项目有多少个", "有哪些", "县里的重点项目有哪些"),
        ("怎么办理居住证", "需要什么材料", "居住证需要什么材料"),
        (EXPORTS, "同比增长多少", "2021年湖南省茶叶出口额同比增长多少"),
        (EXPORTS, "2020年增长了多少", "2020年湖南省茶叶出口额增长了多少"),
        ("全省旅遊大會什麼時候召開的？", "誰主持的", "全省旅遊大會誰主持的"),
    ],
)
def test_a_bare_question(before: str, question: str, expected: str, dictionary: Dictionary) -> None:
    """A question word and a verb ask about the old topic, without what was asked of it then."""
    assert complete(question, before, dictionary) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("青石隧道什么时候通车", "它有多长", "青石隧道有多长"),
        ("青石隧道什么时候通车", "它的造价是多少", "青石隧道的造价是多少"),
        (CONGRESS, "这个会谁主持的", "全省旅游大会谁主持的"),
        ("水库扩建什么时候开工", "该项目投资多少", "水库扩建项目投资多少"),
        ("乡村图书计划是什么", "这是谁提出的", "乡村图书计划是谁提出的"),
        ("谁组织了山地救援队", "他们有多少人", None),
        (CONGRESS, "这座桥有多长", None),
        (CONGRESS, "他信是哪里人", None),
    ],
)
def test_a_pronoun(before: str, question: str, expected: str | None, dictionary: Dictionary) -> None:
    """The topic takes the pronoun's place, unless its noun is another or only the answer says who it is."""
    assert complete(question, before, dictionary) == expected


@pytest.mark.parametrize(
    "question",
    [
        "2022年县图书馆藏书多少册",
        "长沙的房价是多少",
        "茶叶出口额是多少",
        "游客总数是多少呢",
        "怎么减肥",
        "什么是通货膨胀",
        "那曲在哪里",
        "那英是谁",
        "广东",
        "谢谢",
        "那呢",
        "什么",
        "是吗",
        "呢",
        "？",
        "",
        "What about 2020?",
        "为什么" + "很" * 40,
    ],
)
def test_a_question_that_stands_by_itself(question: str, dictionary: Dictionary) -> None:
    """What names its own topic, or asks nothing at all, is left alone."""
    assert complete(question, CONGRESS, dictionary) is None


@pytest.mark.parametrize(
    "question",
    """
    换成英文 換成英文 用英语说 其实呢 然后呢 那然后呢 所以呢 它呢 他们呢 这个呢 其他呢 在吗 还有吗 那对吗
    几点了 现在几点了 你是谁 那你呢 您叫什么 我是谁 你好 您好 早上好 谢谢 好的 好的呢 哈哈哈 问题呢 辛苦了
    """.split(),  # noqa: SIM905 - a list of words reads best as words
)
def test_chatter(question: str, dictionary: Dictionary) -> None:
    """What is said to the bot, and a word that names nothing, asks nothing of the old topic."""
    assert complete(question, EXPORTS, dictionary) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("几点开始", "全省旅游大会几点开始"),
        ("还有哪些人参加", "全省旅游大会还有哪些人参加"),
        ("然后谁主持的", "全省旅游大会谁主持的"),
        ("这个会谁主持的", "全省旅游大会谁主持的"),
    ],
)
def test_a_question_that_begins_like_chatter(question: str, expected: str, dictionary: Dictionary) -> None:
    """More than chatter is a question all the same."""
    assert complete(question, CONGRESS, dictionary) == expected


@pytest.mark.parametrize("before", ["", "？", "为什么", "茶" * 200])
def test_nothing_to_take(before: str, dictionary: Dictionary) -> None:
    """Without a topic before it, a bare question stays bare."""
    assert complete("谁主持的", before, dictionary) is None


def test_a_chain(dictionary: Dictionary) -> None:
    """Each follow-up starts from how the one before was read."""
    read_as: str | None = EXPORTS
    for question in ("那2020年呢", "广东呢", "茶园面积呢"):
        assert read_as is not None
        read_as = complete(question, read_as, dictionary)
    assert read_as == "2020年广东茶园面积是多少"


PIECES = st.sampled_from(
    [
        *"那呢的了是在？，。 它他该《“",
        "其中",
        "这个",
        "2020年",
        "广东",
        "中部",
        "为什么",
        "多少",
        "谁",
        "主持",
        "面积",
        "茶叶",
        "增速",
    ]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map("".join))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS)
def test_any_two_texts(dictionary: Dictionary, question: str, before: str) -> None:
    """Whatever is typed, the result is None or a text of the two questions' own characters."""
    completed = complete(question, before, dictionary)
    assert completed is None or set(completed) <= set(question + before + "，的其中")
    assert completed != ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["2019年", "5月", "广东", "中部地区", "人口", "增速"]), TEXTS)
def test_the_slot_is_there(dictionary: Dictionary, slot: str, before: str) -> None:
    """What a follow-up names stands in the completed question, whatever was asked before."""
    completed = complete(f"那{slot}呢", before, dictionary)
    assert completed is None or slot in completed
