from __future__ import annotations

import re
import unicodedata
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING

import jieba
import jieba.finalseg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import language, tokeniser
from retrieval.dictionary import Dictionary, build_dictionary, cached_dictionary
from retrieval.language import normalise

if TYPE_CHECKING:
    from pathlib import Path

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
MODELLED = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5)  # all others part what is cut
PIECES = st.sampled_from(
    """
    研究生命 起源 长沙市 进出口 总额 同比增长 的 了 在 是 王 蘄 尧 一 二〇二一年 2021年 3.14% wes-5.4.5
    c++ at&t b超 5g , . % + - _ # & ， 。 㐀 龦 𠀀 é 张小明说
    """.split()  # noqa: SIM905 - a list of words reads best as words
) | st.sampled_from([" ", "\u3000", "\r\n", "\ud800"])
MADE = st.lists(PIECES | HAN, max_size=25).map("".join)


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Dictionary:
    assert find_spec("rjieba"), "the tests need the extra `fast`"
    folder = tmp_path_factory.mktemp("dictionary")
    build_dictionary(folder, None, normalise)
    return _in_bulk(folder)


def _in_bulk(folder: Path) -> Dictionary:
    """Return a dictionary that has seen so much text that it uses rjieba."""
    found = Dictionary(folder, in_bulk=True)
    found.words("的" * 100_001)
    return found


@given(MADE | st.text(st.characters(exclude_categories=()), max_size=40))
def test_much_text_is_cut_as_jieba_cuts_it(bulk: Dictionary, original: jieba.Tokenizer, text: str) -> None:
    """rjieba finds the routes, and no word is another one."""
    assert bulk.words(text) == original.lcut(text)


@given(MADE)
def test_little_text_is_cut_as_jieba_cuts_it(
    dictionary: Dictionary, original: jieba.Tokenizer, text: str
) -> None:
    """So it is without rjieba."""
    assert dictionary.words(text) == original.lcut(text)


@given(st.text(MODELLED, min_size=2, max_size=30) | st.text(st.sampled_from("的蘄龤尧王明"), min_size=2))
def test_the_model_is_that_of_jieba(run: str) -> None:
    """Rare characters, for which it has no probabilities, included."""
    assert list(tokeniser._most_likely(run)) == list(jieba.finalseg.cut(run))


@pytest.mark.parametrize("words", ["长沙的 0", "a 900000000", "青禾 20\nqwen2.5 3\nqwen 5\n王明 9000"])
def test_odd_user_words_are_cut_alike(tmp_path: Path, words: str) -> None:
    """What rjieba would take otherwise is left to the dictionary's own way."""
    (tmp_path / "words.txt").write_text(words, encoding="utf-8")
    build_dictionary(tmp_path, tmp_path / "words.txt", normalise)
    text = "长沙的王明在青禾用qwen2.5和qwen，abc a b 1a%"
    assert (
        _in_bulk(tmp_path).words(text) == Dictionary(tmp_path).words(text) == Dictionary(tmp_path).lcut(text)
    )


def test_the_tokeniser_is_named() -> None:
    """A Snapshot can say what cut its paragraphs."""
    assert re.fullmatch(r"r?jieba \d+\.\d+\.\d+", tokeniser.identity())


@given(MADE | st.text(max_size=40))
def test_the_shorter_ways_to_the_normal_form_change_nothing(text: str) -> None:
    """The common characters that are replaced first are those that NFKC replaces."""
    for written, character in language._COMMON:
        assert unicodedata.normalize("NFKC", written) == character
    assert normalise(normalise(text)) == normalise(unicodedata.normalize("NFKC", text)) or "\u0130" in text


@given(st.text(st.sampled_from("长沙张x6a1.5%_-é，。 "), max_size=30))
def test_bigrams_are_of_characters_and_of_atoms(text: str) -> None:
    """The quick way finds what the plain definition says."""
    found = ["".join(pair) for run in re.findall(r"[^\W_]+", text) for pair in pairwise(run)]
    for run in re.findall(r"(?:[a-z0-9]+(?:\.[0-9]+)?|[^\W_])+", text):
        atoms = re.findall(r"[a-z0-9]+(?:\.[0-9]+)?|[^\W_]", run)
        found += [left + right for left, right in pairwise(atoms) if len(left + right) > 2]
    assert sorted(language._bigrams(text)) == sorted(found)


def test_a_dictionary_is_made_once(tmp_path: Path) -> None:
    """What is kept is used again, and made anew where it is damaged."""
    cache = tmp_path / "cache"
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
    cached_dictionary(cache, folders[0], None, normalise)
    (kept,) = cache.iterdir()
    made = (kept / "dictionary.npy").stat().st_mtime_ns
    cached_dictionary(cache, folders[1], None, normalise)
    assert (kept / "dictionary.npy").stat().st_mtime_ns == made
    (kept / "dictionary.npy").write_bytes(b"nothing")
    cached_dictionary(cache, folders[2], None, normalise)
    assert list(cache.iterdir()) == [kept]
    older = cache / f"{kept.name}-older"
    older.mkdir()
    (older / "dictionary.json").touch()
    (kept / "dictionary_pairs.npy").unlink()
    cached_dictionary(cache, folders[2], None, normalise)
    assert list(cache.iterdir()) == [kept]
    assert {Dictionary(folder).key for folder in (*folders, kept)} == {Dictionary(folders[0]).key}
