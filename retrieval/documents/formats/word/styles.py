"""Styles: what a paragraph is by its style's name and level, and how its text is set.

A style takes from the one it is based on what it does not say itself. Names are those of Word's own styles,
in English or Chinese; the styles of WPS are called the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar
from unicodedata import numeric

from retrieval.documents.formats.word.markup import W, is_on, value, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

    from retrieval.documents.formats.word.numbering import Numbering
    from retrieval.documents.formats.word.package import Part

Role = Literal["body", "heading", "title", "caption", "contents"]

_NAMES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"(?:heading|标题)\s*([1-9一二三四])|([1-9一二三四])级标题")),
    ("title", re.compile(r"title|标题|(?:文章|文档|公文|文件)(?:大|主|总)?标题|大标题|主标题")),
    ("body", re.compile(r"subtitle|副标题|normal|正文|body text|正文文本|list.*|列表.*")),
    ("caption", re.compile(r"caption|题注|图注|表注|图题|表题|图表?标题|表格?标题")),
    ("contents", re.compile(r"toc\s*\d|目录\s*\d|toc heading|toc 标题|table of figures|图表目录")),
)
_BODY_LEVEL = 9  # an outline level that says "body text"
_LONGEST_CHAIN = 20
_HALF_POINTS = 20  # of text whose size nothing says
_INDENT = f"{W}pPr/{W}ind"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a paragraph is. `level` is a heading's, from 1."""

    role: Role
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says together with those it is based on."""

    standing: Standing
    alignment: str | None
    indented: bool
    size: str | None
    bold: bool
    numbering: tuple[str, str | None, str] | None  # identifier, level, the style that says so


class Styles:
    """The styles of a file, by their identifiers."""

    def __init__(self, part: Part | None) -> None:
        self._elements: dict[str, Element] = {}
        self._defaults: list[Element] = []  # where every chain of styles ends
        self._normal = ""
        self._styles: dict[str, _Style] = {}
        if part is None:
            return
        self._defaults = [
            *part.root.findall(f"{W}docDefaults/{W}pPrDefault"),
            *part.root.findall(f"{W}docDefaults/{W}rPrDefault"),
        ]
        for style in part.root.findall(W + "style"):
            identifier = style.get(W + "styleId", "")
            self._elements[identifier] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
                self._normal = identifier

    def standing(self, paragraph: Element) -> Standing:
        """Return what a paragraph is by its own outline level, else by its style."""
        return _outlined(value(paragraph, "pPr/outlineLvl")) or self._of(paragraph).standing

    def is_centred(self, paragraph: Element) -> bool:
        return (value(paragraph, "pPr/jc") or self._of(paragraph).alignment) == "center"

    def is_indented(self, paragraph: Element) -> bool:
        """Whether the first line of a paragraph is indented."""
        own = _indented(paragraph)
        return self._of(paragraph).indented if own is None else own

    def size(self, paragraph: Element, run: Element) -> int:
        """Return the size of a run's text, in half-points."""
        size = value(run, "rPr/sz")
        if size is None and (character := value(run, "rPr/rStyle")) is not None:
            size = self._style(character).size
        return whole(size or self._of(paragraph).size, _HALF_POINTS)

    def is_bold(self, paragraph: Element, run: Element) -> bool:
        own = run.find(f"{W}rPr/{W}b")
        return self._of(paragraph).bold if own is None else is_on(own)

    def numbering(self, paragraph: Element, numbering: Numbering) -> tuple[str, int] | None:
        """Return which numbering counts a paragraph, and at which level; None where none does."""
        identifier, level = value(paragraph, "pPr/numPr/numId"), value(paragraph, "pPr/numPr/ilvl")
        if identifier is None and (said := self._of(paragraph).numbering) is not None:
            identifier, level = said[0], level or said[1]
            if level is None:
                return identifier, numbering.level_of_style(identifier, said[2])
        if identifier is None or identifier == "0":  # 0 takes the style's numbering back
            return None
        return identifier, whole(level)

    def _of(self, paragraph: Element) -> _Style:
        return self._style(value(paragraph, "pPr/pStyle") or self._normal)

    def _style(self, identifier: str) -> _Style:
        if identifier not in self._styles:
            self._styles[identifier] = self._read(identifier)
        return self._styles[identifier]

    def _read(self, identifier: str) -> _Style:
        chain = list(self._chain(identifier))
        elements = [*chain, *self._defaults]
        bold = (element.find(f"{W}rPr/{W}b") for element in elements)
        numbered = (
            (number, value(style, "pPr/numPr/ilvl"), style.get(W + "styleId", ""))
            for style in chain
            if (number := value(style, "pPr/numPr/numId")) is not None
        )
        return _Style(
            standing=_standing(chain),
            alignment=_first(value(element, "pPr/jc") for element in elements),
            indented=_first(_indented(element) for element in elements) or False,
            size=_first(value(element, "rPr/sz") for element in elements),
            bold=is_on(_first(bold)),
            numbering=next(numbered, None),
        )

    def _chain(self, identifier: str | None) -> Iterator[Element]:
        """Yield a style, the one it is based on, and so on."""
        for _ in range(_LONGEST_CHAIN):
            style = self._elements.get(identifier or "")
            if style is None:
                return
            yield style
            identifier = value(style, "basedOn")


def _first(said: Iterable[_T | None]) -> _T | None:
    return next((item for item in said if item is not None), None)


def _standing(chain: list[Element]) -> Standing:
    """Return what the nearest style says, by its level or by its name if that is known."""
    for style in chain:
        name = (value(style, "name") or "").strip().lower()
        for role, pattern in _NAMES:
            if match := pattern.fullmatch(name):
                return Standing(role, int(numeric(match[1] or match[2])) if role == "heading" else 0)
        if outlined := _outlined(value(style, "pPr/outlineLvl")):
            return outlined
    return Standing("body")


def _indented(element: Element) -> bool | None:
    """Whether a paragraph or a style indents the first line; None where it does not say."""
    indent = element.find(_INDENT)
    if indent is None:
        return None
    width = indent.get(W + "firstLineChars") or indent.get(W + "firstLine")
    return None if width is None else whole(width) > 0


def _outlined(level: str | None) -> Standing | None:
    if level is None or not 0 <= (number := whole(level, _BODY_LEVEL)) <= _BODY_LEVEL:
        return None
    return Standing("body") if number == _BODY_LEVEL else Standing("heading", number + 1)
