"""The reading order: a page is cut at its gutters, and above and below what spans them.

This is a recursive XY-cut. A gutter is a strip that hardly a line crosses, with lines of prose on both
sides; what crosses it, such as a title or a wide table, parts what is above from what is below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from retrieval.documents.formats.pdf.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_COLUMNS = 4
_LEAST_LINES = 3
_LEAST_EMS = 8.0  # a column's width
_MOST_CROSSING = 0.9  # of the lines' height, what may span a gutter


class Item(Protocol):
    """What stands on a page: a run of text, a table or a picture. `size` is its letters' or 0."""

    @property
    def box(self) -> Box: ...
    @property
    def size(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Flow:
    """Items to be read from above, and the box that they may fill."""

    items: list[Item]
    box: Box


def flows(items: Sequence[Item]) -> list[Flow]:
    """Return the flows of a page in the order in which they are read."""
    return _cut(list(items), _MOST_COLUMNS)


def _cut(items: list[Item], columns: int) -> list[Flow]:
    if not items:
        return []
    gutter = _gutter(items) if columns > 1 else None
    if gutter is None:
        return [Flow(items, Box.around(item.box for item in items))]
    hull = Box.around(item.box for item in items)
    found: list[Flow] = []
    plain: list[Item] = []  # of one column, waiting to be one flow
    for band in _bands(items, gutter):
        left = [item for item in band if item.box.right <= gutter]
        right = [item for item in band if item.box.left >= gutter]
        if not _are_columns(left, right, hull, gutter):
            plain += band
            continue
        found += _whole(plain)
        plain = []
        found += _cut(left, columns - 1)
        found += _cut(right, columns - 1)
    return found + _whole(plain)


def _are_columns(left: list[Item], right: list[Item], hull: Box, gutter: float) -> bool:
    """Whether both sides have text, and not only a line that happens to have a gap at the gutter."""
    if not left or not right:
        return False
    for side in (left, right):
        if Box.around(item.box for item in side).height > 2.2 * side[0].size:
            return True
    near = 3 * max(left[0].size, right[0].size)
    begin, middle = (min(item.box.left for item in side) for side in (left, right))
    return begin - hull.left < near and middle - gutter < near


def _whole(items: list[Item]) -> list[Flow]:
    return [Flow(items, Box.around(item.box for item in items))] if items else []


def _bands(items: list[Item], gutter: float) -> list[list[Item]]:
    """Return the items between what spans the gutter, and what spans it, from above."""
    spanning = [item for item in items if item.box.left < gutter < item.box.right]
    rest = sorted(
        (item for item in items if not item.box.left < gutter < item.box.right),
        key=lambda item: item.box.centre[1],
    )
    bands: list[list[Item]] = []
    start = 0
    for item in sorted(spanning, key=lambda item: item.box.centre[1]):
        end = start
        while end < len(rest) and rest[end].box.centre[1] < item.box.centre[1]:
            end += 1
        if end > start:
            bands.append(rest[start:end])
        bands.append([item])
        start = end
    return [*bands, rest[start:]] if start < len(rest) else bands


def _gutter(items: Sequence[Item]) -> float | None:
    """Return the x of the gutter that parts the items best, or None where they are one column."""
    hull = Box.around(item.box for item in items)
    texts = [item for item in items if item.size]
    if hull.width < 2 or len(texts) < 2 * _LEAST_LINES:
        return None
    size = sorted(item.size for item in texts)[len(texts) // 2]
    crossing = _crossing(items, hull)
    low, high = int(len(crossing) * 0.15), int(len(crossing) * 0.85) + 1
    least = min(crossing[low:high])
    total = sum(item.box.height for item in items)
    if least > _MOST_CROSSING * total:
        return None
    strips = _strips(crossing, least + 0.02 * total, (low, high))
    wide = [strip for strip in strips if strip[1] - strip[0] >= 0.6 * size]
    for start, end in sorted(wide, key=lambda strip: strip[0] - strip[1]):
        gutter = hull.left + (start + end) / 2
        if _parts_prose(texts, gutter, size):
            return gutter
    return None


def _crossing(items: Sequence[Item], hull: Box) -> list[float]:
    """Return for each point of the width the height of the items that lie over it."""
    steps = [0.0] * (int(hull.width) + 2)
    for item in items:
        steps[int(item.box.left - hull.left)] += item.box.height
        steps[min(int(item.box.right - hull.left) + 1, len(steps) - 1)] -= item.box.height
    found, height = [], 0.0
    for step in steps[:-1]:
        height += step
        found.append(height)
    return found


def _strips(crossing: list[float], most: float, within: tuple[int, int]) -> list[tuple[int, int]]:
    """Return where the crossing height stays below a limit, as starts and ends."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    low, high = within
    for place in range(low, high):
        if crossing[place] <= most:
            start = place if start is None else start
        elif start is not None:
            found.append((start, place))
            start = None
    return found if start is None else [*found, (start, high)]


def _parts_prose(texts: list[Item], gutter: float, size: float) -> bool:
    """Whether both sides of the gutter hold lines that fill a column, some of them side by side."""
    left = [item for item in texts if item.box.right <= gutter]
    right = [item for item in texts if item.box.left >= gutter]
    if not all(_is_column(side, size) for side in (left, right)):
        return False
    hulls = Box.around(item.box for item in left), Box.around(item.box for item in right)
    shared = min(hulls[0].bottom, hulls[1].bottom) - max(hulls[0].top, hulls[1].top)
    return shared >= 2 * size


def _is_column(side: list[Item], size: float) -> bool:
    rows: dict[int, list[Box]] = {}
    for item in side:
        rows.setdefault(round(item.box.bottom / size * 1.5), []).append(item.box)
    if len(rows) < _LEAST_LINES:
        return False
    widths = sorted(Box.around(row).width for row in rows.values())
    hull = Box.around(item.box for item in side)
    return hull.width >= _LEAST_EMS * size and widths[len(widths) // 2] >= 0.55 * hull.width
