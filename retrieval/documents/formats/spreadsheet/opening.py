"""Bytes to a workbook that may safely be gone through, or the reason why not."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from retrieval.documents.archives import open_zip
from retrieval.documents.blocks import UnreadableError

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

BROKEN = (
    *(AssertionError, AttributeError, EOFError, InvalidFileException, LookupError, NotImplementedError),
    *(
        OSError,
        OverflowError,
        SyntaxError,
        struct.error,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ),
)
"""What openpyxl and what is below it raise for a damaged file; errors of XML are SyntaxErrors."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSIDE_OLD = (
    ("EncryptedPackage", "文件有密码"),
    ("Workbook", "内容是旧版 Excel（.xls），请另存为 .xlsx"),
    ("Book", "内容是旧版 Excel（.xls），请另存为 .xlsx"),
    ("WordDocument", "内容是旧版 Word（.doc），请另存为 .docx"),
)
_INSIDE_ZIP = (
    ("word/document.xml", "内容是 Word 文档，请改用扩展名 .docx"),
    ("ppt/presentation.xml", "内容是演示文稿（.pptx），不支持"),
    ("content.xml", "内容是 OpenDocument 文件，请另存为 .xlsx"),
    ("xl/workbook.bin", "内容是二进制工作簿（.xlsb），请另存为 .xlsx"),
)
_MAIN = "xl/workbook.xml"


def open_workbook(data: bytes) -> tuple[Workbook, zipfile.ZipFile]:
    """Open a workbook for reading, and the archive that it is. Raise UnreadableError."""
    if not data.startswith(b"PK"):
        raise UnreadableError(_reason(data))
    archive = open_zip(data)
    names = frozenset(archive.namelist())
    if _MAIN not in names:
        found = (reason for name, reason in _INSIDE_ZIP if name in names)
        raise UnreadableError(next(found, "不是 Excel 工作簿，或者已损坏"))
    assert archive.fp is not None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is not carried over when it saves a workbook
            return openpyxl.load_workbook(
                archive.fp, read_only=True, data_only=True, keep_links=False
            ), archive
    except BROKEN as error:
        raise UnreadableError("工作簿已损坏或不完整") from error


def _reason(data: bytes) -> str:
    """Say what a file is that is no workbook of today."""
    if data.startswith(_OLD_OFFICE):
        found = (reason for name, reason in _INSIDE_OLD if name.encode("utf-16-le") in data)
        return next(found, "内容是旧版 Office 文件，请另存为 .xlsx")
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return "内容是 PDF，请改用扩展名 .pdf"
    if b"<html" in start or b"<table" in start or start.startswith((b"<!doctype html", b"<meta")):
        return "内容是网页，请改用扩展名 .html"
    if start.startswith(b"<?xml"):
        return "内容是 XML，不是 Excel 工作簿"
    return "空文件" if not start else "不是 Excel 工作簿，请另存为 .xlsx；如果是文本表格，请改用扩展名 .csv"
