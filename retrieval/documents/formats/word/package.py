"""The parts of a Word file: a zip archive whose parts refer to each other by relationships.

A part is read when it is asked for, so that a missing or damaged picture costs that picture and not the file.
Files that are no such archive are named for what they are.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from retrieval.documents.archives import open_zip, read_entry
from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.word.markup import W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_STREAMS = {
    "EncryptedPackage": "文件有密码",
    "WordDocument": "内容是旧版 Word（.doc），请另存为 .docx",
    "PowerPoint Document": "内容是旧版 PowerPoint（.ppt）",
    "Workbook": "内容是旧版 Excel（.xls）",
}
_OTHERS = (
    (re.compile(rb"%PDF-"), "内容是 PDF，请改用扩展名 .pdf"),
    (re.compile(rb"\{\\rtf"), "内容是 RTF，请另存为 .docx"),
    (re.compile(rb"(?s).{0,2000}(?:<w:wordDocument|<pkg:package)"), "内容是 Word 的 XML，请另存为 .docx"),
    (
        re.compile(
            rb"(?is)(?:<\?xml.{0,200}?>\s*|<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|meta)"
        ),
        "内容是网页（HTML），请改用扩展名 .html",
    ),
    (re.compile(rb"MIME-Version:"), "内容是网页存档（MHTML），请另存为 .docx"),
)
_ARCHIVES = {
    "xl": "内容是 Excel 工作簿，请改用扩展名 .xlsx",
    "ppt": "内容是 PowerPoint 演示文稿，请改用扩展名 .pptx",
    "content.xml": "内容是 OpenDocument，请另存为 .docx",
    "meta-inf": "内容是电子书或其他压缩文件，不是 Word 文档",
}
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"


class Part:
    """An XML part: its root element, and the parts that it refers to."""

    def __init__(self, package: Package, name: str, root: Element) -> None:
        self.root = root
        self._package = package
        self._targets, self._types = package.relationships(name)

    def target(self, identifier: str | None) -> str | None:
        """Return the name of the part that a relationship leads to; None where it leads out of the file."""
        return None if identifier is None else self._targets.get(identifier)

    def related(self, identifier: str | None) -> Part | None:
        """Return the XML part that a relationship leads to, None where it is missing or no XML."""
        return self._package.part(self.target(identifier))

    def related_by(self, kind: str) -> Part | None:
        """Return the first XML part in a relation of this kind: `styles`, `numbering`, `footnotes` …"""
        return self.related(self._types.get(kind))


class Package:
    """A Word file's parts by name."""

    def __init__(self, data: bytes) -> None:
        """Open the archive. Raise UnreadableError, with what the bytes are, where they are no archive."""
        if (other := _other_format(data)) is not None:
            raise UnreadableError(other)
        self._archive = open_zip(data)
        self._entries = {_key(entry.filename): entry for entry in self._archive.infolist()}

    def main(self) -> Part:
        """Return the part with the text. Raise UnreadableError where the archive holds no Word document."""
        targets, types = self.relationships("")
        name = targets.get(types.get("officeDocument", ""), "word/document.xml")
        if name not in self._entries:
            tops = {key.split("/")[0] for key in self._entries}
            raise UnreadableError(
                next(
                    (reason for top, reason in _ARCHIVES.items() if top in tops), "不是 Word 文档，或已不完整"
                )
            )
        root = _parsed(self.blob(name))
        if root.tag != W + "document":
            raise UnreadableError(_ARCHIVES.get(name.split("/")[0], "不是 Word 文档"))
        return Part(self, name, root)

    def properties(self) -> Part | None:
        """Return the core properties (title, author …)."""
        targets, types = self.relationships("")
        return self.part(targets.get(types.get("core-properties", "")))

    def part(self, name: str | None) -> Part | None:
        """Return an XML part; None where it is missing or cannot be read."""
        if name is None or name not in self._entries:
            return None
        try:
            return Part(self, name, _parsed(self.blob(name)))
        except UnreadableError:
            return None

    def blob(self, name: str) -> bytes:
        """Return a part's bytes. Raise UnreadableError where it is missing or damaged."""
        if name not in self._entries:
            raise UnreadableError("缺失")
        return read_entry(self._archive, self._entries[name])

    def relationships(self, name: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the names of the parts that a part refers to by identifier, and the identifiers by kind."""
        folder, base = posixpath.split(name)
        place = posixpath.join(folder, "_rels", f"{base}.rels")
        targets: dict[str, str] = {}
        types: dict[str, str] = {}
        try:
            root = _parsed(self.blob(place))
        except UnreadableError:
            return targets, types
        for relation in root:
            identifier, target = relation.get("Id"), relation.get("Target")
            if identifier and target and relation.get("TargetMode") != "External":
                targets[identifier] = _key(posixpath.normpath(posixpath.join("/", folder, unquote(target))))
                types.setdefault(relation.get("Type", "").rpartition("/")[2], identifier)
        return targets, types


def _key(name: str) -> str:
    """Return a part's name as one key: some writers use backslashes, and capitals make no difference."""
    return name.replace("\\", "/").lstrip("/").lower()


def _parsed(data: bytes) -> Element:
    """Return the root of a part; nothing outside of it is read. Raise UnreadableError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    if b"http://purl.oclc.org/ooxml/" in data:
        data = _STRICT.sub(_TRANSITIONAL, data)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableError("文档的 XML 已损坏") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("文档的 XML 含有实体声明，不予读取")  # no Word file has one
    return root


def _other_format(data: bytes) -> str | None:
    """Return what the bytes are where they begin like another format than a zip archive."""
    if data.startswith(_OLE):
        found = (reason for name, reason in _OLE_STREAMS.items() if name.encode("utf-16-le") in data)
        return next(found, "内容是旧版 Office 文件，请另存为 .docx")
    head = data[:4000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((reason for pattern, reason in _OTHERS if pattern.match(head)), None)
