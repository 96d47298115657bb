"""CSV and TSV: any delimiter, encoding and raggedness gives rows; what has one column is text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import read_file
from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.comma_separated import read
from retrieval.documents.tables import caption_of, of_block
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path


def lines(text: str | bytes) -> list[str]:
    """The texts of a file's blocks, its tables as their rows."""
    found: list[str] = []
    for block in read(text if isinstance(text, bytes) else text.encode()).blocks:
        found += [paragraph.text for paragraph in of_block(block)] if block.table else [block.text]
    return found


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_delimiters_and_encodings(delimiter: str, encoding: str) -> None:
    """The delimiter is what divides the rows evenly, whatever else the fields hold."""
    rows = [["站名", "水位（米）", "备注"], ["青溪", "3.5", "正常，通航"], ["南塘", "4", "洪水；停航"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    assert lines(text.encode(encoding)) == [
        "青溪 · 水位 3.5米 · 备注 正常，通航",
        "南塘 · 水位 4米 · 备注 洪水；停航",
    ]


def test_quotes() -> None:
    """Quoted delimiters, line breaks and doubled quotes belong to their field."""
    text = '站名,说明,"水位\n（米）"\n青溪,"上游, ""老桥""下","1,003.5"\n'
    assert lines(text) == ['青溪 · 说明 上游, "老桥"下 · 水位 1,003.5米']


def test_a_quote_that_is_never_closed() -> None:
    """It costs its own line and no other."""
    assert lines('站,水位（米）\n青溪,"3\n南塘,"4"\n北塘,5\n') == [
        '青溪 · 水位（米） "3',
        "南塘 · 水位 4米",
        "北塘 · 水位 5米",
    ]


def test_titles_gaps_and_ragged_rows() -> None:
    """A line above the head is the title, an empty line divides tables, and short rows are filled up."""
    text = "2031年水情\n站,水位（米）,流量\n青溪,3.5\n南塘,4,9,涨\n\n站,雨量（毫米）\n青溪,12\n"
    tables = [block for block in read(text.encode()).blocks if block.table]
    assert [caption_of(block) for block in tables] == ["2031年水情", ""]
    assert lines(text) == ["青溪 · 水位 3.5米", "南塘 · 水位 4米 · 流量 9 · 涨", "青溪 · 雨量 12毫米"]


def test_blank_lines_between_all_rows() -> None:
    """Doubled line ends divide nothing."""
    assert (
        lines("站,水位\r\r\n青溪,3\r\r\n南塘,4")
        == lines("站,水位\n\n青溪,3\n\n南塘,4")
        == [
            "青溪 · 水位 3",
            "南塘 · 水位 4",
        ]
    )


def test_one_column_is_text() -> None:
    """Lines without a delimiter are lines of text."""
    assert lines("渡口在村东。\n冬天停航，春天再开。\n") == ["渡口在村东。", "冬天停航，春天再开。"]


def test_excels_own_hint() -> None:
    """`sep=;` names the delimiter and is no row."""
    assert lines("sep=;\n站;水位（米）\n青溪;3,5\n") == ["青溪 · 水位（米） 3,5"]


def test_fields_above_the_limit_of_the_module() -> None:
    """A very long field, a NUL byte and an odd control character do no harm."""
    long = "很长" * 100_000
    assert lines(f"站名,说明\n青溪,{long}\n") == [f"青溪 · 说明 {long}"]
    assert lines("站,水位（米）\n青\x00溪,3\n" + "南塘,4\n" * 100)[0] == "青溪 · 水位 3米"


def test_empty_and_wrongly_named_files(tmp_path: Path) -> None:
    """An empty file and a workbook named .csv are refused with their reason."""
    (tmp_path / "a.csv").write_bytes(b"")
    with pytest.raises(DocumentError, match="空文件"):
        read_file(tmp_path, "a.csv")
    with pytest.raises(UnreadableError, match="xlsx"):
        read(b"PK\x03\x04" + b"\x00" * 40)


def test_a_file_is_an_article(tmp_path: Path) -> None:
    """A CSV file's article has the file's name where no line names it."""
    (tmp_path / "水情.csv").write_text("站,水位（米）\n青溪,3.5\n", encoding="gb18030")
    (document,) = read_file(tmp_path, "水情.csv").documents
    assert (document.title, document.sections[0].paragraphs[0].text) == ("水情", "青溪 · 水位 3.5米")


@settings(max_examples=300)
@given(st.text(alphabet='站水位3.5,;|\t"\n\r 年（%）x', max_size=80))
def test_any_text_is_read(text: str) -> None:
    """No text raises, and no word of it goes missing but in heads and row names."""
    assert all(line.strip() for line in lines(text))


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes raise anything but UnreadableError."""
    try:
        lines(data)
    except UnreadableError as error:
        assert str(error)  # noqa: PT017 - being read is as right as being refused
