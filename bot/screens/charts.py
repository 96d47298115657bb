"""Charts as pictures for a phone: the log's counts by day, and the course of a metric by period.

They hold no word but digits, so they need no Chinese font.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from bot.log.statistics import DayCount
    from retrieval.model import Series

WIDTH, HEIGHT = 1080, 640  # pixels
DPI = 200
ANSWERED, UNANSWERED = "#2f7fd6", "#f2994a"  # the legend's 🟦 and 🟧
INK, GRID, PAPER = "#4a5560", "#e6e9ed", "#ffffff"
LABELLED = 10  # bars that have a number on top
LABELS = 7  # dates along the axis, at most
SMALLEST_SHARE = 0.6  # of the highest point, up to which the lowest one has the axis begin at zero


def days_chart(days: Sequence[DayCount]) -> bytes:
    """Draw what was asked each day, the answered part below; return a PNG. Call it off the event loop."""
    return _png(lambda axes: _draw(axes, days))


def course_chart(series: Series) -> bytes:
    """Draw the amounts of a Series over time; return a PNG. Call it off the event loop.

    A line joins what most articles state; values that contradict each other are hollow points.
    """
    return _png(lambda axes: _draw_course(axes, series))


def _png(draw: Callable[[Axes], None]) -> bytes:
    # Loaded with the first chart: it takes longer than to start the bot.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[call-arg, union-attr]
    canvas = FigureCanvasAgg(figure)
    draw(figure.subplots())
    picture = io.BytesIO()
    canvas.print_png(picture)  # type: ignore[no-untyped-call]
    return picture.getvalue()


def _draw(axes: Axes, days: Sequence[DayCount]) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    places = range(len(days))
    answered = [day.answered for day in days]
    unanswered = [day.asked - day.answered for day in days]
    axes.bar(places, answered, 0.7, color=ANSWERED, zorder=2)
    axes.bar(places, unanswered, 0.7, bottom=answered, color=UNANSWERED, zorder=2)
    highest = max((day.asked for day in days), default=0)
    axes.set_ylim(0, max(highest * 1.12, 1))
    if len(days) <= LABELLED:
        for place, day in enumerate(days):
            if day.asked:
                axes.annotate(
                    f"{day.asked:,}", (place, day.asked), (0, 3), textcoords="offset points",
                    ha="center", color=INK, fontsize=11,
                )  # fmt: skip
    step = -(-len(days) // LABELS)
    shown = range((len(days) - 1) % step, len(days), step)  # today is always among them
    axes.set_xticks(list(shown), [f"{days[place].day:%m-%d}" for place in shown])
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color=GRID, zorder=0)
    axes.tick_params(colors=INK, labelsize=11, length=0)
    axes.spines[:].set_visible(False)


def _draw_course(axes: Axes, series: Series) -> None:
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - as above
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    places = _places(series)
    firsts = [point.statements[0].amount for point in series.points]
    axes.plot(places, firsts, color=ANSWERED, linewidth=1.6, zorder=2)
    for place, point in zip(places, series.points, strict=True):
        agreed = len(point.statements) == 1
        amounts = [statement.amount for statement in point.statements]
        axes.plot(
            [place] * len(amounts), amounts, "o", markersize=6, zorder=3,
            color=ANSWERED, markerfacecolor=ANSWERED if agreed else PAPER, markeredgewidth=1.6,
        )  # fmt: skip
    if len(places) <= LABELLED:
        for place, point in zip(places, series.points, strict=True):
            axes.annotate(
                _label(point.statements[0].amount), (place, max(s.amount for s in point.statements)),
                (0, 6), textcoords="offset points", ha="center", color=INK, fontsize=9,
                path_effects=[withStroke(linewidth=3, foreground=PAPER)],
            )  # fmt: skip
    step = -(-len(places) // LABELS)
    shown = range((len(places) - 1) % step, len(places), step)
    axes.set_xticks([places[place] for place in shown], [series.points[place].period for place in shown])
    margin = 0.07 * (places[-1] - places[0])
    axes.set_xlim(places[0] - margin, places[-1] + margin)
    low, high = min(0.0, *firsts), max(0.0, *firsts)
    axes.margins(y=0.14)
    if low == 0.0 and min(firsts) < SMALLEST_SHARE * high:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter("{x:,.10g}")
    axes.grid(axis="y", color=GRID, linewidth=0.8, zorder=0)
    axes.tick_params(colors=INK, labelsize=10, length=0)
    axes.spines[:].set_visible(False)


def _places(series: Series) -> list[float]:
    """Return where the points are on the axis, in years: a gap in the periods is one in the picture."""
    return [_years(point.period) for point in series.points]


def _years(period: str) -> float:
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return int(year) + (int(part[1:]) - 1) / 4
    return int(year) + ((int(part) - 1) / 12 if part else 0.0)


def _label(amount: float) -> str:
    """Write an amount in seven digits at most."""
    return f"{amount:,.7g}" if abs(amount) < 1e7 else f"{amount:.3g}"
