"""Measures of answers to judged questions: recall@k, MRR@10, figures, refusals and time. It asks nothing.

Shares are from 0 to 1; what no question stands behind is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.judged_sets import JudgedQuestion
    from retrieval.model import Answer

Measures = Mapping[str, float | None]
"""Counts as int, shares and milliseconds as float, by name; None where nothing was measured."""


@dataclass(slots=True)
class Tally:
    """Adds up the answers to judged questions; a question without right paragraphs is to be refused."""

    ranks: list[int | None] = field(default_factory=list)
    figure_ranks: list[int | None] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, judged: JudgedQuestion, given: Answer) -> None:
        self.milliseconds.append(given.milliseconds)
        if not judged.passage_ids:
            self.refused.append(not given.found)
            return
        self.ranks.append(judged.rank(given))
        self.answered.append(given.found)
        if judged.numeric:
            self.figure_ranks.append(judged.figure_rank(given))

    def measures(self) -> Measures:
        """`not_found_precision` is the share of all refused questions that have no answer."""
        honesty: Measures = {}
        if self.refused:
            rightly = self.refused.count(True)
            honesty = {
                "unanswerable": len(self.refused),
                "refused": mean(self.refused),
                "not_found_precision": mean([True] * rightly + [False] * self.answered.count(False)),
            }
        return {
            "questions": len(self.milliseconds),
            **ranking(self.ranks),
            "numeric_questions": len(self.figure_ranks),
            **{f"figure@{k}": _within(self.figure_ranks, k) for k in (1, 3)},
            "found": mean(self.answered),
            **honesty,
            **timing(self.milliseconds),
        }


def mean_of_sets(measures: Sequence[Measures]) -> dict[str, float]:
    """The mean of each share and time over the sets that measure it, every set alike."""
    by_name: dict[str, list[float]] = {}
    for one in measures:
        for name, value in one.items():
            if isinstance(value, float):
                by_name.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in by_name.items()}


def ranking(ranks: Sequence[int | None]) -> Measures:
    """Of the first right ones' places, from 1, among ten; None where none of them is right."""
    reciprocal = [0.0 if rank is None else 1 / rank for rank in ranks]
    return {**{f"recall@{k}": _within(ranks, k) for k in (1, 5, 10)}, "mrr@10": mean(reciprocal)}


def timing(milliseconds: Sequence[float]) -> Measures:
    """The mean, the median and the 95th percentile."""
    half, most = map(float, np.percentile(milliseconds, (50, 95))) if milliseconds else (None, None)
    return {"milliseconds": mean(milliseconds), "milliseconds_p50": half, "milliseconds_p95": most}


def _within(ranks: Sequence[int | None], k: int) -> float | None:
    return mean([rank is not None and rank <= k for rank in ranks])


def mean(values: Sequence[float]) -> float | None:
    """The mean of the values, None where there are none."""
    return sum(values) / len(values) if values else None
