from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import QUESTION_WORDS, marks, normalise, question_terms, tokens

if TYPE_CHECKING:
    from retrieval.dictionary import Dictionary


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("進出口總額", "进出口总额"),
        ("２０２１年ＧＤＰ", "2021年gdp"),
        ("二〇二一年", "2021年"),
        ("八月二十九日", "8月29日"),
        ("长\u200b沙\ufeff", "长沙"),
        ("㎡", "m2"),
    ],
)
def test_spellings_of_the_same_are_one(written: str, normal: str) -> None:
    """Traditional, full-width, invisible and Chinese-numeral spellings come to one form."""
    assert normalise(written) == normal


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_can_be_searched_with(dictionary: Dictionary, text: str) -> None:
    """No text breaks the normaliser or the tokeniser, and its own tokens are found in it."""
    terms = question_terms(normalise(text), dictionary)
    assert set(terms) <= set(tokens(text, dictionary))


def test_tokens_are_words_and_bigrams(dictionary: Dictionary) -> None:
    """A word of three characters brings itself and its two bigrams."""
    found = tokens("进出口总额", dictionary)
    assert {"进出口", "总额", "进出", "出口", "口总"} <= set(found)


def test_mixed_names_keep_together(dictionary: Dictionary) -> None:
    """A character beside a Latin word or number is a token with it."""
    assert {"张x6", "x6岁"} <= set(tokens("张x6岁", dictionary))


def test_question_words_are_not_searched_for(dictionary: Dictionary) -> None:
    """What only asks is left out, unless the question has nothing else."""
    assert not QUESTION_WORDS & set(question_terms("全省有多少家企业", dictionary))
    assert question_terms("多少", dictionary) == ["多少", "多少"]


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=3), max_size=5))
def test_marks_are_ordered_pieces_of_the_text(dictionary: Dictionary, text: str, terms: list[str]) -> None:
    """Marks lie within the text, in order, and do not overlap."""
    end = 0
    for start, stop in marks(text, terms, dictionary):
        assert end <= start < stop <= len(text)
        end = stop


def test_marks_do_not_cut_numbers(dictionary: Dictionary) -> None:
    """A bigram of a number marks nothing within another number."""
    text = "先后突破2000亿元，2021年达到5972亿元"
    terms = question_terms(normalise("2021年的20号"), dictionary)
    assert [text[a:b] for a, b in marks(text, terms, dictionary)] == ["2021年"]


def test_marks_stand_on_the_original(dictionary: Dictionary) -> None:
    """Simplified terms mark the traditional text that is shown."""
    text = "全省進出口總額創新高"
    assert [text[a:b] for a, b in marks(text, ["进出口", "总额", "口总"], dictionary)] == ["進出口總額"]
