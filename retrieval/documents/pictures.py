"""Images of documents, made fit to be shown: stored once by their content, as JPEG or PNG.

Decorations (icons, rules, images of one colour) are no pictures. What cannot be shown says why.
"""

from __future__ import annotations

import io
import struct
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, UnidentifiedImageError

from retrieval import picture_files
from retrieval.model import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LARGEST = 10 * 1000 * 1000
"""Bytes of a stored picture; Telegram takes no larger photo."""

_MOST_PIXELS = 80_000_000
_LEAST_SIDE, _LEAST_PIXELS = 48, 10_000
_LARGEST_SIDE = 5000  # of a picture that has to be written anew
_SUFFIXES = {"JPEG": "jpg", "PNG": "png"}
_ORIENTATION = 0x0112  # the EXIF tag
_RAISED = (  # by Pillow's decoders, on torn and on odd files
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, RuntimeError,
    AttributeError, struct.error,
)  # fmt: skip


class PictureError(ValueError):
    """An image cannot be shown; the message is the reason in one clause of Chinese."""


def store(data: bytes, folder: Path) -> Picture | None:
    """Write an image's file into `folder` and return its Picture without a caption; None for a decoration.

    What stands there already is not written again. Raise PictureError with the reason for what is no image.
    """
    with opened(data) as image:
        width, height = image.size
        small = min(width, height) < _LEAST_SIDE or width * height < _LEAST_PIXELS
        shown = None if small else _shown(image, data)
    if shown is None:
        return None
    fit, suffix, size = shown  # written here: a full disk is no fault of the image
    return Picture(picture_files.write(folder, fit, suffix), *size)


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Open an image's file, decoded within the block. Raise PictureError, there too, where it cannot be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on odd files; what cannot be read raises
        try:
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > _MOST_PIXELS:
                    raise Image.DecompressionBombError  # noqa: TRY301 - Pillow's own limit is higher
                yield image
        except UnidentifiedImageError as error:
            raise PictureError(_unknown(data)) from error
        except (Image.DecompressionBombError, MemoryError) as error:
            raise PictureError("像素过多") from error
        except _RAISED as error:
            raise PictureError("已损坏") from error


def _shown(image: Image.Image, data: bytes) -> tuple[bytes, str, tuple[int, int]] | None:
    """Return the image's file as it can be shown, with its suffix and size; None for one colour."""
    image.load()
    if _is_blank(image):
        return None
    suffix = _SUFFIXES.get(image.format or "", "")
    upright = image.getexif().get(_ORIENTATION, 1) == 1
    if not (suffix and upright and image.mode in ("RGB", "RGBA", "L", "P", "1") and len(data) <= LARGEST):
        return _rewritten(ImageOps.exif_transpose(image))
    return data, suffix, image.size


def _is_blank(image: Image.Image) -> bool:
    low, high = image.convert("L").getextrema()
    return bool(low == high)


def _rewritten(image: Image.Image) -> tuple[bytes, str, tuple[int, int]]:
    """Return the image as PNG, or as JPEG where that would be too large, with its suffix and size."""
    image.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    transparent = "A" in image.getbands() or "transparency" in image.info
    plain = image.convert("RGBA" if transparent else "RGB")
    png = _written(lambda file: plain.save(file, "PNG", optimize=True))
    if len(png) <= LARGEST // 4:
        return png, "png", plain.size
    white = Image.new("RGB", plain.size, "white")
    white.paste(plain, mask=plain.getchannel("A") if transparent else None)
    return _written(lambda file: white.save(file, "JPEG", quality=88)), "jpg", plain.size


def _written(save: Callable[[io.BytesIO], None]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def _unknown(data: bytes) -> str:
    if data[:4] in (b"\x01\x00\x00\x00", b"\xd7\xcd\xc6\x9a"):
        return "是 Windows 图元文件（EMF、WMF），无法显示"
    if data.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<svg>"):
        return "是矢量图（SVG），无法显示"
    return "不是可以识别的图片"
