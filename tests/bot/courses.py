"""Series for the tests: one article a period unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.model import Figure, Point, Series, Source, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def course(
    points: Mapping[str, Sequence[float]], metric: str = "产量", unit: str = "", title: str = "茶业公报"
) -> Series:
    """Make a Series of amounts by period; each amount has a source of its own."""
    told = []
    sources: list[Source] = []
    for period, amounts in points.items():
        statements = []
        for amount in amounts:
            key = f"p{len(sources)}"
            sources.append(Source(key, f"{key}.md", f"{title}{len(sources)}", "产量", 3, "2022-05-01"))
            text = f"{amount:g}{unit}"
            figure = Figure(text, "measure", amount, unit or None, 0, len(text), metric, period, key)
            statements.append(Statement(figure, amount, (key,)))
        told.append(Point(period, tuple(statements)))
    return Series(metric, None, unit, tuple(told), tuple(sources))
