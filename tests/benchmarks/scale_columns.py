"""The numbers of an engine that `tests.benchmarks.scale` shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.measured_process import Numbers


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the values that so many per cent do not exceed."""
    return ordered[math.ceil(share / 100 * len(ordered)) - 1]


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names a number, in seconds or bytes, or the sorted seconds of all queries, of which `percent`."""

    title: str
    key: str
    factor: float
    percent: int = 0
    compared: bool = True

    def value(self, found: Numbers) -> float:
        number = percentile(found[self.key], self.percent) if self.percent else found[self.key]
        return float(number) * self.factor


MS, MB = 1e3, 1e-6
COLUMNS = (
    Column("build s", "build", 1),
    Column("build MB", "build_peak", MB),
    Column("disk MB", "disk", MB),
    Column("open s", "open", 1),
    Column("again s", "open_again", 1),
    Column("ever ms", "first_ever", MS),
    Column("first ms", "first", MS),
    Column("cold ms", "queries_cold", MS, 50),
    Column("p50 ms", "queries", MS, 50),
    Column("p95 ms", "queries", MS, 95),
    Column("p99 ms", "queries", MS, 99),
    Column("held MB", "resident", MB),
    Column("own MB", "own", MB),
    Column("same", "overlap", 1, compared=False),
)
