"""The pictures of a page: its images, and the drawings that a caption such as `图1 …` stands below.

An image in strips is one picture. Left out are tiny ones, what lies behind a whole page, and what stands at
the same place on page after page. A drawing without a caption may be anything, so it is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.documents.formats.pdf.geometry import Box, clustered

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from retrieval.documents.formats.pdf.pages import Image, Page
    from retrieval.documents.formats.pdf.runs import Run
    from retrieval.documents.formats.pdf.tables import FoundTable

NUMBER = (
    r"\s*(?:[A-Z]{1,2}|[\dA-Z一二三四五六七八九十]+(?:[-.．—–]\d+)*)(?:[\s：:.．、（(]|$)"
    r"|\s*\d+(?:[-.．—–]\d+)*(?=[\u4e00-\u9fff])(?![年月日中的所和与及是为可显反给])"
)
"""The number of a table or a picture and what parts it from the caption; a PDF often has no space there."""

CAPTION = re.compile(rf"(?:附?图|图表|Figure|Fig\.|Chart)(?:{NUMBER})", re.IGNORECASE)
"""How a picture's caption begins."""

_SMALLEST, _FEWEST_PIXELS = 24.0, 32
_BACKGROUND = 0.8  # of the page's area
_NEAR = 6.0  # points between the pieces of one picture
_LABEL = 14.0  # points between a drawing and the text that belongs to it
_MARGIN = 3.0  # points around a drawing, for the width of its lines
_CAPTION_BELOW = 60.0
_LEAST_PIECES, _MOST_PIECES = 6, 1500
_LEAST_DRAWING = (80.0, 50.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """`jpeg` is the image's own file where it can be taken as it is, `pixels` its width where it is one.

    `drawn` says that what stands within the box is part of it, its text too.
    """

    box: Box
    jpeg: bytes | None = None
    pixels: int | None = None
    drawn: bool = False
    size: float = 0.0  # of letters, which it has none of as a whole


def place_of(image: Image) -> tuple[int, ...]:
    """Return what an image that comes again on another page, such as a logo, has in common with itself."""
    box = image.box
    return *image.pixels, *(round(edge / 4) for edge in (box.left, box.top, box.right, box.bottom))


def find(page: Page, tables: list[FoundTable], repeated: Container[tuple[int, ...]]) -> list[Figure]:
    """Return the page's pictures, in no order."""
    images = [image for image in page.images if _is_shown(image, page) and place_of(image) not in repeated]
    pieces = [
        box
        for box in [*page.shapes, *(rule.box for rule in page.rules)]
        if max(box.width / page.box.width, box.height / page.box.height) < 0.85
        and not any(table.box.holds(box.centre) for table in tables)
    ]
    if len(pieces) > _MOST_PIECES:
        pieces = []
    found = []
    boxes = [*(image.box for image in images), *pieces]
    for members in clustered(boxes, _NEAR):
        hull = Box.around(boxes[number] for number in members)
        inside = [images[number] for number in members if number < len(images)]
        if inside:
            whole = Box.around(image.box for image in inside)
            found.append(_pictured(inside, whole))
        elif len(members) >= _LEAST_PIECES and (drawing := _drawing(hull, page.runs)):
            found.append(drawing)
    return found


def covering(page: Page) -> float:
    """Return the share of the page that its images cover, strips added up."""
    boxes = [image.box for image in page.images]
    return sum(max(box.width, 0) * max(box.height, 0) for box in boxes) / page.box.area


def _is_shown(image: Image, page: Page) -> bool:
    box = image.box
    large = min(box.width, box.height) >= _SMALLEST and min(image.pixels) >= _FEWEST_PIXELS
    return large and box.area < _BACKGROUND * page.box.area


def _pictured(images: list[Image], hull: Box) -> Figure:
    if len(images) == 1:
        return Figure(hull, images[0].jpeg, images[0].pixels[0])
    scale = max(image.pixels[0] / image.box.width for image in images)
    return Figure(hull, pixels=round(scale * hull.width))


def _drawing(hull: Box, runs: list[Run]) -> Figure | None:
    """Return the drawing with the text that belongs to it, where it has a caption below or else above."""
    if hull.width < _LEAST_DRAWING[0] or hull.height < _LEAST_DRAWING[1]:
        return None
    captions = [run for run in runs if CAPTION.match(run.text) and _overlaps(run.box, hull)]
    below = [run for run in captions if -_NEAR <= run.box.top - hull.bottom <= _CAPTION_BELOW]
    above = [run for run in captions if -_NEAR <= hull.top - run.box.bottom <= _LABEL * 2]
    caption = min(below, key=lambda run: run.box.top) if below else next(iter(above), None)
    if caption is None:
        return None
    bottom = caption.box.top if below else hull.bottom + _LABEL
    top = caption.box.bottom if not below else hull.top - 2 * _LABEL
    return Figure(_with_labels(hull, (top, bottom), (run for run in runs if run is not caption)), drawn=True)


def _overlaps(box: Box, other: Box) -> bool:
    return min(box.right, other.right) > max(box.left, other.left)


def _with_labels(hull: Box, limits: tuple[float, float], runs: Iterable[Run]) -> Box:
    """Return the box of a drawing with the short texts at its edges, between the limits of height."""
    top, bottom = limits
    short = [
        run.box for run in runs if run.box.width < hull.width * 0.8 and top <= run.box.centre[1] <= bottom
    ]
    for _ in range(2):  # a second row of labels, the axis' name
        near = [box for box in short if hull.touches(box, _LABEL)]
        hull = Box.around([hull, *near])
    left, right = hull.left - _MARGIN, hull.right + _MARGIN
    return Box(left, max(hull.top - _MARGIN, top), right, min(hull.bottom + _MARGIN, bottom))
