"""The course of a metric over time: every value that the corpus states for it, by period, with its sources.

The metric is the longest one that the question names, the place the one that it names or that its best
paragraph is of; what else the question names has to stand in a figure's article. Nothing is computed: values
that contradict each other stay side by side, and a value that only rounds another is the same.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from retrieval.course import asked_course
from retrieval.language import phrase_terms
from retrieval.metric_index import with_metrics
from retrieval.metric_names import GROWTH, WHOLE_COUNTRY, keys_of, place_of, places_in
from retrieval.model import Point, Series, Source, Statement
from retrieval.plain import folded
from retrieval.points_in_time import grain_of, is_fact, period_of
from retrieval.word_roles import read
from retrieval.written_values import agree, base_of, is_exact, step_of, value_of, whole, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.course import Course
    from retrieval.model import Figure, Hit, Paragraph, Question
    from retrieval.snapshot import Snapshot

PERIODS = 3
"""Fewer make no course."""

MOST_ROWS = 2000  # of one metric that are read
_METRICS = 12  # named ones that are tried
FAR_APART = 1.5  # times: no two articles disagree so much about one thing
MOST_APART = 0.3  # of the periods
_SAID_OF_COURSE = re.compile(
    r"(?:(?:同比|环比|年均|快速|平均|每年)*(?:增长|增减|变化|变动|上升|下降|发展|波动)?"
    r"(?:增速|增幅|涨幅|降幅|增长率|速度|幅度|趋势|走势|态势|曲线|折线|图表?|表格?|情况|数据|数值|历程|[如何怎么样]{2,3}|"
    r"[各分别]*[是为有]?多少[^,，。?？]{0,3}|统计|列[出表]|对比|比较))+"
    r"|增长|变化|变动|波动|[自从]|规模|总体|整体|水平|数字|分别"
)
"""What a question says of a course beside what it is of."""

_LEFT_OUT = ("总额", "总值", "总量", "额", "量")  # what is often left out at the end of a metric
_TITLE_NUMBERS = re.compile(r"[\d〇零一二三四五六七八九十]+[年月日季度]*")


class _Candidate(NamedTuple):
    """A figure that may belong to the course."""

    row: int
    paragraph: Paragraph
    figure: Figure
    period: str
    place: str | None


_Grouped = tuple[str, list[list[_Candidate]]]
"""A period with its figures, those that agree together."""


def course_of(
    snapshot: Snapshot,
    question: Question,
    hits: Sequence[Hit],
    figures: Sequence[Figure],
    within: range | None = None,
) -> Series | None:
    """Return the Series that a question asks for; None where it asks for none, or the corpus has none.

    `hits` and `figures` are what the search and the ranking found, best first. Only rows `within` count where
    that is given.
    """
    course = asked_course(question.normal)
    if course is None:
        return None
    for metric, rest in _metrics(snapshot, course, question, figures):
        found = _series(snapshot, course, metric, rest, hits, within)
        if found is not None:
            return found
    return None


def _metrics(
    snapshot: Snapshot, course: Course, question: Question, figures: Sequence[Figure]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the metrics that the question may mean, with their other names, and the rest of the question."""
    core = course.core.replace("的", "")
    forms: dict[str, list[str]] = {}
    for word, other in question.related:
        forms.setdefault(word, [word]).append(other)
    spelt = [core, *(core.replace(word, other) for word, others in forms.items() for other in others)]
    bare = _SAID_OF_COURSE.sub("", core)
    spelt += [bare + ending for ending in _LEFT_OUT]
    named = ((name, text) for text in dict.fromkeys(spelt) for name in snapshot.metrics.named_in(text))
    amounts = sorted((pair for pair in named if not pair[0].endswith(GROWTH)), key=lambda pair: -len(pair[0]))
    for name, text in amounts[:_METRICS]:
        keys = tuple(dict.fromkeys((name, *_other_names(name, forms.values()))))
        yield from ((asked, text.replace(name, " ", 1)) for asked in _kinds(keys, course))
    if amounts or not figures or not course.plainly:
        return
    keys = tuple(keys_of(figures[0]))
    if keys and keys[0].endswith(GROWTH) == course.rate:
        yield keys, core


def _other_names(name: str, forms: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield what else a metric may be called, by the words that mean the same as one in its name."""
    for alike in forms:
        within = [form for form in alike if form in name]
        if within:
            yield from (name.replace(max(within, key=len), form) for form in alike)


def _kinds(keys: tuple[str, ...], course: Course) -> Iterator[tuple[str, ...]]:
    """Yield the metric itself or, where growth rates are asked for, these; they are no part of each other."""
    rates = tuple(f"{key}{GROWTH}" for key in keys)
    if course.rate:
        yield rates
    yield keys
    if "增" in course.core and not course.rate:
        yield rates


def _series(  # noqa: PLR0913, PLR0917 - what is asked for, and where it may be found
    snapshot: Snapshot,
    course: Course,
    keys: tuple[str, ...],
    rest: str,
    hits: Sequence[Hit],
    within: range | None,
) -> Series | None:
    rows = sorted({row for key in keys for row in snapshot.metrics.rows(key)})
    places = places_in(rest)
    words = _words(rest, places, snapshot)
    named = [*words, *(place for place in places[-1:] if place != WHOLE_COUNTRY)]
    rows = [row for row in rows if (within is None or row in within) and _mentions(snapshot, row, named)]
    found = [one for row in rows[:MOST_ROWS] for one in _candidates(snapshot, row, keys)]
    found = _of_grain(_nearest(found, words), course)
    found = _of_place(found, places, hits, snapshot)
    found = _of_unit(found)
    points, unit = _points(found, course)
    if _mixed(points):
        points, unit = _points(_of_family(found, hits), course)
    if len(points) < PERIODS or _mixed(points):
        return None
    held = Counter(one.place for one in found).most_common(1)[0][0]
    return _told(keys[0], places[-1] if places else held, points, unit)


def _words(rest: str, places: Sequence[str], snapshot: Snapshot) -> list[str]:
    """Return what a question names beside the metric, its places apart."""
    said = _SAID_OF_COURSE.sub(" ", rest)
    words = (
        word.text for word in read(said, snapshot.dictionary) if word.role in {"topic", "area", "quantity"}
    )
    return [word for word in words if len(word) > 1 and not any(place in word for place in places)]


def _mentions(snapshot: Snapshot, row: int, words: Iterable[str]) -> bool:
    """Tell whether the document of a row has all the words."""
    terms = (term for word in words for term in phrase_terms(word))
    return all(snapshot.searcher.document_holds(row, term) for term in terms)


def _nearest(found: Sequence[_Candidate], words: Sequence[str]) -> Sequence[_Candidate]:
    """Take the figures whose paragraph, section or title has the words, unless too few do."""

    def has_them(here: Paragraph) -> bool:
        near = folded(f"{here.title}\n{here.section or ''}\n{here.text}")
        return all(word in near for word in words)

    near = [one for one in found if has_them(one.paragraph)]
    return near if len({one.period for one in near}) >= PERIODS else found


def _candidates(snapshot: Snapshot, row: int, keys: tuple[str, ...]) -> Iterator[_Candidate]:
    paragraph, figures = snapshot.at(row)
    for figure in with_metrics(paragraph.text, figures):
        if not isinstance(figure.value, float) or not set(keys_of(figure)) & set(keys):
            continue
        period = period_of(figure, paragraph)
        if period and is_fact(figure, paragraph.text):
            said = whole(replace(figure, paragraph=paragraph.id), paragraph.text)
            yield _Candidate(row, paragraph, said, period, place_of(figure, paragraph))


def _of_grain(found: Sequence[_Candidate], course: Course) -> list[_Candidate]:
    """Take the periods that are asked for: of years, or else of what there is enough of."""
    for grain in (course.grain,) if course.grain else ("year", "quarter", "month"):
        own = [one for one in found if grain_of(one.period) == grain]
        if len({one.period for one in own}) >= PERIODS:
            return own
    return []


def _of_place(
    found: Sequence[_Candidate], places: Sequence[str], hits: Sequence[Hit], snapshot: Snapshot
) -> list[_Candidate]:
    """Take the figures of one place: the one that is named, or else the one of the best paragraph."""
    if places:
        asked = places[-1]
        return [
            one
            for one in found
            if one.place == asked or (one.place is None and snapshot.article_holds(one.paragraph.id, asked))
        ]
    known = {one.place for one in found}
    if len(known - {None}) < 2:
        return list(found)
    rank = {hit.paragraph.id: place for place, hit in enumerate(hits)}
    order = sorted(found, key=lambda one: rank.get(one.paragraph.id, len(rank)))
    for place in dict.fromkeys(one.place for one in order):
        own = [one for one in found if one.place == place]
        if len({one.period for one in own}) >= PERIODS:
            return own
    return []


def _of_family(found: Sequence[_Candidate], hits: Sequence[Hit]) -> list[_Candidate]:
    """Take the figures from articles whose titles are like the best paragraph's but for their dates."""
    rank = {hit.paragraph.id: place for place, hit in enumerate(hits)}
    best = min(found, key=lambda one: rank.get(one.paragraph.id, len(rank)))
    family = _TITLE_NUMBERS.sub("", best.paragraph.title)
    return [one for one in found if _TITLE_NUMBERS.sub("", one.paragraph.title) == family]


def _of_unit(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Take the figures of one quantity, the one of most periods; a bare number agrees with no unit."""
    periods: dict[str | None, set[str]] = {}
    for one in found:
        periods.setdefault(base_of(one.figure), set()).add(one.period)
    most = max(periods, key=lambda base: len(periods[base]), default=None)
    return [one for one in found if base_of(one.figure) == most]


def _points(found: Sequence[_Candidate], course: Course) -> tuple[list[_Grouped], str]:
    """Group the figures that agree, by period in the order of time; and return the unit most are in."""
    newest = max((int(one.period[:4]) for one in found), default=0)
    first = max(course.first, newest - course.newest + 1 if course.newest else 0)
    by_period: dict[str, list[_Candidate]] = {}
    for one in found:
        if first <= int(one.period[:4]) and course.holds(int(one.period[:4])):
            by_period.setdefault(one.period, []).append(one)
    points = [(period, _agreeing(by_period[period])) for period in sorted(by_period)]
    units = Counter(written(group[0].figure)[1] for _, groups in points for group in groups)
    return points, units.most_common(1)[0][0] if units else ""


def _agreeing(found: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """Group figures of one period by their value, the one that most articles state first."""
    exact = [one for one in found if is_exact(one.figure)]
    groups: list[list[_Candidate]] = []
    for one in sorted(exact or found, key=lambda one: step_of(one.figure)):
        same = next((group for group in groups if agree(one.figure, group[0].figure)), None)
        if same is None:
            groups.append([one])
        else:
            same.append(one)

    def support(group: list[_Candidate]) -> tuple[int, str]:
        return len({one.paragraph.document for one in group}), max(one.paragraph.date or "" for one in group)

    return sorted(groups, key=support, reverse=True)


def _mixed(points: Sequence[_Grouped]) -> bool:
    """Tell whether so many periods have values far apart that they must be of different things."""
    apart = 0
    for _, groups in points:
        amounts = sorted(abs(value_of(group[0].figure)) for group in groups)
        apart += amounts[-1] > FAR_APART * amounts[0]
    return apart > 1 and apart > MOST_APART * len(points)


def _told(metric: str, scope: str | None, points: Sequence[_Grouped], unit: str) -> Series:
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
