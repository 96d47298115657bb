"""Which rows of a Snapshot hold figures of a metric, by the metric's name without its place.

A trie of names with row numbers, mapped into memory: opening is instant. What the figures say is read from
the rows themselves.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import marisa_trie

from retrieval.plain import plain
from retrieval.series.metric_names import keys_of
from retrieval.series.shared_out import share_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from retrieval.model import Figure

_ROW = "<I"
_CARRIES_ON = re.compile(
    r"(?:[\s,，;；、和及与到至]|上升|增加|增长|提高|下降|减少|又|再|则|为|是|达|增|降|升)*"
)


class MetricIndex:
    def __init__(self, rows: marisa_trie.RecordTrie) -> None:
        self._rows = rows

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raise OSError or RuntimeError where the file is missing or damaged."""
        rows = marisa_trie.RecordTrie(_ROW)
        rows.mmap(str(path))
        return cls(rows)

    def rows(self, key: str) -> list[int]:
        """The rows that hold figures of a metric, ascending."""
        return sorted(row for (row,) in self._rows.get(key, ()))

    def named_in(self, text: str) -> list[str]:
        """The metrics whose names stand in `text`, the longest first, of one length the later one."""
        names = {name: start for start in range(len(text)) for name in self._rows.prefixes(text[start:])}
        return sorted(names, key=lambda name: (-len(name), -names[name]))


class MetricCounter:
    """Gathers the metrics of a corpus, row by row."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}

    def add(self, row: int, text: str, figures: Iterable[Figure]) -> None:
        """Note the figures of a row's `text`, in their order; rows come in ascending order."""
        for figure in with_metrics(text, tuple(figures)):
            for key in keys_of(figure):
                rows = self._rows.setdefault(key, [])
                if not rows or rows[-1] != row:
                    rows.append(row)

    def save(self, path: Path) -> None:
        entries = ((key, (row,)) for key, rows in self._rows.items() for row in rows)
        marisa_trie.RecordTrie(_ROW, entries).save(str(path))


def with_metrics(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures that have a metric and are no dates.

    One without a metric takes that of the figure before where it only carries on to another period:
    `2018年产量2400吨；2019年2700吨`.
    """
    found: list[Figure] = []
    last: Figure | None = None
    end, dated = 0, ""
    for figure in share_out(text, figures):
        if figure.kind == "date":
            dated += text[end : figure.start]
            end = figure.end
            continue
        between = plain(dated + text[end : figure.start])
        if (
            figure.metric is None
            and last
            and last.metric
            and figure.period not in {None, last.period}
            and (figure.kind, figure.unit) == (last.kind, last.unit)
            and _CARRIES_ON.fullmatch(between)
        ):
            figure = replace(figure, metric=last.metric)  # noqa: PLW2901 - the figure as it is understood
        if figure.metric is not None:
            found.append(figure)
        last, end, dated = figure, figure.end, ""
    return found
