"""Elements to blocks, in the order of the page: headings, paragraphs, lists, tables, pictures, code.

A paragraph ends where an element of its own begins or ends, and at two line breaks; after one line break the
next line may go on with it. Nothing is chosen here: what is no part of the text was taken out before.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from retrieval.documents.blocks import Block
from retrieval.documents.formats.hypertext import tables
from retrieval.documents.formats.hypertext.pictures import picture
from retrieval.documents.lines import BULLET, join, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

    from retrieval.documents.blocks import Kind, Table
    from retrieval.documents.formats.hypertext.pictures import Source

_BLOCKS = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure"
    " footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section"
    " summary table tbody td tfoot th thead title tr ul"
)
BLOCKS = frozenset(_BLOCKS.split())
"""The elements that begin and end a line; all others, also unknown ones, stand within one."""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LONGEST_HEADING = 100  # characters; a longer one is text that was never closed or only enlarged
_LOWEST_LEVEL = 6
_TITLE_WITHIN = 5  # blocks in which the title may be repeated
_SPACES = re.compile(r"[ \t\r\n\f]+")
_WRAPPED = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t\r]*\n[ \t\r\n]*(?=[\u3000-\u9fff\uff00-\uffef])"
)
_INDENT = re.compile(r"[ \t\r\n]*(?:\u3000|[\u00a0\u2002\u2003]{2})")
_BULLETS = re.compile(r"[•●○▪◦·■□◆◇➢\uf0b7\uf06c]\s*")
_NUMBERED = re.compile(
    r"[（(]?[\d一二三四五六七八九十]{1,3}[.．、)）]|[①-⑳⒈-⒛]|第[\d一二三四五六七八九十百]{1,4}[条章节]"
)
_UNMARKED = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def blocks(root: Element, source: Source) -> Iterator[Block]:
    """Yield the blocks of an element, headings with the levels that they have."""
    flow = _Flow(source, tables.nesting(root))
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            yield from flow.end(element)
        elif (whole := flow.whole(element)) is not None:
            yield from whole
            walk.skip_subtree()  # no end follows
        else:
            yield from flow.start(element)
            continue
        if element is not root:
            flow.add(element.tail)
    yield from flow.line()


def below_title(found: Iterable[Block], title: str | None, *, lowered: int = 0) -> Iterator[Block]:
    """Yield the blocks without the title repeated; headings are lowered, and stand at level 2 or below."""
    bare = "".join((title or "").split())
    for number, block in enumerate(found):
        if bare and number < _TITLE_WITHIN and "".join(block.text.split()) == bare:
            continue
        if block.kind == "heading":
            yield replace(block, level=min(max(block.level + lowered, 2), _LOWEST_LEVEL))
        else:
            yield block


class _Flow:
    """The line that is being put together, and the headings, lists and figures that it stands in."""

    def __init__(self, source: Source, nesting: set[Element]) -> None:
        self._source = source
        self._nesting = nesting
        self._parts: list[str] = []
        self._pictures: list[Block] = []
        self._heading = 0
        self._lists: list[_List] = []
        self._mark: str | None = None  # of the item whose first line is awaited
        self._is_caption = False
        self._spaced = True
        self._figures = 0
        self._figure: list[Block] = []

    def add(self, text: str | None) -> None:
        if text:
            self._parts.append(text)

    def whole(self, element: Element) -> Iterable[Block] | None:
        """Return the blocks of a data table or of code, which are not gone into; None for the rest."""
        if element.tag == "table" and element not in self._nesting:
            table = tables.read(element)
            if table is not None:
                return self._set_off(_table(element, table, self._source))
        if element.tag == "pre":
            return self._set_off(_preformatted(element))
        return None

    def start(self, element: Element) -> Iterator[Block]:
        tag = element.tag
        if tag in BLOCKS:
            yield from self._break()
        if tag == "br":
            yield from self._line_break()
        elif tag == "img":
            if (found := picture(element, self._source)) is not None:
                self._pictures.append(found)
        elif tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.append(_List(element))
        elif tag == "li":
            self._mark = self._lists[-1].mark(element) if self._lists else BULLET
        elif tag == "figcaption":
            self._is_caption = True
        elif tag == "figure":
            self._figures += 1
        self.add(element.text)

    def end(self, element: Element) -> Iterator[Block]:
        tag = element.tag
        if tag in BLOCKS:
            yield from self._break()
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.pop()
        elif tag == "li":
            self._mark = None
        elif tag == "figcaption":
            self._is_caption = False
        elif tag == "figure":
            self._figures -= 1
            if not self._figures:
                yield from _captioned(self._figure)
                self._figure = []

    def line(self) -> Iterator[Block]:
        """Yield the line put together so far, if any, and the pictures in it."""
        found = [*self._text(), *self._pictures]
        self._parts, self._pictures = [], []
        if self._figures:
            self._figure += found
        else:
            yield from found

    def _break(self) -> Iterator[Block]:
        yield from self.line()
        self._spaced = True

    def _line_break(self) -> Iterator[Block]:
        if self._heading or self._is_caption:
            self._parts.append("\n")
            return
        blank = not "".join(self._parts).strip()
        yield from self.line()
        self._spaced = self._spaced if not blank else True

    def _set_off(self, whole: Iterable[Block]) -> Iterator[Block]:
        yield from self._break()
        if self._figures:
            self._figure += whole
        else:
            yield from whole

    def _text(self) -> Iterator[Block]:
        raw = "".join(self._parts)
        text = tidy(_SPACES.sub(" ", _WRAPPED.sub("", raw)))
        if not text:
            return
        kind: Kind = "text"
        level = 0
        if self._is_caption:
            kind = "caption"
        elif self._heading and len(text) <= _LONGEST_HEADING:
            kind, level = "heading", self._heading
        elif self._mark is not None:
            kind, text = _item(self._mark, text)
            self._mark = None
        yield Block(kind, text, level=level, spaced=self._spaced, indented=bool(_INDENT.match(raw)))
        self._spaced = False


class _List:
    """An open list and the number of its next item."""

    def __init__(self, element: Element) -> None:
        self._ordered = element.tag == "ol"
        self._style = element.get("type", "1")
        self._unmarked = _is_unmarked(element)
        self._next = _number(element.get("start"), 1)

    def mark(self, item: Element) -> str:
        """Return what the item begins with, as it is shown; empty where it has no mark."""
        if self._unmarked or _is_unmarked(item):
            return ""
        if not self._ordered:
            return BULLET
        number = _number(item.get("value"), self._next)
        self._next = number + 1
        return f"{_numeral(number, self._style)}. "


def _is_unmarked(element: Element) -> bool:
    return _UNMARKED.search(element.get("style", "")) is not None


def _number(given: str | None, default: int) -> int:
    """Return an attribute that is a number of up to six digits."""
    return int(given) if given and re.fullmatch(r"-?[0-9]{1,6}", given) else default


def _numeral(number: int, style: str) -> str:
    """Return the number as HTML's list style `1`, `a`, `A`, `i` or `I` shows it."""
    if style in ("a", "A") and 1 <= number <= 26:
        return chr(ord(style) + number - 1)
    if style in ("i", "I") and 1 <= number < 400:
        numeral = ""
        for value, letters in _ROMAN:
            numeral += letters * (number // value)
            number %= value
        return numeral if style == "i" else numeral.upper()
    return str(number)


def _item(mark: str, text: str) -> tuple[Kind, str]:
    """Return an item with its mark, unless its own text begins with one."""
    if _NUMBERED.match(text):
        return "item", text
    if bullet := _BULLETS.match(text):
        return "item", BULLET + text[bullet.end() :]
    return ("item", mark + text) if mark else ("text", text)


def _table(element: Element, table: Table, source: Source) -> Iterator[Block]:
    yield Block("table", tables.caption(element), table=table)
    yield from (found for image in element.iter("img") if (found := picture(image, source)) is not None)


def _preformatted(element: Element) -> Iterator[Block]:
    """Yield code as code, and the lines of a text that was set in it."""
    raw = "".join(element.itertext())
    lines = raw.expandtabs(4).splitlines()
    if "。" not in raw:
        if code := "\n".join(line.rstrip() for line in lines if line.strip()):
            yield Block("code", code)
        return
    spaced = True
    for line in lines:
        if text := tidy(line):
            yield Block("text", text, spaced=spaced, indented=bool(_INDENT.match(line)))
        spaced = not text


def _captioned(figure: list[Block]) -> Iterator[Block]:
    """Yield the blocks of a figure; the caption goes with its one picture or table, else it follows."""
    shown = [block for block in figure if block.kind in ("picture", "table")]
    captions = [block.text for block in figure if block.kind == "caption"]
    if len(shown) != 1 or not captions:
        yield from figure
        return
    caption = captions[0]
    for text in captions[1:]:
        caption = join(caption, text)
    for block in figure:
        if block.kind != "caption":
            yield replace(block, text=caption) if block is shown[0] else block
