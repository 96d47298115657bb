"""What the heads of a table say: what is measured, in which unit, and for when.

Heads, captions and lines such as `单位：万元` are read here, one at a time; which cell a head is over is not
looked at. A unit is one only where `units` knows it: `（不含农户）` stays part of the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from retrieval import units
from retrieval.documents.lines import join
from retrieval.figures import extract
from retrieval.plain import plain

_LONGEST = 60  # characters of a head that may hold a unit or a period
_UNIT = rf"(?:[十百千万亿]*{units.UNIT}(?:/[^\s/()]{{1,8}})?|[十百千万亿]+)"
_ALONE = re.compile(_UNIT, re.IGNORECASE)
_IN_HEAD = re.compile(
    rf"\s*(?:[(\[{{【]\s*(?:(?:计量)?单位\s*:?)?\s*(?P<bracketed>{_UNIT})\s*[)\]}}】]"
    rf"|(?<=\w)[/,，:]\s*(?P<apart>{_UNIT})|(?:\(?[±+][-/]?)?(?P<sign>[%‰])\)?)$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"[-+−(约近超逾]?\s*[¥$€£]?\s*[-−]?\d[\d,.]*(?:E[-+]\d\d|[-~～—–至]\d[\d,.]*)?多?\s*(?:{_UNIT}|[%‰])?\)?(?:以上|以下|左右|[*①-⑳↑↓])?",
    re.IGNORECASE,
)
_LINE = re.compile(r"[(\[【]?\s*(?:计量)?单位\s*[::]\s*(?P<units>[^\s()\[\]【】][^()\[\]【】]{0,30})[)\]】]?")
_BETWEEN_UNITS = re.compile(r"[、,，;；\s]+")
_COMPARED = re.compile(r"[比较同与占以为]$")
_PART_OF = re.compile("^其中[：:]?|^#")
_BASE = re.compile(r"\s*(?:[=为价]|不变价)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAY_BE_DATE = re.compile(
    r"\d\s*[-—–~～至/.年月日]|(?:19|20)\d\d|季度|半年|[一二三四五六七八九十]月|[一二〇零][〇零○一二三四五六七八九]{3}年"
)
_RATE = re.compile("增长|增速|增幅|降幅|涨幅|同比|环比|比重|占比|比例|率$|±|[比较]上?[年月期]")
_CHANGE = re.compile(
    "(?=.)(?:(?:[比较]上[年月](?:同期|同月)?|同比|环比|年均)*(?:增长|增减|增速|增幅|升降|变化|下降|增)*(?:率|速度|幅度|量|额)?±?)"
)
_COUNTED = re.compile(
    "(?:[人户家个件次台辆]|企业|项目)数|数量|年份|排名|名次|位次|代码|编[号码]|电话|邮编|序号|指数|系数"
)
_LABEL = re.compile(
    r"序号|序|[\u4e00-\u9fff]{0,4}(?:编号|编码|代码|证号|号码|电话|邮编|账号)|(?:id|no\.?|#|№)", re.IGNORECASE
)
_RANK = re.compile("排名|名次|位次|排序")


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it stands, without its unit as it is shown before a value that carries the unit, and parts.

    `name` is what it measures, without unit and period. `period` is its own words.
    """

    text: str = ""
    shown: str = ""
    name: str = ""
    unit: str | None = None
    period: str | None = None

    def over(self, other: Head) -> Head:
        """Return this head and one below it as one."""
        return Head(
            join(self.text, other.text),
            join(self.shown, other.shown),
            join(self.name, other.name),
            other.unit or self.unit,
            both_periods(self.period, other.period),
        )


@lru_cache(maxsize=4096)
def read_head(text: str) -> Head:
    """Take a head apart. A year without `年` is given it: `2021` is shown as `2021年`."""
    if len(text) > _LONGEST:
        return Head(text, text, text)
    simple = plain(text)
    if _YEAR.fullmatch(simple):
        return Head(text, f"{text}年", "", None, f"{text}年")
    match = _IN_HEAD.search(simple)
    shown = text[: match.start()] if match else text
    unit = text[slice(*match.span(match.lastgroup or 0))] if match else None
    name, period = _without_period(shown)
    name = _PART_OF.sub("", name)
    return Head(text, shown, name, unit, period)


def _without_period(text: str) -> tuple[str, str | None]:
    """Return a head without the date that it is for, and that date; one that it compares with stays."""
    if not _MAY_BE_DATE.search(text):
        return text, None
    simple = plain(text)
    for date in extract(text):
        compared = _COMPARED.search(simple[: date.start]) or _BASE.match(simple, date.end)
        if date.kind == "date" and date.value is not None and not compared:
            rest = text[: date.start].rstrip(" （(") + text[date.end :].lstrip(" 的）)，,:：")
            rest, narrower = _without_period(rest)
            return rest, both_periods(date.text, narrower)
    return text, None


def is_period(text: str) -> bool:
    """Whether a text is a date or another period, and nothing else."""
    head = read_head(text)
    return head.period is not None and not head.name.strip("()（）度份")


def both_periods(wider: str | None, narrower: str | None) -> str | None:
    """Return two periods of one value as one: a year and a month or a quarter in it, else the narrower."""
    if wider is None or narrower is None or _YEAR.search(plain(narrower)):
        return narrower or wider
    year = _YEAR.findall(plain(wider))
    return wider + narrower if len(year) == 1 and wider.endswith(("年", "年度")) else narrower


def is_label(head: str) -> bool:
    """Whether the numbers under a head only number or name things."""
    return _LABEL.fullmatch(plain(head).strip()) is not None


def is_rank(head: str) -> bool:
    """Whether the numbers under a head put the rows in order, so that what names these comes after."""
    return _RANK.fullmatch(plain(head).strip()) is not None


def is_change(name: str) -> bool:
    """Whether a head says only how something changed, and not what."""
    simple = plain(name)
    return simple not in {"率", "量", "额", "速度", "幅度"} and _CHANGE.fullmatch(simple) is not None


def stated_units(caption: str) -> tuple[str, ...]:
    """Return the units that a caption or a line states for a whole table: `单位：亿元、%`."""
    match = _LINE.search(plain(caption))
    if match is None:
        own = read_head(caption).unit
        return (own,) if own else ()
    stated = _BETWEEN_UNITS.split(caption[slice(*match.span("units"))])
    return tuple(unit for unit in stated if _ALONE.fullmatch(plain(unit)))


def is_unit(text: str) -> bool:
    return _ALONE.fullmatch(plain(text)) is not None


def is_amount(text: str) -> bool:
    """Whether a text is a number, with its unit or none; `3号楼` is a name and `2031年` a period."""
    return _AMOUNT.fullmatch(plain(text)) is not None and not is_period(text)


def is_unit_line(text: str) -> bool:
    """Whether a line states units and nothing else."""
    return _LINE.fullmatch(plain(text)) is not None


def without_units(caption: str) -> str:
    """Return a caption without the units that it states for the table."""
    match = _LINE.search(plain(caption))
    return caption if match is None else f"{caption[: match.start()]} {caption[match.end() :]}".strip()


def unit_for(head: str, stated: tuple[str, ...]) -> str | None:
    """Return which of a table's units is that of a head without one; None where that is not beyond doubt."""
    if not stated:
        return None
    shares = [unit for unit in stated if plain(unit) in {"%", "‰"}]
    others = [unit for unit in stated if unit not in shares]
    if _RATE.search(plain(head)):
        return shares[0] if shares else None
    if _COUNTED.search(plain(head)) or len(others) > 1:
        return None
    return others[0] if others else shares[0] if shares else None
