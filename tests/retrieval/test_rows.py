from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from retrieval import language
from retrieval.dictionary import build_dictionary
from retrieval.encoding import Row, decode, decode_texts, encode
from retrieval.index import READERS
from retrieval.model import Cell, Paragraph, Picture
from retrieval.rows import FileRows, ReadRows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.dictionary import Dictionary


def test_a_row_arrives_as_it_was_sent(
    dictionary: Dictionary, documents: Callable[..., Path], tmp_path: Path
) -> None:
    """Its tokens are those of title, section and text, as often as they occur there."""
    folder = documents(
        a="# 长沙外贸\n\n## 张x6的外贸\n\n长沙外贸进出口总额达到3000亿元，外贸企业1200家。\n\n……"
    )
    build_dictionary(tmp_path, None, language.normalise)
    handle = ReadRows(folder, tmp_path, tmp_path / "pictures")(lambda: None)
    found = FileRows.of([json.loads(json.dumps(piece)) for piece in handle("a.md")])
    for row in found.rows:
        paragraph, figures = decode(row.record)
        assert row.record == encode(paragraph, dictionary)
        texts = [paragraph.title, paragraph.section or "", paragraph.text]
        tokens = [token for text in texts for token in language.tokens(text, dictionary)]
        assert Counter([*row.words, *language.bigrams_of(row.runs)]) == Counter(tokens)
        assert (row.id, row.article, row.figures) == (paragraph.id, paragraph.article, len(figures))
        assert set(row.characters) == set(f"{paragraph.title}\n{paragraph.section or ''}\n{paragraph.text}")
        assert all(figure.paragraph == row.id for figure in figures)
    assert found.rows[0].words.count("外贸") > 1
    assert "进出口总额" in found.rows[0].metrics


def test_what_workers_need_is_loaded_ahead() -> None:
    assert ReadRows.__module__ == READERS


def test_a_paragraph_without_terms_has_none() -> None:
    """Nothing is counted where nothing was sent."""
    row = Row(b"{}", [], [], "a1", 2, 0, [], "空", [])
    reply = {"rows": [["{}", "", "", "a1", 2, 0, [], "空", []]], "remarks": ["空"]}
    assert FileRows.of([reply]) == FileRows((row,), ("空",))


def test_cells_and_pictures_are_stored(dictionary: Dictionary) -> None:
    """What a paragraph is made of comes back as it was."""
    cells, pictures = (Cell(0, 2, "产值", "2021年"),), (Picture("a.png", 3, 4, "图"),)
    paragraph = Paragraph("1", "a.md", 0, 0, "表", None, "12", cells=cells, pictures=pictures)
    record = encode(paragraph, dictionary)
    assert decode(record)[0] == paragraph
    assert decode_texts(record) == ("表\n\n", "12")
