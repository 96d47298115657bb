"""Running heads: headers, footers and page numbers, known by their coming again at the same place.

Only a page's outermost lines are looked at, digits are all alike, and a line belongs to the page's frame only
where all lines beyond it do.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from retrieval.documents.formats.pdf.runs import in_lines

if TYPE_CHECKING:
    from retrieval.documents.formats.pdf.geometry import Box
    from retrieval.documents.formats.pdf.runs import Run

_BAND = 0.16  # of the page's height, above and below
_MOST_LINES = 4
_LONGEST_APART = 60  # characters
_NEAR = 5.0  # points
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_PAGE_NUMBER = re.compile(
    r"[-—–·－~～\s]*\d{1,4}[-—–·－~～\s]*|第\s*\d{1,4}\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?"
    r"|(?:page|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s*[/／]\s*\d{1,4}",
    re.IGNORECASE,
)

Place = tuple[str, int, int]
"""A line's text with its digits made alike, which end of the page it stands at, and where, roughly."""


class RunningHeads:
    """Counts over all pages which lines come again; holds nothing but strings."""

    def __init__(self) -> None:
        self._counts: Counter[Place] = Counter()
        self._apart: Counter[tuple[int, int]] = Counter()
        self._pages = 0

    def add(self, runs: list[Run], page: Box) -> None:
        """Count the outermost lines of a page."""
        self._pages += 1
        for line, end in _outermost(runs, page):
            self._counts.update({_place(line, end): 1})
        for line, end in _apart(runs, page):
            self._apart.update({_place(line, end)[1:]: 1})

    def without(self, runs: list[Run], page: Box, number: int) -> list[Run]:
        """Return the runs of a page that belong to its text."""
        top, bottom = page.top, page.bottom
        ended: set[int] = set()
        apart = [line for line, end in _apart(runs, page) if self._has_others_there(line, end)]
        for line, end in _outermost(runs, page):
            if end in ended:
                continue
            known = self._comes_again(line, end) or line in apart or _is_number(line.text, number)
            if not known:
                ended.add(end)
            elif end == 0:
                top = max(top, line.box.bottom)
            else:
                bottom = min(bottom, line.box.top)
        return [run for run in runs if top < run.box.centre[1] < bottom]

    def _has_others_there(self, line: Run, end: int) -> bool:
        """Whether most pages have a line at this place that stands apart from their text."""
        _, end, near = _place(line, end)
        count = sum(self._apart[end, near + step] for step in (-1, 0, 1))
        return count >= max(2, self._pages * 0.6)

    def _comes_again(self, line: Run, end: int) -> bool:
        text, end, near = _place(line, end)
        count = sum(self._counts[text, end, near + step] for step in (-1, 0, 1))
        return count >= (2 if self._pages <= 6 else 3)


def _outermost(runs: list[Run], page: Box) -> list[tuple[Run, int]]:
    """Return the lines at the top, from above, and at the bottom, from below, each with its end: 0 or 1."""
    height = page.height * _BAND
    above = in_lines(run for run in runs if run.box.bottom <= page.top + height)
    below = in_lines(run for run in runs if run.box.top >= page.bottom - height)
    top = [(line, 0) for line in above[:_MOST_LINES]]
    return top + [(line, 1) for line in reversed(below[-_MOST_LINES:])]


def _apart(runs: list[Run], page: Box) -> list[tuple[Run, int]]:
    """Return the first and the last line where they stand apart from the text and are no larger."""
    lines = in_lines(runs)
    if len(lines) < 4:
        return []
    size = sorted(line.size for line in lines)[len(lines) // 2]
    found = []
    for line, beside, end in ((lines[0], lines[1], 0), (lines[-1], lines[-2], 1)):
        gap = max(beside.box.top - line.box.bottom, line.box.top - beside.box.bottom)
        band = page.height * _BAND
        outside = line.box.bottom < page.top + band if end == 0 else line.box.top > page.bottom - band
        if outside and gap > 1.2 * size and line.size <= 1.05 * size and len(line.text) <= _LONGEST_APART:
            found.append((line, end))
    return found


def _place(line: Run, end: int) -> Place:
    text = _DIGITS.sub("#", "".join(line.text.lower().split()))
    return text, end, round(line.baseline / _NEAR)


def _is_number(text: str, number: int) -> bool:
    """Whether the line is no more than the page's own number, or says of itself that it is one."""
    if not _PAGE_NUMBER.fullmatch(text):
        return False
    return bool(re.search(r"\D", text.strip())) or int(text) == number
