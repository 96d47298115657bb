"""A cell's value as its number format shows it: `0.226` under `0.0%` is `22.6%`, a date `2021年3月`.

The formats of Excel as far as they change what a reader reads: places, thousands, percent, words around the
number, dates and times. Colours, alignment, conditions and fractions do not.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

_MARKUP = re.compile(r"\[[^\]]*\]|_.|\*.")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_PLACEHOLDERS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?,*|\.[#0?]+")
_DATE_PART = re.compile(
    r"y+|m+|d+|h+|s+|a{3,4}|am/pm|a/p|上午/下午|\"[^\"]*\"|\\.|\[[^\]]*\]|_.|\*.|.", re.IGNORECASE
)
_SHORT_DATE = frozenset(("mm-dd-yy", "m/d/yy", "m/d/yyyy", "general"))
_GENERAL = re.compile(r"general|@|", re.IGNORECASE)
_WEEKDAYS = "一二三四五六日"
_LARGEST = 1e15


class _Number(NamedTuple):
    before: str
    after: str
    places: int
    optional: int  # how many of the places are left out where they are 0
    thousands: bool
    scale: int  # by which power of ten the value is shown


def shown(value: object, number_format: str) -> str:
    """Return a value as text; `value` is as openpyxl gives it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return _date(value, number_format)
    return "" if value is None else str(value)


def _number(value: float, number_format: str) -> str:
    if value != value or abs(value) >= _LARGEST:  # noqa: PLR0124 - NaN alone differs from itself
        return str(value)
    sections = number_format.split(";")
    below = value < 0 and len(sections) > 1 and sections[1] != ""
    pattern = _pattern(sections[1] if below else sections[0])
    if pattern is None:
        return _plain(value)
    amount = Decimal(repr(abs(value) if below else value)).scaleb(pattern.scale)
    amount = amount.quantize(Decimal(1).scaleb(-pattern.places), ROUND_HALF_UP)
    digits = f"{amount:,f}" if pattern.thousands else f"{amount:f}"
    if pattern.optional:
        kept = digits[: len(digits) - pattern.optional]
        digits = (kept + digits[len(kept) :].rstrip("0")).rstrip(".")
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    return f"{sign}{pattern.before}{digits}{pattern.after}"


def _plain(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"


@lru_cache(maxsize=512)
def _pattern(section: str) -> _Number | None:
    """Take a format's section apart; None for one that shows the number as it is."""
    words: list[str] = []

    def keep(match: re.Match[str]) -> str:
        words.append(match[1] if match[1] is not None else match[2])
        return chr(0xE000 + len(words) - 1)

    bare = _MARKUP.sub("", _LITERAL.sub(keep, section))
    match = _PLACEHOLDERS.search(bare)
    if match is None or _GENERAL.fullmatch(bare) or "/" in bare or "E+" in bare or "E-" in bare:
        return None
    before, after = (
        "".join(words[ord(sign) - 0xE000] if 0 <= ord(sign) - 0xE000 < len(words) else sign for sign in part)
        for part in (bare[: match.start()], _PLACEHOLDERS.sub("", bare[match.end() :]))
    )
    whole, _, fraction = match[0].rstrip(",").partition(".")
    scaled = len(match[0]) - len(match[0].rstrip(","))
    percent = 2 * (bare.count("%") > 0)
    places = min(len(fraction), 15)
    optional = places - len(fraction[:places].rstrip("#?"))
    return _Number(before.strip(), after.strip(), places, optional, "," in whole, percent - 3 * scaled)


def _date(value: dt.datetime | dt.date | dt.time, number_format: str) -> str:
    section = number_format.split(";", maxsplit=1)[0]
    parts = _DATE_PART.findall(section)
    names = [part.lower()[0] if part[0].isascii() and part[0].isalpha() else part for part in parts]
    if section.lower() in _SHORT_DATE or not any(name in ("y", "m", "d", "h", "s") for name in names):
        midnight = isinstance(value, dt.datetime) and value.time() == dt.time()
        return (
            (value.date() if isinstance(value, dt.datetime) and midnight else value)
            .isoformat()
            .replace("T", " ")
        )
    hour12 = any(part.lower() in ("am/pm", "a/p", "上午/下午") for part in parts)
    moment = value if isinstance(value, dt.datetime) else _moment(value)
    units = [name for name in names if name in ("y", "m", "d", "h", "s")]
    text, seen = [], 0
    for part, name in zip(parts, names, strict=True):
        minutes = name == "m" and ("h" in units[max(0, seen - 1) : seen] or "s" in units[seen + 1 : seen + 2])
        seen += name in ("y", "m", "d", "h", "s")
        text.append(_date_part(part, moment, minutes=minutes, hour12=hour12))
    return "".join(text).strip()


def _moment(value: dt.date | dt.time) -> dt.datetime:
    if isinstance(value, dt.time):
        return dt.datetime.combine(dt.date(1900, 1, 1), value)
    return dt.datetime.combine(value, dt.time())


def _date_part(part: str, moment: dt.datetime, *, minutes: bool, hour12: bool) -> str:
    kind, wide = part.lower(), len(part) > 1
    if kind in ("am/pm", "a/p", "上午/下午"):
        return "上午" if moment.hour < 12 else "下午"
    if kind[0] == "a" and len(kind) > 2:
        return ("星期" if len(kind) == 4 else "") + _WEEKDAYS[moment.weekday()]
    numbers = {
        "y": moment.year if len(part) > 2 else moment.year % 100,
        "m": moment.minute if minutes else moment.month,
        "d": moment.day,
        "h": (moment.hour % 12 or 12) if hour12 else moment.hour,
        "s": moment.second,
    }
    if kind[0] in numbers and kind.isalpha():
        return f"{numbers[kind[0]]:02}" if wide else str(numbers[kind[0]])
    if part[0] in '"\\':
        return part.strip('"') if part[0] == '"' else part[1:]
    return "" if part[0] in "[_*" and wide else part
