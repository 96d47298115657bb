"""Which metrics of a corpus a question for a course may mean: those that it names, the longest first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.series.metric_names import GROWTH, keys_of, read_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.model import Figure, Question
    from retrieval.series.course import Course
    from retrieval.snapshot import Snapshot

_METRICS = 12  # named ones that are tried
SAID_OF_COURSE = re.compile(
    r"(?:(?:同比|环比|年均|快速|平均|每年)*(?:增长|增减|变化|变动|上升|下降|发展|波动)?"
    r"(?:增速|增幅|涨幅|降幅|增长率|速度|幅度|趋势|走势|态势|曲线|折线|图表?|表格?|情况|数据|数值|历程|[如何怎么样]{2,3}|"
    r"[各分别]*[是为有]?多少[^,，。?？]{0,3}|统计|列[出表]|对比|比较))+"
    r"|增长|变化|变动|波动|[自从]|规模|总体|整体|水平|数字|分别"
)
"""What a question says of a course beside what it is of."""

_LEFT_OUT = ("总额", "总值", "总量", "额", "量")  # what is often left out at the end of a metric
# 总产值 is no 产值, 进出口总额 no 出口总额.
_MAKES_ANOTHER = re.compile("(?:[进总净非毛]|[人户]均)$")


def asked_metrics(
    snapshot: Snapshot, course: Course, question: Question, figures: Sequence[Figure]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the metrics that the question may mean, with their other names, and the rest of the question."""
    core = course.core.replace("的", "")
    forms: dict[str, list[str]] = {}
    for word, other in question.related:
        forms.setdefault(word, [word]).append(other)
    spelt = [core, *(core.replace(word, other) for word, others in forms.items() for other in others)]
    bare = SAID_OF_COURSE.sub("", core)
    spelt += [bare + ending for ending in _LEFT_OUT]
    named = (
        (name, text)
        for text in dict.fromkeys(spelt)
        for name in snapshot.metrics.named_in(text)
        if not _MAKES_ANOTHER.search(text[: text.find(name)])
    )
    amounts = sorted((pair for pair in named if not pair[0].endswith(GROWTH)), key=lambda pair: -len(pair[0]))
    for name, text in amounts[:_METRICS]:
        keys = tuple(dict.fromkeys((name, *_other_names(name, forms.values()))))
        yield from ((asked, text.replace(name, " ", 1)) for asked in _kinds(keys, course))
    if amounts or not figures or not course.plainly:
        return
    name_asked = read_name(bare, figures[0].kind)
    keys = tuple(key for key in keys_of(figures[0]) if name_asked and key.startswith(name_asked.key))
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
