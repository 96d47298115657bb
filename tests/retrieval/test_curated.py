from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.answer import answer
from retrieval.curated import Curated, CuratedIndex, locate
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.model import Paragraph
    from retrieval.snapshot import Snapshot

TEA = """# 云岭县茶业公报

2021年全县茶叶出口额达到4.6亿元，比上年增长7.5%。

2020年全县茶叶出口额为4.3亿元，其中有机茶叶1.2亿元。

全县共有茶厂188家，工人二千三百名。
"""
SCHOOL = """# 云岭县教育简讯

小学新建三所，教师节前全部开学，课桌椅由邻县捐赠。
"""


@pytest.fixture
def folder(documents: Callable[..., Path]) -> Path:
    return documents(tea=TEA, school=SCHOOL)


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Index:
    index = Index(tmp_path / "index")
    index.build(folder)
    return index


def paragraph(snapshot: Snapshot, words: str) -> Paragraph:
    every = (snapshot.at(row)[0] for row in range(snapshot.paragraphs))
    return next(found for found in every if words in found.text)


def pin(question: str, found: Paragraph, name: str = "1") -> Curated:
    return Curated(name, question, found.id, found.text, found.document, found.title, found.section)


def test_the_same_question_is_matched(index: Index) -> None:
    """Of several questions the same one counts, and one that differs in a year or a word is none."""
    here = paragraph(index.current(), "茶厂188家")
    chosen = CuratedIndex(
        [
            pin("2020年茶厂有多少家", here, "a"),
            pin("茶厂有多少家？", here, "b"),
            pin("茶厂在哪里", here, "c"),
        ]
    )
    found = chosen.matching("请问茶厂有几家")
    assert found is not None
    assert found.id == "b"
    assert chosen.matching("2021年茶厂有多少家") is None
    assert chosen.matching("有机茶厂有多少家") is None
    assert CuratedIndex().matching("茶厂有多少家") is None


def test_a_pinned_paragraph_comes_first_and_says_so(index: Index) -> None:
    """It stands once, before the best of the search, with its own figures, marks and the best's score."""
    snapshot = index.current()
    other = paragraph(snapshot, "2021年")
    plain = answer(snapshot, "全县茶叶出口额是多少")
    assert plain.hits[0].paragraph != other
    curated = CuratedIndex([pin("全县茶叶出口额多少？", other)])
    given = answer(snapshot, "请问全县茶叶出口额是多少？", curated=curated)
    assert given.found
    assert given.hits[0].paragraph == other
    assert given.hits[0].checked
    assert given.hits[0].marks
    assert given.hits[0].score >= max(hit.score for hit in given.hits)
    assert [hit.checked for hit in given.hits[1:]] == [False] * (len(plain.hits) - 1)
    assert len({hit.paragraph.id for hit in given.hits}) == len(given.hits)
    assert given.figures[0].text == "4.6亿元"


def test_what_no_words_find_is_found_where_it_is_pinned(index: Index) -> None:
    """An admin may answer what the articles say in words of their own."""
    snapshot = index.current()
    question = "凳子哪来的"
    curated = CuratedIndex([pin(question, paragraph(snapshot, "课桌椅"))])
    assert not answer(snapshot, question).found
    given = answer(snapshot, question, curated=curated)
    assert given.found
    assert not given.near
    assert [hit.checked for hit in given.hits] == [True]


def test_a_pin_for_a_question_without_words_breaks_nothing(index: Index) -> None:
    """Marks alone have no terms to cover."""
    snapshot = index.current()
    curated = CuratedIndex([pin("？？", paragraph(snapshot, "课桌椅"))])
    assert answer(snapshot, "？？", curated=curated).hits[0].checked
    assert not answer(snapshot, "？？").found


def test_the_article_asked_about_comes_before_a_pin(index: Index) -> None:
    """A reply to an article is answered from it; only a pin in that very article comes first."""
    snapshot = index.current()
    question = "全县茶叶出口额是多少"
    elsewhere = CuratedIndex([pin(question, paragraph(snapshot, "课桌椅"))])
    within = CuratedIndex([pin(question, paragraph(snapshot, "2020年"))])
    given = answer(snapshot, question, curated=elsewhere, about=TEA)
    assert given.found
    assert given.hits[0].paragraph.document == "tea.md"
    assert not any(hit.checked for hit in given.hits)
    assert answer(snapshot, question, curated=elsewhere).hits[0].checked
    best = answer(snapshot, question, curated=within, about=TEA).hits[0]
    assert best.checked
    assert best.paragraph == paragraph(snapshot, "2020年")


def test_a_follow_up_is_matched_as_it_is_read(index: Index) -> None:
    """The completed question is what was asked."""
    snapshot = index.current()
    curated = CuratedIndex([pin("2019年全县茶叶出口额是多少", paragraph(snapshot, "2020年"))])
    given = answer(snapshot, "2019年呢", before="2021年全县茶叶出口额是多少", curated=curated)
    assert given.hits[0].checked


def test_other_questions_are_answered_as_ever(index: Index) -> None:
    """A curated answer changes nothing but its own question."""
    snapshot = index.current()
    curated = CuratedIndex([pin("茶厂在哪里", paragraph(snapshot, "课桌椅"))])
    one, other = (answer(snapshot, "茶厂有多少家", curated=chosen) for chosen in (curated, None))
    assert (one.hits, one.figures, one.found) == (other.hits, other.figures, other.found)


def test_a_pin_holds_when_its_text_moves_to_another_file(index: Index, folder: Path) -> None:
    """Another file, title, place or white space gives another id; the text itself is found again."""
    before = paragraph(index.current(), "茶厂188家")
    chosen = pin("茶厂有多少家", before)
    (folder / "tea.md").unlink()
    (folder / "moved.md").write_text(
        "# 公报（修订）\n\n前言一段。\n\n全县共有茶厂188家， 工人\n二千三百名。\n", encoding="utf-8"
    )
    index.build(folder)
    found = locate(index.current(), chosen)
    assert found is not None
    assert found.id != before.id
    assert found.document == "moved.md"
    assert answer(index.current(), "茶厂有多少家", curated=CuratedIndex([chosen])).hits[0].checked


def test_of_copies_the_one_under_the_same_title_is_taken(index: Index, folder: Path) -> None:
    """A text may stand in several articles."""
    chosen = pin("茶厂有多少家", paragraph(index.current(), "茶厂188家"))
    (folder / "tea.md").unlink()
    (folder / "a.md").write_text("# 摘录\n\n全县共有茶厂188家，工人二千三百名。\n", encoding="utf-8")
    (folder / "b.md").write_text(TEA.replace("2021年", "2022年"), encoding="utf-8")
    index.build(folder)
    found = locate(index.current(), chosen)
    assert found is not None
    assert found.document == "b.md"


def test_a_pin_whose_text_is_gone_is_passed_over(index: Index, folder: Path) -> None:
    """The question is then answered as if nothing were pinned."""
    chosen = pin("茶厂有多少家", paragraph(index.current(), "茶厂188家"))
    (folder / "tea.md").write_text(TEA.replace("188家", "199家"), encoding="utf-8")
    index.build(folder)
    assert locate(index.current(), chosen) is None
    given = answer(index.current(), "茶厂有多少家", curated=CuratedIndex([chosen]))
    assert given.found
    assert not any(hit.checked for hit in given.hits)
