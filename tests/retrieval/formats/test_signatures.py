"""Files under each other's names: the bytes decide, and what nothing reads is named for what it is."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents import SUFFIXES, read_file
from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.signatures import true_suffix
from retrieval.errors import DocumentError
from tests import mixed_folder

if TYPE_CHECKING:
    from pathlib import Path

KINDS = sorted({suffix for suffix, _ in mixed_folder.WRITERS} - {".md", ".txt", ".csv", ".zip"})
MESSAGE = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>大桥全长3.2公里，去年通车。</p>"


def ole(stream: str) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + stream.encode("utf-16-le") + bytes(600)


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """An article in each format whose bytes tell what they are."""
    title, facts, table = mixed_folder.article(7)
    return {suffix: write(title, facts, table) for suffix, write in mixed_folder.WRITERS if suffix in KINDS}


@pytest.mark.parametrize("named", [".docx", ".xlsx", ".pdf", ".html", ".epub", ".doc", ".xls", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_read_as_what_it_is(kind: str, named: str, whole: dict[str, bytes], tmp_path: Path) -> None:
    """Whatever suffix an article has, or none, its text is found."""
    (tmp_path / f"a{named}").write_bytes(whole[kind])
    documents = read_file(tmp_path, f"a{named}").documents
    said = " ".join(
        whole.text for one in documents for section in one.sections for whole in section.paragraphs
    )
    assert mixed_folder.output(7, 2021) in said
    assert documents[0].title.startswith(mixed_folder.county(7))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ole("EncryptedPackage"), "文件有密码"),
        (ole("WordDocument"), "旧版 Word（.doc），请另存为 .docx"),
        (ole("Workbook"), "旧版 Excel（.xls），请另存为 .xlsx"),
        (ole("Something"), "旧版 Office"),
        (rb"{\rtf1 abc}", "RTF"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x1f\x8b\x08", "gzip"),
        (
            b'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?><w:wordDocument/>',
            "Word 的 XML",
        ),
    ],
)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.doc", "a"])
def test_what_nothing_reads_is_named(data: bytes, reason: str, name: str, tmp_path: Path) -> None:
    """Old, encrypted and foreign formats say what they are and what to do."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentError) as refused:
        read_file(tmp_path, name)
    assert reason in refused.value.reason


def test_a_slide_show_is_named(tmp_path: Path) -> None:
    """An archive with slides is no damaged Word file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<p/>")
    (tmp_path / "a.docx").write_bytes(file.getvalue())
    with pytest.raises(DocumentError, match="演示文稿"):
        read_file(tmp_path, "a.docx")


@pytest.mark.parametrize(("beside", "told"), [("mimetype", None), ("a.txt", ".zip")])
def test_an_archive_is_an_open_document_by_its_type(beside: str, told: str | None) -> None:
    """An archive of files among which one happens to be called `content.xml` stays an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(beside, "text")
        archive.writestr("content.xml", "<office/>")
    if told:
        assert true_suffix(".zip", file.getvalue()) == told
    else:
        with pytest.raises(UnreadableError, match="OpenDocument"):
            true_suffix(".zip", file.getvalue())


def test_a_saved_page_under_the_name_of_a_document_is_read(tmp_path: Path) -> None:
    """Web archives that Word and browsers save as .doc are read."""
    (tmp_path / "a.doc").write_text(MESSAGE, encoding="utf-8")
    (document,) = read_file(tmp_path, "a.doc").documents
    assert "全长3.2公里" in document.sections[0].paragraphs[0].text


@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".eml"])
def test_a_text_may_begin_like_another_format(suffix: str) -> None:
    """A text that begins with a tag or with another format's letters stays a text."""
    for text in ("<html> 标签怎么用", "BM25 是什么", "MIME-Version: 是什么", "<table> 里的文字"):
        assert true_suffix(suffix, text.encode()) == suffix


@given(st.binary(max_size=60), st.sampled_from(sorted(SUFFIXES)))
def test_any_bytes_are_told_or_not(data: bytes, suffix: str) -> None:
    """Whatever a file begins with, it has a suffix or a reason."""
    try:
        told = true_suffix(suffix, data)
    except UnreadableError:
        return
    assert told in SUFFIXES
