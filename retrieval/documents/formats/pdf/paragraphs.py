"""The lines of a flow to paragraphs and headings.

A paragraph ends where the line is short, the next one is indented, further below or in other letters. Whether
it goes on in the next column or on the next page is told in `continuing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block
from retrieval.documents.formats.pdf import figures
from retrieval.documents.formats.pdf.opening import squeezed
from retrieval.documents.formats.pdf.survey import LARGER, NUMBERED, RED_HEAD, Survey
from retrieval.documents.lines import BULLET, join
from retrieval.documents.sentences import is_closed, is_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.documents.blocks import Kind
    from retrieval.documents.formats.pdf.geometry import Box
    from retrieval.documents.formats.pdf.runs import Run

TABLE_CAPTION = re.compile(rf"(?:续?表|附表|Table|Tab\.)(?:{figures.NUMBER})|续表$", re.IGNORECASE)
"""How a table's caption begins."""

UNIT = re.compile(r"[（(]?\s*(?:计量)?单位\s*[:：].{1,40}")
"""A line that gives a table's unit."""

_LEADER = re.compile(r".*(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,}|(?:… ?){2,})\s*[\divxlc]+")
_CONTENTS = re.compile(r"目\s*[录次]|(?:table of )?contents", re.IGNORECASE)
_BULLET = re.compile(r"[•●○▪◦■□◆◇►▶\uf06c\uf06e\uf0a7\uf0b7\uf0d8]\s*(?=\S)|[–—·]\s+(?=\S)")
_ORDINAL = re.compile(r"(?:\d{1,2}[.．、)）](?!\d)|[（(]\d{1,2}[）)]|[①-⑳⒈-⒛])\s*\S")
_OPENER = re.compile(rf"{NUMBERED.pattern}|{_ORDINAL.pattern}|\[\d+\]", re.IGNORECASE)
_HYPHENATED = re.compile(r"([A-Za-z]{2,})-$")
_SMALL_LETTERS = re.compile(r"[a-z]+")
_FIRST_WORD = re.compile(r"[!-~]+")
_LONGEST_HEADING = 80
_LONGEST_CAPTION = 100


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph as far as a flow has it. `full` says that its last line has no room for another word."""

    kind: Kind
    text: str
    page: int
    size: float
    level: int = 0
    indented: bool = False
    full: bool = False

    def block(self) -> Block:
        return Block(self.kind, self.text, level=self.level, indented=self.indented, page=self.page)


def joined(above: str, below: str, compounds: frozenset[str]) -> str:
    """Return two lines of a paragraph as one, a word broken between them whole; compounds keep the hyphen."""
    if (first := _HYPHENATED.search(above)) and (rest := _SMALL_LETTERS.match(below)):
        compound = f"{first[1]}-{rest[0]}"
        return above[:-1] + ("-" if compound.lower() in compounds else "") + below
    return join(above, below)


class Typesetting:
    """What the document's letters mean. It knows whether the title has been, so pages come to it in order."""

    def __init__(self, survey: Survey, bookmarks: dict[str, int], title: str | None) -> None:
        self.survey = survey
        self._bookmarks = bookmarks
        self._title = squeezed(title) if title else None
        self._titled = False
        self._begun = False

    def texts(self, lines: list[Run], page: int, box: Box) -> Iterator[Text]:
        """Yield the paragraphs and headings of lines that follow each other in a flow with this box."""
        listed = any(_LEADER.fullmatch(line.text) for line in lines)
        lines = [
            line
            for line in lines
            if line.text and not (listed and (_LEADER.fullmatch(line.text) or _CONTENTS.fullmatch(line.text)))
        ]
        measure = _Measure.of(lines, box, self.survey)
        held: list[Run] = []
        for line in lines:
            if held and not measure.goes_on(held, line):
                yield self._text(held, page, measure)
                held = []
            held.append(line)
        if held:
            yield self._text(held, page, measure)

    def _text(self, lines: list[Run], page: int, measure: _Measure) -> Text:
        text = lines[0].text
        for line in lines[1:]:
            text = joined(text, line.text, self.survey.compounds)
        first, last = lines[0], lines[-1]
        made = Text("text", text, page, first.size, full=measure.is_full(last))
        begun, self._begun = self._begun, True
        if is_caption(text):
            return made
        if page == 1 and RED_HEAD.fullmatch(text) and first.size >= 1.3 * self.survey.body:
            return replace(made, kind="byline", text=f"来源：{text.removesuffix('文件')}")
        if level := self._level(lines, text, page, begun=begun, centred=measure.is_centred(lines)):
            return replace(made, kind="heading", level=level)
        if bullet := _BULLET.match(text):
            return replace(made, kind="item", text=BULLET + text[bullet.end() :])
        indented = first.box.left - measure.left > first.size
        return replace(made, kind="item" if _ORDINAL.match(text) else "text", indented=indented)

    def _level(self, lines: list[Run], text: str, page: int, *, begun: bool, centred: bool) -> int:
        """Return the level of a heading, 0 for text."""
        if len(text) > _LONGEST_HEADING or not is_title(text[:60]) or is_closed(text):
            return 0
        size, survey = lines[0].size, self.survey
        large = size >= LARGER * survey.body
        bold = all(line.bold for line in lines) and not survey.bold and size >= 0.95 * survey.body
        opening = not self._titled and page <= 2 and not NUMBERED.match(text)
        of_title = survey.title is not None and size == survey.title
        of_title = of_title or squeezed(text) == self._title
        alone = survey.title is None and self._title is None and not begun and (centred or bold)
        if opening and (of_title or alone):
            self._titled = True
            return 1
        if depth := self._bookmarks.get(squeezed(text)):
            return depth + 1
        if large and size in survey.sizes:
            return 2 + survey.sizes.index(size)
        if large or (bold and len(lines) == 1):
            return 2 + len(survey.sizes)
        return 0


@dataclass(frozen=True, slots=True)
class _Measure:
    """A flow's edges and the usual distance of its baselines, in points."""

    left: float
    right: float
    leading: float
    indents: bool
    body: float

    @classmethod
    def of(cls, lines: list[Run], box: Box, survey: Survey) -> _Measure:
        left = min((line.box.left for line in lines), default=box.left)
        right = max((line.box.right for line in lines), default=box.right)
        start, end = survey.edges
        if abs(left - start) < 3 * survey.body and right < end:  # it may be too short to show its own edges
            left, right = min(left, start), end
        body = [line for line in lines if abs(line.size - survey.body) < 0.15 * survey.body]
        pairs = list(pairwise(body))
        full = [pair for pair in pairs if right - pair[0].box.right < 3 * pair[0].size] or pairs
        steps = sorted(below.baseline - above.baseline for above, below in full)
        leading = steps[len(steps) // 3] if steps else 1.6 * survey.body
        indents = any(
            above.box.left - left > above.size and below.box.left - left < above.size / 2
            for above, below in pairs
        )
        return cls(left, right, max(leading, survey.body), indents, survey.body)

    def is_full(self, line: Run, below: Run | None = None) -> bool:
        """Whether the line had no room for another word, or for the first one of the line below."""
        word = _FIRST_WORD.match(below.text) if below else None
        needed = 0.55 * line.size * (len(word[0]) + 1) if word else 1.7 * line.size
        if below is None and line.text[-1].isascii():
            needed = 5 * line.size
        return self.right - line.box.right < max(needed, 1.7 * line.size)

    def is_centred(self, lines: list[Run]) -> bool:
        return all(
            abs((line.box.left - self.left) - (self.right - line.box.right)) < line.size
            and line.box.left - self.left > 1.5 * line.size
            for line in lines
        )

    def goes_on(self, held: list[Run], line: Run) -> bool:
        """Whether the line goes on with the paragraph of the lines held."""
        above = held[-1]
        step = line.baseline - above.baseline
        size = max(above.size, line.size)
        if (
            min(above.size, line.size) < 0.9 * size
            or step <= 0
            or _begins(line.text)
            or is_caption(above.text)
        ):
            return False
        opens = _OPENER.match(line.text) is not None
        if line.size >= LARGER * self.body and above.size == line.size:
            return step < 2.1 * size and not opens
        if self.is_centred([above, line]) and above.bold == line.bold:
            long = above.box.width > 0.6 * (self.right - self.left)
            return long and step < 2 * size and not opens
        near = step <= max(1.35 * self.leading, 1.2 * size)
        return near and self.is_full(above, line) and self._is_set_alike(held, line)

    def _is_set_alike(self, held: list[Run], line: Run) -> bool:
        """Whether the line begins where a further line of the paragraph would."""
        first, above = held[0], held[-1]
        if _BULLET.match(first.text) or _OPENER.match(first.text):
            within = line.box.left > first.box.left + 0.4 * line.size
            if within and (len(held) == 1 or abs(line.box.left - above.box.left) < 0.4 * line.size):
                return True
        if line.box.left - self.left <= line.size:
            return True
        hanging = len(held) > 1 or first.box.left < line.box.left + 0.5 * line.size
        return hanging and not self.indents and abs(line.box.left - above.box.left) < line.size


def _begins(text: str) -> bool:
    """Whether a line can only be a paragraph's first."""
    return is_caption(text) or _BULLET.match(text) is not None


def is_caption(text: str) -> bool:
    """Whether a line is a table's or a picture's caption, or a table's unit."""
    named = figures.CAPTION.match(text) or TABLE_CAPTION.match(text) or UNIT.fullmatch(text)
    return named is not None and len(text) <= _LONGEST_CAPTION and not is_closed(text)
