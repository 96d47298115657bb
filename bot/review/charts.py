"""The charts of the front page as numbers from 0 to 1: a template draws them, in SVG and without a script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.log.rows import stamp
from bot.review.queries import BY_DAY, DAYS, HOURS, LANGUAGES, SUMMARY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from sqlite3 import Connection

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """`size` and `inner`, the part of it in a second colour, are shares of the chart's height."""

    said: str
    size: float
    inner: float = 0.0
    label: str = ""
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """`labels` stand under the bars, from left to right; `legend` names the inner and the outer part."""

    title: str
    top: str
    bars: tuple[Bar, ...]
    labels: tuple[str, ...] = ()
    legend: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above the charts: a name and a value each."""

    cards: tuple[tuple[str, str], ...]
    columns: tuple[Chart, ...]
    rows: tuple[Chart, ...]


def read_figures(connection: Connection) -> Figures:
    """Of the last DAYS days, today included."""
    today = datetime.now().astimezone().date()
    since = _start(today - timedelta(DAYS - 1))
    counted = {row["日期"]: row for row in _rows(connection, BY_DAY, since)}
    days = [
        (day, counted.get(day.isoformat(), {})) for day in (today - timedelta(back) for back in range(DAYS))
    ][::-1]
    hours = {row["hour"]: row for row in _rows(connection, HOURS, since)}
    languages = _rows(connection, LANGUAGES, since)
    return Figures(
        cards=_cards(_rows(connection, SUMMARY, since)[0]),
        columns=(
            _asked_chart(
                "每天的提问", [(_said(day), row, day_filter(day)) for day, row in days], _ends(days)
            ),
            _level_chart("每天的找到率", days, "找到率（%）", "{:.0f}%", 100.0),
            _level_chart("每天的 p95 耗时", days, "p95（毫秒）", "{:.0f} 毫秒"),
            _asked_chart(
                "一天里的钟点",
                [(f"{hour} 时", hours.get(hour, {}), None) for hour in range(24)],
                ("0 时", "6 时", "12 时", "18 时", "23 时"),
            ),
        ),
        rows=(
            _asked_chart(
                "语言",
                [
                    (row["language"] or "未知", row, urlencode({"language": row["language"]}))
                    for row in languages
                ],
            ),
        ),
    )


def day_filter(day: date) -> str:
    """Return the table's filter for the questions of this day, in this machine's time zone."""
    return urlencode({"at__gte": _start(day), "at__lt": _start(day + timedelta(1))})


def _cards(summary: Row) -> tuple[tuple[str, str], ...]:
    asked, p95 = summary["asked"], summary["p95"]
    return (
        ("提问", f"{asked:,}"),
        ("找到率", f"{summary['found'] / asked:.0%}" if asked else "—"),
        ("提问者", f"{summary['askers']:,}"),
        ("p95 耗时", f"{p95:.0f} 毫秒" if p95 is not None else "—"),
        ("👍", f"{summary['up']:,}"),
        ("👎", f"{summary['down']:,}"),
    )


def _asked_chart(
    title: str, asked: Iterable[tuple[str, Mapping[str, Any], str | None]], labels: tuple[str, ...] = ()
) -> Chart:
    """Bars of how much was asked, with how much of it was found."""
    counted = [
        (said, row.get("提问", row.get("asked", 0)), row.get("找到", row.get("found", 0)), link)
        for said, row, link in asked
    ]
    top = max((total for _, total, _, _ in counted), default=0)
    bars = tuple(
        Bar(f"{said}：{total:,} 问，找到 {found:,}", total / (top or 1), found / (top or 1), said, link)
        for said, total, found, link in counted
    )
    return Chart(title, f"最多 {top:,} 问", bars, labels, ("找到", "没找到"))


def _level_chart(
    title: str, days: list[tuple[date, Row]], column: str, form: str, top: float | None = None
) -> Chart:
    """Bars of one measured value a day; a day without a question has none."""
    values = [row.get(column) for _, row in days]
    highest = top or max((value for value in values if value is not None), default=0.0)
    bars = tuple(
        Bar(
            f"{_said(day)}：{'没有提问' if value is None else form.format(value)}",
            inner=(value or 0.0) / (highest or 1.0),
            size=(value or 0.0) / (highest or 1.0),
            filter=day_filter(day),
        )
        for (day, _), value in zip(days, values, strict=True)
    )
    return Chart(title, f"顶端 {form.format(highest)}", bars, _ends(days))


def _start(day: date) -> str:
    """Return the day's first moment on this machine as the log writes it."""
    return stamp(datetime.combine(day, time()))


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _ends(days: list[tuple[date, Row]]) -> tuple[str, str]:
    return _said(days[0][0]), _said(days[-1][0])


def _rows(connection: Connection, sql: str, since: str) -> list[Row]:
    cursor = connection.execute(sql, {"since": since})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
