"""Image files: each is a scanned page, a TIFF of several a page for each. The text in them is read later."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import ImageSequence

from retrieval.documents.blocks import Block, Content, UnreadableError
from retrieval.documents.pictures import PictureError, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PAGES = 2000


def read(data: bytes) -> Content:
    """Return an image's pages. Raise UnreadableError where it is no image, or a broken one."""
    if not data:
        raise UnreadableError("空文件")
    try:
        with opened(data) as image:
            pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            image.load()
    except PictureError as error:
        raise UnreadableError(f"图片{error}") from error
    return Content(_pages(data) if pages > 1 else [Block("scan", "", image=data)])


def _pages(data: bytes) -> Iterator[Block]:
    """Yield the pages of a TIFF, as far as they can be read, each as a PNG."""
    number = 0
    try:
        with opened(data) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if number > _MOST_PAGES:
                    yield Block("remark", f"页数过多，只读了前 {_MOST_PAGES} 页")
                    return
                file = io.BytesIO()
                frame.convert("L" if frame.mode in ("1", "L") else "RGB").save(file, "PNG")
                yield Block("scan", "", page=number, image=file.getvalue())
    except PictureError as error:
        yield Block("remark", f"第 {number + 1} 页的图像{error}")
