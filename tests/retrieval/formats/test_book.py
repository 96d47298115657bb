"""Books: chapters in order, their names and pictures, what the book says of itself, and what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats import book

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
OPF = """<package xmlns="http://www.idpf.org/2007/opf"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>城东志</dc:title><dc:creator>李明</dc:creator><dc:creator>王强</dc:creator>
<dc:publisher>城东出版社</dc:publisher>
<dc:date>2021-03-05T00:00:00Z</dc:date></metadata><manifest>
<item id="b" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
NCX = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
<navPoint><navLabel><text>第二章 物产</text>
</navLabel><content src="text/two.xhtml#x"/></navPoint></navMap></ncx>"""
ONE = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>
<h1>第一章 沿革</h1><p>城东设县于1952年。</p><h2>人口</h2><p>2020年人口为31万人。</p>
<p><img src="../images/map.png" alt="城东地图"/></p></body></html>"""
TWO = "<html><body><p>城东多产稻米，年产量4万吨。</p></body></html>"
ENTRIES = {
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": OPF,
    "OEBPS/toc.ncx": NCX,
    "OEBPS/text/one.xhtml": ONE,
    "OEBPS/text/two.xhtml": TWO,
    "OEBPS/images/map.png": "P" * 200,
}
ENCRYPTED = (
    '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/><CipherData><CipherReference URI="{}"/>'
    "</CipherData></EncryptedData></encryption>"
)


def epub(**more: str) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (ENTRIES | more).items():
            archive.writestr(name, text)
    return stored.getvalue()


def test_chapters_come_in_the_order_of_the_spine_below_the_title() -> None:
    """Headings stand below the book's title; a chapter without one has its name of the contents."""
    found = list(book.read(epub()).blocks)
    assert [(block.kind, block.level, block.text) for block in found] == [
        ("heading", 1, "城东志"),
        ("heading", 2, "第一章 沿革"),
        ("text", 0, "城东设县于1952年。"),
        ("heading", 3, "人口"),
        ("text", 0, "2020年人口为31万人。"),
        ("picture", 0, "城东地图"),
        ("heading", 2, "第二章 物产"),
        ("text", 0, "城东多产稻米，年产量4万吨。"),
    ]
    assert found[5].image == b"P" * 200


def test_the_book_says_who_where_and_when() -> None:
    """Title, creators, publisher and date are the package's."""
    said = book.read(epub()).metadata
    assert (said.title, said.author, said.source, said.date) == (
        "城东志",
        "李明、王强",
        "城东出版社",
        "2021-03-05",
    )


def test_books_under_drm_are_refused_and_obfuscated_fonts_are_not() -> None:
    """Encrypted chapters make the book unreadable, encrypted fonts do not."""
    name = "META-INF/encryption.xml"
    locked = ENCRYPTED.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/text/one.xhtml")
    with pytest.raises(UnreadableError, match="DRM"):
        book.read(epub(**{name: locked}))
    font = ENCRYPTED.format("http://www.idpf.org/2008/embedding", "OEBPS/fonts/a.otf")
    assert len(list(book.read(epub(**{name: font})).blocks)) == 8


def test_an_entity_from_outside_is_not_followed() -> None:
    """A package that names a file of this machine gets nothing of it."""
    hostile = '<!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + OPF.replace(
        "城东志", "志&x;"
    )
    assert book.read(epub(**{"OEBPS/book.opf": hostile})).metadata.title == "志&x;"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.4",
        epub()[:200],
        epub(**{"META-INF/container.xml": "<container/>"}),
        epub(**{"META-INF/container.xml": "plain"}),
        epub(**{"OEBPS/text/one.xhtml": "", "OEBPS/text/two.xhtml": "<p/>"}),
    ],
)
def test_what_is_no_book_is_refused(data: bytes) -> None:
    """Other formats, cut archives, missing packages and books without text are errors."""
    with pytest.raises(UnreadableError):
        list(book.read(data).blocks)


@settings(max_examples=80)
@given(st.integers(0, len(epub()) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_book_is_read_or_refused(place: int, damage: bytes) -> None:
    """Bytes overwritten anywhere: blocks or UnreadableError."""
    data = bytearray(epub())
    data[place : place + len(damage)] = damage
    try:
        assert list(book.read(bytes(data)).blocks)
    except UnreadableError:
        return
