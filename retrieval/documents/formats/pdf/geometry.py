"""Boxes on a page: points (1/72 inch) from its upper left corner, as the page is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        x, y = point
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def touches(self, other: Box, distance: float = 0.0) -> bool:
        """Whether the boxes overlap, or come nearer to each other than the distance."""
        return (
            self.left - distance <= other.right
            and other.left - distance <= self.right
            and self.top - distance <= other.bottom
            and other.top - distance <= self.bottom
        )

    def within(self, other: Box) -> Box:
        """Return what of this lies within the other; it may be empty or turned over."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """Return the smallest box that holds all; there must be one at least."""
        lefts, tops, rights, bottoms = zip(
            *((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True
        )
        return cls(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line from `start` to `end`; `at` is the y of a horizontal one, else the x."""

    horizontal: bool
    at: float
    start: float
    end: float

    @property
    def box(self) -> Box:
        if self.horizontal:
            return Box(self.start, self.at, self.end, self.at)
        return Box(self.at, self.start, self.at, self.end)


def clustered(boxes: list[Box], distance: float) -> list[list[int]]:
    """Return which boxes hang together, as their numbers: each comes nearer than the distance to another."""
    groups: list[tuple[Box, list[int]]] = []
    for number in sorted(range(len(boxes)), key=lambda each: boxes[each].top):
        box, members = boxes[number], [number]
        while near := [group for group in groups if group[0].touches(box, distance)]:
            groups = [group for group in groups if not any(group is other for other in near)]
            box = Box.around([box, *(group[0] for group in near)])
            members += (member for group in near for member in group[1])
        groups.append((box, members))
    return [members for _, members in groups]
