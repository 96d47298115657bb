from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.answer import answer
from retrieval.examples import LONGEST, examples
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.snapshot import Snapshot

REPORT = """# 云岭县统计公报

2021年茶叶出口总额达到4.6亿元，比上年增长7.5%。

全年气候平和，雨水适中。
"""
SCHOOL = """# 县一中招生简章

学校坐落在青石河边，交通便利。

## 二、报名条件

报名的学生须有本县户籍，年龄不满十六周岁。

## 三、联系我们

请致电教务处。
"""
WATER = """# 水库介绍

青石水库总库容量为3200万立方米，灌溉良田。

青石水库投资总额为1.8亿元。
"""


@pytest.fixture
def build(tmp_path: Path, documents: Callable[..., Path]) -> Callable[..., Snapshot]:
    def build(**articles: str) -> Snapshot:
        index = Index(tmp_path / "index")
        index.build(documents(**articles))
        return index.current()

    return build


def test_questions_come_from_figures_and_headings_of_several_articles(build: Callable[..., Snapshot]) -> None:
    """A figure with its year, a heading and another figure, each from an article of its own."""
    assert examples(build(report=REPORT, school=SCHOOL, water=WATER)) == [
        "2021年茶叶出口总额是多少？",
        "报名条件有哪些？",
        "青石水库投资总额是多少？",
    ]


def test_each_question_is_answered_by_what_it_was_made_from(build: Callable[..., Snapshot]) -> None:
    """Nobody is shown a question that finds nothing, or something else."""
    snapshot = build(report=REPORT, school=SCHOOL, water=WATER)
    given = {question: answer(snapshot, question) for question in examples(snapshot)}
    assert len(given) == 3
    assert all(one.found for one in given.values())
    assert given["2021年茶叶出口总额是多少？"].figures[0].text == "4.6亿元"
    assert given["报名条件有哪些？"].hits[0].paragraph.section == "二、报名条件"
    assert all(len(question) <= LONGEST for question in given)


def test_one_article_may_give_several(build: Callable[..., Snapshot]) -> None:
    """Where there is only one article, its questions are about different things."""
    found = examples(build(water=WATER))
    assert sorted(found) == ["青石水库总库容量是多少？", "青石水库投资总额是多少？"]
    assert examples(build(water=WATER)) == found


def test_no_more_than_asked_for(build: Callable[..., Snapshot]) -> None:
    snapshot = build(report=REPORT, school=SCHOOL, water=WATER)
    assert len(examples(snapshot, count=1)) == 1
    assert examples(snapshot, count=0) == []


def test_what_would_not_read_well_is_not_suggested(build: Callable[..., Snapshot]) -> None:
    """Rather nothing than a slogan, a broken or distressing question, or one about nobody knows whom."""
    unfit = {
        "empty": "",
        "plain": "# 随笔\n\n山上的雾散了，茶香飘得很远。\n",
        "slogan": "# 意见\n\n## 加强组织领导\n\n各乡镇要高度重视。\n",
        "whose": "# 简况\n\n人口为12万人。\n",
        "distressing": "# 通报\n\n2021年事故死亡人数为12人。\n",
        "broken": "# 附记\n\n2021年的和销售额是多少钱，达4亿元。\n",
    }
    assert examples(build(**unfit)) == []


def test_a_heading_of_several_articles_is_not_asked_about(build: Callable[..., Snapshot]) -> None:
    """Nobody could tell whose conditions are meant."""
    assert examples(build(one=SCHOOL, two=SCHOOL.replace("县一中", "县二中").replace("青石", "云水"))) == []
