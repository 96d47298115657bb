"""What a file is by its bytes, whatever its name says: people and programs name files wrongly."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from retrieval.documents.blocks import UnreadableError

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"%PDF-", ".pdf"),
)
_REFUSED = (
    (b"{\\rtf", "内容是 RTF，请另存为 .docx"),
    (b"GIF8", "内容是动图（GIF）"),
    (b"Rar!", "内容是 RAR 压缩包，请改用 .zip"),
    (b"7z\xbc\xaf", "内容是 7z 压缩包，请改用 .zip"),
    (b"\x1f\x8b", "内容是 gzip 压缩包，请解压后再放进来"),
    (b"%!PS", "内容是 PostScript，请另存为 .pdf"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "文件有密码，请去掉密码再放进来"),
    ("WordDocument", "内容是旧版 Word（.doc），请另存为 .docx"),
    ("Workbook", "内容是旧版 Excel（.xls），请另存为 .xlsx"),
    ("Book", "内容是旧版 Excel（.xls），请另存为 .xlsx"),
    ("PowerPoint Document", "内容是旧版演示文稿（.ppt），不支持"),
)
_IN_ARCHIVES = (
    ("word/", ".docx"),
    ("xl/workbook.bin", "内容是二进制工作簿（.xlsb），请另存为 .xlsx"),
    ("xl/", ".xlsx"),
    ("META-INF/container.xml", ".epub"),
    ("ppt/", "内容是演示文稿（.pptx），不支持"),
    ("content.xml", "内容是 OpenDocument，请另存为 .docx 或 .xlsx"),
)
_ARCHIVED = frozenset((".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".epub", ".zip"))
_PAGE = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<!--.{0,500}?-->|<\?xml.{0,200}?>)*<(?:!doctype\s+html|html|head|body|meta|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_WORD_XML = re.compile(rb".{0,2000}(?:<w:wordDocument|<pkg:package)", re.DOTALL)
_TEXTS = frozenset((".txt", ".text", ".md", ".markdown", ".csv", ".tsv", ".eml", ".mht", ".mhtml"))


def true_suffix(suffix: str, data: bytes) -> str:
    """Return the suffix of the format that the bytes are of: the one given, where they do not tell.

    Raise UnreadableError, with what it is, for what can be told and not be read.
    """
    for start, reason in _REFUSED:
        if data.startswith(start):
            raise UnreadableError(reason)
    if data.startswith(_OLE):
        found = (reason for name, reason in _OLE_STREAMS if name.encode("utf-16-le") in data)
        raise UnreadableError(next(found, "内容是旧版 Office 文件，请另存为 .docx 或 .xlsx"))
    if data.startswith(b"PK\x03\x04"):
        return _of_archive(suffix, data)
    told = next((known for start, known in _STARTS if data.startswith(start)), None)
    if told or suffix in _TEXTS:
        return told or suffix
    if b"%PDF-" in data[:1024]:  # after a mail's or a printer's lines
        return ".pdf"
    if _WORD_XML.match(data):
        raise UnreadableError("内容是 Word 的 XML，请另存为 .docx")
    if data[:4000].lstrip().startswith(b"MIME-Version:"):
        return ".mht"
    return ".html" if _PAGE.match(data) else suffix


def _of_archive(suffix: str, data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [name.replace("\\", "/") for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return suffix if suffix in _ARCHIVED else ".zip"  # whose reader says what is wrong
    office = "[Content_Types].xml" in names
    for inside, told in _IN_ARCHIVES:
        document = "mimetype" in names if inside == "content.xml" else inside.startswith("META-INF")
        packed = document or office
        if packed and any(name.startswith(inside) for name in names):
            if told.startswith("."):
                return suffix if suffix in _ARCHIVED and suffix[:4] == told[:4] else told
            raise UnreadableError(told)
    return suffix if suffix in _ARCHIVED else ".zip"
