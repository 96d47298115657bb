"""The log's counts as a picture for a phone: a bar a day. It holds no word, so it needs no Chinese font."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bot.log.statistics import DayCount

WIDTH, HEIGHT = 1080, 640  # pixels
DPI = 200
ANSWERED, UNANSWERED = "#2f7fd6", "#f2994a"  # the legend's 🟦 and 🟧
INK, GRID, PAPER = "#4a5560", "#e6e9ed", "#ffffff"
LABELLED = 10  # bars that have a number on top
LABELS = 7  # dates along the axis, at most


def days_chart(days: Sequence[DayCount]) -> bytes:
    """Draw what was asked each day, the answered part below; return a PNG. Call it off the event loop."""
    # Loaded with the first chart: it takes longer than to start the bot.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[call-arg, union-attr]
    canvas = FigureCanvasAgg(figure)
    _draw(figure.subplots(), days)
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
