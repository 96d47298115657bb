"""Dates, times and their ranges in a text, as ISO 8601 values reduced to what the text says.

`2021年` is `2021`, `8月29日下午3时` `XXXX-08-29T15`, `19世纪` `18XX`, `第三季度` `Q3`. What only the day
of writing would tell (`去年`, `周三`) is found with the value None. Of other calendars it converts the years
of the Republic and of Japan, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from retrieval.numerals import parse_number
from retrieval.units import UNIT

_HAN_DIGIT = "〇零○一二三四五六七八九"
_YEAR4 = rf"(?:\d{{4}}|[一二][{_HAN_DIGIT}]{{3}})"
_SHORT = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"  # a month, day or hour
_LONG = r"(?:\d{1,4}|[一二三四五六七八九十百千零]{1,5}|元)"  # a year of an era
_ERAS = {"民国": 1911, "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_REIGNS = (
    "康熙|雍正|乾隆|嘉庆|道光|咸丰|同治|光绪|宣统|顺治|崇祯|万历|嘉靖|洪武|永乐|成化|弘治|正德|隆庆|天启|宣德|正统|"
    "景泰|贞观|开元|天宝|熙宁|元丰|绍兴|淳熙|建安|至元|至正|宽永|庆长|元禄|享保|天保|安政|文久|庆应"
)
_RELATIVE = "[去上前]年同期|去年|今年|明年|前年|本年|当年|同年|翌年|次年|上年"
_DAYPART = (
    "凌晨|清晨|早上|早晨|早间|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜间|深夜|当晚|午夜|晨|晚|早"
)
_QUARTER = r"(?:第?[一二三四1-4]季度|前[一二三]季度?|上半年|下半年|半年度)"

_POINT = re.compile(
    rf"""
    (?:
        (?:(?:公|西|纪)元前|前)[ ]?(?P<bcyear>{_LONG})[ ]?年
      | (?:公元|西元)?[ ]?(?P<year>{_YEAR4})[ ]?(?:年(?!前|的?历史|代)(?:度(?!假))?|(?={_QUARTER}))
      | (?:公元|西元)[ ]?(?P<ad>{_LONG})[ ]?年
      | (?P<era>{"|".join(_ERAS)}|{_REIGNS})[ ]?(?P<erayear>{_LONG})[ ]?年
      | (?P<old>[1-9]\d[1-9])[ ]?年(?!前|来|的?历史|代|期|间|以)
      | (?P<short>\d\d)[ ]?年(?=\d{{1,2}}[ ]?月)
      | (?P<relative>{_RELATIVE})
    )?
    (?:\([^()]{{1,12}}\))?
    (?:(?P<season>年底|年初|年末|底|初|末|[春夏秋冬][季天]?)|(?:的?(?P<quarter>{_QUARTER})))?
    (?:[,、]?[ ]?(?P<month>{_SHORT})(?:[ ]?月|(?=(?:[-~至到]|[—–―]+)\d{{1,2}}月))(?![球亮票薪台])
        (?P<monthpart>份|底|初|末|[上中下]旬)?
      | (?P<relmonth>[本上下]个?月|同月))?
    (?:[ ]?(?P<day>{_SHORT})(?:(?:(?<=月\d)|(?<=月\d\d))(?=[-~至到、和及]\d{{1,2}}日)
      | [ ]?日(?![元圆语军方均内间]|本(?![报届次公案院市省]))
      | [ ]?号(?![楼线院机文店公令馆台坑井室门码选球航星舰元首仓车]))
    )?
    (?:[ ]?\(?(?:周|星期)[一二三四五六日天]\)?)?
    (?:
        T?[ ]?(?P<daypart>{_DAYPART})?(?:间)?[ ]?(?P<hour>{_SHORT})[ ]?
        (?:
            (?:时(?![间代期尚装速候])|点钟?)(?:(?P<minute>{_SHORT})[ ]?分(?![钟之])|(?P<half>半)|整|许)?
          | :(?P<clock>[0-5]\d)(?::[0-5]\d)?(?!\d)
        )
      | (?P<vague>{_DAYPART})(?![报安期年熟餐会稻])
    )?
    """,
    re.VERBOSE | re.ASCII,
)
_ISO = re.compile(
    r"(?P<year>[12]\d{3})(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?!\d)(?:(?P=sep)(?P<day>[0-3]?\d)(?!\d))?"
)
_LUNAR_DAY = (
    r"(?:初[一二三四五六七八九十]|[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|\d{1,2}(?=日))日?"
)
_LUNAR = re.compile(
    rf"(?:(?:农历|阴历)(?:[一二三四五六七八九十]{{1,2}}月|[正冬腊]月)(?:{_LUNAR_DAY})?"
    rf"|(?:[正冬腊]月|大年){_LUNAR_DAY}|[一二三四五六七八九十]{{1,2}}月初[一二三四五六七八九十](?!级)|正月|腊月|除夕)"
)
_SEPARATOR = r"[ ]?(?:-+|—+|–|―|~|～|至|到|－)[ ]?"
_SHARED = re.compile(
    rf"(?P<a>{_YEAR4}){_SEPARATOR}(?P<b>{_YEAR4}|\d\d)(?: ?年(?!代)|(?![\d.]|左右| ?(?:{UNIT}|[万亿])))|"
    rf"(?P<c>\d{{1,2}}){_SEPARATOR}(?=(?P<d>\d{{1,2}}) ?(?P<unit>月|日(?!元|圆)))"
)
_JOIN = re.compile(rf"(?:起|开始)?{_SEPARATOR}(?:今年|当年|次)?")
_CENTURY = re.compile(
    r"(?P<bc>公元前|西元前|前)?(?:公元|西元)?"
    r"(?:(?P<century>\d{1,2}|[一二三四五六七八九十]{1,3}|上) ?世纪(?!大|之交|公园))?"
    r"(?:(?P<decade>\d0|[一二三四五六七八九]十|1\d\d0|20\d0) ?年代)?"
    r"(?P<part>初期?|中[叶期]|末[叶期]?|后期|前期|[上下]半叶|早期|晚期)?"
)
_NAMED = re.compile(
    r"昨[日天晚]|今[日天晚]|明[日天]|前天|当[日天]|同日|次日|(?:上|下|本|这)?(?:周|星期)[一二三四五六日天](?![期年])|"
    r"[上下本]周"
)
_NAMED_END = re.compile(rf"{_SEPARATOR}(?:(?:周|星期)?[一二三四五六日天末](?![期年个次]))")

# What follows a number that a date begins with: most numbers begin none, as this tells faster than the rest.
_BEGINNING = re.compile(
    rf"(?:\d{{1,4}}|[一二][{_HAN_DIGIT}]{{3}}|[一二三四五六七八九十廿卅]{{1,3}})[ ]?"
    r"(?:[年月日号时点:季第前上下半至到一二三四世\-—–―~～－]|[1-4]季|(?<=\d{4})[/.])",
    re.ASCII,
)
_NUMBER_START = frozenset("0123456789一二三四五六七八九十廿卅")

Value = str | tuple[str, str] | None
_Parts = Mapping[str, Any]  # of a match of _POINT: by name what was found, or None


def read(text: str, start: int) -> tuple[int, Value] | None:
    """Read the date or range of dates at `start` of a simplified, half-width text: its end and value."""
    if text[start] in _NUMBER_START and not _BEGINNING.match(text, start):
        return None
    for reader in (_lunar, _iso, _shared, _century, _points, _named):
        found = reader(text, start)
        if found is not None:
            return found
    return None


def _lunar(text: str, start: int) -> tuple[int, Value] | None:
    """Read a day or month of the lunar calendar; which day of ours that is is left open."""
    match = _LUNAR.match(text, start)
    return (match.end(), None) if match else None


def _iso(text: str, start: int) -> tuple[int, Value] | None:
    match = _ISO.match(text, start)
    if match is None or not 1 <= int(match["day"] or 1) <= 31:
        return None
    if match["sep"] == "." and (match["day"] is None or text[match.end() : match.end() + 1] == "."):
        return None  # 2021.12 is more often a number
    day = f"-{int(match['day']):02}" if match["day"] else ""
    value = f"{match['year']}-{int(match['month']):02}{day}"
    clock = _POINT.match(text, match.end())
    if day and clock and clock["clock"]:
        return clock.end(), f"{value}T{_time(clock.groupdict())}"
    return match.end(), value


def _shared(text: str, start: int) -> tuple[int, Value] | None:
    """Read a range whose first part lacks its unit: `2019-2021年`, `9至10月`, `1905-1990`."""
    match = _SHARED.match(text, start)
    if match is None:
        return None
    if match["a"]:
        first, last = _digits(match["a"]), _digits(match["b"])
        last = last if len(last) == 4 else first[:2] + last
        if not ("1000" if "年" in match[0] else "1500") <= first < last <= "2100":
            return None
        return match.end(), (first, last)
    point = _POINT.match(text, match.end())
    if point is None or point.end() == match.end() or not _plausible(point.groupdict()):
        return None
    value = _value(point.groupdict())
    first = f"{int(match['c']):02}"
    if not isinstance(value, str) or not 1 <= int(match["c"]) <= (12 if match["unit"] == "月" else 31):
        return None
    return point.end(), (f"XXXX-{first}" if match["unit"] == "月" else f"{value[:8]}{first}", value)


def _century(text: str, start: int) -> tuple[int, Value] | None:
    match = _CENTURY.match(text, start)
    if match is None or not (match["century"] or match["decade"]):
        return None
    century = "20" if match["century"] == "上" else match["century"]
    number = parse_number(century) if century else None
    decade = parse_number(match["decade"]) if match["decade"] else None
    if century and number is None:
        return None
    if match["bc"]:
        return match.end(), f"-{int(number or 0) - 1:02}XX"
    if decade is not None and decade >= 1000:
        return match.end(), f"{int(decade) // 10}X"
    hundreds = f"{int(number) - 1:02}" if number else "XX"
    return match.end(), hundreds + ("XX" if decade is None else f"{int(decade) // 10}X")


def _points(text: str, start: int) -> tuple[int, Value] | None:
    first = _point(text, start)
    if first is None:
        return None
    end, value = first
    join = _JOIN.match(text, end)
    last = _point(text, join.end()) if join else None
    if last is None or value is None or not isinstance(value, str):
        return first
    if not isinstance(last[1], str):
        return first
    return last[0], (value, _complete(last[1], value))


def _complete(value: str, before: str) -> str:
    """Give the end of a range the year and month that only its start names."""
    filled = "".join(
        known if unknown == "X" else unknown for unknown, known in zip(value[:8], before[:8], strict=False)
    )
    return filled + value[len(filled) :] if value[:4] == "XXXX" else value


def _point(text: str, start: int) -> tuple[int, str | None] | None:
    match = _POINT.match(text, start)
    if match is None or match.end() == start:
        return None
    read = _read_point(match[0], match.groups())
    if read is None:
        return None
    end = match.end()
    while text[end - 1] in " (":
        end -= 1
    return end, read[0]


@lru_cache(maxsize=1 << 12)  # a text has the same dates again and again
def _read_point(written: str, groups: tuple[str | None, ...]) -> tuple[str | None] | None:
    """Read the parts of a match of _POINT: None where they make no date, else its value."""
    parts = dict(zip(_POINT.groupindex, groups, strict=True))
    return (_value(parts),) if _says_when(written, parts) and _plausible(parts) else None


def _says_when(written: str, match: _Parts) -> bool:
    """Tell whether the parts found make a date, rather than `三点` (three points) or `三日` (three days)."""
    given = {name for name, part in match.items() if part}
    anchored = given - {"season", "vague", "daypart", "monthpart"}
    if anchored == {"day"}:
        return match["day"].isdecimal() or len(match["day"]) > 1
    if anchored == {"relative"}:
        return "season" in given or match["relative"] not in {"当年", "同年", "本年", "上年"}
    if anchored == {"hour"}:
        return "daypart" in given or ("时" in written and match["hour"].isdecimal())
    return bool(anchored)


def _plausible(match: _Parts) -> bool:
    limits = {"year": (1, 2200), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59)}
    for name, (low, high) in limits.items():
        if match[name] and not low <= (_number(match[name]) or 0) <= high:
            return False
    return True


def _number(text: str) -> int | None:
    value = parse_number(text)
    return None if value is None else int(value)


def _digits(year: str) -> str:
    return f"{_number(year) or 0:04}"


def _year(match: _Parts) -> str | None:
    """Give the year's four digits, `XXXX` where the text leaves it out, None where it cannot be told."""
    era, written = match["era"], match["year"] or match["ad"] or match["old"]
    if written:
        return _digits(written)
    if match["short"]:
        return f"{19 if match['short'] >= '50' else 20}{match['short']}"
    if match["bcyear"]:
        return f"-{(_number(match['bcyear']) or 1) - 1:04}"
    if not era:
        return "XXXX"
    first = _ERAS.get(era)
    nth = 1 if match["erayear"] == "元" else _number(match["erayear"]) or 1
    return None if first is None else f"{first + nth:04}"


def _value(match: _Parts) -> str | None:
    year = _year(match)
    if year is None:
        return None
    if match["quarter"]:
        quarter = _quarter(match["quarter"])
        return quarter if year == "XXXX" else f"{year}-{quarter}"
    value = year
    if match["month"]:
        value += f"-{_number(match['month']):02}"
    if match["day"]:
        value += f"{'' if match['month'] else '-XX'}-{_number(match['day']):02}"
    if match["hour"]:
        value += f"T{_time(match)}"
    return None if value == "XXXX" else value


def _time(match: _Parts) -> str:
    hour = _number(match["hour"]) or 0
    if hour < 12 and match["daypart"] in {
        "下午",
        "午后",
        "傍晚",
        "晚上",
        "晚间",
        "夜间",
        "深夜",
        "当晚",
        "晚",
    }:
        hour += 12
    minute = "30" if match["half"] else match["clock"] or match["minute"]
    return f"{hour:02}" + (f":{_number(minute) or 0:02}" if minute else "")


def _quarter(text: str) -> str:
    if "半" in text:
        return "H2" if text.startswith("下") else "H1"
    number = next(character for character in text if character not in "第前")
    return ("Q1-Q" if text.startswith("前") else "Q") + f"{_number(number)}"


def _named(text: str, start: int) -> tuple[int, Value] | None:
    match = _NAMED.match(text, start)
    if match is None:
        return None
    last = _NAMED_END.match(text, match.end()) if match[0][-2:-1] in {"周", "期"} else None
    if last:
        hours = _points(text, last.end())
        return hours if hours and "T" in str(hours[1]) else (last.end(), None)
    point = _POINT.match(text, match.end())
    timed = point is not None and point.end() > match.end() and (point["hour"] or point["vague"])
    return (point.end() if point is not None and timed else match.end()), None
