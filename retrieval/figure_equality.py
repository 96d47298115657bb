"""Whether two figures say the same, whatever their spelling; for judging answers, not for finding them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from retrieval import units
from retrieval.figures import extract
from retrieval.model import Figure
from retrieval.numerals import parse_number
from retrieval.plain import plain

if TYPE_CHECKING:
    from retrieval.figures import Value


def answer_figures(text: str) -> list[Figure]:
    """Find the figures of an answer, which may be a bare number that a running text would not show."""
    answer = re.sub(r"(月 ?\d{1,2})$", r"\1日", text.strip())
    found = extract(answer)
    if not found and (value := parse_number(answer)) is not None:
        return [Figure(answer, "count", value, None, 0, len(answer))]
    return found


def same_figure(a: Figure, b: Figure) -> bool:
    """Tell whether two figures say the same: equal values in compatible units, or the same date."""
    if a.value is None or b.value is None:
        return plain(a.text).replace(" ", "") == plain(b.text).replace(" ", "")
    if a.kind == "date" and b.kind == "date":
        return _same_date(a.value, b.value)
    if a.kind == "date" or b.kind == "date":
        date, number = (a, b) if a.kind == "date" else (b, a)
        bare = number.unit in {None, "年"} and isinstance(number.value, float)
        return bare and date.value == f"{number.value:04.0f}"
    values, others = _in_base(a, b), _in_base(b, a)
    return (
        units.compatible(a.unit, b.unit)
        and len(values) == len(others)
        and all(math.isclose(value, other, rel_tol=1e-6) for value, other in zip(values, others, strict=True))
    )


def _same_date(a: Value, b: Value) -> bool:
    """Compare reduced dates; the year or month that one leaves out (`X`) is as the other says."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _same_date(a[0], b[0]) and _same_date(a[1], b[1])
    if not isinstance(a, str) or not isinstance(b, str) or len(a) != len(b):
        return False
    return all(x == y or "X" in {x, y} for x, y in zip(a, b, strict=True))


def _in_base(figure: Figure, other: Figure) -> list[float]:
    """Give a figure's values in its unit's base, or as they stand where the other has no unit."""
    values = figure.value if isinstance(figure.value, tuple) else (figure.value,)
    unit = figure.unit if other.unit else None
    return [units.in_base(value, unit)[0] for value in values if isinstance(value, float)]
