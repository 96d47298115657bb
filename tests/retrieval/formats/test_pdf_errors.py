"""PDFs that cannot be read: the reason is said, and nothing but UnreadableError comes out of any bytes."""

from __future__ import annotations

import contextlib
import zlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.pdf import read
from tests.retrieval.formats.pdf_files import PAGE, SERIF, blocks, changed, drawing, prose, texts, typeset


@cache
def article() -> bytes:
    """Return a PDF of two pages with a heading, a table and a picture."""
    markup = (
        f"= 供水情况\n\n{prose('甲', 3)}\n\n#table(columns: 2, [指标], [数值], [产值], [12])\n\n"
        f'#image("photo", width: 3cm)\n\n{prose("乙", 5)}'
    )
    return typeset(PAGE + SERIF + markup, photo=drawing("PNG"))


def objects(*bodies: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1, of which the first is the root."""
    numbered = (b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(bodies, start=1))
    return b"%PDF-1.4\n" + b"".join(numbered) + b"trailer<</Root 1 0 R>>\n%%EOF\n"


ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
LEAF = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R>>"
WRITTEN_LEAF = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>"
)
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WATER = b"BT /F1 12 Tf 20 100 Td (Water supply) Tj ET"
WATER_STREAM = b"<</Length %d>>stream\n%s\nendstream" % (len(WATER), WATER)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空文件"),
        (b"\x00" * 100, "空文件"),
        ("只是一些文字".encode(), "不是 PDF"),
        (b"%PDF-1.7\nnothing of one\n%%EOF", "已损坏"),
        (objects(ROOT, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 100000>>"), "页数过多"),
        (objects(ROOT, b"<</Type/Pages/Kids[2 0 R]/Count 3>>"), "已损坏"),
        (objects(ROOT, ONE_PAGE, LEAF % (200, 200)), "没有内容"),
    ],
)
def test_what_is_no_readable_pdf_says_why(data: bytes, reason: str) -> None:
    """A damaged or empty file is an error with its reason."""
    with pytest.raises(UnreadableError, match=reason):
        list(read(data).blocks)


def test_a_cut_file_says_so() -> None:
    """A file whose end is missing is named as such."""
    with pytest.raises(UnreadableError, match="不完整"):
        list(read(article()[: len(article()) // 2]).blocks)


def test_a_readable_file_without_its_end_is_read_with_a_remark() -> None:
    """Where the pages are still there, they are read, and the remark says what may be missing."""
    data = objects(ROOT, ONE_PAGE, WRITTEN_LEAF, WATER_STREAM, FONT)
    assert texts(data) == ["Water supply"]
    found = blocks(data.removesuffix(b"%%EOF\n"))
    assert [(block.kind, block.text) for block in found][1:] == [("remark", "文件不完整，可能缺页")]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_password_is_needed_or_not(algorithm: str) -> None:
    """A file that needs a password is an error; one that only its owner's password protects is read."""
    closed = changed(article(), lambda writer: writer.encrypt("secret", "owner", algorithm=algorithm))
    with pytest.raises(UnreadableError, match="密码"):
        read(closed)
    free = changed(article(), lambda writer: writer.encrypt("", "owner", algorithm=algorithm))
    assert texts(free) == texts(article())


def test_a_damaged_page_is_remarked_on_and_the_others_are_read() -> None:
    """The remark names the page."""
    tree = b"<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>"
    found = blocks(objects(ROOT, tree, WRITTEN_LEAF, WATER_STREAM, FONT))
    assert [(block.kind, block.text) for block in found] == [
        ("text", "Water supply"),
        ("remark", "第 2 页已损坏"),
    ]


def test_a_page_of_any_size_is_drawn_within_limits() -> None:
    """A scan on a page as large as a house has no more pixels than others."""
    image = zlib.compress(bytes(range(256)) * 40)
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 128/Height 80/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(image), image)
    )
    drawn = b"14400 0 0 14400 0 0 cm /I Do"
    leaf = LEAF.replace(b"/Contents", b"/Resources<</XObject<</I 5 0 R>>>>/Contents") % (14400, 14400)
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)
    found = blocks(objects(ROOT, ONE_PAGE, leaf, stream, picture))
    assert [block.kind for block in found] == ["scan"]
    assert len(found[0].image or b"") < 8_000_000


def test_a_page_of_very_many_lines_keeps_its_text() -> None:
    """A map of tens of thousands of lines is not looked at, only what is written on it."""
    drawn = zlib.compress(WATER + b" 0 0 m 50 50 l S 10 90 m 90 90 l S" * 16_000)
    stream = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)
    assert texts(objects(ROOT, ONE_PAGE, WRITTEN_LEAF, stream, FONT)) == ["Water supply"]


def read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        assert list(read(data).blocks)


@settings(max_examples=25)
@given(st.data())
def test_cut_flipped_and_stuffed_bytes_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever happens to the bytes of a file, it is read, or refused with a reason."""
    given_bytes = bytearray(article())
    for place in data.draw(st.lists(st.integers(0, len(given_bytes) - 1), max_size=12)):
        given_bytes[place] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, len(given_bytes)))
    given_bytes[start:start] = data.draw(st.binary(max_size=20))
    end = data.draw(st.one_of(st.just(len(given_bytes)), st.integers(0, len(given_bytes))))
    read_or_refused(bytes(given_bytes[:end]))


OPERATORS = (
    b"BT|ET|/F1 12 Tf|(a\xff) Tj|0 0 m|1e38 9 l|-5 -5 1e9 3 re|S|f|q|Q|0 0 0 0 0 0 cm|1e20 0 0 1e20 0 0 cm"
    b"|/I Do|9 9 m 1 1 2 2 3 3 c|0 Tz|-9 Tc"
).split(b"|")


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(OPERATORS), max_size=40),
    st.integers(-3, 20000),
)
def test_any_drawing_is_read_or_refused(operators: list[bytes], width: int) -> None:
    """Numbers out of all reason, empty matrices and pages without a size break nothing."""
    drawn = b" ".join(operators)
    leaf = LEAF.replace(b"/Contents", b"/Resources<</Font<</F1 5 0 R>>/XObject<</I 6 0 R>>>>/Contents")
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)
    form = b"<</Subtype/Form/BBox[0 0 9 9]/Length 19>>stream\n1 1 m 5 1 l S 0 0 m\nendstream"
    read_or_refused(objects(ROOT, ONE_PAGE, leaf % (width, 100), stream, FONT, form))
