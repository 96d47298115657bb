"""Numbers as the number formats of Word show them: `二`, `②`, `II`, `b`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 32767
"""The largest number that Word counts to."""

_DIGITS = "〇一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_CIRCLED = 20  # the last number that has a circled character


def numeral(number: int, name: str) -> str:
    """Return a number as a format shows it, by the format's name (`chineseCounting` …); else in digits."""
    if name == "none":
        return ""
    show = _FORMATS.get(name, str)
    return show(number) if 0 < number <= LARGEST else str(number)


def _counting(number: int) -> str:
    """`十二`, `一百零五`."""
    if number >= 10_000:
        return str(number)
    digits = str(number)
    shown = ""
    for place, digit in zip(reversed(range(len(digits))), digits, strict=True):
        if digit != "0":
            shown += _DIGITS[int(digit)] + _PLACES[place]
        elif not shown.endswith("零"):
            shown += "零"
    shown = shown.rstrip("零")
    return shown[1:] if shown.startswith("一十") else shown


def _legal(number: int) -> str:
    return _counting(number).translate(_LEGAL)


def _digital(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    shown = ""
    for worth, letters in _ROMAN:
        shown += letters * (number // worth)
        number %= worth
    return shown


def _letters(number: int) -> str:
    """`A` to `Z`, then `AA`, `BB` …, as Word counts."""
    times, letter = divmod(number - 1, 26)
    return chr(ord("A") + letter) * (times + 1)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= _CIRCLED else str(number)


def _full_width(number: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(number))


_FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "taiwaneseCountingThousand"), _counting),
    **dict.fromkeys(("japaneseCounting", "taiwaneseCounting"), _counting),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional"), _legal),
    **dict.fromkeys(("ideographDigital", "taiwaneseDigital"), _digital),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _full_width),
    "decimalZero": "{:02d}".format,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % len(_STEMS)],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % len(_BRANCHES)],
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
}
