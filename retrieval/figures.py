"""Figures in a text: amounts, counts, shares, ranks, dates, durations, ratios, measures, with their places.

Rules over the characters, no dictionary: a number is a figure when a unit, a date or its setting gives it a
meaning, and none when it is part of a name (`一带一路`, `500强`, `5G`), a list marker or an identifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from retrieval import dates, units
from retrieval import figure_patterns as patterns
from retrieval.metrics import bind
from retrieval.model import Figure, FigureKind
from retrieval.numerals import parse_number, without_bankers
from retrieval.plain import plain

Value = float | str | tuple[float, float] | tuple[str, str] | None

# Measure words that a single Chinese digit makes a figure with, and those that 一 does.
_PLAIN_COUNTS = frozenset(
    "家个名位人座栋所台架艘部本册套层楼届期批章集篇幅张枚颗支只棵起宗辆列处例项条种类份场局轮队站户岁间瓶箱次句大"
    "天年周门株幢节头具首卷枪弹筐桶把"
)
_PLAIN_ONE = frozenset("名座栋所架艘岁年天辆枚颗")
# Units that after a single Chinese digit are more often part of a word: 一度, 三里, 一角.
_NOT_WITH_ONE_DIGIT = frozenset("度分里级码角块两ktmg折点圆") | {"季度", "世纪"}
_BEFORE = re.compile(
    r"(?:(?:每(?:平方米|立方米|千瓦时|公里|小时|学[年期]|[人户亩公顷月天日吨年次间生张件])){1,3}|不?超过|不少于|不低于|不高于|不多于|不到|不足|超出|突破|大约|至少|至多|最多|最少|最高|最低|将近|接近|高达|多达|约|近|逾|超)$"
)
_AFTER = re.compile(r"(?:及|或|\()?(?:以上|以下|以内|以外|左右|上下|不等)|内(?!部|地|容|陆|外|在|需|资|涵)")
_SIGNS = {"¥": "元", "$": "美元", "€": "欧元", "£": "英镑", "US$": "美元", "HK$": "港元"}
_LONGEST_FRACTION = 40  # characters
_DAYS = re.compile(r"\d+ ?日")
_LASTS = re.compile(r"(?:连续|为期|历时|长达|[每满])$")
_NAME_LETTERS = frozenset("GMTKk")  # 5G, 4K
_LEADS_TO_NUMBER = frozenset("为是达到至约超近过数量率比值得有共计于第分增减加年龄岁")
_ARABIC_START = "+-0123456789"
_PARTS = {
    "年": "年",
    "月": "月",
    "天": "天",
    "日": "天",
    "小时": "小时",
    "钟头": "小时",
    "分": "分钟",
    "分钟": "分钟",
}
_PARTS |= {"秒": "秒", "秒钟": "秒"}
_IN_ONE = {
    ("年", "月"): 12.0,
    ("年", "天"): 365.0,
    ("月", "天"): 30.0,
    ("天", "小时"): 24.0,
    ("小时", "分钟"): 60.0,
    ("分钟", "秒"): 60.0,
}
_Reading = tuple[FigureKind, int, Value, str | None]
_Reader = Callable[[str, int], _Reading | None]


def extract(text: str) -> list[Figure]:
    """Find all figures of `text`, in order and without overlap; each stands at `text[start:end]`."""
    simple = without_bankers(plain(text))
    open_text = _mask(simple)
    found: list[Figure] = []
    position = 0
    while (begin := patterns.CANDIDATE.search(open_text, position)) is not None:
        start = begin.start()
        reading = _read(open_text, start)
        if reading is None:
            led = open_text[start] == "第" or (open_text[start] in "+-" and _after_letter(open_text, start))
            run = patterns.RUN.match(open_text, start + led)
            position = max(run.end() if run else 0, start + 1)
            continue
        kind, end, value, unit = reading
        found.append(Figure(text[start:end], kind, value, unit, start, end))
        position = end
    return bind(text, simple, found)


def _mask(text: str) -> str:
    """Blank out, place by place, what holds numbers that are no figures."""

    def blank(match: re.Match[str]) -> str:
        return "□" * len(match[0])

    for sign, names in patterns.NO_FIGURES:
        if sign.search(text):
            text = names.sub(blank, text)
    return text


def _read(text: str, start: int) -> _Reading | None:
    """Read the figure that starts at `start`."""
    character = text[start]
    if patterns.ONLY_COUNTS.match(text, start):
        readers: tuple[_Reader, ...] = (_quantity, _bare)
    else:
        readers = _READERS_OF.get(character) or (_READERS if character.isdecimal() else (_date,))
    for reader in readers:
        reading = reader(text, start)
        if reading is not None:
            return reading
    return None


def _percent(text: str, start: int) -> _Reading | None:
    match = patterns.PERCENT.match(text, start)
    if match is None:
        return None
    if match["permille"]:
        return _reading("percent", match.end(), parse_number(match["permille"]), "‰")
    return _reading("percent", match.end(), _value(match["percent"], match["last"]), "%")


def _reading(kind: FigureKind, end: int, value: Value, unit: str | None) -> _Reading | None:
    return None if value is None else (kind, end, value, unit)


def _fraction(text: str, start: int) -> _Reading | None:
    near = text[start : start + _LONGEST_FRACTION]
    match = patterns.FRACTION.match(text, start) if "分之" in near or "/" in near else None
    if match is None:
        return None
    below, above = (parse_number(match[part] or "") for part in ("below", "above"))
    if match["over"] and not _after_letter(text, start) and text[start - 1 : start] != "/":
        below, above = float(match["under"]), float(match["over"])
        if above >= below:
            return None
    return ("ratio", match.end(), above / below, None) if below and above else None


def _date(text: str, start: int) -> _Reading | None:
    found = None if _after_letter(text, start) else dates.read(text, start)
    if found is None or (
        _DAYS.fullmatch(text, start, found[0]) and _LASTS.search(text, max(0, start - 3), start)
    ):
        return None
    return "date", *found, None


def _after_letter(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return before.isascii() and (before.isalpha() or before in {"_", "."})


def _rank(text: str, start: int) -> _Reading | None:
    match = patterns.RANK.match(text, start)
    if match is None:
        return None
    unit = (match["unit"] or "").strip() or None
    after = text[match.end() : match.end() + 1]
    if unit and _begins_word(unit, after):
        return None
    if unit is None and not match["n"].isdecimal() and _is_han(after) and after not in "的和与是":
        return None  # 第三小学, 第一时间
    if match["n"] == "一" and unit in {"次", "个", "批", "天", "家", "种", "部", "年"} and _is_han(after):
        return None  # for the first time
    return _reading("rank", match.end(), _value(match["n"], match["last"]), unit)


def _begins_word(unit: str, after: str) -> bool:
    return after != "" and after in units.NAMES_AFTER.get(unit, "")


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _doubled(text: str, start: int) -> _Reading | None:
    match = patterns.DOUBLED.match(text, start)
    times = parse_number(match["n"]) if match else None
    return ("ratio", match.end(), 2.0**times, "倍") if match and times else None


def _tenths(text: str, start: int) -> _Reading | None:
    match = patterns.TENTHS.match(text, start)
    if match is None:
        return None
    tenths = [parse_number(number) or 0.0 for number in patterns.SEPARATOR.split(match["n"])]
    rest = 5.0 if match["half"] else parse_number(match["rest"] or "") or 0.0
    shares = [10 * number + rest for number in tenths]
    return "percent", match.end(), shares[0] if len(shares) == 1 else (shares[0], shares[1]), "%"


def _height(text: str, start: int) -> _Reading | None:
    """Read `一米八五`."""
    match = patterns.HEIGHT.match(text, start)
    if match is None:
        return None
    metres, rest = parse_number(match["m"]) or 0.0, parse_number(match["rest"]) or 0.0
    return "measure", match.end(), metres + rest / 10 ** len(match["rest"]), "米"


def _signed(text: str, start: int) -> _Reading | None:
    match = patterns.SIGNED.match(text, start)
    if match is None:
        return None
    unit = units.canonical(match["unit"].strip()) if match["unit"] else _SIGNS[match["sign"]]
    return _reading("money", match.end(), _value(match["n"], match["last"]), unit)


def _versus(text: str, start: int) -> _Reading | None:
    match = patterns.VERSUS.match(text, start)
    if match is None or _after_letter(text, start):
        return None
    a, b = parse_number(match["a"]), parse_number(match["b"])
    return None if a is None or b is None else ("ratio", match.end(), a / b if b else a, None)


def _long_time(text: str, start: int) -> _Reading | None:
    """Read a duration in two units, or one and a half (`3年6个月`, `一年半`), in the larger unit."""
    match = patterns.LONG_TIME.match(text, start)
    if match is None or not (match["half"] or match["rest"]) or _after_letter(text, start):
        return None
    value, unit = parse_number(match["n"]), _PARTS[match["unit"].removeprefix("个")]
    if value is None or (unit == "年" and value >= 1000):
        return None
    if match["half"]:
        return "duration", match.end("half"), value + 0.5, unit
    rest = parse_number(match["rest"])
    parts = _IN_ONE.get((unit, _PARTS[match["rest_unit"].removeprefix("个")]))
    return None if rest is None or parts is None else ("duration", match.end(), value + rest / parts, unit)


def _people(text: str, start: int) -> _Reading | None:
    """Read the dead and injured of `3死6伤`, the children of `一子两女`, the two of `一男一女`."""
    match = None if _after_letter(text, start) else patterns.PEOPLE.match(text, start)
    value = parse_number(match["hit"] or match["child"]) if match else None
    return ("count", match.end(), value, "人") if match and value else None


def _grade(text: str, start: int) -> _Reading | None:
    match = None if _after_letter(text, start) else patterns.GRADE.match(text, start)
    return ("date", match.end(), match["year"], None) if match else None


def _half(text: str, start: int) -> _Reading | None:
    match = patterns.HALF.match(text, start)
    return ("duration", match.end(), 0.5, units.canonical(match["unit"])) if match else None


def _quantity(text: str, start: int) -> _Reading | None:
    """Read a number or a range with a unit."""
    match = patterns.QUANTITY.match(text, start)
    if match is None:
        return None
    number, last, end, written = match["n"], match["last"], match.end(), match["unit"].strip()
    first = (match["first_unit"] or "").strip()
    if first and units.canonical(first.lower()) != units.canonical(written.lower()):
        # 6个月到1年: two figures, of which this is the first.
        last, end, written = None, match.end("first_unit"), first
    head = written.lower().partition("/")[0]
    kind = units.KINDS.get(head)
    if kind is None or written in _NAME_LETTERS or _begins_word(head, text[end : end + 1]):
        return None
    if _after_letter(text, start) and kind not in {"money", "percent"}:
        return None
    if not patterns.CASE.match(text, start) and not _counts(number, head, kind, text[start - 1 : start]):
        return None
    value = _value(number, last, shared=not first)
    change = patterns.CHANGE.match(text, end) if written == "元" else None
    if change and isinstance(value, float) and number[-1] not in "万亿" and "." not in number:
        end = change.end()
        jiao, fen = (
            parse_number(part or "0") or 0 for part in (change["jiao"], change["fen"] or change["rest"])
        )
        value = round(value + jiao / 10 + fen / 100, 2)
    return _reading(kind, end, value, units.canonical(written.lower()))


def _value(first: str, last: str | None, *, shared: bool = False) -> Value:
    """Give a number, or a range; its start takes a `shared` scale that only the end names (`3-5万`)."""
    vague = patterns.TWO_TO_THREE.fullmatch(first)
    if vague and not last:
        ends = [parse_number(digit + vague["scale"]) for digit in (vague["low"], vague["high"])]
        return (ends[0] or 0.0, ends[1] or 0.0)
    low, high = parse_number(first), parse_number(last or "")
    if low is None or last is None:
        return low
    if high is None:
        return None
    scale = parse_number(last.rstrip("多余几来").lstrip("0123456789.,一二三四五六七八九")) or 1.0
    if shared and first[-1] not in "百千万亿" and low * scale <= high:
        low *= scale
    return low, high


def _counts(number: str, unit: str, kind: FigureKind, before: str) -> bool:
    """Tell whether a number is a figure with this unit, and not part of a word."""
    if number[0] in _ARABIC_START:
        return True
    han = number.rstrip("多余几来") or number
    vague = patterns.TWO_TO_THREE.fullmatch(number)
    if vague:
        return bool(vague["scale"]) or unit in _PLAIN_COUNTS or kind in {"duration", "money"}
    if re.search(r"[一二三四五六七八九两]{2}", han) or han[0] in "零〇○":
        return False
    if han[0] in "百千万亿":  # 近百家, 千亿美元; but not 百家争鸣
        return (before != "" and before in "近上超过数逾达足约") or (len(han) > 1 and kind == "money")
    if len(han) > 1 or number != han:
        return unit != "大"  # 二十大
    return _counts_one_digit(han, unit, kind)


def _counts_one_digit(digit: str, unit: str, kind: FigureKind) -> bool:
    if kind == "count" or unit in {"岁", "级"}:
        return unit in (_PLAIN_ONE if digit == "一" else _PLAIN_COUNTS)
    return unit not in _NOT_WITH_ONE_DIGIT


def _bare(text: str, start: int) -> _Reading | None:
    """Read a number without a unit: a score, a table's cell, a year, an amount in 万 or 亿."""
    match = patterns.BARE.match(text, start)
    if match is None or _after_letter(text, start):
        return None
    number, after = match["n"], text[match.end() : match.end() + 1]
    is_about = _is_about(text, match)
    if (
        patterns.YEAR.fullmatch(number)
        and _is_han(after)
        and text[start - 1 : start] in {"于", "在", "自", "从"}
    ):
        return "date", match.end(), number, None  # 始建于1958由…
    if not (is_about or _stands_alone(number, after)) or _is_identifier(text, start, number):
        return None
    if patterns.YEAR.fullmatch(number) and not match["last"] and not is_about:
        return "date", match.end(), number, None
    if not (match["last"] or is_about) and _is_label(text, start, number):
        return None
    scaled = number[-1] in "百千万亿"
    money = (scaled or is_about) and patterns.MONEY_WORDS.search(text, max(0, start - 12), start)
    value = _value(number, match["last"], shared=True)
    return _reading("money" if money else "count", match.end(), value, None)


def _is_about(text: str, match: re.Match[str]) -> bool:
    """Tell whether a bare number, or range, is given as about so much: then it counts something."""
    number, end = match["n"], match.end()
    if match["last"]:
        return text.startswith("之间", end) or patterns.ABOUT.match(text, end) is not None
    large = number[-1] in "百千万亿" or (number[0] in _ARABIC_START and len(number) > 1)
    return large and patterns.ABOUT.match(text, end) is not None


def _stands_alone(number: str, after: str) -> bool:
    if after.isascii() and (after.isalpha() or after in {"_", "+"}):
        return False
    if number[0] in _ARABIC_START:
        return number[-1] in "百千万亿" or not _is_han(after)
    spoken = patterns.SPOKEN_AMOUNT.fullmatch(number) is not None
    return spoken and (not _is_han(after) or after in "以左上不的等元")


def _is_label(text: str, start: int, number: str) -> bool:
    """Tell whether a bare small number only numbers what stands before it: `附件3`, `国4`."""
    before = text[start - 1 : start]
    small = number.isdecimal() and len(number) < 3
    return small and (_is_han(before) or before == "，") and before not in _LEADS_TO_NUMBER


def _is_identifier(text: str, start: int, number: str) -> bool:
    long = number.isdecimal() and (len(number) > 8 or (number[0] == "0" and len(number) > 1))
    named = patterns.IDENTIFIER.search(text, max(0, start - 10), start)
    return long or named is not None or text[start - 1 : start] in {"/", "=", "#", "@", "□"}


_DIGITS = "0123456789"
_NUMBER_STARTS = f"+-{_DIGITS}几数{patterns.HAN}"
# The first that can read a place decides. Each has the characters that what it reads starts with: most places
# are for few. Dates start with any others, too.
_STARTS = (
    (_percent, "百千"),
    (_fraction, _NUMBER_STARTS),
    (_date, f"{_DIGITS}一二三四五六七八九十廿卅第半万"),  # 万历
    (_rank, "第"),
    (_doubled, "翻"),
    (_tenths, f"{_DIGITS}一二三四五六七八九两"),
    (_height, f"{_DIGITS}一二两"),
    (_signed, "¥$€£UH"),
    (_versus, f"{_DIGITS}一二三四五六七八九十两"),
    (_long_time, _NUMBER_STARTS),
    (_half, "半"),
    (_people, _NUMBER_STARTS),
    (_grade, "12"),
    (_quantity, _NUMBER_STARTS),
    (_bare, _NUMBER_STARTS),
)
_READERS = tuple(reader for reader, _ in _STARTS)
_READERS_OF = {
    character: tuple(reader for reader, starts in _STARTS if character in starts)
    for character in "".join(starts for _, starts in _STARTS)
}


def qualified(text: str, figure: Figure) -> str:
    """The figure with the words beside it that bound or blur it, as they stand in its paragraph's `text`.

    `超3000列`, `1.5个工作日以内`, `约200公里`: without them it would say more than the text does.
    """
    before = _BEFORE.search(plain(text[max(0, figure.start - 9) : figure.start]))
    after = _AFTER.match(plain(text[figure.end : figure.end + 6]))
    start = figure.start - (len(before[0]) if before else 0)
    return (
        text[start : figure.start]
        + figure.text
        + (text[figure.end : figure.end + after.end()] if after else "")
    )
