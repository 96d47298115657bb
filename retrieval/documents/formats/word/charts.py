"""Charts to tables: the figures that a chart was drawn from, which the file holds beside it.

Rows are categories, columns series. A figure is shown as the chart's own number format shows it.
"""

from __future__ import annotations

from decimal import InvalidOperation
from typing import TYPE_CHECKING

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel

from retrieval.documents.blocks import Block, Table
from retrieval.documents.formats.spreadsheet.number_formats import shown
from retrieval.documents.formats.word.markup import A, C, whole
from retrieval.documents.lines import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MOST_POINTS = 10_000


def block(root: Element) -> Block | None:
    """Return a chart as a table block with its title as caption; None where it holds no figures."""
    series = [(_name(item), _points(item, ("val", "yVal", "bubbleSize"))) for item in root.iter(C + "ser")]
    series = [(name, points) for name, points in series if points]
    if not series:
        return None
    categories: dict[int, str] = {}
    for item in root.iter(C + "ser"):
        categories = _points(item, ("cat", "xVal")) | categories
    places = sorted({place for _, points in series for place in points})[:_MOST_POINTS]
    heads = ("", *(name for name, _ in series))
    rows = [(categories.get(place, ""), *(points.get(place, "") for _, points in series)) for place in places]
    return Block("table", _caption(root), table=Table((heads, *rows), heads=1))


def _caption(root: Element) -> str:
    """Return the chart's title, with what its one axis of values says (`亿元`)."""
    title = _words(root.find(f"{C}chart/{C}title"))
    axes = {words for axis in root.iter(C + "valAx") if (words := _words(axis.find(C + "title")))}
    if len(axes) != 1:
        return title
    (axis,) = axes
    return f"{title}（{axis}）" if title else axis


def _words(element: Element | None) -> str:
    return (
        "" if element is None else tidy("".join(text.text or "" for text in element.iter(A + "t", C + "v")))
    )


def _name(series: Element) -> str:
    return _words(series.find(C + "tx"))


def _points(series: Element, names: tuple[str, ...]) -> dict[int, str]:
    """Return what stands at each place of a series' values or categories, under the first of these names."""
    values = next((found for name in names if (found := series.find(C + name)) is not None), None)
    if values is None:
        return {}
    levels = values.findall(f".//{C}lvl")  # of categories within categories: the last is the widest
    points: dict[int, str] = {}
    for holder in levels or [values]:
        shared = holder.findtext(f".//{C}formatCode") or ""
        level = {
            whole(point.get("idx")): _shown(point.findtext(C + "v") or "", point.get("formatCode") or shared)
            for point in holder.iter(C + "pt")
        }
        points = _within(level, points) if points else level
    return points


def _within(wider: dict[int, str], narrow: dict[int, str]) -> dict[int, str]:
    """Return the narrow categories, each with the wider one that it stands in, which is said once."""
    last, found = "", {}
    for place in sorted(narrow):
        last = wider.get(place, last)
        found[place] = f"{last} {narrow[place]}".strip()
    return found


def _shown(figure: str, code: str) -> str:
    """Return a stored figure as a number format such as `0.0%` or `yyyy/m/d` shows it; text as it is."""
    text = tidy(figure)
    try:
        number = float(text)
        moment = from_excel(number) if is_date_format(code) else None
        return shown(number if moment is None else moment, code)
    except (ValueError, OverflowError, InvalidOperation):  # no number, no day, or too many digits
        return text
