"""PDF: pages of letters and lines to paragraphs, headings, tables and pictures.

PDFium reads the file; what its letters' places mean is found here: columns, running heads, headings by their
size, tables by their lines. A page without text, or whose letters the file gives no meaning, is a scan.
All pages are gone through twice, first for what they have in common; images are in memory one at a time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from retrieval.documents.blocks import Block, Content, UnreadableError
from retrieval.documents.formats.pdf import columns, continuing, figures, opening, pages, rendering, tables
from retrieval.documents.formats.pdf.figures import Figure
from retrieval.documents.formats.pdf.paragraphs import Text, Typesetting, is_caption
from retrieval.documents.formats.pdf.runs import Run, in_lines
from retrieval.documents.formats.pdf.survey import Survey
from retrieval.documents.formats.pdf.tables import FoundTable
from retrieval.documents.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.documents.formats.pdf.continuing import Part
    from retrieval.documents.formats.pdf.pages import Page

_GARBLED = 0.4  # of a page's characters
_MOST_KEPT = 500  # pages of text, of some 50 KB each
_FEW = 30  # characters: a stamp or a page number on a scan
_SCANNED = 0.5  # of the page that images cover
_OUTLINES = 150  # shapes of a page without text: letters drawn as shapes


def read(data: bytes) -> Content:
    """Return a PDF's blocks, and its title where that can be relied on. Raise UnreadableError."""
    document = opening.opened(data)
    kept: dict[int, Page] = {}
    survey = Survey.of(_first_look(document, kept))
    title = opening.title(document, survey.beginning)
    typesetting = Typesetting(survey, opening.bookmarks(document), title)
    return Content(_blocks(data, document, typesetting, kept), Metadata(title=title))


def _first_look(document: pdfium.PdfDocument, kept: dict[int, Page]) -> Iterator[Page]:
    """Yield all pages, and keep those that are small, so that they need not be read again."""
    for _, page in _pages(document, [], {}):
        if not page.images and len(kept) < _MOST_KEPT:
            kept[page.number] = page
        yield page


def _blocks(
    data: bytes, document: pdfium.PdfDocument, typesetting: Typesetting, kept: dict[int, Page]
) -> Iterator[Block]:
    """Yield all blocks. Raise UnreadableError where there are none."""
    damaged: list[int] = []
    parts = _parts(_pages(document, damaged, kept), typesetting)
    found = False
    try:
        for block in continuing.blocks(parts, typesetting.survey.compounds):
            found = True
            yield block
    finally:
        document.close()
    if not found:
        raise UnreadableError("各页都已损坏" if damaged else "各页都没有内容")
    if damaged:
        shown = "、".join(map(str, damaged[:5])) + (" 等" if len(damaged) > 5 else "")
        yield Block("remark", f"第 {shown} 页已损坏")
    if opening.is_cut(data):
        yield Block("remark", "文件不完整，可能缺页")


def _pages(
    document: pdfium.PdfDocument, damaged: list[int], kept: dict[int, Page]
) -> Iterator[tuple[pdfium.PdfPage, Page]]:
    """Yield the pages that can be read, each with what stands on it; the numbers of others are gathered."""
    for number in range(1, len(document) + 1):
        try:
            source = document[number - 1]
            page = kept.pop(number, None) or pages.read(source, number)
        except (pdfium.PdfiumError, pages.TooMuchError):
            damaged.append(number)
            continue
        if page.box.area > 0:
            yield source, page
        source.close()


def _parts(given: Iterator[tuple[pdfium.PdfPage, Page]], typesetting: Typesetting) -> Iterator[Part]:
    """Yield the parts of the pages, in reading order."""
    survey = typesetting.survey
    for source, page in given:
        found = tables.find(page)
        outside = tables.outside(found, page.runs)
        body = survey.heads.without(outside, page.box, page.number)
        letters = sum(len(run.text) for run in page.runs) if found else sum(len(run.text) for run in body)
        if _is_scan(page, letters):
            yield Block("scan", "", page=page.number, image=rendering.scan(source))
            continue
        drawn = figures.find(replace(page, runs=body), found, survey.repeated)
        taken = [figure.box for figure in drawn if figure.drawn]
        body = [run for run in body if not any(box.holds(run.box.centre) for box in taken)]
        for flow in columns.flows([*body, *found, *drawn]):
            yield from _captioned(_of_flow(flow, source, page, typesetting))


def _is_scan(page: Page, letters: int) -> bool:
    """Whether a page with so many letters besides its running heads is no more than an image."""
    if letters and page.garbled > _GARBLED:
        return True
    pictured = figures.covering(page) >= _SCANNED
    return (letters < _FEW and pictured) or (not letters and len(page.shapes) >= _OUTLINES)


def _of_flow(
    flow: columns.Flow, source: pdfium.PdfPage, page: Page, typesetting: Typesetting
) -> Iterator[Part]:
    """Yield a flow's paragraphs, tables and pictures, from above."""
    lines: list[Run] = []
    items: list[columns.Item] = [*in_lines(item for item in flow.items if isinstance(item, Run))]
    items += (item for item in flow.items if not isinstance(item, Run))
    for item in sorted(items, key=lambda item: (item.box.centre[1], item.box.left)):
        if isinstance(item, Run):
            lines.append(item)
            continue
        yield from typesetting.texts(lines, page.number, flow.box)
        lines = []
        if isinstance(item, FoundTable):
            yield continuing.TablePart(item, page.number)
        elif isinstance(item, Figure):
            image = item.jpeg or rendering.part(source, item.box, page.turn, item.pixels)
            yield Block("picture", "", page=page.number, image=image)
    yield from typesetting.texts(lines, page.number, flow.box)


def _captioned(parts: Iterator[Part]) -> Iterator[Part]:
    """Yield the parts with the lines that name the table below or the picture above as captions."""
    given = list(parts)
    for place, part in enumerate(given):
        if isinstance(part, Text) and part.kind in ("text", "heading") and is_caption(part.text):
            beside = [*given[max(place - 1, 0) : place], *given[place + 1 : place + 3]]
            if any(not isinstance(other, Text) for other in beside):
                yield replace(part, kind="caption", level=0)
                continue
        yield part
