"""Chinese and Arabic numerals: their values, and one spelling for search.

`parse_number` reads a numeral. `normalise_numerals` rewrites those numerals of a text that are beyond doubt
(years, dates, percentages, amounts with a measure word) in Arabic digits. Single Chinese digits stay,
for they are often part of a name (`三一重工`, `一带一路`), as do numerals that measure nothing (`十四五`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = {character: index for index, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2, "几": 1, "数": 1}
_TENS = {"廿": 20, "卅": 30}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}

# Full-width, traditional and banker's characters as the simplified ones that the tables above know.
_SIMPLE = str.maketrans(
    "０１２３４５６７８９．％－＋，兩萬億點餘壹貳贰叁參叄肆伍陸陆柒捌玖拾佰仟",
    "0123456789.%-+,两万亿点余一二二三三三四五六六七八九十百千",
)
_PART = re.compile(r"\d+(?:\.\d+)?|.")
_IGNORED = re.compile(r"[,\s]")
_VAGUE = re.compile(r"[多余几来](?=[万亿]|$)")
_COMMA = re.compile(r"\d,\d\d\d")
_THOUSANDS = re.compile(r"(?<!\d)(?<!\d[,.])\d{1,3}(?:,\d{3})+(?!,?\d)")
_LONGEST = 40  # characters; nobody writes longer numerals


@lru_cache(maxsize=1 << 13)  # numbers repeat themselves, and each is read by several rules
def parse_number(text: str) -> float | None:
    """Read one numeral: its value, or None where `text` is none.

    `多`, `余`, `几` and `来` are passed over (`两百多万` is 2000000), `几` and `数` count as one
    (`数百` is 100), and a last digit takes its place from the unit before it (`三千五` is 3500).
    """
    numeral = _IGNORED.sub("", text.translate(_SIMPLE))
    if numeral in {"半", "一半"}:
        return 0.5
    sign = -1 if numeral[:1] in {"-", "负"} else 1
    value = _evaluate(_VAGUE.sub("", numeral.lstrip("-+负")))
    return None if value is None else float(sign * value)


@lru_cache(maxsize=1 << 13)
def _evaluate(numeral: str) -> Decimal | None:  # noqa: C901 - one loop over the parts reads best whole
    if not numeral or len(numeral) > _LONGEST:
        return None
    total = section = Decimal(0)  # above and below the last 万 or 亿
    pending: Decimal | None = None  # a number whose unit is still to come
    unit = largest = 0  # the unit just before, and the largest of 万 and 亿 so far
    positional = False  # the part before was a digit, so that 二〇二一 goes on
    parts = _PART.findall(numeral)
    for index, part in enumerate(parts):
        if part == "点":
            return None if total else _decimal(section + (pending or 0), parts[index + 1 :])
        if part in _DIGITS:
            digit = _DIGITS[part]
            pending = Decimal(digit) if pending is None or not positional else pending * 10 + digit
            positional = True
            unit = unit if digit and len(parts) == index + 1 else 0
            continue
        positional = False
        if part[0].isdecimal() and part.isascii():
            if pending:
                return None
            pending = Decimal(part)
            unit = unit if len(part) == 1 and len(parts) == index + 1 else 0
        elif part in _TENS:
            section, pending, unit = section + _TENS[part], None, 10
        elif part in _SMALL:
            unit = _SMALL[part]
            section, pending = section + (1 if pending is None else pending) * unit, None
        elif part in _LARGE:
            unit = _LARGE[part]
            section += pending or 0
            if unit > largest:
                total = (total + section or Decimal(1)) * unit
                largest = unit
            else:
                total += section * unit
            section, pending = Decimal(0), None
        else:
            return None
    return total + section + (pending or 0) * (Decimal(unit) / 10 if unit else 1)


def _decimal(whole: Decimal, tokens: list[str]) -> Decimal | None:
    """Read a numeral on from its point: digits, then perhaps 万 or 亿 (`三点五万亿`)."""
    digits = ""
    while tokens and tokens[0] in _DIGITS:
        digits += str(_DIGITS[tokens.pop(0)])
    if not digits or any(token not in _LARGE and token not in _SMALL for token in tokens):
        return None
    value = whole + Decimal(f"0.{digits}")
    for token in tokens:
        value *= _LARGE.get(token) or _SMALL[token]
    return value


_HAN_DIGIT = "零〇○一二三四五六七八九"
_HAN = _HAN_DIGIT + "两十百千万亿廿卅"
_BANKERS = "壹贰叁肆伍陆柒捌玖拾佰仟"
# 大陆 and 队伍 end with one, and 元宇宙 is no amount.
_BANKERS_AMOUNT = (
    rf"(?:(?<![大登着内水海])陆|(?<![队入退])伍|(?<![收捡])拾|[壹贰叁肆柒捌玖佰仟])"
    rf"[{_BANKERS}零万亿]*(?=[元圆](?![宇宝年气旦首宵件]))"
)
_IN_BANKERS = re.compile(
    rf"{_BANKERS_AMOUNT}|(?<=[元圆角零])[{_BANKERS}](?=[角分])|[{_BANKERS}][{_BANKERS}零万亿]{{2,}}"
)
_MEASURES = frozenset(
    "元个家人名位年月日天岁项条件所座栋幢列辆台架艘部本册套亩顷米里平立吨克斤度倍次场届期批种类章集篇字卷幅片块"
    "股票户间层楼级小分秒周支只头匹棵株张枚颗粒队路站处门例起宗笔份车强%美港欧英韩卢法公海毫厘微华摄世兆千"
)
_NUMERAL = re.compile(
    rf"(?P<percent>(?<![\d{_HAN}])[百千]分之)?"
    # 千 before 克, 米 … belongs to the unit.
    rf"(?P<run>(?<![\d{_HAN}{_BANKERS}])(?<!\d\.)"
    rf"(?:(?:\d+(?:\.\d+)?|千(?![克米瓦卡伏赫帕焦])|[{_HAN.replace('千', '')}])+(?:点[{_HAN_DIGIT}]+[万亿]*)?"
    rf"|[{_BANKERS}零万亿]{{3,}}|{_BANKERS_AMOUNT}))(?![{_HAN.replace('千', '')}{_BANKERS}])"
    r"(?=(?P<vague>[多余]?)(?P<next>.?))",
    re.DOTALL,
)
_NUMERIC = rf"[\d.点{_HAN}{_BANKERS}]"
# What may be written otherwise; of single characters only months, days and what begins a percentage. It
# begins with a plain character: what starts so is found fast.
_DIGITS_RUN = re.compile(f"{_NUMERIC}(?:{_NUMERIC}+|(?=[多余]?[月日号]|分之))")
_YEAR = re.compile(rf"(?:一[〇零○一五六七八九]|二[〇零○一])[{_HAN_DIGIT}]{{2}}")
_WELL_FORMED = re.compile(
    # 十五, 三千五百万, 1万2千: a digit or 十 first, then units in between.
    rf"(?:\d+(?:\.\d+)?|[{_HAN_DIGIT}两](?=[十百千万亿])|十|廿|卅)(?:[十百千万亿]|零?(?:\d+|[{_HAN_DIGIT}两])(?![{_HAN_DIGIT}两]))*"
)
_FRACTION = re.compile(rf"[十百千{_HAN_DIGIT}两]+点[{_HAN_DIGIT}]+[万亿]*")
_PLAIN = re.compile(r"\d+(?:\.\d+)?[万亿]?")
_NOT_MONTHS = frozenset("天花瓜饼")


def without_bankers(text: str) -> str:
    """`text` with numerals like `壹佰贰拾万` in ordinary characters, one for one."""
    return _IN_BANKERS.sub(lambda numeral: numeral[0].translate(_SIMPLE), text)


def normalise_numerals(text: str) -> str:
    """`text` with its certain numerals in Arabic digits; idempotent, in linear time.

    It expects NFKC, simplified and lower-case text, from a document or a question alike:
    `二〇二一年八月二十九日` becomes `2021年8月29日`, `百分之十二点五` `12.5%`, `三千五百万元` `3500万元`,
    `1.2万亿元` `12000亿元`, `1,234.5` `1234.5`.
    """
    text = _without_commas(text)
    written: list[str] = []
    done = 0
    for run in _DIGITS_RUN.finditer(text):
        if run[0].isascii():
            continue  # it stays, and most numbers are of this kind
        place = max(done, run.start())
        while place < run.end():
            numeral = _NUMERAL.match(text, place)
            if numeral:
                written += (text[done:place], _rewrite(numeral))
                done = numeral.end()
            place = max(done, place + 1)
    written.append(text[done:])
    return _without_commas("".join(written))


def _without_commas(text: str) -> str:
    if not _COMMA.search(text):
        return text
    return _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)


def _rewrite(match: re.Match[str]) -> str:
    run, following = match["run"], match["next"]
    value = _evaluate(run.translate(_SIMPLE))
    before = match.string[match.start() - 1] if match.start() else ""
    if match["percent"]:
        sign = "%" if match["percent"][0] == "百" else "‰"
        written = match[0] if value is None else _digits(value) + sign
    elif len(run) == 4 and (_YEAR.fullmatch(run) or (following == "年" and set(run) <= set(_HAN_DIGIT))):
        written = "".join(str(_DIGITS[digit]) for digit in run)
    elif value is None or _PLAIN.fullmatch(run) or not _is_numeral(run):
        written = run
    elif following == "月" and not match["vague"] and run[0] != "两" and 1 <= value <= 12:
        name = match.string[match.end() + 1 : match.end() + 2] in _NOT_MONTHS
        written = run if name else _digits(value)
    elif following in {"日", "号"} and before == "月":
        written = _digits(value)
    elif len(run) > 1 and (before == "第" or following in _MEASURES):
        written = _canonical(value)
    else:
        written = run
    return written


def _is_numeral(run: str) -> bool:
    simple = run.translate(_SIMPLE)
    return len(run) == 1 or bool(_WELL_FORMED.fullmatch(simple) or _FRACTION.fullmatch(simple))


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _canonical(value: Decimal) -> str:
    """As Chinese writes it: below ten thousand plain, else in 万 or 亿."""
    for name, unit in (("亿", 10**8), ("万", 10**4)):
        if value >= unit:
            return f"{_digits(value / unit)}{name}"
    return _digits(value)


_SCALED = re.compile(r"(?<![\d.])(?P<number>\d{1,13}(?:\.\d{1,4})?)(?P<unit>万亿|万|亿)?(?![\d.万亿])")
_SCALES = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "": 1}


def other_spellings(text: str) -> Iterator[tuple[str, str]]:
    """Yield the large numbers of a normalised text, each with the other usual ways to write its value.

    `1.2万亿` goes with `12000亿`, `1200000000000` and so on; up to four places after the point are usual.
    """
    for match in _SCALED.finditer(text):
        value = Decimal(match["number"]) * _SCALES[match["unit"] or ""]
        if value < 10**4:
            continue
        for unit, scale in _SCALES.items():
            number = value / scale
            digits = _digits(number)
            usual = number >= 1 and len(digits.partition(".")[2]) <= 4
            if usual and f"{digits}{unit}" != match[0]:
                yield match[0], f"{digits}{unit}"
