from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer import answer
from retrieval.errors import SynonymsError
from retrieval.index import Index
from retrieval.language import normalise, phrase_terms, tokens
from retrieval.numerals import other_spellings, parse_number
from retrieval.reranking import Candidate, Sought, evidence
from retrieval.synonyms import Synonyms, built_in, read_synonyms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.dictionary import Dictionary


def written(folder: Path, text: str) -> Path:
    path = folder / "synonyms.txt"
    path.write_text(text, encoding="utf-8")
    return path


def others(synonyms: Synonyms, question: str, dictionary: Dictionary) -> dict[str, set[str]]:
    """What may stand for each word of a question."""
    found: dict[str, set[str]] = {}
    for word, other in synonyms.related(normalise(question), dictionary):
        found.setdefault(word, set()).add(other)
    return found


def test_a_group_stands_for_each_other(tmp_path: Path, dictionary: Dictionary) -> None:
    """Each word of a line finds all the others, whatever the separator and the characters."""
    synonyms = read_synonyms(written(tmp_path, "# 茶\n鐵觀音 烏龍茶、ＯＯＬＯＮＧ # 都是\n\n"))
    assert others(synonyms, "铁观音产量", dictionary)["铁观音"] == {"乌龙茶", "oolong"}
    assert others(synonyms, "Oolong产量", dictionary)["oolong"] == {"铁观音", "乌龙茶"}


def test_an_arrow_goes_one_way(tmp_path: Path, dictionary: Dictionary) -> None:
    """An abbreviation finds its full form, which finds nothing."""
    synonyms = read_synonyms(written(tmp_path, "茶博会 => 茶业博览会 茶叶博览会"))
    assert others(synonyms, "茶博会日程", dictionary) == {"茶博会": {"茶业博览会", "茶叶博览会"}}
    assert others(synonyms, "茶业博览会日程", dictionary) == {}


def test_the_users_file_goes_before_the_built_in_one(tmp_path: Path, dictionary: Dictionary) -> None:
    """A word that the file has means what it says there; the others keep their meaning."""
    synonyms = read_synonyms(written(tmp_path, "自贸区 => 自酿贸易小区"))
    found = others(synonyms, "自贸区的公积金", dictionary)
    assert found == {"自贸区": {"自酿贸易小区"}, "公积金": {"住房公积金"}}


def test_short_words_keep_to_the_borders_of_words(dictionary: Dictionary) -> None:
    """两会 is found where it is a word, and not within 两会计."""
    assert "两会" in others(built_in(), "两会什么时候召开", dictionary)
    assert "两会" not in others(built_in(), "两会计师的工资", dictionary)
    assert "gdp" not in others(built_in(), "ggdpx是什么", dictionary)


def test_the_longest_word_is_taken(tmp_path: Path, dictionary: Dictionary) -> None:
    """A word within a longer one of the question is none."""
    synonyms = read_synonyms(written(tmp_path, "博览会 => 大展会\n茶业博览会 => 茶博会"))
    assert others(synonyms, "茶业博览会在几月", dictionary) == {"茶业博览会": {"茶博会"}}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("茶博会", "只有一个词"),
        ("茶博会 =>", "须为"),
        ("=> 茶业博览会", "须为"),
        ("茶博会 => 茶会 => 茶展", "须为"),
        ("茶 茗茶", "太短"),
        ("茶叶 。。", "太短"),
    ],
)
def test_a_line_without_sense_is_named(tmp_path: Path, line: str, said: str) -> None:
    """The error has the file, the line and the reason."""
    path = written(tmp_path, f"红茶 茶红\n{line}\n")
    with pytest.raises(SynonymsError, match=said) as raised:
        read_synonyms(path)
    assert str(raised.value).startswith(f"{path}: 第 2 行")


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """A file that is missing, or no text, is told by its name in one line."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("missing", "binary"):
        with pytest.raises(SynonymsError, match=name):
            read_synonyms(tmp_path / name)


def test_the_built_in_words_are_in_their_normal_form(dictionary: Dictionary) -> None:
    """Each can be found, and means something other than itself."""
    for word, meant in built_in().others.items():
        assert word == normalise(word)
        assert meant
        assert word not in meant
    assert others(built_in(), "简政放权的GDP", dictionary)["gdp"] >= {"国内生产总值", "地区生产总值"}


@pytest.mark.parametrize(
    ("number", "other"),
    [
        ("1.2万亿", "12000亿"),
        ("12000亿", "1.2万亿"),
        ("3.5万", "35000"),
        ("35000", "3.5万"),
        ("0.8亿", "8000万"),
    ],
)
def test_numbers_match_by_value(number: str, other: str) -> None:
    """The other usual spellings of a large number are sought, too."""
    assert (number, other) in set(other_spellings(number))


@given(st.integers(1, 10**14), st.sampled_from(["", "万", "亿", "万亿"]))
def test_other_spellings_have_the_same_value(number: int, unit: str) -> None:
    """However a number is spelled, its value stays."""
    for word, other in other_spellings(f"共{number}{unit}元"):
        assert parse_number(word) == parse_number(other)


@given(st.text(max_size=60))
def test_any_question_is_taken(dictionary: Dictionary, text: str) -> None:
    """What is related stands in the question on one side, and not on the other."""
    normal = normalise(text)
    for word, other in built_in().related(normal, dictionary):
        assert word in normal
        assert other not in normal


@given(st.sampled_from(sorted(built_in().others)))
def test_a_paragraph_holds_the_terms_of_its_phrases(dictionary: Dictionary, word: str) -> None:
    """However jieba cuts a text, a phrase is found in it."""
    assert set(phrase_terms(word)) <= set(tokens(f"关于{word}的通知", dictionary))


def test_a_paragraph_that_says_it_otherwise_is_found(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """What it says instead is marked, and it scores more than without synonyms."""
    index = Index(tmp_path / "index")
    index.build(
        documents(
            ferry="# 渡口\n\n渡口的渡轮票价为每人3元。",
            inn="# 渡口客栈\n\n渡口客栈的老板数了多少钱，没有人知道。",
            hill="# 山路\n\n山路共有六道弯，雨天路滑。",
        )
    )
    snapshot = index.current()

    given_answer = answer(snapshot, "渡轮多少钱")

    text = given_answer.hits[0].paragraph.text
    assert text.startswith("渡口的渡轮票价")
    assert "票价" in "".join(text[start:end] for start, end in given_answer.hits[0].marks)
    plain = answer(snapshot, "渡轮多少钱", synonyms=Synonyms({}))
    assert given_answer.hits[0].score > plain.hits[0].score


def test_a_synonym_counts_no_more_than_the_word(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """The paragraph with the question's own word stays before the one with a longer word for it."""
    index = Index(tmp_path / "index")
    index.build(
        documents(
            full="# 甲地\n\n甲地的自由贸易试验区去年设立。",
            short="# 乙地\n\n乙地那边的自贸区是去年设立。",
            none="# 丙地\n\n丙地的茶园去年丰收，雨水很足。",
        )
    )
    hits = answer(index.current(), "自贸区").hits
    assert [hit.paragraph.title for hit in hits] == ["乙地", "甲地"]


@pytest.mark.parametrize(
    ("text", "missing"), [("投资8000万。", 0), ("投资18000万。", 1), ("投资8000万亿。", 1)]
)
def test_a_number_in_another_spelling_is_not_missing(text: str, missing: int) -> None:
    """It stands for the question's where it is the whole number."""
    sought = Sought({}, (), {}, frozenset({"0.8"}), (("0.8亿", "8000万"),))
    assert evidence(sought, Candidate("", text, 1.0), 1.0)["number missing"] == missing


def test_odd_words_of_a_file_are_taken(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Signs that mean something in a pattern are mere signs in a word."""
    index = Index(tmp_path / "index")
    index.build(documents(ferry="# 渡口\n\n渡口的票价(成人)\\1元。", hill="# 山路\n\n山路有六道弯。"))
    synonyms = read_synonyms(written(tmp_path, "船费\\1 票价(成人)\\1"))
    assert answer(index.current(), "船费\\1", synonyms=synonyms).hits[0].paragraph.title == "渡口"
