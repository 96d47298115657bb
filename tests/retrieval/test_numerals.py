from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import numerals
from retrieval.numerals import normalise_numerals, parse_number

NUMERALS = st.text(
    alphabet="0123456789.,零〇一二三五九两十百千万亿点第分之年月日元家个多%半壹拾", max_size=30
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,388", 1388),
        ("１２．５", 12.5),
        ("-2.1", -2.1),
        ("1.2万亿", 1.2e12),
        ("6.3万", 63000),
        ("1亿8千万", 180_000_000),
        ("三千五百", 3500),
        ("三千五", 3500),
        ("三千零五", 3005),
        ("一百零三", 103),
        ("两百多", 200),
        ("三十几", 30),
        ("数百", 100),
        ("千", 1000),
        ("廿三", 23),
        ("卅", 30),
        ("二〇二一", 2021),
        ("二○二一", 2021),
        ("十二点五", 12.5),
        ("三点五万亿", 3.5e12),
        ("一萬三千億", 1.3e12),
        ("壹拾贰万", 120_000),
        ("半", 0.5),
        ("零", 0),
    ],
)
def test_reads_a_numeral(text: str, value: float) -> None:
    """Arabic, Chinese, mixed, full-width, traditional and banker's numerals all have their value."""
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "家", "点", "一米", "abc", "十点", "几家", "1.2.3"])
def test_is_none_for_what_is_no_numeral(text: str) -> None:
    """Nothing is guessed from a text that is not one numeral."""
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二〇二一年八月二十九日", "2021年8月29日"),
        ("二零二一年", "2021年"),
        ("二〇一九至二〇二二年", "2019至2022年"),
        ("三千五百万元", "3500万元"),
        ("1万2千元", "1.2万元"),
        ("1.2万亿元", "12000亿元"),
        ("人民币壹拾万元", "人民币10万元"),
        ("定金伍万元", "定金5万元"),
        ("登陆万元户，队伍万元奖金", "登陆万元户，队伍万元奖金"),
        ("一千八百家", "1800家"),
        ("一千五百余人", "1500余人"),
        ("百分之十二点五", "12.5%"),
        ("千分之三", "3‰"),
        ("第一百二十条", "第120条"),
        ("世界五百强", "世界500强"),
        ("1,234.5", "1234.5"),
    ],
)
def test_writes_certain_numerals_in_arabic_digits(text: str, expected: str) -> None:
    """Years, dates, percentages and measured amounts have one spelling."""
    assert normalise_numerals(text) == expected


@pytest.mark.parametrize(
    "name",
    [
        "一带一路",
        "三高四新",
        "三一重工",
        "两学一做",
        "一件事一次办",
        "十堰",
        "万达",
        "零部件",
        "第三小学",
        "五大关系",
        "三大支撑八项重点",
        "十四五",
        "二十大",
        "三零四最",
        "十个坚决",
        "五月天",
        "千方百计",
        "百分之几",
        "下午三点",
        "一千零一夜",
        "50千克",
        "1,2,3",
    ],
)
def test_leaves_names_alone(name: str) -> None:
    """A numeral in a name or a saying stays as it is."""
    assert normalise_numerals(name) == name


@given(NUMERALS | st.text(max_size=40))
def test_a_second_pass_changes_nothing(text: str) -> None:
    """The normal form is its own normal form."""
    once = normalise_numerals(text)
    assert normalise_numerals(once) == once


@given(NUMERALS | st.text(max_size=40))
def test_reading_never_fails(text: str) -> None:
    """Any text is a number or None."""
    assert isinstance(parse_number(text), float | None)


@pytest.mark.parametrize("unit", ["一", "1,234", "1,", "百分之", "三千五百万", "二〇二一", "第一百"])
def test_takes_linear_time(unit: str) -> None:
    """A hundred thousand characters of hostile repetition pass in well under ten seconds."""
    begun = time.perf_counter()
    normalise_numerals(unit * (100_000 // len(unit)))
    assert time.perf_counter() - begun < 10


@given(NUMERALS)
def test_places_that_are_passed_over_hold_no_numeral(text: str) -> None:
    """Only runs of digits are looked at, and the result is as if every place had been."""
    plain = numerals._THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    everywhere = numerals._NUMERAL.sub(numerals._rewrite, plain)
    expected = numerals._THOUSANDS.sub(lambda found: found[0].replace(",", ""), everywhere)
    assert normalise_numerals(text) == expected
