"""Text in images, read by a recogniser: pages without a text layer become text, pictures say what is in them.

How an image is read is `ocr`'s concern; here its lines become blocks like any others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Recognise = Callable[[bytes], "list[Line]"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in an image: `confidence` from 0 to 1, its box in pixels from the image's top left."""

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


def recognised(blocks: Iterable[Block], recognise: Recognise | None) -> Iterator[Block]:
    """Yield the blocks with what was read in their images; without a recogniser a scan is a remark."""
    for block in blocks:
        if block.kind == "scan" and recognise is None:
            page = "" if block.page is None else f"第 {block.page} 页"
            yield Block("remark", f"{page}是扫描图像，没有文字层", page=block.page)
        else:
            yield block
