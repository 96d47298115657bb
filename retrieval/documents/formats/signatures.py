"""What a file is by its first bytes, where that is plain to see."""

from __future__ import annotations

from retrieval.documents.blocks import UnreadableError

_SIGNATURES = (
    (b"%PDF-", "内容是 PDF，请改用扩展名 .pdf"),
    (b"PK\x03\x04", "内容是压缩包或 Office 文件（.docx、.xlsx、.epub、.zip），请改用相应的扩展名"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "内容是旧版 Office 文件（.doc、.xls），请另存为 .docx 或 .xlsx"),
    (b"{\\rtf", "内容是 RTF，请另存为 .docx"),
    (b"\x89PNG", "内容是图片（PNG）"),
    (b"\xff\xd8\xff", "内容是图片（JPEG）"),
    (b"GIF8", "内容是图片（GIF）"),
    (b"Rar!", "内容是 RAR 压缩包"),
    (b"7z\xbc\xaf", "内容是 7z 压缩包"),
    (b"\x1f\x8b", "内容是 gzip 压缩包"),
)


def refuse_foreign(data: bytes, own: bytes = b"") -> None:
    """Raise UnreadableError where the bytes are plainly of another kind than one that begins with `own`."""
    for signature, reason in _SIGNATURES:
        if signature != own and data.startswith(signature):
            raise UnreadableError(reason)
