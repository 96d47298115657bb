"""Whether a figure can be what a question asks for at all: of its kind, in its unit, for its year.

The ranking puts the likeliest figure first; it may still be none. This says so where it is plain, and decides
nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval import dates, units
from retrieval.figures import extract
from retrieval.plain import plain

if TYPE_CHECKING:
    from retrieval.model import Figure, Question, Wanted

# An hour answers how many days, and dollars how much money: in these the kind is all that has to agree.
_ANY_UNIT = frozenset({"duration", "money", "percent", "ratio"})


def answers(figure: Figure, question: Question) -> bool:
    """Tell whether the figure may be what is asked for; a question that asks for no figure excludes none."""
    return _is_wanted(figure, question.wanted) and _is_of_year(figure, question)


def _is_wanted(figure: Figure, wanted: Wanted) -> bool:
    """Tell whether the kind and the unit agree; where the question does not say, they do."""
    unit = units.canonical(figure.unit.lower()) if figure.unit else None
    bare = figure.kind == "count" and unit is None
    growth = figure.kind in {"percent", "ratio"} and wanted.unit is None and wanted.kinds[:1] != ("date",)
    if not wanted.kinds or bare or growth or (unit is not None and unit == wanted.unit):
        return True
    if figure.kind not in wanted.kinds:
        return False
    if wanted.kinds[0] == "money" and figure.kind == "count":
        return False  # a number of things; `count` stands there for an amount without its unit
    return figure.kind in _ANY_UNIT or _same_quantity(unit, wanted.unit)


def _same_quantity(a: str | None, b: str | None) -> bool:
    """Compare two canonical units; one that holds the other (`人次` and `人`) measures much the same."""
    return units.compatible(a, b) or (a is not None and b is not None and (a in b or b in a))


def _is_of_year(figure: Figure, question: Question) -> bool:
    """Tell whether the figure's period, where it has one, meets a year that the question names."""
    own = _years(figure.period) if figure.period else None
    stated = (_years(date.text) for date in extract(question.normal) if date.kind == "date")
    asked = [years for years in stated if years]
    return not own or not asked or any(first <= own[1] and own[0] <= last for first, last in asked)


def _years(period: str) -> tuple[int, int] | None:
    """Return the first and the last year of a period, None where it names none."""
    value = (dates.read(plain(period), 0) or (0, None))[1]
    first, last = value if isinstance(value, tuple) else (value, value)
    if first is None or last is None or not (first[:4].isdecimal() and last[:4].isdecimal()):
        return None
    return int(first[:4]), int(last[:4])
