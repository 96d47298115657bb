"""How a figure is written: its value with its sign, the unit with its 万 or 亿, and how exact it is.

Values are in the base unit of their quantity (`5972.8亿元` in 元, `3公里` in 米), so that they compare.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.figures import qualified
from retrieval.numerals import parse_number
from retrieval.plain import plain
from retrieval.series.metric_names import read_name
from retrieval.units import in_base

if TYPE_CHECKING:
    from retrieval.model import Figure

_NUMBER = re.compile(r"[-+−]?\s?(?P<digits>\d[\d,]*(?:\.(?P<decimals>\d+))?)\s?(?P<unit>.*)", re.DOTALL)
_BOUND = re.compile("以上|以下|以[内外]|左右|上下|不等|[多余]")
_SAYS_A_FALL = re.compile(r"(?:降|减|跌|下滑|回落|收窄)[\u4e00-\u9fff]{0,4}$")
_ROUNDED = 0.01  # of a value: what differs more is another one, however coarsely it is written
_HALF = 0.5001  # of a last digit, and a little for how floats are stored
_START_OF_FALL = re.compile("[下回]?[降减跌滑落]")


def whole(figure: Figure, text: str) -> Figure:
    """Return the figure with the words beside it that bound it or that say that it is a decrease."""
    said = qualified(text, figure)
    start = text.find(said, max(0, figure.start - len(said)), figure.end + len(said))
    if said != figure.text and start >= 0:
        return replace(figure, text=said, start=start, end=start + len(said))
    name = read_name(figure.metric or "", figure.kind)
    before = text[max(0, figure.start - 6) : figure.start]
    fall = (
        _START_OF_FALL.search(before) if name and name.falls and _SAYS_A_FALL.search(plain(before)) else None
    )
    start = figure.start - len(before) + fall.start() if fall else figure.start
    return replace(figure, text=text[start : figure.end], start=start)


def is_exact(figure: Figure) -> bool:
    """Tell whether a figure says a number, and no more than that it is about so much or above."""
    text = plain(figure.text)
    return falls(figure) or (_NUMBER.fullmatch(text) is not None and _BOUND.search(text) is None)


def base_of(figure: Figure) -> str | None:
    """Return the base unit of a figure's quantity."""
    return in_base(1.0, figure.unit)[1]


def agree(figure: Figure, finer: Figure) -> bool:
    """Tell whether a figure says the same as one that is written no less exactly, or rounds it."""
    apart = abs(value_of(figure) - value_of(finer))
    return apart <= min(_HALF * step_of(figure), _ROUNDED * abs(value_of(finer)))


def value_of(figure: Figure) -> float:
    """Return a figure's value in the base unit of its quantity, below zero for a decrease."""
    value = in_base(figure.value if isinstance(figure.value, float) else 0.0, figure.unit)[0]
    return -value if falls(figure) and value > 0 else value


def falls(figure: Figure) -> bool:
    name = read_name(figure.metric or "", figure.kind)
    return name is not None and name.falls


def written(figure: Figure) -> tuple[float, str]:
    """Return what one of the unit that a figure is written in is worth, and that unit."""
    match = _NUMBER.search(plain(figure.text))
    number = float(match["digits"].replace(",", "")) if match else 0.0
    if match is None:
        return 1.0, figure.unit or ""
    unit = match["unit"].strip().removesuffix("人民币")
    if number:
        return abs(value_of(figure)) / number, unit
    large = parse_number("1" + unit.removesuffix(figure.unit or "")) or 1.0
    return in_base(large, figure.unit)[0], unit


def step_of(figure: Figure) -> float:
    """Return how exactly a figure is written: one of its last digit, in the base unit."""
    match = _NUMBER.search(plain(figure.text))
    return written(figure)[0] / 10 ** len(match["decimals"] or "") if match else abs(value_of(figure))
