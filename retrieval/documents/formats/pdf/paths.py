"""Paths of a page: which are straight lines, as of tables, and which are shapes, as of charts."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium_c

from retrieval.documents.formats.pdf.geometry import Box, Rule

if TYPE_CHECKING:
    import pypdfium2 as pdfium

_THIN = 3.0  # points; a box that is no thicker is a line
_SHORTEST = 4.0
_MOST_SEGMENTS = 2000  # of a path; beyond, it is a drawing
_FARTHEST = 1e6


@dataclass(frozen=True, slots=True)
class Matrix:
    """An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @classmethod
    def identity(cls) -> Matrix:
        return cls(1, 0, 0, 1, 0, 0)

    @classmethod
    def of(cls, raw: ctypes.c_void_p) -> Matrix:
        """Return an object's own matrix."""
        given = pdfium_c.FS_MATRIX()
        if not pdfium_c.FPDFPageObj_GetMatrix(raw, given):
            return cls.identity()
        return cls(given.a, given.b, given.c, given.d, given.e, given.f)

    def then(self, other: Matrix) -> Matrix:
        """Return the map that applies this one first."""
        return Matrix(
            self.a * other.a + self.b * other.c,
            self.a * other.b + self.b * other.d,
            self.c * other.a + self.d * other.c,
            self.c * other.b + self.d * other.d,
            self.e * other.a + self.f * other.c + other.e,
            self.e * other.b + self.f * other.d + other.f,
        )

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


@dataclass(frozen=True, slots=True)
class Place:
    """How a page's own coordinates become those of the page as shown: its visible box, turned clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @classmethod
    def of(cls, source: pdfium.PdfPage, rotation: int) -> Place:
        left, bottom, right, top = source.get_bbox()
        return cls(left, bottom, right, top, rotation)

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.rotation in (90, 270) else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.rotation in (90, 270) else self.top - self.bottom

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, points: list[tuple[float, float]]) -> Box | None:
        """Return the box around points of the page's own coordinates; None where they are out of reason."""
        xs, ys = zip(*[self.point(x, y) for x, y in points], strict=True)
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        # What is no number is not within, either.
        sound = -_FARTHEST < left <= right < _FARTHEST and -_FARTHEST < top <= bottom < _FARTHEST
        return Box(left, top, right, bottom) if sound else None


@dataclass(frozen=True, slots=True)
class Marks:
    rules: list[Rule]
    shapes: list[Box]


@dataclass(frozen=True, slots=True)
class _Subpath:
    points: list[tuple[float, float]]
    curved: bool


def marks_of(raw: ctypes.c_void_p, place: Place, outer: Matrix, marks: Marks) -> None:
    """Add a path's lines and shapes."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(raw, fill, stroke)
    if not fill.value and not stroke.value:
        return
    for subpath in _subpaths(raw, Matrix.of(raw).then(outer)):
        box = place.box(subpath.points)
        if box is None or not box.touches(Box(0, 0, place.width, place.height)):
            continue
        if subpath.curved:
            marks.shapes.append(box)
        elif min(box.width, box.height) <= _THIN:
            _add_rule(marks, box)
        elif stroke.value and _is_boxed([place.point(x, y) for x, y in subpath.points]):
            for edge in _edges([place.point(x, y) for x, y in subpath.points]):
                _add_rule(marks, edge)
            if fill.value:
                marks.shapes.append(box)
        else:
            marks.shapes.append(box)


def _subpaths(raw: ctypes.c_void_p, matrix: Matrix) -> list[_Subpath]:
    found: list[_Subpath] = []
    points: list[tuple[float, float]] = []
    curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(min(pdfium_c.FPDFPath_CountSegments(raw), _MOST_SEGMENTS)):
        segment = pdfium_c.FPDFPath_GetPathSegment(raw, number)
        if not segment or not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO and points:
            found.append(_Subpath(points, curved))
            points, curved = [], False
        curved = curved or kind == pdfium_c.FPDF_SEGMENT_BEZIERTO
        points.append(matrix.apply(x.value, y.value))
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    return [*found, _Subpath(points, curved)] if points else found


def _is_boxed(points: list[tuple[float, float]]) -> bool:
    """Whether every line between the points runs along the page's edges."""
    return all(abs(x - u) < 0.5 or abs(y - v) < 0.5 for (x, y), (u, v) in pairwise(points))


def _edges(points: list[tuple[float, float]]) -> list[Box]:
    return [Box(min(x, u), min(y, v), max(x, u), max(y, v)) for (x, y), (u, v) in pairwise(points)]


def _add_rule(marks: Marks, box: Box) -> None:
    if max(box.width, box.height) < _SHORTEST:
        return
    if box.width >= box.height:
        marks.rules.append(Rule(horizontal=True, at=box.centre[1], start=box.left, end=box.right))
    else:
        marks.rules.append(Rule(horizontal=False, at=box.centre[0], start=box.top, end=box.bottom))
