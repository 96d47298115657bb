"""What a figure measures and for when: its metric and period, taken from the sentence that it stands in.

Both are the text's own words; a metric may join two pieces of it, the noun and the change that it undergoes
(`进出口总额` … `同比增长`). Rules over the characters find the noun before a figure (`进出口总额…达到`) or
after its measure word (`109个国家和地区`). Where they are not sure there is no metric.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from retrieval import metric_patterns as patterns
from retrieval.model import Figure
from retrieval.periods import REACH, Periods, begin_of
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LINK_LENGTH = 24  # characters before a figure that are searched for what links it to its metric
_AROUND = 6  # characters beside a metric that tell where its words end
_LONGEST = 16  # characters of a metric; a longer one is a clause
_LONGEST_AFTER = 12  # characters of a counted noun
_DATES = 3  # between two figures
_SERIES = 12  # figures of a list
_PEOPLE = frozenset("人名位员")
_FILL = re.compile(r"[\s，,、(（）)：:和及与或]|以上|以下|以内|左右|大关|多|余|内|其中|人民币")
_GENERAL = frozenset("个大种类项方省市")
_SPLIT = re.compile("[、和及与]")


@dataclass(frozen=True, slots=True)
class _Metric:
    """A noun and the words that say what of it: a change (`同比增长`), a share (`占`), a rank (`居中部`)."""

    noun: str = ""
    change: str = ""

    def __str__(self) -> str:
        return self.noun + self.change


@dataclass(slots=True)
class _Sentence:
    """What the figures of a sentence that were read so far hand on to the next."""

    start: int
    bound: list[Figure] = field(default_factory=list)  # figures that are no dates
    metrics: list[_Metric] = field(default_factory=list)  # of each of these
    roles: list[_Metric] = field(default_factory=list)  # of the figures still to come in a list
    dates: list[Figure] = field(default_factory=list)  # since the last figure that is none

    def floor(self, figure: Figure) -> int:
        """Give the place from where on the words belong to `figure`."""
        return max(self.bound[-1].end if self.bound else self.start, figure.start - REACH)


def bind(text: str, simple: str, figures: list[Figure]) -> list[Figure]:
    """Give the figures of a text, in order, their metrics and periods; `simple` is the text made plain."""
    bound: list[Figure] = []
    sentence = _Sentence(0)
    period = Periods(text, simple)
    for index, figure in enumerate(figures):
        previous = figures[index - 1].end if index else 0
        begin = begin_of(simple, figure.start, patterns.SENTENCE, previous)
        if begin > previous or index == 0:
            sentence = _Sentence(begin)
            period.begin(begin)
        if figure.kind == "date":
            sentence.dates.append(figure)
            period.pass_by(figure)
            bound.append(figure)
            continue
        metric = _metric(simple, figures, index, sentence)
        carried = (
            bool(sentence.bound) and metric is not None and metric.noun == sentence.metrics[-1].noun != ""
        )
        said = _as_written(str(metric), text, simple, figure) if metric else None
        bound.append(_with(figure, said, period.of(figure, carried=carried)))
        sentence.bound.append(figure)
        sentence.metrics.append(metric or _Metric())
        sentence.dates.clear()
    return bound


def whole_words(figure: Figure, text: str, cut: Callable[[str], list[str]]) -> Figure:
    """Trim the metric to whole words, as `cut` finds them in `text`, unless hardly any would be left."""
    if figure.metric is None:
        return figure
    start = text.rfind(figure.metric, 0, figure.start)
    if start < 0:
        start = text.find(figure.metric, figure.end)
    if start < 0:
        return figure  # made of two pieces
    end = start + len(figure.metric)
    first = max(0, start - _AROUND)
    edges = {first, *accumulate(map(len, cut(plain(text)[first : end + _AROUND])), initial=first)}
    # The rules are sure of the end that is nearer to the figure.
    if start < figure.start:
        start = next(place for place in range(start, end + 1) if place in edges or place == end)
    else:
        end = next(place for place in range(end, start - 1, -1) if place in edges or place == start)
    return _with(figure, text[start:end], figure.period) if end - start > 1 else figure


def _with(figure: Figure, metric: str | None, period: str | None) -> Figure:
    """`dataclasses.replace`, which takes longer than all else about a figure."""
    return Figure(
        figure.text,
        figure.kind,
        figure.value,
        figure.unit,
        figure.start,
        figure.end,
        metric,
        period,
        figure.paragraph,
    )


def _as_written(metric: str, text: str, simple: str, figure: Figure) -> str:
    """Give the words of a metric, which may be pieces from before or after the figure, as `text` has them."""
    if text == simple:
        return metric
    floor, ceiling = max(0, figure.start - 4 * REACH), figure.end + 2 * _LONGEST
    for length in range(len(metric), 0, -1):
        place = simple.rfind(metric[:length], floor, figure.start)
        if place < 0:
            place = simple.find(metric[:length], figure.end, ceiling)
        if place >= 0:
            rest = metric[length:]
            return text[place : place + length] + (_as_written(rest, text, simple, figure) if rest else "")
    return metric


def _metric(simple: str, figures: Sequence[Figure], index: int, sentence: _Sentence) -> _Metric | None:
    figure = figures[index]
    if sentence.roles:
        return sentence.roles.pop(0)
    following = figures[index + 1].start if index + 1 < len(figures) else len(simple)
    # 3死 and 一女 name themselves what they count.
    if figure.kind == "count" and simple.endswith(figure.unit or "", figure.start, figure.end):
        noun = _after(simple, figure, following)
        if noun is not None:
            return _Metric(noun)
    roles = _roles(simple, figures, index, sentence)
    if roles:
        sentence.roles = roles[1:]
        return roles[0]
    if figure.kind == "money":
        last = figures[index + _series(simple, figures, index) - 1]
        suffix = patterns.SUFFIX.match(simple, last.end)
        granted = patterns.GRANTED.match(simple, suffix.end() if suffix else last.end)
        if granted:
            return _Metric(granted["noun"])
    return _before(simple, figure, sentence)


def _after(simple: str, figure: Figure, limit: int) -> str | None:
    """Find the noun that a measure word counts: `1800多家湖南企业走进…`."""
    if figure.unit in _PEOPLE and (happened := patterns.HAPPENED.match(simple, figure.end)):
        return happened[0]
    if patterns.NO_NOUN_AFTER.match(simple, figure.end):
        return None
    match = patterns.AFTER.match(simple, figure.end, min(limit, figure.end + _LONGEST_AFTER + 8))
    if match is None:
        return None
    start = match.start()
    stop = patterns.AFTER_STOP.search(simple, start, match.end())
    end = stop.start() if stop else match.end()
    ends_itself = stop is not None or end == len(simple) or simple[end] in patterns.CLAUSE
    if not ends_itself or not 2 <= end - start <= _LONGEST_AFTER:
        return None
    noun = simple[start:end]
    if stop and (stop[0] in "至到达了" or (stop[0] == "的" and not patterns.COUNTED.search(noun))):
        return None  # 4亿股增至…, 两个特色鲜明的平台
    return noun


def _before(simple: str, figure: Figure, sentence: _Sentence) -> _Metric | None:
    """Find the noun before a figure, without the verbs and adverbs that lead from it to the figure."""
    floor = sentence.floor(figure)
    begin = begin_of(simple, figure.start, patterns.CLAUSE, floor)
    if floor < begin == figure.start and simple[begin - 1] == ":":  # 点击数：300
        begin = begin_of(simple, begin - 1, patterns.CLAUSE, floor)
    end, change = figure.start, ""
    for date in reversed([None, *(date for date in sentence.dates[-_DATES:] if date.end > begin)]):
        start = date.end if date else begin
        words, found = _without_link(simple[start:end], figure)
        change = found + change if found else change
        if figure.kind == "rank" and start == floor and sentence.bound:
            return _Metric("", change) if change else None  # 14个市中排名第三
        if words:
            scope = _scoped(words, figure, sentence)
            if scope is not None:
                return scope
            noun = _noun(words, figure, simple, whole=start == begin)
            if figure.kind == "rank" and change and noun is None:
                noun = _ranked(words.removeprefix("该").rstrip("均都也又已"))
            return _Metric(noun, "" if noun.endswith(change) else change) if noun else None
        end = date.start if date else begin
    if not change and not _closed(simple, figure):
        return None
    return _inherited(figure, change, sentence, simple[floor:begin], simple[begin : figure.start].strip())


def _scoped(words: str, figure: Figure, sentence: _Sentence) -> _Metric | None:
    """Give the second rank of `湖南排名全国第8、中部第1` its noun back."""
    words = words.removeprefix("在")
    if figure.kind != "rank" or not sentence.bound or not patterns.SCOPE.fullmatch(words):
        return None
    metric = sentence.metrics[-1]
    scope = patterns.SCOPE.search(metric.change)
    return _Metric(metric.noun, metric.change[: scope.start()] + words) if scope else _Metric(words)


def _ranked(words: str) -> str | None:
    """Give what is ranked, which may be somebody's: `湖南的营商环境`."""
    owner, of, noun = words.rpartition("的")
    return words if of and _plain(owner) and _plain(noun) and len(words) <= _LONGEST else _plain(words)


def _plain(words: str) -> str | None:
    return words if 2 <= len(words) <= _LONGEST and not patterns.NO_NOUN.search(words) else None


def _without_link(words: str, figure: Figure) -> tuple[str, str]:
    """Take what leads to the figure from the end of `words`; return the rest and the change it tells."""
    if figure.kind == "rank":
        words = words.rstrip(" 为是达在")
        ranked = patterns.RANKED.search(words)
        return (words[: ranked.start()].strip(" "), ranked["change"]) if ranked else (words.strip(" "), "")
    words = words.rstrip(" “\"':")
    near = words[-_LINK_LENGTH:]
    change = patterns.CHANGE.search(near) if patterns.CHANGE_WORD.search(near) else None
    if change is None and figure.kind == "percent":
        change = patterns.SHARE.search(near)
    link = patterns.LINK.search(near)
    rest = words[: len(words) - len(near) + link.start()] if link else words
    if patterns.LEAD.fullmatch(rest):
        rest = ""
    return rest.strip(" “”\"'"), change["change"].removesuffix("了") if change else ""


def _noun(words: str, figure: Figure, simple: str, *, whole: bool) -> str | None:
    """Give the noun that `words` end with, None where they do not end with one beyond doubt."""
    verbs = [match.end() for match in patterns.CUT.finditer(words)]
    if verbs and verbs[-1] == len(words) and not patterns.HEAD.search(words):
        return None
    begin = _noun_begin(words, max((place for place in verbs if place < len(words) - 1), default=0))
    per = patterns.PER.search(words, 0, begin)
    noun = (per[0] if per else "") + words[begin:].strip(" “”\"'")
    if not noun or len(noun) > _LONGEST:
        return None
    if figure.kind == "duration":
        return noun if patterns.DURATION.search(noun) else None
    amount = figure.kind not in {"count", "percent"}
    if patterns.HEAD.search(noun) and not patterns.NOT_HEAD.search(noun):
        return None if amount and patterns.ACTORS.search(noun) else noun
    subject = figure.kind == "count" or (whole and not verbs and not patterns.ACTORS.search(noun))
    plain_noun = _plain(noun) is not None and figure.kind != "rank" and not _sums_up(simple, figure)
    return noun if subject and plain_noun and _closed(simple, figure) else None


def _noun_begin(words: str, begin: int) -> int:
    """Pass over `的` and what leads in; `成交的最高价` stays whole, for its head alone says too little."""
    of = words.rfind("的", begin) + 1
    rest = len(words) - of
    if of and (rest > 3 or (rest > 1 and patterns.NO_NOUN.search(words[begin : of - 1]))):
        begin = of
    lead = patterns.LEAD.match(words[begin:])
    return begin + (lead.end() if lead else 0)


def _sums_up(simple: str, figure: Figure) -> bool:
    """Tell whether the figure counts the members of a list before it: `甲、乙和丙三个`."""
    begin = begin_of(simple, figure.start, patterns.CLAUSE, max(0, figure.start - 12))
    if simple.endswith("各", 0, figure.start):
        return True
    listed = simple[begin - 1 : begin] == "、" or _SPLIT.search(simple, begin, figure.start) is not None
    return listed and figure.unit in _GENERAL and not figure.text[0].isdecimal()


def _closed(simple: str, figure: Figure) -> bool:
    """Tell whether the phrase of the figure ends with it, so that it does not describe what follows."""
    suffix = patterns.SUFFIX.match(simple, figure.end)
    return patterns.CLOSES.match(simple, suffix.end() if suffix else figure.end) is not None


def _inherited(figure: Figure, change: str, sentence: _Sentence, between: str, link: str) -> _Metric | None:
    """Give the metric of the figure before, where only a `link` stands between the two."""
    words = _FILL.sub("", between)
    for date in sentence.dates[-_DATES:]:
        words = words.replace(plain(date.text), "")
    metric = sentence.metrics[-1] if sentence.bound and not words else _Metric()
    if change:
        noun = "" if change == "占比" else metric.noun
        return _Metric(noun, change) if noun or change != "占" else None
    if not metric.noun or not _alike(sentence.bound[-1], figure):
        return None
    if link:
        return _Metric(metric.noun)
    return None if between.endswith(("，", ",")) else metric


def _alike(figure: Figure, other: Figure) -> bool:
    return figure.kind == other.kind and (figure.unit == other.unit or figure.kind in {"money", "percent"})


def _roles(simple: str, figures: Sequence[Figure], index: int, sentence: _Sentence) -> list[_Metric]:
    """Share out the nouns of `出口、进口分别增长12%、8%` among the figures; empty where they do not match."""
    figure = figures[index]
    floor = sentence.floor(figure)
    place = max(simple.rfind("分别", floor, figure.start), simple.rfind("依次", floor, figure.start))
    if place < 0 or figure.start - place > _LINK_LENGTH:
        return []
    count = _series(simple, figures, index)
    if count < 2:
        return []
    change = _without_link(simple[place + 2 : figure.start], figure)[1]
    listed = simple[begin_of(simple, place, patterns.CLAUSE - {"、"}, floor) : place]
    if not listed and place - floor > 1 and simple[place - 1] in "，,":
        listed = simple[begin_of(simple, place - 1, patterns.CLAUSE - {"、"}, floor) : place - 1]
    cuts = [match.end() for match in patterns.CUT.finditer(listed)]
    names = _SPLIT.split(listed[max([*cuts, listed.rfind("的") + 1]) :])
    if len(names) == count and all(2 <= len(name) <= _LONGEST for name in names):
        return [_Metric(name.strip(" “”\"'"), change) for name in names]
    nouns = [metric.noun for metric in sentence.metrics[-count:]]
    if not listed.strip() and change and len(nouns) == count and all(nouns) and len(set(nouns)) == count:
        return [_Metric(noun, change) for noun in nouns]
    return []


def _series(simple: str, figures: Sequence[Figure], index: int) -> int:
    """Count the figures of one kind that stand in a list from `index` on."""
    count = 1
    while count < _SERIES and index + count < len(figures):
        one, other = figures[index + count - 1], figures[index + count]
        if other.kind != one.kind or simple[one.end : other.start].strip(patterns.JOINS):
            break
        count += 1
    return count
