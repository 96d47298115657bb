"""The name of a metric in one form, without its place: `湖南省外贸进出口总值` is `进出口总值` of 湖南.

Growth rates are a metric of their own, whatever way the text puts them (`同比增长`, `比上年下降`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from retrieval.language import normalise
from retrieval.metric_patterns import CHANGE
from retrieval.plain import plain
from retrieval.word_roles import NAMED_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.model import Figure, Paragraph

GROWTH = "增速"
"""What the name of a growth rate ends with."""

WHOLE_COUNTRY = "全国"
_SUFFIX = "(?:壮族|回族|维吾尔)?自治[区州县]|特别行政区|[省市县区州镇乡]"
_NAMED = rf"(?:{NAMED_PLACE.pattern})(?:{_SUFFIX})?"
_COUNTRY = re.compile("全国|我国|中国|国内(?!生产)")
# 上市 and 城市 end no name of a place, nor do the words for any place of its kind.
_OTHER = rf"(?:(?![全我本各该多百贫])[\u4e00-\u9fff]){{2,3}}?(?<![上城超都股楼])(?:{_SUFFIX})"
_LEADS = re.compile(rf"(?P<country>{_COUNTRY.pattern}|全球|世界)|(?:{_NAMED}|{_OTHER})(?=.{{2}})")
_NOT_OF_IT = r"海关|日报|晚报|大学|会议|[^,，。;；]{0,4}(?:统计局|[讯电])"
_IN_TEXT = re.compile(rf"(?:{_NAMED}|{_COUNTRY.pattern})(?!{_NOT_OF_IT})")
_IN_TITLE = re.compile(rf"(?:{_NAMED}|{_COUNTRY.pattern}|^{_OTHER})(?!{_NOT_OF_IT})")
_ITS_OWN = re.compile("[全我本该][省市县区州镇乡]")
_LEAD = re.compile("(?:全年|年末|年底)[,，]?|[本该]?公司(?!债)")
_ALL_OF_IT = re.compile(r"全年|(?:对外贸易|外贸)(?=进出口|出口|进口)|[的\s]|[^\w%]")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_FALLS = re.compile("降|减|跌|下滑|回落|收窄")
_CHAINED = re.compile("环比")


class MetricName(NamedTuple):
    """`key` is the name in its normal form, `place` a short name; `own` tells that the name says `全省`."""

    key: str
    place: str | None
    own: bool
    falls: bool  # of a growth rate: what it says is a decrease


@lru_cache(maxsize=4096)  # tables and reports repeat their metrics
def read_name(metric: str, kind: str) -> MetricName | None:
    """Take a metric's name apart; None where nothing is left, and for the amount of a change."""
    simple = plain(metric)
    change = CHANGE.search(simple)
    if change and kind != "percent":
        return None
    noun = simple[: change.start()] if change else simple
    noun = noun[lead.end() :] if (lead := _LEAD.match(noun)) else noun
    own = _ITS_OWN.match(noun)
    rest = noun[own.end() :] if own else noun
    place = None if own else _LEADS.match(rest)
    key = _ALL_OF_IT.sub("", normalise(rest[place.end() :] if place else rest))
    if len(key) < 2:
        return None
    if change:
        key += ("环比" if _CHAINED.search(change[0]) else "") + GROWTH
    falls = change is not None and _FALLS.search(change[0]) is not None
    return MetricName(key, short_name(place[0]) if place else None, own is not None, falls)


def keys_of(figure: Figure) -> Iterator[str]:
    """Yield the keys that a figure is looked up by; a table's two heads may be said in either order."""
    name = read_name(figure.metric, figure.kind) if figure.metric else None
    if name is None or figure.metric is None:
        return
    yield name.key
    heads = figure.metric.split()
    if len(heads) == 2:
        turned = read_name("".join(reversed(heads)), figure.kind)
        if turned and turned.key != name.key:
            yield turned.key


def place_of(figure: Figure, paragraph: Paragraph) -> str | None:
    """Return the place that a figure is of: by its metric, its sentence, its section or the title."""
    name = read_name(figure.metric or "", figure.kind)
    if name and name.place:
        return name.place
    before = plain(paragraph.text[: figure.start])
    sentence = _SENTENCE_END.split(before)[-1]
    if name is None or not (name.own or _ITS_OWN.search(sentence)):
        named = [match[0] for match in _IN_TEXT.finditer(sentence)]
        if named:
            return short_name(named[-1])
    for heading in (paragraph.section, paragraph.title):
        named = [match[0] for match in _IN_TITLE.finditer(plain(heading or ""))]
        if named:
            return short_name(named[-1])
    return None


def places_in(normal: str) -> list[str]:
    """Return the places that a question names, by their short names."""
    return list(dict.fromkeys(short_name(match[0]) for match in _IN_TITLE.finditer(normal)))


def short_name(place: str) -> str:
    """`湖南省` is `湖南`, `我国` is `全国`."""
    return WHOLE_COUNTRY if _COUNTRY.fullmatch(place) else re.sub(f"(?<=..)(?:{_SUFFIX})$", "", place)
