"""What a question asks for: the kind of figure, its unit, the period and how fine a date.

Tables of question words, read from the top; the first that stands in the question decides.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, NamedTuple

from retrieval import units
from retrieval.figures import extract
from retrieval.model import FigureKind, Wanted

Grain = Literal["year", "month", "day", "time"] | None
_Kinds = tuple[FigureKind, ...]


class _Rule(NamedTuple):
    words: re.Pattern[str]
    kinds: _Kinds
    grain: Grain = None
    unit: str | None = None


def _rule(words: str, kinds: str, grain: Grain = None, unit: str | None = None) -> _Rule:
    return _Rule(re.compile(words), tuple(kinds.split()), grain, unit)  # type: ignore[arg-type]  # a table of kinds


# Question words that settle what is asked whatever else the question says.
_ASKED = (
    _rule(r"百分之(?:几|多少)|百分点|占比|比重|几成|多少成|百分比", "percent ratio", unit="%"),
    _rule(
        r"第几(?!日)|第多少|排名?第?几|排行?第?几|哪一?[届名位任]|排名|名次|位次|排在|位列|位居|居第",
        "rank count",
    ),
    _rule(r"几比几|比分|比数", "ratio count"),
    _rule(r"伤亡(?:情况|人数)?(?:如何|怎么?样|是?多少)", "count", unit="人"),
    _rule(r"多大(?:年龄|岁数|年纪)|什么年龄|几岁|多少岁|芳龄|高寿", "measure duration", unit="岁"),
    _rule(r"什么刑罚|刑期|判(?:处|刑)?了?(?:几年|多久)", "duration date"),
    _rule(r"周几|星期几|礼拜几", "date", "day"),
    _rule(r"几[个多]?倍|多少倍|几分之几|几番|多少番", "ratio percent"),
    _rule(
        r"哪一?个?年份?(?!级|代|龄)|何年(?!何月)|哪几年|哪些年份?(?!级|代|龄)|(?:公元|西元|民国|昭和|[在于至到])几几?年|几几年",
        "date",
        "year",
    ),
    _rule(
        r"几月几[日号]|哪一?[天日]|何日|几[日号](?!线|楼)|哪些天|(?<!\d)日期(?!间)|生日|哪个日子|何年何月何日",
        "date",
        "day",
    ),
    _rule(r"哪一?个?一?个?月份?|几月份?|何月|何年何月", "date", "month"),
    _rule(r"几点|几时", "date duration", "time"),
    _rule(r"哪一?个?(?:世纪|年代)|几世纪|什么年代|几十年代|\( ?\)年代", "date", "year"),
    _rule(
        r"多长时间|多少时间|多久|多长的?时间|时长|几年|多少年|几天|多少天(?![然文下气])|几个?小时|几个月|多少个?月|几分钟|几周(?!年)",
        "duration date",
    ),
    _rule(
        r"什么时[候间刻期]|何时|啥时|什么日子|哪个时[候期间]|截[至止]何时|什么年|哪段时间|哪个时间|时间段",
        "date duration",
    ),
    _rule(
        r"多少[^,?，？]{0,3}(?:金额|[资现奖罚定租押酬基薪佣本]金|款|[车税学]?费用?|债|钱)",
        "money count",
        unit="元",
    ),
    _rule(r"几块钱|什么价|多贵", "money count", unit="元"),
    _rule(r"(?:奖励|补贴|补助|资助|罚款?|赔偿?)(?:标准)?(?:是|为)?多少[?？]?$", "money percent count"),
)
_UNIT_ASKED = re.compile(
    rf"(?:多少|几)(?:[多余来]?[十百千万亿]+)?(?P<unit>{units.UNIT}(?:{units.RATE})?)", re.IGNORECASE
)
# What a bare 多少 or a named metric is likely to be, by the nouns about it.
_NAMED = (
    _rule(r"汇率", "money percent ratio"),
    _rule(r"(?:所[需要用]|需要?|耗费?|花费?|通行)的?时间|年限|时效", "duration date measure"),
    _rule(r"尺寸|热量|含.{0,4}量|浓度", "measure percent count"),
    _rule(r"限额|(?:收费|缴费|学费|补[助贴偿]|赔偿|奖励|罚款)标准", "money percent count"),
    _rule(r"多大", "measure count duration"),
    _rule(
        r"多[长远高宽深重快厚]|身高|体重|面积|距离|海拔|温度|气温|时速|速度|长度|高度|宽度|深度|重量|里程|全长|直径|容量|产量|分辨率|像素|功率",
        "measure count",
    ),
    _rule(r"年龄|几岁|岁数", "measure duration", unit="岁"),
    _rule(r"分数线?|得分|最[高低]分|多少分|评分|平均分|录取分", "count measure", unit="分"),
    _rule(
        r"(?<!效)(?<!频)(?<!功)率|比例|份额|涨幅|降幅|跌幅|增幅|增速|占[^有领据用地]|比率|折扣",
        "percent ratio measure",
        unit="%",
    ),
    _rule(
        r"总额|金额|数额|资产|价格|价钱|票价|售价|房价|单价|票房|资金|总值|产值|gdp|收入|营收|利润|亏损|成本|市值|工资|薪|费用?|学费|投资额|资本|贷款|预算|"
        r"售价|赔偿|身价|股价|奖金|罚金|罚款|损失|债务|价值|元",
        "money count percent",
    ),
    _rule(r"财报周期|报告期", "date duration"),
    _rule(
        r"时限|期限|寿命|周期|有效期|开办时间|办理时间|办结时间|审批时间|用时|耗时|刑期|保质期",
        "duration date measure",
    ),
    _rule(r"时间|播出|上映|开始于|成立于", "date duration"),
    _rule(r"额度", "money count", unit="元"),
    _rule(r"[股票]份?(?:的?数量?|数)|股票|股份", "count money", unit="股"),
    _rule(r"人[数口]|伤亡|死亡|受伤", "count", unit="人"),
    _rule(r"次数", "count", unit="次"),
    _rule(r"数量|个数|总数|数目|规模|销量|数是|[家户台件]数", "count money measure"),
)
_CHANGED = re.compile(
    r"(?P<rate>增长|下降|上升|上涨|下跌|下滑|回落|提高)|(?:增加|减少|降低|缩短|压缩|扩大|提升|节约)"
)
_PASSED = re.compile(r"(?:过去|最近|近|前|这|未来|今后)几(?:十|百)?(?:个?(?:年|月|天|小时|周|星期)|分钟)")
_OPEN = re.compile(r"多少|几(?!乎|何|率|内|维)|多[大长远高宽深重快厚]")
ASKING_FOR_OTHER = re.compile(
    r"谁|为什么|为何|怎么|如何|哪些|什么(?!时|价|年代|日子)|哪里|哪儿|哪个?(?!年|月|天|日|时|世纪|届)|吗|是否|有没有"
)
"""The words by which something other than a figure is asked for."""

_NOUN = 6  # characters that the noun next to the question word takes up
_LISTED = re.compile(r"哪几[个家名位项类种条座处所]")  # asks for these themselves, not for their number
_WHAT_IS = re.compile(r"[是为]?什么[?？]?$|能告诉我|知道|请问|吗[?？]?$")
ASKING = re.compile(
    rf"(?:请问|是|为|有|在|于|达到?|到)?(?:多少(?:[多余来]?[十百千万亿]+)?|第?几(?!乎|何|率|内|维)[多十百千万亿]*)(?:{units.UNIT}(?:{units.RATE})?)?"
    r"|(?:是|为|在|于)?(?:什么时[候间刻期]|何时|何年|何月|何日|哪一?个?[年天日月届位任]份?|哪个?时[间候期]|多[久大长远高宽深重快厚](?:时间)?|什么日子|什么)"
    r"|是(?:在)?(?:多少|几|哪)|请问|告诉我|吗|呢"
)
"""The words that only ask, with what leads in to them and the unit that they ask for."""


def wanted(normal: str) -> Wanted:
    """Say what a normalised question asks for; no kinds where it asks for no figure."""
    period = next((figure.text for figure in extract(normal) if figure.kind == "date" and figure.value), None)
    asking = _PASSED.sub("", normal)
    found = _by_question_word(asking) or _by_noun(asking)
    return replace(found, period=period)


def _by_question_word(asking: str) -> Wanted | None:
    for rule in _ASKED:
        if rule.words.search(asking):
            unit = _unit(asking) if rule.kinds[0] in {"duration", "rank", "ratio"} else None
            return Wanted(rule.kinds, rule.unit or unit, None, rule.grain)
    if _LISTED.search(asking):
        return Wanted()
    unit = _unit(asking)
    if unit is None:
        return None
    return Wanted(_with(units.KINDS.get(unit) or units.KINDS.get(f"个{unit}") or "count"), unit)


def _by_noun(asking: str) -> Wanted:
    asks = _OPEN.search(asking) is not None
    named = _WHAT_IS.sub("", asking)
    if not asks and ASKING_FOR_OTHER.search(named):
        return Wanted()
    rule = _named(named)
    if rule is None:
        found = Wanted(("count", "measure", "money", "percent") if asks else ())
    else:
        found = Wanted(rule.kinds, rule.unit, None, rule.grain)
    changed = _CHANGED.search(asking) if asks else None
    if changed is None:
        return found
    rest = tuple(kind for kind in found.kinds if kind != "percent")
    return Wanted(("percent", *rest) if changed["rate"] else (*rest, "percent"))


def _named(named: str) -> _Rule | None:
    """Find what the noun asked about is likely to be; the words next to the question word go first."""
    match = _OPEN.search(named)
    noun = named[max(0, match.start() - _NOUN) : match.start() + 2] if match else named[-_NOUN:]
    for words in (noun, named):
        for rule in _NAMED:
            if rule.words.search(words):
                return rule
    return None


def _unit(normal: str) -> str | None:
    match = _UNIT_ASKED.search(normal)
    if match is None:
        return None
    after = normal[match.end() : match.end() + 1]
    if after and after in units.NAMES_AFTER.get(match["unit"], ""):
        return None
    return units.canonical(match["unit"].lower())


def _with(kind: FigureKind) -> _Kinds:
    """Add the kinds that a figure without its unit, or with a looser one, may be taken for."""
    also: dict[FigureKind, _Kinds] = {
        "money": ("money", "count"),
        "measure": ("measure", "count"),
        "duration": ("duration", "count"),
        "percent": ("percent", "ratio"),
        "count": ("count", "measure"),
    }
    return also.get(kind, (kind,))
