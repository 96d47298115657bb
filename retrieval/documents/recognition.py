"""Text in images, read by a recogniser: pages without a text layer become text, pictures say what is in them.

How an image is read is `ocr`'s concern, and where text stands on a page that of `page_layout`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.documents import page_layout
from retrieval.documents.blocks import Block
from retrieval.documents.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from retrieval.documents.page_layout import Line

    Recognise = Callable[[bytes], list[Line]]
    """Returns the lines in an image file. Raises PictureError where it cannot be read."""

HINT = "需要文字识别：请安装 wenju[ocr]（make ocr）"

_SURE = 0.5  # the confidence below which a line is left out
_MANY = 5  # lines left out that are worth a remark
_LEAST, _LEAST_LINES = 16, 3  # letters and digits in a picture that has something to say
_CHART_NUMBERS = 3
_NAMED = 10  # pages in a remark
_RUNNING_LENGTH = 40
_PAGE_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")  # a year is none


def recognised(blocks: Iterable[Block], recognise: Recognise | None) -> Iterator[Block]:
    """Yield the blocks with what was read in their images; without a recogniser a scan is a remark."""
    if recognise is None:
        yield from _unread(blocks)
        return
    reader = _Reader(recognise)
    for block in blocks:
        if block.kind == "scan":
            yield from reader.page(block)
        elif block.kind == "picture" and block.image is not None:
            yield reader.picture(block)
        else:
            yield block
    yield from reader.remarks()


def text_in(data: bytes, recognise: Recognise) -> str:
    """Return the text in an image, a paragraph a line. Raise PictureError where it cannot be read."""
    return _text([line for line in recognise(data) if line.confidence >= _SURE])


def _unread(blocks: Iterable[Block]) -> Iterator[Block]:
    unread: Counter[bool] = Counter()  # scans with a page and without
    for block in blocks:
        if block.kind == "scan":
            unread[block.page is not None] += 1
        else:
            yield block
    if unread[True]:
        yield Block("remark", f"{unread[True]} 页是扫描图像，{HINT}")
    if unread[False]:
        yield Block("remark", f"图片{HINT}")


class _Reader:
    """Reads the images of one file, and counts what could not be read."""

    def __init__(self, recognise: Recognise) -> None:
        self._recognise = recognise
        self._titled = False  # whether the file's first page has been read
        self._edges: tuple[str, str] = ("", "")  # of the page before
        self._unsure = 0
        self._silent: list[int | None] = []

    def page(self, scan: Block) -> Iterator[Block]:
        """Yield the text of a page's image; the image alone where there is none."""
        try:
            lines = self._lines(scan)
        except PictureError as error:
            yield Block("remark", f"第 {scan.page} 页的图像{error}" if scan.page else f"图片{error}")
            return
        found = self._own(page_layout.blocks(lines, titled=not self._titled))
        self._titled = True
        if not found:
            self._silent.append(scan.page)
            yield replace(scan, kind="picture")
        if _is_chart(found):
            yield _as_picture(scan, found)
            return
        for block in found:
            yield replace(block, page=scan.page, image=scan.image)

    def picture(self, picture: Block) -> Block:
        """Return a picture with the text in it, where that is more than a few words."""
        try:
            lines = self._lines(picture)
        except PictureError:
            return picture  # storing it says so
        letters = sum(map(str.isalnum, "".join(line.text for line in lines)))
        if letters < _LEAST or len(lines) < _LEAST_LINES:
            return picture
        confidence = page_layout.mean_confidence([(line.text, line.confidence) for line in lines])
        return replace(picture, recognised=_text(lines), confidence=confidence)

    def remarks(self) -> Iterator[Block]:
        """Yield what is to be said at the end of the file."""
        pages = [str(page) for page in self._silent if page is not None]
        if pages:
            named = "、".join(pages[:_NAMED]) + ("…" if len(pages) > _NAMED else "")
            yield Block("remark", f"第 {named} 页没有识别出文字")
        elif self._silent:
            yield Block("remark", "没有识别出文字")
        if self._unsure >= _MANY:
            yield Block("remark", f"有 {self._unsure} 行文字看不清，没有收入")

    def _lines(self, block: Block) -> list[Line]:
        found = self._recognise(block.image or b"")
        sure = [line for line in found if line.confidence >= _SURE]
        self._unsure += len(found) - len(sure)
        return sure

    def _own(self, blocks: list[Block]) -> list[Block]:
        """Return the blocks without the running heads and feet, which the page before has too."""
        edges = (_bare(blocks[0]), _bare(blocks[-1])) if len(blocks) > 1 else ("", "")
        first, last = (bool(edge) and edge in self._edges for edge in edges)
        self._edges = edges
        return blocks[first : len(blocks) - last]


def _is_chart(blocks: list[Block]) -> bool:
    """Whether a page's image is a chart: bare numbers, scattered."""
    numbers = sum(block.kind == "text" and not any(map(str.isalpha, block.text)) for block in blocks)
    return numbers >= _CHART_NUMBERS and numbers * 3 >= len(blocks)


def _as_picture(scan: Block, blocks: list[Block]) -> Block:
    """Return a page's image as a picture; the first of its texts is the caption."""
    caption, *others = map(page_layout.text_of, blocks)
    said = [(block.text, block.confidence or 0.0) for block in blocks]
    confidence = page_layout.mean_confidence(said)
    return replace(scan, kind="picture", text=caption, recognised="\n".join(others), confidence=confidence)


def _text(lines: list[Line]) -> str:
    return "\n".join(map(page_layout.text_of, page_layout.blocks(lines)))


def _bare(block: Block) -> str:
    """Return what a running head has on each page; empty for what is none."""
    return _PAGE_NUMBER.sub("", block.text) if len(block.text) <= _RUNNING_LENGTH else ""
