from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.answer import answer, understand
from retrieval.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.snapshot import Snapshot

ARTICLE = """---
title: 云岭县统计公报
date: 2022-03
---

## 茶业

2021年全县茶叶出口额达到4.6亿元，比上年增长7.5%。茶叶出口额先后越过1亿元、2亿元、3亿元。全县共有茶厂188家。

有机茶园认证的办理时间缩短到3个工作日以内，茶农的满意度排在全市第2、山区第1。

## 交通

9月12日上午，全县公路建设现场会在石塘镇召开，由副县长主持，石塘镇、青石乡和县公路段分别作了交流发言。

## 教育

小学新建三所，共招收新生六百二十人，教师节前全部开学，课桌椅由邻县捐赠。
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "report.md").write_text(ARTICLE, encoding="utf-8")
    index = Index(tmp_path_factory.mktemp("index"))
    index.build(folder)
    return index.current()


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("2021年茶叶出口额", "4.6亿元"),
        ("二〇二一年茶葉出口額是多少？", "4.6亿元"),
        ("２０２１年茶叶出口额", "4.6亿元"),
        ("茶厂有多少家", "188家"),
        ("有机茶园认证要几个工作日", "3个工作日"),
        ("茶农满意度在全市排第几", "第2"),
        ("公路建设现场会哪天召开", "9月12日"),
        ("小学招收新生多少人", "六百二十人"),
    ],
)
def test_the_right_figure_comes_first(snapshot: Snapshot, question: str, figure: str) -> None:
    """However it is asked, the figure that answers is the first, out of a paragraph that is found."""
    given_answer = answer(snapshot, question)
    assert given_answer.found
    assert given_answer.figures[0].text.startswith(figure)
    assert given_answer.figures[0].paragraph == given_answer.hits[0].paragraph.id


@pytest.mark.parametrize(
    "question", ["火星上有水吗？", "今天晚饭吃什么", "asdfghjkl", "😀", "", "？？", "\u200b"]
)
def test_what_the_corpus_does_not_hold_is_not_found(snapshot: Snapshot, question: str) -> None:
    """No answer is honest, and nothing is offered that is not near."""
    given_answer = answer(snapshot, question)
    assert not given_answer.found
    assert not given_answer.near


def test_a_follow_up_is_answered_as_it_is_read(snapshot: Snapshot) -> None:
    """What the question before it named is searched for too, and the answer says so."""
    given_answer = answer(snapshot, "有多少家？", before="2021年茶厂在哪里")
    assert given_answer.question.text == "有多少家？"
    assert given_answer.question.read_as == "2021年茶厂有多少家"
    assert given_answer.question.wanted.unit == "家"
    assert given_answer.found
    assert given_answer.figures[0].text.startswith("188家")


def test_a_question_found_alone_is_left_alone(snapshot: Snapshot) -> None:
    """Where the completed question finds nothing and the words alone do, they are read as they stand."""
    before = "宇航员坐飞船去火星基地为什么要带氧气面罩"
    assert understand("茶厂呢", snapshot.dictionary, before).read_as
    given_answer = answer(snapshot, "茶厂呢", before=before)
    assert given_answer.found
    assert given_answer.question.read_as is None


def test_a_question_that_is_half_covered_is_near(snapshot: Snapshot) -> None:
    """Where only a part of the question is held, the best paragraph is offered, not claimed."""
    given_answer = answer(snapshot, "茶叶加工技术培训班")
    assert not given_answer.found
    assert given_answer.near
    assert "茶叶" in given_answer.hits[0].paragraph.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_answered(snapshot: Snapshot, text: str) -> None:
    """No text raises, and figures and paragraphs keep within their limits."""
    given_answer = answer(snapshot, text)
    assert len(given_answer.hits) <= 10
    assert len(given_answer.figures) <= 5
    scores = [hit.score for hit in given_answer.hits]
    assert scores == sorted(scores, reverse=True)


def test_a_very_long_question_is_answered(snapshot: Snapshot) -> None:
    """A pasted page is searched by its beginning, also where the normal form is far longer than the text."""
    assert len(answer(snapshot, "\ufdfa" * 2000).question.normal) <= 300
    assert answer(snapshot, "2021年全县茶叶出口额" + "，请问" * 50_000).hits[0].paragraph.section == "茶业"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_tiny_corpora_rank_rightly(tmp_path: Path, count: int) -> None:
    """With one, two or three documents the right paragraph is first, and found."""
    texts = ["渡口每天开船六班，票价五元。", "集市逢三逢八开市，清早最热闹。", "水库蓄水三千万立方米。"]
    folder = tmp_path / "documents"
    folder.mkdir()
    for number, text in enumerate(texts[:count]):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    index = Index(tmp_path / "index")
    index.build(folder)
    given_answer = answer(index.current(), "渡口票价是多少")
    assert given_answer.found
    assert given_answer.hits[0].paragraph.document == "0.txt"
    assert given_answer.figures[0].value == 5
    assert not answer(index.current(), "火星上有水吗").found
