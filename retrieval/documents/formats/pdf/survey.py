"""A first look at all pages: what comes again on them, the body's letters, and the title's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.documents.formats.pdf import columns, figures, tables
from retrieval.documents.formats.pdf.running_heads import RunningHeads
from retrieval.documents.formats.pdf.runs import Run, in_lines
from retrieval.documents.sentences import is_closed, is_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.documents.formats.pdf.pages import Page

LARGER = 1.1
"""How many times the body's size the letters of a heading are at least."""

RED_HEAD = re.compile(r".{2,28}文件")
"""The head of a notice, which names the issuing body and the kind: `某某市人民政府文件`."""

NUMBERED = re.compile(
    r"第[一二三四五六七八九十百\d]+[编篇部章节条]|[（(]?[一二三四五六七八九十]{1,3}[、）)]|\d+(?:\.\d+)*[.．、\s]"
)
"""How the heading of a part begins that is not the whole."""

_COMPOUND = re.compile(r"\b[a-z]{2,}-[a-z]+")
_TITLE_PAGES = 2
_MOST_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Survey:
    """`body` is the size of most letters in points, and `bold` whether they are. `title` is the title's size.

    `sizes` are those of the other headings, the largest first; `beginning` is the first pages' text;
    `repeated` are the places of images that come again. `edges` are where a full line begins and ends,
    `compounds` the Latin words that are written with a hyphen within a line.
    """

    heads: RunningHeads
    body: float
    bold: bool
    title: float | None
    sizes: tuple[float, ...]
    beginning: str
    repeated: frozenset[tuple[int, ...]]
    edges: tuple[float, float]
    compounds: frozenset[str]

    @classmethod
    def of(cls, pages: Iterable[Page]) -> Survey:
        """Go through the pages and keep no more than counts of them."""
        heads = RunningHeads()
        letters: Counter[tuple[float, bool]] = Counter()
        large: Counter[float] = Counter()
        edges: Counter[tuple[float, float]] = Counter()
        images: Counter[tuple[int, ...]] = Counter()
        compounds: set[str] = set()
        first: list[Run] = []
        for page in pages:
            outside = tables.outside(tables.find(page), page.runs)
            heads.add(outside, page.box)
            images.update({figures.place_of(image) for image in page.images})
            flows = columns.flows(outside)
            lines = [
                line for flow in flows for line in in_lines(run for run in flow.items if isinstance(run, Run))
            ]
            if page.number <= _TITLE_PAGES:
                first += lines
            for line in lines:
                letters[line.size, line.bold] += len(line.text)
                large[line.size] += _is_head(line.text)
                compounds.update(_COMPOUND.findall(line.text.lower()))
                edges[round(line.box.left), round(line.box.right)] += len(line.text)
        (body, bold), _ = letters.most_common(1)[0] if letters else ((10.0, False), 0)
        title = _title_size(first, body)
        sizes = sorted((size for size in large if size >= LARGER * body and large[size]), reverse=True)
        return cls(
            heads=heads,
            body=body,
            bold=bold,
            title=title,
            sizes=tuple(size for size in sizes if size != title)[:_MOST_LEVELS],
            beginning="".join(line.text for line in first),
            repeated=frozenset(place for place, times in images.items() if times >= 3),
            edges=edges.most_common(1)[0][0] if edges else (0.0, 0.0),
            compounds=frozenset(compounds),
        )


def _is_head(text: str) -> bool:
    return is_title(text) and not is_closed(text)


def _title_size(lines: list[Run], body: float) -> float | None:
    sizes = [
        line.size
        for line in lines
        if line.size >= LARGER * body
        and _is_head(line.text)
        and not RED_HEAD.fullmatch(line.text)
        and not NUMBERED.match(line.text)
    ]
    return max(sizes, default=None)
