"""A page as PDFium sees it: runs of characters, ruled lines, shapes and images, each with its box.

Nothing is understood here. The page is turned so that most of its text stands upright, as that of a wide
table does not always; text in other directions, such as a watermark across it, is left out.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from retrieval.documents.formats.pdf import runs
from retrieval.documents.formats.pdf.geometry import Box
from retrieval.documents.formats.pdf.paths import Marks, Matrix, Place, marks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.documents.formats.pdf.geometry import Rule
    from retrieval.documents.formats.pdf.runs import Run

_MOST_CHARACTERS = 60_000  # of a page; a broadsheet has 15,000
_MOST_OBJECTS = 20_000
_DEEPEST = 6  # forms within forms
_PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0x110000))
_BOLD = 600
_FIRST_HALVES, _SECOND_HALVES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)  # of a character in UTF-16
_HYPHENS = frozenset((0x2, 0xAD, 0x2010))  # the first is PDFium's sign for one at a line's end
_SLANT = 3  # degrees
_UNTIDY = frozenset(
    [*range(0xFB00, 0xFB07), *range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)]
)  # ligatures, radicals and compatibility forms that fonts map their glyphs to


class TooMuchError(ValueError):
    """A page holds more text than any real one does."""


@dataclass(frozen=True, slots=True)
class Image:
    """`jpeg` is its file where the page shows it as that has it; `pixels` are its width and height."""

    box: Box
    pixels: tuple[int, int]
    jpeg: bytes | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page turned so that most of its text stands upright.

    `number` counts from 1. `turn` is by how many degrees it is turned clockwise from how the file shows it.
    `garbled` is the share of characters that the file gives no meaning.
    """

    number: int
    box: Box
    turn: int
    runs: list[Run]
    rules: list[Rule]
    shapes: list[Box]
    images: list[Image]
    garbled: float


@dataclass(frozen=True, slots=True)
class _Style:
    """`angle` is the direction of writing in degrees, counter-clockwise."""

    size: float
    bold: bool
    angle: float

    @property
    def direction(self) -> int:
        return round(self.angle / 90) * 90 % 360

    def stands(self, rotation: int) -> bool:
        return abs((self.angle - rotation + 180) % 360 - 180) < _SLANT


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character in the page's own coordinates: two corners of its box, its place on its baseline."""

    text: str
    corners: tuple[tuple[float, float], tuple[float, float]]
    origin: tuple[float, float]
    style: _Style
    unknown: bool


def read(source: pdfium.PdfPage, number: int) -> Page:
    """Return what stands on a page. Raise PdfiumError where it is damaged, TooMuchError for a bomb."""
    letters = _letters(source)
    place = Place.of(source, _direction(letters, source.get_rotation()))
    marks, images = Marks([], []), []
    for raw, matrix in _objects(source):
        kind = pdfium_c.FPDFPageObj_GetType(raw)
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            marks_of(raw, place, matrix, marks)
        elif kind == pdfium_c.FPDF_PAGEOBJ_SHADING and (box := _bounds(raw, place, matrix)):
            marks.shapes.append(box)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE and (box := _bounds(raw, place, matrix)):
            images.append(_image(pdfium.PdfImage(raw, page=source), box, place.rotation, matrix))
    walls = [rule for rule in marks.rules if not rule.horizontal]
    page = Box(0, 0, place.width, place.height)
    shown = [(letter, _glyph(letter, place)) for letter in letters if letter.style.stands(place.rotation)]
    glyphs = [glyph for _, glyph in shown if glyph and glyph.box.touches(page)]
    return Page(
        number=number,
        box=page,
        turn=(place.rotation - source.get_rotation()) % 360,
        runs=runs.assembled(glyphs, walls),
        rules=marks.rules,
        shapes=marks.shapes,
        images=images,
        garbled=sum(letter.unknown for letter in letters) / max(len(letters), 1),
    )


def _objects(source: pdfium.PdfPage) -> Iterator[tuple[ctypes.c_void_p, Matrix]]:
    """Yield the page's objects, those of forms too, each with the matrix of the forms that it is in.

    A page that holds too many, such as a map, yields none; forms within forms end somewhere.
    """
    count = pdfium_c.FPDFPage_CountObjects(source)
    if count > _MOST_OBJECTS:
        return
    pending = [
        (pdfium_c.FPDFPage_GetObject(source, number), Matrix.identity(), 1)
        for number in range(count - 1, -1, -1)
    ]
    seen = 0
    while pending:
        raw, matrix, depth = pending.pop()
        seen += 1
        if seen > _MOST_OBJECTS:
            return
        if not raw:
            continue
        if pdfium_c.FPDFPageObj_GetType(raw) != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield raw, matrix
        elif depth < _DEEPEST and len(pending) < _MOST_OBJECTS:
            inner = Matrix.of(raw).then(matrix)
            members = min(pdfium_c.FPDFFormObj_CountObjects(raw), _MOST_OBJECTS)
            pending += (
                (pdfium_c.FPDFFormObj_GetObject(raw, number), inner, depth + 1)
                for number in range(members - 1, -1, -1)
            )


def _bounds(raw: ctypes.c_void_p, place: Place, matrix: Matrix) -> Box | None:
    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium_c.FPDFPageObj_GetBounds(raw, *edges):
        return None
    left, bottom, right, top = (edge.value for edge in edges)
    box = place.box([matrix.apply(left, bottom), matrix.apply(right, top)])
    return box.within(Box(0, 0, place.width, place.height)) if box else None


def _image(image: pdfium.PdfImage, box: Box, rotation: int, matrix: Matrix) -> Image:
    width, height = ctypes.c_uint(), ctypes.c_uint()
    pdfium_c.FPDFImageObj_GetImagePixelSize(image, width, height)
    pixels = width.value, height.value
    own = Matrix.of(image.raw).then(matrix)
    plain = rotation == 0 and own.a > 0 and own.d > 0 and abs(own.b) + abs(own.c) < 1e-3 * (own.a + own.d)
    jpeg = None
    if plain and image.get_filters() == ["DCTDecode"] and not pdfium_c.FPDFPageObj_HasTransparency(image):
        colours = image.get_metadata().colorspace
        simple = (
            pdfium_c.FPDF_COLORSPACE_DEVICERGB,
            pdfium_c.FPDF_COLORSPACE_DEVICEGRAY,
            pdfium_c.FPDF_COLORSPACE_ICCBASED,
        )
        data = bytes(image.get_data()) if colours in simple else b""
        jpeg = data if data.startswith(b"\xff\xd8\xff") and b"Adobe" not in data[:4096] else None
    return Image(box, pixels, jpeg)


def _letters(source: pdfium.PdfPage) -> list[_Letter]:
    """Return the characters that the file itself has, in its order."""
    text = source.get_textpage()
    count = text.count_chars()
    if count > _MOST_CHARACTERS:
        raise TooMuchError
    letters: list[_Letter] = []
    styles: dict[int, _Style] = {}
    box = pdfium_c.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for number in range(count):
        if pdfium_c.FPDFText_IsGenerated(text, number) == 1 or _is_second_half(text, number):
            continue
        owner = ctypes.cast(pdfium_c.FPDFText_GetTextObject(text, number), ctypes.c_void_p).value or 0
        if owner not in styles:
            styles[owner] = _style(text, number)
        if not pdfium_c.FPDFText_GetLooseCharBox(text, number, box):
            continue
        pdfium_c.FPDFText_GetCharOrigin(text, number, x, y)
        character = _character(_code(text, number))
        unknown = _is_unknown(text, number, character)
        corners = ((box.left, box.bottom), (box.right, box.top))
        letters.append(_Letter(character, corners, (x.value, y.value), styles[owner], unknown))
    return letters


def _direction(letters: list[_Letter], rotation: int) -> int:
    """Return by how many degrees most characters have to be turned clockwise to stand upright."""
    counts = Counter(letter.style.direction for letter in letters)
    return counts.most_common(1)[0][0] if counts else rotation


def _glyph(letter: _Letter, place: Place) -> runs.Glyph | None:
    box = place.box(list(letter.corners))
    style = letter.style
    baseline = place.point(*letter.origin)[1]
    return runs.Glyph(letter.text, box, baseline, style.size, style.bold) if box else None


def _code(text: pdfium.PdfTextPage, number: int) -> int:
    """Return a character's code point: PDFium counts one beyond the first 65,536 as two, in UTF-16."""
    code: int = pdfium_c.FPDFText_GetUnicode(text, number)
    if code not in _FIRST_HALVES or not _is_second_half(text, number + 1):
        return code
    second: int = pdfium_c.FPDFText_GetUnicode(text, number + 1)
    return 0x10000 + (code - _FIRST_HALVES.start) * 0x400 + second - _SECOND_HALVES.start


def _is_second_half(text: pdfium.PdfTextPage, number: int) -> bool:
    if number < 1 or pdfium_c.FPDFText_GetUnicode(text, number) not in _SECOND_HALVES:
        return False
    return pdfium_c.FPDFText_GetUnicode(text, number - 1) in _FIRST_HALVES


def _character(code: int) -> str:
    if code in _HYPHENS:
        return "-"
    if not code or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    character = chr(code)
    return unicodedata.normalize("NFKC", character) if code in _UNTIDY else character


def _is_unknown(text: pdfium.PdfTextPage, number: int, character: str) -> bool:
    code = ord(character[0])
    if code == 0xFFFD or any(code in block for block in _PRIVATE):
        return True
    return bool(pdfium_c.FPDFText_HasUnicodeMapError(text, number) == 1)


def _style(text: pdfium.PdfTextPage, number: int) -> _Style:
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(text, number, matrix)
    size = pdfium_c.FPDFText_GetFontSize(text, number) * math.hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(128)
    pdfium_c.FPDFText_GetFontInfo(text, number, name, len(name), ctypes.c_int())
    said = name.value.decode("latin-1").lower()
    weight = pdfium_c.FPDFText_GetFontWeight(text, number)
    bold = weight >= _BOLD or any(word in said for word in ("bold", "black", "heavy", "simhei"))
    angle = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
    return _Style(max(round(size, 1), 0.1), bold, angle)
