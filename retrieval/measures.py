"""Measures of answers to judged questions: recall@k, MRR@10, figures, refusals and time. It asks nothing.

Shares are from 0 to 1, and a share of no questions is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.judged_sets import JudgedQuestion
    from retrieval.model import Answer

Measures = dict[str, float]
"""Counts as int, shares and milliseconds as float, by name."""


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
            refusals = self.refused.count(True) + self.answered.count(False)
            honesty = {
                "unanswerable": len(self.refused),
                "refused": mean(self.refused),
                "not_found_precision": self.refused.count(True) / max(refusals, 1),
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


def mean_of_sets(measures: Sequence[Measures]) -> Measures:
    """The mean of each share and time over the sets that measure it, every set alike."""
    names = dict.fromkeys(name for one in measures for name in one if isinstance(one[name], float))
    by_name = {name: [one[name] for one in measures if is_measured(one, name)] for name in names}
    return {name: mean(values) for name, values in by_name.items() if values}


def is_measured(measures: Measures, name: str) -> bool:
    """Whether any question stands behind a measure."""
    count = "numeric_questions" if name.startswith("figure@") else "questions"
    return name in measures and measures.get(count, 1) > 0


def ranking(ranks: Sequence[int | None]) -> Measures:
    """Of the first right ones' places, from 1, among ten; None where none of them is right."""
    reciprocal = [0.0 if rank is None else 1 / rank for rank in ranks]
    return {**{f"recall@{k}": _within(ranks, k) for k in (1, 5, 10)}, "mrr@10": mean(reciprocal)}


def timing(milliseconds: Sequence[float]) -> Measures:
    """The mean, the median and the 95th percentile."""
    half, most = (float(np.percentile(milliseconds or [0.0], rank)) for rank in (50, 95))
    return {"milliseconds": mean(milliseconds), "milliseconds_p50": half, "milliseconds_p95": most}


def _within(ranks: Sequence[int | None], k: int) -> float:
    return mean([rank is not None and rank <= k for rank in ranks])


def mean(values: Sequence[float]) -> float:
    """The mean of the values, 0 where there are none."""
    return sum(values) / max(len(values), 1)
