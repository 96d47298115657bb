"""Dates of articles to ISO 8601, reduced where they say less. The figures of a text are not its business."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_DATE = re.compile(
    r"(?<!\d)(?P<year>[12]\d{3}|[〇零○一二三四五六七八九]{4}(?=年))"
    r"(?:\s*[-/.年]\s*(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:\s*[-/.月]\s*(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})(?!\d)\s*日?|\s*月|(?![\d一二三四五六七八九十]))|\s*年|(?!\d))"
)
_LONGEST = 60
_CLOCK = r"(?:[\sT]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
_WEEKDAY = r"(?:\s*[（(]?(?:星期|周)[一二三四五六日天][）)]?)?"
_ALONE = re.compile(_DATE.pattern + _WEEKDAY + _CLOCK)


def iso(text: str) -> str | None:
    """Return the first date in `text` that has a year (`2022-08-29`, `2023-02`, `2021`), or None."""
    return next((date for match in _DATE.finditer(_plain(text)) if (date := _reduced(match))), None)


def is_date(text: str) -> bool:
    """Whether `text` is a date with year and month, perhaps with a weekday and a time, and nothing else."""
    if len(text) > _LONGEST or not text[:1].isnumeric():
        return False
    match = _ALONE.fullmatch(_plain(text).strip())
    return bool(match and match["month"] and _reduced(match))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("○", "〇"))


def _reduced(match: re.Match[str]) -> str | None:
    year = int("".join(_DIGITS.get(character, character) for character in match["year"]))
    month, day = _number(match["month"]), _number(match["day"])
    try:
        dt.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None)])


def _number(numeral: str | None) -> int | None:
    """Return an Arabic or Chinese numeral up to 99; None where there is none."""
    if numeral is None:
        return None
    if numeral.isdigit():
        return int(numeral)
    if "十" not in numeral:
        return int("".join(_DIGITS[character] for character in numeral))
    tens, _, ones = numeral.partition("十")
    if "十" in ones:
        return 0
    return 10 * int(_DIGITS.get(tens[-1:], "1")) + int(_DIGITS.get(ones[-1:], "0"))
