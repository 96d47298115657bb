"""Characters to runs, pieces of a line without a wide gap, and runs of one baseline to lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.documents.formats.pdf.geometry import Box
from retrieval.documents.lines import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.documents.formats.pdf.geometry import Rule

_WIDE_GAP = 0.6  # ems that part two runs
_WORD_GAP = 0.17  # ems between Latin words where the file has no space
_BACK = 0.6  # ems that a character may overlap the one before it
_REFERENCE = re.compile(r"[\d①-⑳*＊\[\]〔〕,，]")
_SPREAD = re.compile(r"[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff])+")


@dataclass(frozen=True, slots=True)
class Glyph:
    text: str
    box: Box
    baseline: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line, or a line. `size` in points is that of most of its characters, `bold` too."""

    text: str
    box: Box
    baseline: float
    size: float
    bold: bool


def assembled(glyphs: list[Glyph], walls: list[Rule]) -> list[Run]:
    """Return the runs of characters in the file's order; none goes through an upright line, a wall."""
    walls = sorted(walls, key=lambda wall: wall.at)
    found: list[Run] = []
    held: list[Glyph] = []
    spaced: set[int] = set()
    space = False
    for glyph in glyphs:
        if glyph.text.isspace():
            space = True
            continue
        if held and not _goes_on(held[-1], glyph, walls):
            found.append(_run(held, spaced))
            held, spaced = [], set()
        if held and space:
            spaced.add(len(held))
        held.append(glyph)
        space = False
    return [*found, _run(held, spaced)] if held else found


def _goes_on(last: Glyph, glyph: Glyph, walls: list[Rule]) -> bool:
    size = max(last.size, glyph.size)
    gap = glyph.box.left - last.box.right
    if not -_BACK * size <= gap <= _WIDE_GAP * size or not _on_one_line(last, glyph):
        return False
    if gap <= 0 or not walls:
        return True
    between = (bisect_left(walls, x, key=lambda wall: wall.at) for x in (last.box.right, glyph.box.left))
    height = glyph.box.centre[1]
    return not any(wall.start <= height <= wall.end for wall in walls[slice(*between)])


def _on_one_line(one: Glyph | Run, other: Glyph | Run) -> bool:
    """Whether the baselines are one; a raised or lowered sign is smaller than what it stands at."""
    size = max(one.size, other.size)
    small = min(one.size, other.size) < 0.85 * size
    return abs(one.baseline - other.baseline) <= size * (0.5 if small else 0.2)


def _run(glyphs: list[Glyph], spaced: set[int]) -> Run:
    parts = [glyphs[0].text]
    main = max(glyphs, key=lambda glyph: glyph.size)
    for number, (last, glyph) in enumerate(pairwise(glyphs), start=1):
        gap = glyph.box.left - last.box.right
        latin = last.text.isascii() and glyph.text.isascii()
        beside_latin = last.text.isascii() or glyph.text.isascii()
        said = number in spaced and (beside_latin or gap > 0)
        if said or (latin and gap > _WORD_GAP * glyph.size):
            parts.append(" ")
        if not _refers(glyph, main, parts):
            parts.append(glyph.text)
    size = _most(glyph.size for glyph in glyphs)
    bold = sum(glyph.bold for glyph in glyphs) * 2 > len(glyphs)
    return Run("".join(parts), Box.around(glyph.box for glyph in glyphs), main.baseline, size, bold)


def _refers(glyph: Glyph, main: Glyph, before: list[str]) -> bool:
    """Whether a raised sign refers to a footnote; after a Latin letter or a digit it is an exponent."""
    raised = glyph.size < 0.8 * main.size and main.baseline - glyph.baseline > 0.15 * main.size
    last = before[-1][-1:]
    return raised and bool(_REFERENCE.fullmatch(glyph.text)) and not (last.isascii() and last.isalnum())


def _most(sizes: Iterable[float]) -> float:
    counts: dict[float, int] = {}
    for size in sizes:
        counts[size] = counts.get(size, 0) + 1
    return max(counts, key=lambda size: (counts[size], size))


def in_lines(runs: Iterable[Run]) -> list[Run]:
    """Return the lines that the runs make, from above; all that stands on one baseline is one line."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (run.baseline, run.box.left)):
        if (line := next((line for line in lines[-3:] if _on_one_line(line[0], run)), None)) is not None:
            line.append(run)
        else:
            lines.append([run])
    return [_line(line) for line in lines]


def _line(runs: list[Run]) -> Run:
    runs.sort(key=lambda run: run.box.left)
    main = max(runs, key=lambda run: len(run.text))
    text = runs[0].text
    for last, run in pairwise(runs):
        gap = run.box.left - last.box.right
        text += (" " if gap > _WORD_GAP * run.size else "") + run.text
    text = tidy(text)
    if _SPREAD.fullmatch(text):  # 通　　知
        text = re.sub(r"\s+", "", text)
    bold = sum(len(run.text) for run in runs if run.bold) * 2 > sum(len(run.text) for run in runs)
    return Run(text, Box.around(run.box for run in runs), main.baseline, main.size, bold)
