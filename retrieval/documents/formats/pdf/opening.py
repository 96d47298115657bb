"""Bytes to an open PDF, or the reason why not; and what the file says outside of its pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.lines import tidy
from retrieval.documents.sentences import is_title

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PAGES = 3000
_MOST_BOOKMARKS = 5000
_DEEPEST = 6
_TAIL = 4096  # bytes in which the end's mark stands
_NO_TITLE = re.compile(
    r"microsoft\s|powerpoint|untitled|无标题|未命名|文档\s*\d*$|幻灯片\s*\d*$|新建|document\s*\d*$"
    r"|.*\.(?:docx?|wps|pdf|xlsx?|pptx?|txt|html?|tex|indd|rtf|cdr|odt)\W*$|.*[\\/_]|[\da-f-]+$",
    re.IGNORECASE,
)


def opened(data: bytes) -> pdfium.PdfDocument:
    """Return the document. Raise UnreadableError, with the reason, for what cannot be read."""
    if not data.strip(b"\x00 \r\n\t"):
        raise UnreadableError("空文件")
    if b"%PDF-" not in data[:1024]:
        raise UnreadableError("不是 PDF")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadableError(_why_not(data, error.err_code)) from error
    if len(document) > _MOST_PAGES:
        document.close()
        raise UnreadableError(f"页数过多（超过 {_MOST_PAGES} 页）")
    return document


def is_cut(data: bytes) -> bool:
    """Whether the file's end is missing."""
    return b"%%EOF" not in data[-_TAIL:]


def _why_not(data: bytes, code: int | None) -> str:
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        return "文件有密码，请去掉密码再放进来"
    if code == pdfium_c.FPDF_ERR_SECURITY:
        return "加密方式不受支持"
    return "文件不完整，请重新取得" if is_cut(data) else "PDF 已损坏或没有页面"


def title(document: pdfium.PdfDocument, beginning: str) -> str | None:
    """Return the title that the file gives itself, where its first pages, the beginning, have it too."""
    said = tidy(document.get_metadata_value("Title"))
    if not is_title(said) or _NO_TITLE.match(said):
        return None
    return said if squeezed(said) in squeezed(beginning) else None


def squeezed(text: str) -> str:
    """Return the text without spaces, to compare it with what another place says."""
    return "".join(text.split()).lower()


def bookmarks(document: pdfium.PdfDocument) -> dict[str, int]:
    """Return the outline's headings, squeezed, each with its depth from 1."""
    found: dict[str, int] = {}
    for bookmark in _toc(document):
        text = squeezed(tidy(bookmark.get_title()))
        if len(text) > 1:
            found.setdefault(text, bookmark.level + 1)
    return found


def _toc(document: pdfium.PdfDocument) -> Iterator[pdfium.PdfBookmark]:
    for count, bookmark in enumerate(document.get_toc(max_depth=_DEEPEST)):
        if count >= _MOST_BOOKMARKS:
            return
        yield bookmark
