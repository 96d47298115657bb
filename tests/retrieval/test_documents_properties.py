"""Whatever a file holds: it is read or refused, and none of its words is lost."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import read_file
from retrieval.errors import DocumentError
from retrieval.paragraphs import paragraphs

MARKS = [
    *("\n", "\n\n", "\r\n", "　　", " ", "\t", "，", "。", "：", "！", "”", "（", "）", "、", "；", "…"),
    *(
        "# ",
        "## ",
        "#",
        "- ",
        "* ",
        "1. ",
        "1、",
        "一、",
        "（一）",
        "第一章 ",
        "第三条 ",
        "■",
        "| ",
        " |",
        "|---|",
    ),
    *(
        "**",
        "******",
        "```",
        "---",
        "===",
        "> ",
        "[",
        "](",
        ")",
        "![",
        "`",
        "~~",
        "&amp;",
        "<br>",
        "<b",
        "<!--",
    ),
    *(
        "-->",
        "title: ",
        "来源：",
        "记者 ",
        "2022年8月29日",
        "扫码看视频",
        "附件：",
        "此处隐藏20字",
        "\ufeff",
        "\u200b",
    ),
]
DIRT = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=6)), max_size=60).map("".join)
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


@settings(max_examples=400, deadline=None)
@given(DIRT, st.sampled_from(["a.txt", "a.md"]), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_any_text_is_read_or_refused(text: str, name: str, encoding: str) -> None:
    """No text raises anything but DocumentError, and no paragraph is blank."""
    try:
        found = read(text.encode(encoding, errors="ignore"), name)
    except DocumentError:
        return
    assert found
    assert all(paragraph.strip() and title.strip() for title, _, paragraph in found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes raise anything but DocumentError."""
    try:
        found = read(data, "a.md")
    except DocumentError:
        return
    assert found


@settings(max_examples=400, deadline=None)
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


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=12))
def test_sentences_come_out_in_order(sentences: list[str]) -> None:
    """Lines that are whole sentences are the paragraphs, as they stand and where they stand."""
    lines = [f"{words}，{words}。" for words in sentences]
    assert [text for _, _, text in read("\n".join(lines).encode(), "a.txt")] == lines
