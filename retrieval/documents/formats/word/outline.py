"""Headings and their levels: by style, and where a title is only set like one.

The title of a file has level 1, be it in the style `Title`, the only `Heading 1`, or, as Chinese notices have
it, a large centred line at the beginning. Below a title, or where there are several, `Heading 1` has level 2.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from retrieval.documents import article_date
from retrieval.documents.formats.word.markup import W, flattened
from retrieval.documents.formats.word.paragraphs import inline
from retrieval.documents.formats.word.styles import Standing
from retrieval.documents.lines import tidy
from retrieval.documents.sections import is_organisation
from retrieval.documents.sentences import is_closed, is_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element

    from retrieval.documents.formats.word.styles import Styles

_LOWEST = 6  # level; further ones are those of numbered lines
_OPENING = 10  # paragraphs in which a title stands
_SAMPLE = 500  # paragraphs, and runs of each, that tell the size of the text
_LARGER = 4  # half-points by which a title is larger than the text
_LETTERHEAD = re.compile(
    r"\S*[府厅委局部院会办室团司校]文件"
    r"|\S{0,12}[〔\[［【(（]\s*\d{4}\s*[〕\]］】)）]\s*(?:第\s*)?\d+\s*号|(?:\d{4}年)?第\s*\d+\s*[期号]"
)
_ANNEX = re.compile(r"附\s*[件录表图]|[图表]\s*\d")


class Outline:
    """Tells of each paragraph of a body whether it is a heading, and of which level.

    `is_titled` says whether one of them is the title.
    """

    def __init__(self, body: Element, styles: Styles) -> None:
        self._styles = styles
        paragraphs = [element for element in flattened(body) if element.tag == W + "p"]
        everywhere = list(body.iter(W + "p"))
        self._text_size = self._common_size(paragraphs[:_SAMPLE]) or self._common_size(everywhere[:_SAMPLE])
        styled = ((styles.standing(element), element) for element in everywhere)
        heads = [standing for standing, element in styled if standing.role != "body" and _has_text(element)]
        tops = heads.count(Standing("heading", 1))
        titled = Standing("title") in heads
        self._opening = set() if titled else self._opening_lines(paragraphs)
        self._below = 1 if titled or self._opening or tops > 1 else 0
        self.is_titled = titled or bool(self._opening) or tops == 1

    def standing(self, paragraph: Element, text: str) -> Standing:
        """Return what a paragraph is; the level of a heading is that within the file."""
        standing = self._styles.standing(paragraph)
        if standing.role == "title" or paragraph in self._opening:
            return Standing("heading", 1)
        if standing.role == "heading":
            return Standing("heading", min(standing.level + self._below, _LOWEST))
        if standing.role == "body" and self._is_set_as_title(paragraph, text, boldly=False):
            return Standing("heading", 2)
        return standing

    def _opening_lines(self, paragraphs: list[Element]) -> set[Element]:
        """Return the lines at the beginning, one after the other, that are set as a title."""
        found: set[Element] = set()
        seen = 0
        for paragraph in paragraphs:
            if not _has_text(paragraph):
                continue
            seen += 1
            text = tidy(inline(paragraph).text.replace("\n", ""))
            body = self._styles.standing(paragraph).role == "body"
            signed = bool(found) and is_organisation(text)
            if body and not signed and self._is_set_as_title(paragraph, text):
                found.add(paragraph)
            elif found or not body or seen >= _OPENING:
                break
        return found

    def _is_set_as_title(self, paragraph: Element, text: str, *, boldly: bool = True) -> bool:
        """Whether a paragraph without a heading's style is centred and large, or bold if that counts too."""
        if not self._styles.is_centred(paragraph) or not is_title(text) or is_closed(text):
            return False
        if _LETTERHEAD.fullmatch(text) or _ANNEX.match(text) or article_date.is_date(text.strip("（）()")):
            return False
        runs = [run for run in flattened(paragraph) if run.tag == W + "r" and _length(run)]
        if not runs:
            return False
        size = min(self._styles.size(paragraph, run) for run in runs)
        bold = boldly and all(self._styles.is_bold(paragraph, run) for run in runs)
        return size >= self._text_size + (0 if bold else _LARGER)

    def _common_size(self, paragraphs: Iterable[Element]) -> int:
        """Return the size in which most of the text is set, in half-points; 0 where there is none."""
        sizes: Counter[int] = Counter()
        for paragraph in paragraphs:
            for run in islice(flattened(paragraph), _SAMPLE):
                if run.tag == W + "r":
                    sizes[self._styles.size(paragraph, run)] += _length(run)
        return sizes.most_common(1)[0][0] if sizes.total() else 0


def _has_text(paragraph: Element) -> bool:
    return bool(tidy(inline(paragraph).text))


def _length(run: Element) -> int:
    return sum(len((text.text or "").strip()) for text in run.findall(W + "t"))
