"""Encodings round-trip: an article reads the same in every common encoding, with a mark or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.documents import read_file
from retrieval.documents.decoding import UndecodableError, decode

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "城东新区的图书馆昨天开放了。\n馆内藏书三十万册，座位800个，周一闭馆。"
TRADITIONAL = "城東新區的圖書館昨天開放了。館內藏書三十萬冊，座位800個。"
EVERYDAY = st.text(
    alphabet="的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出，。、：“”（）0123456789abc \n",
    min_size=1,
)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"],
)
def test_every_common_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    """The same text gives the same paragraphs in each encoding, with a byte order mark or without."""
    (tmp_path / "a.txt").write_bytes(TEXT.encode(encoding))
    (document,) = read_file(tmp_path, "a.txt").documents
    assert [one.text for one in document.sections[0].paragraphs] == TEXT.split("\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5"])
def test_traditional_characters_are_decoded(encoding: str) -> None:
    """Traditional text is told from garbage too."""
    assert decode(TRADITIONAL.encode(encoding)) == TRADITIONAL


@given(EVERYDAY)
@example("中丰")
def test_marked_and_utf8_text_comes_back_as_it_was(text: str) -> None:
    """With a byte order mark, or in UTF-8, the shortest text is read right."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(encoding)) == text


@given(EVERYDAY.map(lambda text: "今天下了雨，路上人很少。\n" + text))
def test_text_without_a_mark_comes_back_as_it_was(text: str) -> None:
    """A sentence is enough to tell GB18030 from UTF-16 of either order."""
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        assert decode(text.encode(encoding)) == text


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """No bytes raise anything but UndecodableError, and no byte order mark stays in a text."""
    try:
        text = decode(data)
    except UndecodableError:
        return
    assert "\ufeff" not in text
