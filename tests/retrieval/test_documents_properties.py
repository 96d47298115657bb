"""Of a text that is read no word is lost."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import read_file
from retrieval.paragraphs import paragraphs

WORDS = st.text(alphabet="风花雪月山川河海云雨", min_size=1, max_size=30)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "　　", "# ", "## ", "- ", "1. ", "一、", "（二）", "第三条 ", "■", "> ", "**"]),
        WORDS,
        st.sampled_from(["", "。", "，", "：", "！”", "；", "**"]),
        st.sampled_from(["\n", "\n\n", "\r\n\r\n", "\n\u00a0\n"]),
    ),
    min_size=1,
    max_size=12,
)


def read(data: bytes, name: str) -> list[tuple[str, str | None, str]]:
    """Each paragraph with its document's title and its section."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        return [
            (paragraph.title, paragraph.section, paragraph.text)
            for document in read_file(Path(folder), name).documents
            for paragraph in paragraphs(document)
        ]


@settings(max_examples=400)
@given(LINES)
def test_no_word_is_lost(lines: list[tuple[str, str, str, str]]) -> None:
    """Every run of words stands in order in a title, a section's heading or a paragraph."""
    text = "".join("".join(line) for line in lines)
    shown: list[str] = []
    for title, section, paragraph in read(text.encode(), "a.txt"):
        for part in (title, *(section or "").split(" › "), paragraph):
            if not shown or part not in shown:
                shown.append(part)
    everything = "".join(re.findall("[风花雪月山川河海云雨]", "".join(shown)))
    for _, words, _, _ in lines:
        assert words in everything


@settings(max_examples=200)
@given(st.lists(WORDS, min_size=2, max_size=12))
def test_sentences_come_out_in_order(sentences: list[str]) -> None:
    """Lines that are whole sentences are the paragraphs, as they stand and where they stand."""
    lines = [f"{words}，{words}。" for words in sentences]
    assert [text for _, _, text in read("\n".join(lines).encode(), "a.txt")] == lines
