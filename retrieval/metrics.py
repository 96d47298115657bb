"""What a figure measures and for when: its metric and period, taken from the sentence that it stands in.

Both are pieces of the text itself. Rules over the characters find the noun before a figure
(`进出口总额…达到`) or after its measure word (`109个国家和地区`); where they are not sure there is no metric.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.model import Figure

_SENTENCE = frozenset("。！？!?；;\n")
_CLAUSE = frozenset("。！？!?；;\n，,、：:（）()—|\t")
_LINK_LENGTH = 24  # characters before a figure that are searched for what links it to its metric
_AROUND = 6  # characters beside a metric that tell where its words end
_LONGEST = 16  # characters of a metric; a longer one is a clause

# What stands between a metric and its figure.
_LINK = re.compile(
    r"(?:同比|环比|比上年|较上年|累计|先后|连续|一共|共计|总计|合计|总共|共|已经|已|就|仅|只|也|都|均|又|再|还|将|预计|分别|各|大约|约|近|逾|超过|超出|超|"
    r"突破|迈入|迈进|尚未|达到了|达到|达成|达|为了|为|是|在|至|到|于|增长了?|增加了?|上升了?|提高了?|提升了?|下降了?|降低了?|减少了?|缩短了?|压缩|"
    r"降|升|增|减|控制|保持|维持|稳定|位居|位列|其中|平均|最多|最少|至少|最高|最低|不足|不少于|不低于|不超过|不到|高达|多达|长达|占|"
    r"跨过|跨越|迈上|迈过|站上|登上|开行|发行|以来|有|的|了|着|过|以|“|\"|从原来|由原来|从|由|原来|由此前|每年|年均|等|之|得|破|完成|实现|成立|翻|去年同期)+$"
)
_LEAD = re.compile(
    r"^(?:以上|以下|以内|左右|其中|此外|另外|同时|目前|截至|截止|全年|当年|今年|去年|以来|期间|以及|并且|而且|并|而|但|且|和|与|及|在|由|对|从|将|把|使|让|"
    r"的|了|”|\"|」|』|已|共|累计|新增|平均|这里|该|同期|底|末|初|间|来|内|后|前|,|，| )+"
)
_VERB = re.compile(
    r"推动解决|解决|应当|给予|提出|抓住|印发|实现|完成|拥有|设有|设立|共有|包括|导致|造成|推动|带动|建成|新建|走进|遍布|覆盖|吸引|投资|参加|获得|取得|签约|引进|培育|培养|"
    r"使得|使|让|把|将|要求|显示|宣布|表示|称|位于|享有|按照|根据|由|从|向|被|给"
)
_AFTER = re.compile(r"(?:[\u4e00-\u9fffA-Za-z·]|\d+强)+")
_AFTER_STOP = re.compile(
    r"走进|参加|参展|参与|出席|获得|完成|实现|组成|遍布|死亡|受伤|丧生|伤亡|失踪|遇难|就|才|开通|上升|下降|增加|增长|提升|减少|以上|以下|以内|左右|"
    r"未|不|的|了|在|是|有|为|被|将|由|与|及|到|达|至|从|于|把|使|让|向|对|等|也|都|已|均|还|又|则|并|而|但|因|其|之|能|可|要|会|这|那|进行|来自|分布|构成|受"
)
_NO_NOUN_AFTER = frozenset("以之内外中上下后前左右的了在是有为和与及到达至从于并而但大关来期时就才")
_AWAY = re.compile(r"[^截至到在自从，, ]")
_PLAN = re.compile(r"十[一二三四五六]五")


def bind(text: str, simple: str, figures: list[Figure]) -> list[Figure]:
    """Give the figures of a text, in order, their metrics and periods; `simple` is the text made plain."""
    bound: list[Figure] = []
    metric: str | None = None
    period: str | None = None
    opens = False  # the period stands at the head of its sentence, and holds for all of it
    sentence = 0  # where the sentence of the figure at hand begins
    for index, figure in enumerate(figures):
        previous = figures[index - 1].end if index else 0
        following = figures[index + 1].start if index + 1 < len(figures) else len(simple)
        begin = _begin(simple, figure.start, _SENTENCE, previous)
        if begin > previous or index == 0:
            sentence, metric, period = begin, None, None
        if figure.kind == "date":
            clock = isinstance(figure.value, str) and figure.value.startswith("XXXXT")
            if not clock and not simple.endswith(("比", "较"), 0, figure.start):  # 比去年: not during it
                period, opens = figure.text, not _AWAY.search(simple, sentence, figure.start)
            bound.append(figure)
            continue
        found = _after(simple, figure, following) if figure.kind == "count" else None
        if found is None:
            found = _before(simple, figure, max(previous, sentence))
        if found is None and index and figures[index - 1].kind == "date" and previous > sentence:
            # 进出口总额2021年达到…: the noun stands before the date.
            floor = max(figures[index - 2].end if index > 1 else 0, sentence)
            together = _CLAUSE.isdisjoint(simple[previous : figure.start])
            found = _before(simple, figures[index - 1], floor) if together else None
        if found is not None:
            dated = index and figures[index - 1].kind == "date"
            if metric is not None and not opens and not dated:
                period = None  # a date in mid-sentence holds for its own metric only
            metric = text[found[0] : found[1]]
        plan = (
            _PLAN.search(simple, max(sentence, figure.start - 60), figure.start) if period is None else None
        )
        bound.append(replace(figure, metric=metric, period=plan[0] if plan else period))
    return bound


def whole_words(figure: Figure, text: str, cut: Callable[[str], list[str]]) -> Figure:
    """Trim the metric to whole words, as `cut` finds them in `text`; None where hardly any is left."""
    if figure.metric is None:
        return figure
    start = text.rfind(figure.metric, 0, figure.start)
    if start < 0:
        start = text.find(figure.metric, figure.end)
    end = start + len(figure.metric)
    first = max(0, start - _AROUND)
    edges = {first, *accumulate(map(len, cut(plain(text[first : end + _AROUND]))), initial=first)}
    begin = next(place for place in range(start, end + 1) if place in edges or place == end)
    end = next(place for place in range(end, begin - 1, -1) if place in edges or place == begin)
    return replace(figure, metric=text[begin:end] if end - begin > 1 else None)


def _begin(simple: str, place: int, marks: frozenset[str], floor: int) -> int:
    while place > floor and simple[place - 1] not in marks:
        place -= 1
    return place


def _after(simple: str, figure: Figure, limit: int) -> tuple[int, int] | None:
    """Find the noun that a measure word counts: `1800多家湖南企业走进…`."""
    match = _AFTER.match(simple, figure.end, min(limit, figure.end + 12))
    if match is None or simple[figure.end] in _NO_NOUN_AFTER:
        return None
    stop = _AFTER_STOP.search(simple, match.start(), match.end())
    end = stop.start() if stop else match.end()
    ends_itself = stop is not None or end == len(simple) or simple[end] in _CLAUSE
    if not ends_itself or not 1 < end - figure.end <= 8:
        return None
    return figure.end, end


def _before(simple: str, figure: Figure, floor: int) -> tuple[int, int] | None:
    """Find the noun before a figure, without the verbs and adverbs that lead from it to the figure."""
    begin = _begin(simple, figure.start, _CLAUSE, floor)
    end = figure.start
    if figure.kind != "rank":
        near = max(begin, end - _LINK_LENGTH)
        link = _LINK.search(simple[near:end])
        end = near + link.start() if link else end
    verbs = [match.end() for match in _VERB.finditer(simple, begin, end)]
    for place in (*verbs, simple.rfind("的", begin, end) + 1):
        if begin < place <= end - 2:
            begin = place
    lead = _LEAD.match(simple[begin:end])
    begin += lead.end() if lead else 0
    while end > begin and simple[end - 1] in " “”\"'":
        end -= 1
    return (begin, end) if 2 <= end - begin <= _LONGEST else None
