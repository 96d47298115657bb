from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.answer import answer
from retrieval.index import Index
from retrieval.origin import origin

if TYPE_CHECKING:
    from retrieval.snapshot import Snapshot

SCHOLARSHIP = """# 云岭县中学助学金申请通知

本县户籍的在校高中生均可向所在学校提出申请，家庭月收入须低于两千元。

申请截止日期为2022年10月15日，逾期不再受理。

助学金每人每年1200元，分两次打入学生本人的银行卡。
"""
FERRY = """# 青石渡口改造工程招标公告

青石渡口将新建两座浮桥和一间候船室，欢迎有资质的施工单位参加投标。

投标文件递交截止日期为2023年4月28日，地点在县交通局二楼。
"""
TEA = """# 春茶评比开始报名

今年的春茶评比由县茶业协会主办，每家茶厂可以送两种茶样。

茶样送交截止日期是2022年5月6日，评比结果在月底公布。
"""
FORWARDED = {
    "in full": FERRY.replace("# ", ""),
    "with words added": "转给大家看看\n" + FERRY.split("\n\n")[1] + "\n来源：交通局网站",
    "in traditional characters": "青石渡口將新建兩座浮橋和一間候船室，歡迎有資質的施工單位參加投標。",
    "title alone": "青石渡口改造工程招标公告",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in (("scholarship", SCHOLARSHIP), ("ferry", FERRY), ("tea", TEA)):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    index = Index(tmp_path_factory.mktemp("index"))
    index.build(folder)
    return index.current()


@pytest.mark.parametrize("text", FORWARDED.values(), ids=FORWARDED)
def test_an_article_is_known_by_its_words(snapshot: Snapshot, text: str) -> None:
    """Whole, in part, with words added, in other characters or by its title."""
    rows = origin(snapshot, text)
    assert rows is not None
    assert {snapshot.at(row)[0].document for row in rows} == {"ferry.md"}
    assert len(rows) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "渡口",
        "青石渡口今年要改造，听说要建浮桥，什么时候能完工还没有人说得清楚。",
        "火星探测器今天传回了第一批照片，科学家正在分析土壤的成分。",
    ],
)
def test_a_text_of_its_own_has_no_article(snapshot: Snapshot, text: str) -> None:
    """The same subject is not the same text."""
    assert origin(snapshot, text) is None


@pytest.mark.parametrize(
    ("about", "document", "figure"),
    [
        (FERRY, "ferry.md", "2023年4月28日"),
        (SCHOLARSHIP, "scholarship.md", "2022年10月15日"),
        (TEA, "tea.md", "2022年5月6日"),
        (FORWARDED["title alone"], "ferry.md", "2023年4月28日"),
    ],
)
def test_a_question_about_a_text_is_answered_from_its_article(
    snapshot: Snapshot, about: str, document: str, figure: str
) -> None:
    """What several articles could answer is answered by the one at hand; the others stand below."""
    given_answer = answer(snapshot, "截止日期是什么时候？", about=about)
    assert given_answer.found
    assert given_answer.hits[0].paragraph.document == document
    assert given_answer.figures[0].text == figure
    assert len({hit.paragraph.id for hit in given_answer.hits}) == len(given_answer.hits) > 1
    scores = [hit.score for hit in given_answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert given_answer.question.read_as is None


def test_a_text_that_is_in_no_article_lends_its_first_line(snapshot: Snapshot) -> None:
    """The question is read as following it."""
    given_answer = answer(snapshot, "截止日期是什么时候？", about="春茶评比\n听说要开始了，谁知道详情。")
    assert given_answer.question.read_as is not None
    assert given_answer.question.read_as.startswith("春茶评比")
    assert given_answer.hits[0].paragraph.document == "tea.md"


def test_a_question_that_the_article_does_not_answer_is_searched_for_elsewhere(snapshot: Snapshot) -> None:
    """A reply may be about something else altogether."""
    given_answer = answer(snapshot, "助学金每人每年多少元？", about=FERRY)
    assert given_answer.found
    assert given_answer.hits[0].paragraph.document == "scholarship.md"


def test_neither_answers_what_nobody_wrote(snapshot: Snapshot) -> None:
    """A text at hand makes nothing found that it does not say."""
    assert not answer(snapshot, "火星上有水吗？", about=FERRY).found
    assert not answer(snapshot, "火星上有水吗？", about="").found


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_any_text_may_be_asked_about(snapshot: Snapshot, about: str) -> None:
    """However strange it is, there is an answer, and its time is told by stages."""
    assert answer(snapshot, "截止日期？", about=about).milliseconds > 0
