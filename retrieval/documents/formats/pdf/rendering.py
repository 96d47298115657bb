"""Parts of a page as image files, drawn by PDFium within limits of pixels."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from retrieval.documents.formats.pdf.geometry import Box

if TYPE_CHECKING:
    import pypdfium2 as pdfium

_MOST_PIXELS = 6_000_000  # an A4 page at 250 dpi
_SCAN_SCALE = 200 / 72
_DRAWING_SCALE = 2.5
_LARGEST_SCALE = 6.0
_LARGEST_PNG = 1_500_000  # bytes; what is larger is a photograph and goes better as JPEG


def scan(source: pdfium.PdfPage) -> bytes:
    """Return a whole page in grey at 200 dpi, as PNG or JPEG."""
    box = Box(0, 0, source.get_width(), source.get_height())
    return _drawn(source, box, 0, _SCAN_SCALE, grey=True)


def part(source: pdfium.PdfPage, box: Box, turn: int, pixels: int | None = None) -> bytes:
    """Return a part of a page that is turned, as PNG or JPEG; `pixels` is the width of the image in it."""
    scale = min(pixels / max(box.width, 1.0), _LARGEST_SCALE) if pixels else _DRAWING_SCALE
    return _drawn(source, box, turn, max(scale, 1.0), grey=False)


def _drawn(source: pdfium.PdfPage, box: Box, turn: int, scale: float, *, grey: bool) -> bytes:
    scale = min(scale, (_MOST_PIXELS / max(box.area, 1.0)) ** 0.5)
    width, height = source.get_size()
    if turn in (90, 270):
        width, height = height, width
    margins = (box.left, height - box.bottom, width - box.right, box.top)
    bitmap = source.render(
        scale=scale,
        rotation=turn,
        crop=tuple(max(margin, 0.0) for margin in margins),
        grayscale=grey,
        rev_byteorder=True,
    )
    image = bitmap.to_pil()
    file = io.BytesIO()
    image.save(file, "PNG")
    if file.tell() > _LARGEST_PNG:
        file = io.BytesIO()
        image.convert("L" if grey else "RGB").save(file, "JPEG", quality=85)
    return file.getvalue()
