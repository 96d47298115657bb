"""The text of a Word file: its paragraphs, tables, text boxes, pictures, charts and notes to blocks."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block, UnreadableError
from retrieval.documents.formats.word import charts, tables
from retrieval.documents.formats.word.markup import DGM, A, C, R, V, W, flattened
from retrieval.documents.formats.word.numbering import Numbering
from retrieval.documents.formats.word.outline import Outline
from retrieval.documents.formats.word.paragraphs import inline
from retrieval.documents.formats.word.styles import Styles
from retrieval.documents.lines import BULLET, join, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

    from retrieval.documents.formats.word.package import Package, Part
    from retrieval.documents.formats.word.paragraphs import Inline

_OPENING = 12  # paragraphs

_INDENT = re.compile(r"[ \t\u00a0]{2,}|\s*\u3000")
_TYPED_BULLET = re.compile(r"[•●○▪◦·➢]\s*(?=\S)")
_ORDINAL = re.compile(r"(?:\d{1,2}[.．、)）](?!\d)|[（(]\d{1,2}[）)]|[①-⑳⒈-⒛])\s*\S")
_CAPTION = re.compile(r"附?[图表]|Figure|Fig\.|Table|Chart", re.IGNORECASE)
_COUNTER = re.compile(r"\s*SEQ\s")
_EMPTY_WORDS = re.compile(  # what programs write where nobody described a picture
    r"(?:图片|图像|图形|图示|图表|对象|形状|文本框|矩形|组合|picture|image|graphic|shape|object|chart|logo)?\s*\d*"
    r"|[\w\s().（）-]+\.(?:jpe?g|png|gif|bmp|tiff?|webp|emf|wmf|svg)|[\da-f_-]{8,}|(?:IMG|DSC|mmexport)[\w-]*"
    r"|(?:https?|file):\S*|.*(?:描述已自动生成|Description automatically generated).*|descript\w*",
    re.IGNORECASE | re.DOTALL,
)


class Story:
    """The blocks of a file. They are read once, for automatic numbers are counted on the way."""

    def __init__(self, package: Package, main: Part) -> None:
        """Raise UnreadableError where the part has no body."""
        body = main.root.find(W + "body")
        if body is None:
            raise UnreadableError("没有正文")
        self._package, self._main, self._body = package, main, body
        self._styles = Styles(main.related_by("styles"))
        self._numbering = Numbering(main.related_by("numbering"))
        self._outline = Outline(body, self._styles)
        self._notes: list[tuple[str, str]] = []

    @property
    def is_titled(self) -> bool:
        return self._outline.is_titled

    def opening(self) -> list[str]:
        """Return the first lines of the text."""
        paragraphs = [element for element in flattened(self._body) if element.tag == W + "p"]
        lines = (tidy(inline(element).text.replace("\n", " ")) for element in paragraphs[:_OPENING])
        return [line for line in lines if line]

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, pictures with their images; what cannot be had of them is a remark."""
        body = _with_whole_titles(self._container(self._body, self._main))
        number = 0
        for block in chain(body, self._note_items()):
            number += block.kind == "picture"
            yield self._with_image(block, number) if block.kind == "picture" else block

    def _with_image(self, picture: Block, number: int) -> Block:
        """Return a picture with its image, which is read only now, or why it has none."""
        if picture.reference is None:
            return Block("remark", f"第 {number} 张图片不在文件里")
        try:
            return replace(picture, image=self._package.blob(picture.reference), reference=None)
        except UnreadableError:
            return Block("remark", f"第 {number} 张图片已损坏或缺失")

    def _container(self, container: Element, part: Part) -> Iterator[Block]:
        """Yield the blocks of the body, of a cell, of a text box or of a note, which is in a part."""
        for element in flattened(container):
            if element.tag == W + "p":
                yield from self._paragraph(element, part)
            elif element.tag == W + "tbl":
                yield from tables.blocks(element, lambda cell: list(self._container(cell, part)))
            elif element.tag == W + "altChunk":
                yield Block("remark", "嵌入的一段其他格式的内容没有读取")

    def _paragraph(self, paragraph: Element, part: Part) -> Iterator[Block]:
        found = inline(paragraph)
        yield from self._lines(paragraph, found)
        for element in found.objects:
            yield from self._object(element, part)
        self._notes += found.notes

    def _lines(self, paragraph: Element, found: Inline) -> Iterator[Block]:
        """Yield the lines of a paragraph: one for each line break in running text, else one."""
        label = self._label(paragraph)  # an empty paragraph counts too
        given = [line for line in found.text.split("\n") if tidy(line)]
        if not given:
            return
        lines = [tidy(line) for line in given]
        text = label + reduce(join, lines)
        standing = self._outline.standing(paragraph, text)
        if standing.role == "contents":
            return
        if standing.role == "heading":
            yield Block("heading", text, level=standing.level)
        elif standing.role == "caption" or (_CAPTION.match(text) and _is_counted(paragraph)):
            yield Block("caption", text)
        elif bullet := _TYPED_BULLET.match(text):
            yield Block("item", BULLET + text[bullet.end() :])
        elif label == BULLET or (label and label.isascii()) or _ORDINAL.match(text):
            yield Block("item", text)
        else:
            indented = self._styles.is_indented(paragraph)
            for number, (raw, line) in enumerate(zip(given, lines, strict=True)):
                yield Block(
                    "text",
                    line if number else label + line,
                    spaced=number == 0,
                    indented=bool(_INDENT.match(raw)) or (indented and number == 0),
                )

    def _label(self, paragraph: Element) -> str:
        """Count a numbered paragraph and return its number as shown, or a bullet; "" where it has none."""
        place = self._styles.numbering(paragraph, self._numbering)
        return self._numbering.next_label(*place) if place else ""

    def _object(self, element: Element, part: Part) -> Iterator[Block]:
        """Yield what is anchored in a paragraph, in order: pictures, charts, diagrams, text boxes."""
        described = ""
        waiting = [element]
        while waiting:
            current = waiting.pop()
            described = current.get("descr") or current.get("alt") or described
            if current.tag == W + "txbxContent":
                yield from self._container(current, part)
                continue
            if current.tag == A + "blip":
                yield _picture(part.target(current.get(R + "embed")), described)
            elif current.tag == V + "imagedata":
                yield _picture(part.target(current.get(R + "id")), described)
            elif current.tag == C + "chart":
                yield from _chart(part.related(current.get(R + "id")))
            elif current.tag == DGM + "relIds":
                yield from _diagram(part.related(current.get(R + "dm")))
            waiting.extend(reversed(list(flattened(current))))

    def _note_items(self) -> Iterator[Block]:
        """Yield the footnotes and endnotes in the order in which the text refers to them."""
        parts = {kind: self._main.related_by(kind) for kind in ("footnotes", "endnotes")}
        notes = {
            (kind, note.get(W + "id")): (note, part)
            for kind, part in parts.items()
            if part is not None
            for note in part.root
        }
        number = 0
        for place in list(dict.fromkeys(self._notes)):
            if place not in notes:
                continue
            blocks = list(self._container(*notes[place]))
            text = " ".join(block.text for block in blocks if block.kind in ("text", "item"))
            number += bool(text)
            if text:
                yield Block("item", f"[{number}] {text}")
            yield from (block for block in blocks if block.kind in ("picture", "table"))


def _with_whole_titles(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, a title that is set in several paragraphs as one."""
    title: Block | None = None
    for block in blocks:
        if block.kind == "heading" and block.level == 1:
            title = block if title is None else replace(title, text=join(title.text, block.text))
            continue
        if title is not None:
            yield title
            title = None
        yield block
    if title is not None:
        yield title


def _is_counted(paragraph: Element) -> bool:
    """Whether a field in the paragraph counts tables or pictures."""
    simple = (element.get(W + "instr", "") for element in paragraph.iter(W + "fldSimple"))
    coded = "".join(element.text or "" for element in paragraph.iter(W + "instrText"))
    return bool(_COUNTER.match(coded)) or any(_COUNTER.match(instruction) for instruction in simple)


def _picture(name: str | None, described: str) -> Block:
    text = tidy(" ".join(described.split()))
    return Block("picture", "" if _EMPTY_WORDS.fullmatch(text) else text, reference=name)


def _chart(part: Part | None) -> Iterator[Block]:
    block = None if part is None else charts.block(part.root)
    yield Block("remark", "一幅图表的数据不在文件里") if block is None else block


def _diagram(part: Part | None) -> Iterator[Block]:
    """Yield the words of a diagram (SmartArt), a line for each of its shapes."""
    for paragraph in part.root.iter(A + "p") if part is not None else ():
        if text := tidy("".join(piece.text or "" for piece in paragraph.iter(A + "t"))):
            yield Block("item", BULLET + text)
