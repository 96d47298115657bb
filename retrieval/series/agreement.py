"""Which figures of a period agree, and the Series that they make; what contradicts stays side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from retrieval.model import Point, Series, Source, Statement
from retrieval.series.written_values import agree, is_exact, step_of, value_of, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.model import Paragraph
    from retrieval.series.candidates import Candidate
    from retrieval.series.course import Course

    Grouped = tuple[str, list[list[Candidate]]]
    """A period with its figures, those that agree together."""

FAR_APART = 1.5  # times: no two articles disagree so much about one thing
MOST_APART = 0.3  # of the periods


def points(found: Sequence[Candidate], course: Course) -> tuple[list[Grouped], str]:
    """Group the figures that agree, by period in the order of time; and return the unit most are in."""
    newest = max((int(one.period[:4]) for one in found), default=0)
    first = max(course.first, newest - course.newest + 1 if course.newest else 0)
    by_period: dict[str, list[Candidate]] = {}
    for one in found:
        if first <= int(one.period[:4]) and course.holds(int(one.period[:4])):
            by_period.setdefault(one.period, []).append(one)
    grouped = [(period, _agreeing(by_period[period])) for period in sorted(by_period)]
    units = Counter(written(group[0].figure)[1] for _, groups in grouped for group in groups)
    return grouped, units.most_common(1)[0][0] if units else ""


def _agreeing(found: Sequence[Candidate]) -> list[list[Candidate]]:
    """Group figures of one period by their value, the one that most articles state first."""
    exact = [one for one in found if is_exact(one.figure)]
    groups: list[list[Candidate]] = []
    for one in sorted(exact or found, key=lambda one: step_of(one.figure)):
        same = next((group for group in groups if agree(one.figure, group[0].figure)), None)
        if same is None:
            groups.append([one])
        else:
            same.append(one)

    def support(group: list[Candidate]) -> tuple[int, str]:
        return len({one.paragraph.document for one in group}), max(one.paragraph.date or "" for one in group)

    return sorted(groups, key=support, reverse=True)


def mixed(points: Sequence[Grouped]) -> bool:
    """Tell whether so many periods have values far apart that they must be of different things."""
    apart = 0
    for _, groups in points:
        amounts = sorted(abs(value_of(group[0].figure)) for group in groups)
        apart += amounts[-1] > FAR_APART * amounts[0]
    return apart > 1 and apart > MOST_APART * len(points)


def told(metric: str, scope: str | None, points: Sequence[Grouped], unit: str) -> Series:
    """Make the Series; of the sources of a value those come first that state most of the other values."""
    shares = (written(group[0].figure) for _, groups in points for group in groups)
    scale = next((share for share, name in shares if name == unit), 1.0)
    used = Counter(
        _file(one.paragraph)
        for _, groups in points
        for group in groups
        for one in {o.row: o for o in group}.values()
    )
    shown: dict[str, Paragraph] = {}
    told = []
    for period, groups in points:
        statements = []
        for group in groups:
            paragraphs = {one.paragraph.id: one.paragraph for one in group}
            ordered = sorted(paragraphs.values(), key=lambda here: -used[_file(here)])
            shown |= {here.id: here for here in ordered}
            amount = value_of(group[0].figure) / scale
            statements.append(Statement(group[0].figure, amount, tuple(here.id for here in ordered)))
        told.append(Point(period, tuple(statements)))
    return Series(
        metric=metric,
        scope=scope,
        unit=unit,
        points=tuple(told),
        sources=tuple(
            Source(here.id, here.document, here.title, here.section, here.page, here.date)
            for here in shown.values()
        ),
    )


def _file(paragraph: Paragraph) -> tuple[str, int]:
    return paragraph.document, paragraph.article
