"""Which rows of a Snapshot hold figures of a metric, by the metric's name without its place.

What the figures say is read from the rows themselves.
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
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from retrieval.model import Figure
    from retrieval.postings import Postings

_CARRIES_ON = re.compile(
    r"(?:[\s,，;；、和及与到至]|上升|增加|增长|提高|下降|减少|又|再|则|为|是|达|增|降|升)*"
)


class MetricIndex:
    """`rows` are postings with the metrics' names as terms; `names` are these, to be found in a text."""

    def __init__(self, names: marisa_trie.Trie, rows: Postings) -> None:
        self._names = names
        self._rows = rows

    @classmethod
    def over(cls, rows: Postings) -> Self:
        return cls(marisa_trie.Trie(list(rows.terms)), rows)

    def save(self, path: Path) -> None:
        """Write the names."""
        self._names.save(str(path))

    @classmethod
    def open(cls, path: Path, rows: Postings) -> Self:
        """Raise OSError or RuntimeError where the file is missing or damaged."""
        names = marisa_trie.Trie()
        names.mmap(str(path))
        return cls(names, rows)

    def rows(self, key: str) -> list[int]:
        """The rows that hold figures of a metric, ascending."""
        rows: list[int] = self._rows.of(key)[0].tolist()
        return rows

    def named_in(self, text: str) -> list[str]:
        """The metrics whose names stand in `text`, the longest first, of one length the later one."""
        names = {name: start for start in range(len(text)) for name in self._names.prefixes(text[start:])}
        return sorted(names, key=lambda name: (-len(name), -names[name]))


def metrics_in(text: str, figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the names of the metrics of a text's figures, which come in their order."""
    for figure in with_metrics(text, tuple(figures)):
        yield from keys_of(figure)


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
