"""Pages as images: text drawn in a Chinese font, as a scanner or a camera would give them."""

from __future__ import annotations

import io
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE = 1.7  # times the size of the letters


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return a font with simplified Han."""
    command = ["fc-match", "--format=%{file}|%{index}", "Noto Sans CJK SC"]
    file, _, index = subprocess.run(command, check=True, capture_output=True, text=True).stdout.partition("|")
    return ImageFont.truetype(file, size, index=int(index or 0) & 0xFFFF)


def page(lines: Sequence[str], title: str = "", size: tuple[int, int] = (760, 420)) -> Image.Image:
    """Draw a centred title and, below, lines in letters of 24 pixels; `　　` before a line indents it."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.text((size[0] / 2, 50), title, font=font(36), fill="black", anchor="mm")
    for number, line in enumerate(lines):
        draw.text((60, 100 + number * 24 * LINE), line, font=font(24), fill="black")
    return image


def table(rows: Sequence[Sequence[str]], title: str = "") -> Image.Image:
    """Draw a table with lines around its cells."""
    image = Image.new("RGB", (len(rows[0]) * 200 + 80, len(rows) * 60 + 140), "white")
    draw = ImageDraw.Draw(image)
    draw.text((image.width / 2, 50), title, font=font(26), fill="black", anchor="mm")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            left, top = 40 + column * 200, 100 + row * 60
            draw.rectangle((left, top, left + 200, top + 60), outline="black", width=2)
            draw.text((left + 100, top + 30), cell, font=font(24), fill="black", anchor="mm")
    return image


def png(image: Image.Image) -> bytes:
    return _saved(image, "PNG")


def jpeg(image: Image.Image) -> bytes:
    return _saved(image, "JPEG")


def pdf(pages: Sequence[Image.Image]) -> bytes:
    """Return a PDF of images, which has no text layer."""
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return file.getvalue()


def _saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
