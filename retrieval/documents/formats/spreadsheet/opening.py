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

_MAIN = "xl/workbook.xml"


def open_workbook(data: bytes) -> tuple[Workbook, zipfile.ZipFile]:
    """Open a workbook for reading, and the archive that it is. Raise UnreadableError."""
    if not data.startswith(b"PK"):
        raise UnreadableError(
            "不是 Excel 工作簿；如果是文本表格，请改用扩展名 .csv" if data.strip() else "空文件"
        )
    archive = open_zip(data)
    if _MAIN not in archive.namelist():
        raise UnreadableError("不是 Excel 工作簿，或者已损坏")
    assert archive.fp is not None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is not carried over when it saves a workbook
            return openpyxl.load_workbook(
                archive.fp, read_only=True, data_only=True, keep_links=False
            ), archive
    except BROKEN as error:
        raise UnreadableError("工作簿已损坏或不完整") from error
