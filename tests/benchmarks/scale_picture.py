"""Draws how the engines of `tests.benchmarks.scale` grow with the corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from tests.benchmarks.scale_columns import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.measured_process import Numbers

PANELS = {
    "p50 ms": "Query, median, ms",
    "p95 ms": "Query, 95th percentile, ms",
    "build s": "Building the index, seconds",
    "build MB": "Peak memory of building, MB",
}
COLOURS = ("#c1272d", "#7b1fa2", "#e8938f", "#555555", "#0072b2", "#009e73", "#cc8800")
MARKERS = "oXsD^vP"


def draw(sizes: dict[str, Numbers], file: Path) -> None:
    """`sizes` has the numbers of each engine by the number of paragraphs, as `scale` keeps them."""
    figure = Figure(figsize=(11, 8), layout="constrained")
    names = list(dict.fromkeys(name for size in sizes.values() for name in size["engines"]))
    columns = {column.title: column for column in COLUMNS}
    for axes, (title, label) in zip(figure.subplots(2, 2).flat, PANELS.items(), strict=True):
        for name, colour, marker in zip(names, COLOURS, MARKERS, strict=False):
            points = [
                (size["paragraphs"], columns[title].value(size["engines"][name]))
                for size in sizes.values()
                if columns[title].key in size["engines"].get(name, {})
            ]
            if points:
                style = {"color": colour, "marker": marker, "markersize": 5, "linewidth": 1.6}
                axes.plot(*zip(*points, strict=True), label=name, **style)
        axes.set(xscale="log", yscale="log", title=label, xlabel="paragraphs")
        axes.minorticks_off()
        axes.set_xticks(sorted(size["paragraphs"] for size in sizes.values()))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False
    )
    figure.savefig(file, dpi=150)
