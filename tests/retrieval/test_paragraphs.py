"""Documents to Paragraphs: ids, neighbours and the splitting of what is over-long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.model import Document, Section, WholeParagraph
from retrieval.paragraphs import LONGEST, paragraphs, pieces

SENTENCE = "河上的老桥修了三年，去年秋天终于通车，两岸的人都来看热闹。"  # 29 characters


def document(*texts: str, title: str = "老桥", path: str = "a.txt") -> Document:
    return Document(
        path=path,
        number=2,
        title=title,
        sections=(Section("历史", tuple(map(WholeParagraph, texts))),),
        date="2021",
        source="报",
    )


def test_a_paragraph_knows_where_it_stands() -> None:
    """It carries its document's words, and positions count through the sections."""
    whole = Document(
        "a.txt",
        0,
        "老桥",
        (
            Section(None, (WholeParagraph("一。"), WholeParagraph("二。"))),
            Section("历史", (WholeParagraph("三。"),)),
        ),
        author="某",
    )
    found = paragraphs(whole)
    assert [(p.position, p.section, p.text, p.continues) for p in found] == [
        (0, None, "一。", False),
        (1, None, "二。", False),
        (2, "历史", "三。", False),
    ]
    assert {(p.document, p.article, p.title, p.author) for p in found} == {("a.txt", 0, "老桥", "某")}


def test_an_id_outlives_changes_elsewhere() -> None:
    """Other paragraphs coming, going or moving leave an id alone; path, title and text make it."""
    (before,) = paragraphs(document("今天下雨。"))
    after = paragraphs(document("新的一段。", "今天下雨。", "又一段。"))[1]
    assert after.id == before.id
    assert re.fullmatch("[0-9a-f]{12}", before.id)
    others = [
        document("今天天晴。"),
        document("今天下雨。", title="新桥"),
        document("今天下雨。", path="b.txt"),
    ]
    assert len({before.id, *(paragraphs(other)[0].id for other in others)}) == 4


def test_repeated_text_has_ids_of_its_own() -> None:
    """The first of equal paragraphs keeps the plain id and the next ones differ."""
    first, second, third = paragraphs(document("略。", "略。", "略。"))
    assert first.id == paragraphs(document("略。"))[0].id
    assert len({first.id, second.id, third.id}) == 3


def test_a_long_paragraph_is_split_at_sentences() -> None:
    """Pieces are about equal, whole sentences, and all but the first continue."""
    found = paragraphs(document(SENTENCE * 30, "短的一段。"))
    lengths = [len(p.text) for p in found[:-1]]
    assert len(lengths) == 3
    assert max(lengths) - min(lengths) <= len(SENTENCE)
    assert [p.continues for p in found] == [False, True, True, False]
    assert all(p.text.endswith("。") for p in found)


def test_what_is_not_over_long_stays_whole() -> None:
    """Up to the limit nothing is split, and just above it there is no tiny tail."""
    text = (SENTENCE * 14)[: LONGEST - 1] + "。"
    assert pieces(text) == [text]
    assert min(map(len, pieces(SENTENCE * 14))) > 150


@pytest.mark.parametrize("end", ["。”", "！’", "？）", "……”", "；", "?", "。』"])
def test_closing_marks_stay_with_their_sentence(end: str) -> None:
    """No piece begins with a closing quote or bracket."""
    found = pieces((SENTENCE[:-1] + end) * 20)
    assert len(found) == 2
    assert all(piece.endswith(end) for piece in found)


def test_a_sentence_beyond_the_limit_is_cut_at_commas() -> None:
    """Where one sentence is over-long, its pieces end at commas."""
    found = pieces("桥的南岸有一座小庙，" * 60 + "完。")
    assert all(piece.endswith("，") for piece in found[:-1])


def test_a_number_is_not_cut() -> None:
    """A cut in text without any punctuation keeps numbers and words whole."""
    found = pieces("长12345.67米" * 60)
    assert "".join(found) == "长12345.67米" * 60
    assert all(piece.count("12345.67") == piece.count("12345") == piece.count(".67") for piece in found)


def test_a_long_list_is_cut_between_its_lines() -> None:
    """Each piece of a list is made of whole lines."""
    lines = [f"• 第{number}项，修了桥面，也修了栏杆" for number in range(60)]
    found = pieces("\n".join(lines))
    assert len(found) > 1
    assert [line for piece in found for line in piece.split("\n")] == lines


@given(st.text(alphabet="桥河，。！”\n a1.、；：", max_size=3000))
def test_splitting_loses_nothing_and_keeps_the_limit(text: str) -> None:
    """Whatever the text, its characters come back in order in pieces within the limit."""
    found = pieces(text)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)
    assert all(len(piece) <= LONGEST for piece in found)
