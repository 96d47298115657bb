from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dictionary import Dictionary, build_dictionary, dictionary_key
from retrieval.errors import DictionaryError, SnapshotError
from retrieval.language import normalise

if TYPE_CHECKING:
    from pathlib import Path

    import jieba

TEXTS = st.text(
    st.sampled_from("中国人民银行长沙市进出口总额的了在是一二三abc5.%，。 研究生命起源"), max_size=60
)


@given(TEXTS | st.text(max_size=30))
def test_it_cuts_exactly_as_jieba(dictionary: Dictionary, original: jieba.Tokenizer, text: str) -> None:
    """The trie changes where the words are kept, never how a text is cut."""
    assert dictionary.words(text) == original.lcut(text)


def test_a_user_word_is_cut_whole(tmp_path: Path) -> None:
    """A word of the user's file, however it is spelled there, is one word in the texts."""
    words = tmp_path / "words.txt"
    words.write_text("青禾計劃 100 n\n\n\u200b 3\n湘江鲲鹏 99999999999999999999\n", encoding="utf-8-sig")
    build_dictionary(tmp_path, words, normalise)
    dictionary = Dictionary(tmp_path)
    assert "青禾计划" in dictionary.words("今年的青禾计划已经启动")
    assert "湘江鲲鹏" in dictionary.words("湘江鲲鹏服务器下线")
    assert dictionary.key == dictionary_key(words) != dictionary_key(None)


def test_an_unreadable_user_file_is_named(tmp_path: Path) -> None:
    """A missing or wrongly encoded file is an error that names it."""
    with pytest.raises(DictionaryError, match=r"none\.txt"):
        dictionary_key(tmp_path / "none.txt")
    (tmp_path / "gb.txt").write_bytes("词语".encode("gb18030"))
    with pytest.raises(DictionaryError, match=r"gb\.txt.*UTF-8"):
        dictionary_key(tmp_path / "gb.txt")


def test_a_damaged_dictionary_is_told(tmp_path: Path) -> None:
    """What is no trie is refused."""
    build_dictionary(tmp_path, None, normalise)
    (tmp_path / "dictionary.marisa").write_bytes(b"nothing")
    with pytest.raises(SnapshotError):
        Dictionary(tmp_path)
