"""Books (EPUB): the chapters in their order, with the pictures in them.

A chapter without a heading of its own has the table of contents' name for it. Books under DRM are refused;
obfuscated fonts are no hindrance.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from lxml import etree

from retrieval.documents import article_date
from retrieval.documents.archives import open_zip, read_entry
from retrieval.documents.blocks import Block, Content, UnreadableError
from retrieval.documents.formats.hypertext import parsing
from retrieval.documents.formats.hypertext.flow import below_title, blocks
from retrieval.documents.formats.hypertext.pictures import beside_page, relative_path
from retrieval.documents.lines import tidy
from retrieval.documents.metadata import Metadata

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from retrieval.documents.formats.hypertext.pictures import Source

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_METHODS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_FONTS = (".ttf", ".otf", ".woff", ".woff2", ".ttc")
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


@dataclass(frozen=True, slots=True)
class _Package:
    """What the book says of itself; `chapters` are the entries of its pages, in their order."""

    metadata: Metadata
    chapters: list[str]
    names: dict[str, str]  # entry of a page -> what the table of contents calls it


def read(data: bytes) -> Content:
    """Return a book's chapters and its title, author, publisher and date. Raise UnreadableError."""
    archive = open_zip(data)
    if _CONTAINER not in archive.namelist():
        raise UnreadableError("内容不是 EPUB 电子书（没有 META-INF/container.xml）")
    _refuse_encrypted(archive)
    package = _package(archive)
    if not package.chapters:
        raise UnreadableError("书里没有章节")
    return Content(_book(archive, package), package.metadata)


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    if _ENCRYPTION not in archive.namelist():
        return
    for encrypted in _xml(archive, _ENCRYPTION).iter("{*}EncryptedData"):
        methods = [method.get("Algorithm", "") for method in encrypted.iterchildren("{*}EncryptionMethod")]
        addresses = [reference.get("URI", "") for reference in encrypted.iter("{*}CipherReference")]
        fonts = bool(addresses) and all(address.lower().endswith(_FONTS) for address in addresses)
        if not fonts and not any(method in _FONT_METHODS for method in methods):
            raise UnreadableError("书有加密保护（DRM）")


def _package(archive: zipfile.ZipFile) -> _Package:
    entries = set(archive.namelist())
    roots = (root.get("full-path", "") for root in _xml(archive, _CONTAINER).iter("{*}rootfile"))
    path = next((root for root in roots if root in entries), None)
    if path is None:
        raise UnreadableError("书的目录文件（OPF）缺失")
    opf = _xml(archive, path)
    pages: dict[str, str] = {}
    contents: list[str] = []
    for item in opf.iter("{*}item"):
        entry = _within(path, item.get("href", ""))
        if entry not in entries:
            continue
        is_contents = "nav" in item.get("properties", "").split()
        if is_contents or item.get("media-type") == "application/x-dtbncx+xml":
            contents.append(entry)
        elif item.get("media-type") in _PAGES:
            pages[item.get("id", entry)] = entry
    order = [item.get("idref", "") for item in opf.iter("{*}itemref")]
    chapters = list(dict.fromkeys(pages[name] for name in order if name in pages))
    names: dict[str, str] = {}
    for entry in contents:
        names = _names(archive, entry) | names
    return _Package(_metadata(opf), chapters or list(pages.values()), names)


def _metadata(opf: etree._Element) -> Metadata:
    def said(name: str) -> list[str]:
        texts = (tidy(" ".join("".join(found.itertext()).split())) for found in opf.iter(f"{{*}}{name}"))
        return [text for text in texts if text]

    return Metadata(
        title=next(iter(said("title")), None),
        date=next(filter(None, map(article_date.iso, said("date"))), None),
        source=next(iter(said("publisher")), None),
        author="、".join(said("creator")) or None,
    )


def _names(archive: zipfile.ZipFile, entry: str) -> dict[str, str]:
    """Return the first name that a table of contents, NCX or XHTML, gives each page."""
    names: dict[str, str] = {}
    root = _xml(archive, entry)
    for point in root.iter("{*}navPoint", "{*}a"):
        target = point if point.get("href") else next(point.iterchildren("{*}content"), None)
        label = point if point.get("href") else next(point.iterchildren("{*}navLabel"), None)
        if target is None or label is None:
            continue
        page = _within(entry, target.get("href") or target.get("src") or "")
        if text := tidy(" ".join("".join(label.itertext()).split())):
            names.setdefault(page, text)
    return names


def _book(archive: zipfile.ZipFile, package: _Package) -> Iterator[Block]:
    title = package.metadata.title
    if title:
        yield Block("heading", title, level=1)
    empty = True
    for chapter in package.chapters:
        try:
            found = iter(_chapter(archive, chapter, title))
            first = next(found, None)
        except UnreadableError as error:
            yield Block("remark", f"{package.names.get(chapter, posixpath.basename(chapter))}：{error}")
            continue
        if first is None:
            continue
        empty = False
        yield from _named(chain([first], found), first, package.names.get(chapter))
    if empty:
        raise UnreadableError("书里没有文字")


def _chapter(archive: zipfile.ZipFile, entry: str, title: str | None) -> Iterator[Block]:
    root = parsing.parse(parsing.decode(read_entry(archive, archive.getinfo(entry))), xml=True)
    parsing.drop_unread(root)
    body = root.find("body")
    shown = blocks(root if body is None else body, _pictures(archive, entry))
    yield from below_title(shown, title, lowered=1)


def _named(found: Iterator[Block], first: Block, name: str | None) -> Iterator[Block]:
    """Yield a chapter's blocks below its name, where it does not begin with a heading."""
    if name is not None and first.kind != "heading":
        yield Block("heading", name, level=2)
        if first.text == name:
            next(found)
    yield from found


def _pictures(archive: zipfile.ZipFile, page: str) -> Source:
    entries = set(archive.namelist())

    def source(address: str) -> bytes | str | None:
        entry = _within(page, address)
        if entry in entries:
            return read_entry(archive, archive.getinfo(entry))
        return found if isinstance(found := beside_page(address), bytes) else None

    return source


def _within(page: str, address: str) -> str:
    """Return the entry that an address in a page means."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), relative_path(address) or ""))


def _xml(archive: zipfile.ZipFile, entry: str) -> etree._Element:
    """Return the root of an entry. Raise UnreadableError where it is no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(read_entry(archive, archive.getinfo(entry)), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"{entry} 已损坏") from error
    if root is None:  # what recovery makes of no XML at all
        raise UnreadableError(f"{entry} 已损坏")
    return root
