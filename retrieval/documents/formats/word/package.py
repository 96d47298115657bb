"""The parts of a Word file: a zip archive whose parts refer to each other by relationships.

A part is read when it is asked for, so that a missing or damaged picture costs that picture and not the file.
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
        """Open the archive. Raise UnreadableError where the bytes are none."""
        self._archive = open_zip(data)
        self._entries = {_key(entry.filename): entry for entry in self._archive.infolist()}

    def main(self) -> Part:
        """Return the part with the text. Raise UnreadableError where the archive holds no Word document."""
        targets, types = self.relationships("")
        name = targets.get(types.get("officeDocument", ""), "word/document.xml")
        if name not in self._entries:
            raise UnreadableError("不是 Word 文档，或已不完整")
        root = _parsed(self.blob(name))
        if root.tag != W + "document":
            raise UnreadableError("不是 Word 文档")
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
