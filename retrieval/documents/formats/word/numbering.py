"""Automatic numbering: the numerals that Word shows before a paragraph, and its text does not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retrieval.documents.formats.word.markup import W, is_on, value, whole
from retrieval.documents.formats.word.numerals import LARGEST, numeral
from retrieval.documents.lines import BULLET

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from retrieval.documents.formats.word.package import Part

_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
_CLOSERS = tuple("、．。）】〕：，")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False  # all numerals in Arabic digits
    style: str | None = None  # the paragraph style that has this level


@dataclass(slots=True)
class _List:
    """A numbering: its levels, and how far each has counted."""

    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)

    def next_label(self, level: int, starts: dict[int, int]) -> str:
        """Count one up at a level, or begin there anew, and return the label; "" where none is shown."""
        shown = self.levels.get(level, _Level())
        count = self.counts[level]
        begun = starts.pop(level, None)
        if begun is None:
            begun = shown.start if count is None else min(count + 1, LARGEST)
        self.counts[level] = begun
        self.counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        if shown.format == "bullet":
            return BULLET
        return _PLACEHOLDER.sub(lambda match: self._numeral(int(match[1]) - 1, legal=shown.legal), shown.text)

    def _numeral(self, level: int, *, legal: bool) -> str:
        shown = self.levels.get(level, _Level())
        count = self.counts[level]
        return numeral(shown.start if count is None else count, "decimal" if legal else shown.format)


class Numbering:
    """The numberings of a file, counted in the order in which its paragraphs are read."""

    def __init__(self, part: Part | None) -> None:
        self._lists: dict[str, _List] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if part is None:
            return
        abstract = {item.get(W + "abstractNumId"): item for item in part.root.findall(W + "abstractNum")}
        styled = {name: item for item in abstract.values() if (name := value(item, "styleLink"))}
        shared: dict[str | None, _List] = {}
        for number in part.root.findall(W + "num"):
            identifier, name = number.get(W + "numId"), value(number, "abstractNumId")
            if identifier is None or name not in abstract:
                continue
            definition = styled.get(value(abstract[name], "numStyleLink") or "", abstract[name])
            if name not in shared:
                shared[name] = _List(_levels(definition.findall(W + "lvl")))
            self._lists[identifier] = self._overridden(identifier, number, shared[name])

    def _overridden(self, identifier: str, number: Element, given: _List) -> _List:
        """Return the list of one number: the one it shares, or its own where it says how it looks."""
        overrides = number.findall(W + "lvlOverride")
        self._starts[identifier] = {
            _level(item): whole(start, 1) for item in overrides if (start := value(item, "startOverride"))
        }
        own = _levels([level for item in overrides for level in item.findall(W + "lvl")])
        return _List(given.levels | own) if own else given

    def level_of_style(self, identifier: str, style: str) -> int:
        """Return the level that a numbering gives to the paragraphs of a style, by its identifier; else 0."""
        levels = self._lists[identifier].levels if identifier in self._lists else {}
        return next((number for number, level in levels.items() if level.style == style), 0)

    def next_label(self, identifier: str, level: int) -> str:
        """Return the label of the next paragraph, with a space if one follows; "" where none is shown."""
        if identifier not in self._lists or not 0 <= level < _LEVELS:
            return ""
        label = self._lists[identifier].next_label(level, self._starts[identifier])
        if label == BULLET:
            return label
        label = label.strip()
        return label if not label or label.endswith(_CLOSERS) else f"{label} "


def _level(element: Element) -> int:
    return whole(element.get(W + "ilvl"))


def _levels(elements: list[Element]) -> dict[int, _Level]:
    return {
        _level(element): _Level(
            start=min(whole(value(element, "start"), 1), LARGEST),
            format=value(element, "numFmt") or "decimal",
            text=(value(element, "lvlText") or "")[:40],
            legal=is_on(element.find(W + "isLgl")),
            style=value(element, "pStyle"),
        )
        for element in elements
    }
