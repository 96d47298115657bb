"""Tables by their lines: the grid that lines make, and the three lines of a table without upright ones.

A cell reaches as far as no line ends it, so a merged one covers several places and its text stands in each.
Tables without any line are not recognised: their rows are lines of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Table
from retrieval.documents.formats.pdf.cells import Grid, filled, is_of_columns, rows_between
from retrieval.documents.formats.pdf.geometry import Box, Rule, clustered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.documents.formats.pdf.pages import Page
    from retrieval.documents.formats.pdf.runs import Run

_SAME = 3.0  # points within which two positions are one
_MOST_RULES = 1500
_MOST_PLACES = 20_000
_HEAD_HEIGHT = 90.0  # points of a three-line table's head at most
_NARROWEST = 0.25  # of the page's width
_LEAST_FILLED = 0.35  # of the cells; a chart's grid has hardly any text


@dataclass(frozen=True, slots=True)
class FoundTable:
    """`edges` are the x of the columns' borders, from which a table's continuation is known."""

    box: Box
    table: Table
    edges: tuple[float, ...]
    size: float = 0.0  # of letters, which it has none of as a whole


def find(page: Page) -> list[FoundTable]:
    """Return a page's tables, in no order; no text is in two."""
    rules = _merged(page.rules)
    if len(rules) > _MOST_RULES:
        return []
    found, used = [], set()
    for members in clustered([rule.box for rule in rules], _SAME):
        component = [rules[number] for number in members]
        if any(rule.horizontal for rule in component) and any(not rule.horizontal for rule in component):
            table = _ruled(component, page.runs)
            if table:
                found.append(table)
                used.update(members)
    flat = [
        rule
        for number, rule in enumerate(rules)
        if number not in used
        and rule.horizontal
        and rule.end - rule.start > _NARROWEST * page.box.width
        and not any(table.box.holds(rule.box.centre) for table in found)
    ]
    return found + _three_lined(flat, [rule for rule in rules if rule.horizontal], page.runs)


def outside(tables: list[FoundTable], runs: list[Run]) -> list[Run]:
    """Return the runs that are in no table."""
    return [run for run in runs if not any(table.box.holds(run.box.centre) for table in tables)]


def _merged(rules: list[Rule]) -> list[Rule]:
    """Return the lines with pieces of one line put together, as cells drawn one by one have them."""
    merged: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (rule.horizontal, round(rule.at / 1.5), rule.start)):
        last = merged[-1] if merged else None
        if (
            last
            and last.horizontal == rule.horizontal
            and abs(last.at - rule.at) <= _SAME / 2
            and rule.start <= last.end + _SAME
        ):
            merged[-1] = Rule(last.horizontal, last.at, last.start, max(last.end, rule.end))
        else:
            merged.append(rule)
    return merged


def _positions(values: Iterable[float]) -> list[float]:
    """Return the positions in order, those that are one only once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SAME:
            found.append(value)
    return found


def _ruled(rules: list[Rule], runs: list[Run]) -> FoundTable | None:
    """Return the table that crossing lines make; None where they frame a text or a chart."""
    level = [rule for rule in rules if rule.horizontal]
    upright = [rule for rule in rules if not rule.horizontal]
    hull = Box.around(rule.box for rule in rules)
    xs = _positions([*(rule.at for rule in upright), hull.left, hull.right])
    ys = _positions([*(rule.at for rule in level), hull.top, hull.bottom])
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _MOST_PLACES:
        return None
    grid = Grid(xs, ys)
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            x, y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
            if column + 2 < len(xs) and not _is_ruled(upright, xs[column + 1], y):
                grid.merge((row, column), (row, column + 1))
            if row + 2 < len(ys) and not _is_ruled(level, ys[row + 1], x):
                grid.merge((row, column), (row + 1, column))
    inside = [run for run in runs if hull.holds(run.box.centre)]
    if grid.cells < 4 or not inside:
        return None
    rows, share = filled(grid, inside)
    if share < _LEAST_FILLED or len(rows) < 2 or not is_of_columns(rows):
        return None
    return FoundTable(hull, Table(rows), tuple(xs))


def _is_ruled(rules: list[Rule], at: float, middle: float) -> bool:
    return any(
        abs(rule.at - at) <= _SAME and rule.start - _SAME <= middle <= rule.end + _SAME for rule in rules
    )


def _three_lined(flat: list[Rule], level: list[Rule], runs: list[Run]) -> list[FoundTable]:
    """Return the tables between lines of one width: one above and below the head, and one at the end."""
    found: list[FoundTable] = []
    groups: list[list[Rule]] = []
    for rule in flat:
        group = next((group for group in groups if _is_as_wide(group[0], rule)), None)
        if group is None:
            groups.append([rule])
        elif rule.at - group[-1].at > _SAME:
            group.append(rule)
    for group in groups:
        start = 0
        while start + 2 < len(group):
            table, lines = _three_line(group[start:], level, runs)
            if table:
                found.append(table)
            start += lines
    return found


def _is_as_wide(one: Rule, other: Rule) -> bool:
    return abs(one.start - other.start) <= 2 * _SAME and abs(one.end - other.end) <= 2 * _SAME


def _three_line(rules: list[Rule], level: list[Rule], runs: list[Run]) -> tuple[FoundTable | None, int]:
    """Return the table that begins with the first line, and how many lines it takes up."""
    top, below_head = rules[0], rules[1]
    if below_head.at - top.at > _HEAD_HEIGHT:
        return None, 1
    zone = Box(top.start - _SAME, top.at, top.end + _SAME, rules[2].at)
    body = _between(runs, zone, below_head.at, rules[2].at)
    edges = _columns(body, zone)
    if len(edges) < 3:
        return None, 1
    last = 2
    while last + 1 < len(rules) and len(_between(runs, zone, rules[last].at, rules[last + 1].at)) > 1:
        more = _between(runs, zone, rules[last].at, rules[last + 1].at)
        if len(_columns(body + more, zone)) != len(edges) or len(_columns(more, zone)) < 3:
            break
        body += more
        last += 1
    head = _between(runs, zone, top.at, below_head.at)
    edges = _columns(body, zone)
    spanned = any(
        top.at + _SAME < rule.at < below_head.at - _SAME and rule.end - rule.start < top.end - top.start - 9
        for rule in level
        if zone.left <= rule.start and rule.end <= zone.right
    )
    heads = rows_between(head, edges, spanning=True)
    if len(heads) > 1 and not spanned:
        heads = [tuple("".join(parts) for parts in zip(*heads, strict=True))]
    rows = rows_between(body, edges, spanning=False)
    if not heads or not rows or not is_of_columns([*heads, *rows]):
        return None, 1
    box = Box(zone.left, top.at, zone.right, rules[last].at)
    return FoundTable(box, Table((*heads, *rows), heads=len(heads)), tuple(edges)), last


def _between(runs: list[Run], zone: Box, top: float, bottom: float) -> list[Run]:
    band = Box(zone.left, top, zone.right, bottom)
    return [run for run in runs if band.holds(run.box.centre)]


def _columns(runs: list[Run], zone: Box) -> list[float]:
    """Return the x of the columns' borders: where hardly a row has text."""
    if not runs:
        return []
    size = sorted(run.size for run in runs)[len(runs) // 2]
    steps = [0] * (int(zone.width) + 2)
    for run in runs:
        steps[max(0, int(run.box.left - zone.left))] += 1
        steps[min(len(steps) - 1, int(run.box.right - zone.left) + 1)] -= 1
    baselines = sorted(run.baseline for run in runs)
    rows = 1 + sum(below - above > size / 2 for above, below in pairwise(baselines))
    edges, covering, gap = [zone.left], 0, 0
    seen = False
    for offset, step in enumerate(steps):
        covering += step
        if covering > rows * 0.1:
            if seen and gap >= size * 0.4:
                edges.append(zone.left + offset - gap / 2)
            seen, gap = True, 0
        else:
            gap += 1
    return [*edges, zone.right]
