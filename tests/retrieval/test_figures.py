from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import dates, figures, metric_patterns
from retrieval import figure_patterns as patterns
from retrieval.figure_equality import answer_figures, same_figure
from retrieval.figures import extract, qualified

TEXTS = st.text(max_size=60) | st.text(
    alphabet="0123456789.,-~至到第一二三两十百千万亿年月日时点分半个家元%％倍成番：:（）()“”、。，上下午去今民国前约超多余￥$０１a",
    max_size=40,
)


def said(text: str) -> list[tuple[str, object, str | None]]:
    return [(figure.text, figure.value, figure.unit) for figure in extract(text)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("爆炸造成至少6死12伤", [("6死", 6), ("12伤", 12)]),
        ("致九死四十余伤", [("九死", 9), ("四十余伤", 40)]),
        ("造成1死1重伤2轻伤", [("1死", 1), ("1重伤", 1), ("2轻伤", 2)]),
        ("共有10男12女", [("10男", 10), ("12女", 12)]),
        ("致3死。", [("3死", 3)]),
        ("军方有一人丧生", [("一人", 1)]),
        ("育有一子两女", [("一子", 1), ("两女", 2)]),
        ("伤者为一男一女", [("一男", 1), ("一女", 1)]),
        ("生有一女，取名小雨", [("一女", 1)]),
        ("一人一票，一女子，3死角，一男生，育有一子公司", []),
        ("全县无一人死亡，没有一人受伤，一人就业", []),
        ("死亡3伤5，2023死亡病例，表3死亡原因，生育三子女家庭", []),
    ],
)
def test_people_without_a_measure_word_are_counted(text: str, figures: list[tuple[str, float]]) -> None:
    found = extract(text)
    assert [(figure.text, figure.value) for figure in found] == figures
    assert {figure.unit for figure in found} <= {"人"}


def test_a_case_is_one_where_it_happens() -> None:
    assert said("城东发生一起车祸") == [("一起", 1, "起")]
    assert said("大家一起参加活动，发生一起来看") == []


def test_a_number_with_about_needs_no_unit() -> None:
    assert said("费用一般在1000左右") == [("1000", 1000, None)]
    assert extract("费用一般在1000左右")[0].kind == "money"
    assert extract("人数一般在1000左右")[0].kind == "count"
    assert said("价格3000到9000不等") == [("3000到9000", (3000, 9000), None)]
    assert said("租金2000以上") == [("2000", 2000, None)]  # no year
    assert said("废水pH值在6-9之间") == [("6-9", (6, 9), None)]
    assert said("人数三百以上") == [("三百", 300, None)]
    assert said("共3以上，附表23以下简称，公交车12上下班，五一左右，双十一左右") == []
    assert said("在2019和2020之间") == [("2019", "2019", None)]


def test_only_a_whole_amount_has_change() -> None:
    assert said("借款10万元2分利")[0] == ("10万元", 100_000, "元")
    assert said("每消费10元1分")[0] == ("10元", 10, "元")
    assert said("缴纳罚款300元三分之一")[0] == ("300元", 300, "元")
    assert said("单价5.5元3角")[0] == ("5.5元", 5.5, "元")


def test_words_with_a_bankers_numeral_are_no_figures() -> None:
    assert said("大陆分公司、登陆元宇宙、退伍元年、拾金不昧、队伍2个") == [("2个", 2, "个")]


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("6.5亿元", "money", 650_000_000, "元"),
        ("1.3万亿元", "money", 1.3e12, "元"),
        ("三千五百万元", "money", 35_000_000, "元"),
        ("700万元人民币", "money", 7_000_000, "元"),
        ("￥2,499", "money", 2499, "元"),
        ("７００萬港元", "money", 7_000_000, "港元"),
        ("12.5元/股", "money", 12.5, "元/股"),
        ("壹佰贰拾万零叁佰元", "money", 1_200_300, "元"),
        ("貳萬圓", "money", 20_000, "元"),
        ("贰仟叁佰肆拾伍元陆角", "money", 2345.6, "元"),
        ("5元3角", "money", 5.3, "元"),
        ("100元零5分", "money", 100.05, "元"),
        ("1800多家", "count", 1800, "家"),
        ("133umol/L", "measure", 133, "umol/升"),
        ("两百多名", "count", 200, "名"),
        ("6 人", "count", 6, "人"),
        ("1,388户", "count", 1388, "户"),
        ("三十二人", "count", 32, "人"),
        ("八章", "count", 8, "章"),
        ("两三家", "count", (2, 3), "家"),
        ("120-150人", "count", (120, 150), "人"),
        ("7.7%", "percent", 7.7, "%"),
        ("－2.1％", "percent", -2.1, "%"),
        ("百分之十二点五", "percent", 12.5, "%"),
        ("3%-5%", "percent", (3, 5), "%"),
        ("0.3个百分点", "percent", 0.3, "百分点"),
        ("第8", "rank", 8, None),
        ("第三任", "rank", 3, "任"),
        ("2021年", "date", "2021", None),
        ("二〇二一年", "date", "2021", None),
        ("二○二一年三月五日", "date", "2021-03-05", None),
        ("８月２９日", "date", "XXXX-08-29", None),
        ("8月29日下午3时", "date", "XXXX-08-29T15", None),
        ("12 月 21 日", "date", "XXXX-12-21", None),
        ("2022年6月底", "date", "2022-06", None),
        ("2023-02-11", "date", "2023-02-11", None),
        ("2019年至2021年", "date", ("2019", "2021"), None),
        ("2019-2021年", "date", ("2019", "2021"), None),
        ("8月29日至31日", "date", ("XXXX-08-29", "XXXX-08-31"), None),
        ("上午9:30到下午6:30", "date", ("XXXXT09:30", "XXXXT18:30"), None),
        ("民國31年", "date", "1942", None),
        ("公元前221年", "date", "-0220", None),
        ("19世纪", "date", "18XX", None),
        ("1980年代", "date", "198X", None),
        ("2020年第三季度", "date", "2020-Q3", None),
        ("1.5个工作日", "duration", 1.5, "工作日"),
        ("三年六个月", "duration", 3.5, "年"),
        ("一年半", "duration", 1.5, "年"),
        ("半小时", "duration", 0.5, "小时"),
        ("１，２００元", "money", 1200, "元"),
        ("2，071平方米", "measure", 2071, "平方米"),
        ("八成五", "percent", 85, "%"),
        ("七枪", "count", 7, "枪"),
        ("第二学期", "rank", 2, "学期"),
        ("2019级", "date", "2019", None),
        ("2019前三季度", "date", "2019-Q1-Q3", None),
        ("去年同期", "date", None, None),
        ("农历八月十五", "date", None, None),
        ("腊月二十三", "date", None, None),
        ("周一至周五8:30-12:00", "date", ("XXXXT08:30", "XXXXT12:00"), None),
        ("45毫克/升", "measure", 45, "毫克/升"),
        ("900立方米/秒", "measure", 900, "立方米/秒"),
        ("三分之一", "ratio", 1 / 3, None),
        ("2.6倍", "ratio", 2.6, "倍"),
        ("翻了两番", "ratio", 4, "倍"),
        ("6：2", "ratio", 3, None),
        ("3比1", "ratio", 3, None),
        ("4075公里至5555公里", "measure", (4075, 5555), "公里"),
        ("35微克/立方米", "measure", 35, "微克/立方米"),
        ("一米八五", "measure", 1.85, "米"),
        ("27℃", "measure", 27, "摄氏度"),
        ("13岁", "measure", 13, "岁"),
    ],
)
def test_reads_a_figure_with_its_kind_value_and_unit(
    text: str, kind: str, value: object, unit: str | None
) -> None:
    """Every kind of figure is read whole, in Arabic and Chinese numerals, full width and traditional."""
    sentence = f"据统计，结果是{text}。"
    [figure] = extract(sentence)
    assert (figure.text, figure.kind, figure.unit) == (text, kind, unit)
    assert figure.value == pytest.approx(value) if isinstance(value, int | float) else figure.value == value
    assert sentence[figure.start : figure.end] == text


@pytest.mark.parametrize(
    "text",
    [
        "“一带一路”倡议",
        "落实三高四新要求",
        "三一重工和九芝堂参展",
        "两学一做常态化",
        "一件事一次办",
        "世界500强榜单",
        "5G网络覆盖乡村",
        "C919首飞",
        "2019冠状病毒",
        "第三小学放学",
        "汽车零部件出口",
        "十堰人在万达逛街",
        "一方面稳增长，一方面防风险",
        "“三大支撑”带动全局",
        "（一）总体要求",
        "一、指导思想",
        "热线12345",
        "依照第12号令办理",
        "详见附件3和图2",
        "股票代码600001.SH、（300001）",
        "评为4A级景区",
        "第二次世界大战后",
        "不得转交第三人",
        "党的二十大",
        "十分重要，万分感谢",
        "详见《十万个为什么》",
        "https://example.org/2021/300.html",
    ],
)
def test_leaves_names_and_markers_alone(text: str) -> None:
    """A number in a name, a saying, a title, a list marker or an identifier is no figure."""
    assert extract(text) == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("投入2000亿元", [("2000亿元", 2e11, "元")]),
        ("达5972.8", [("5972.8", 5972.8, None)]),
        ("奖金三千五", [("三千五", 3500.0, None)]),
        ("长三千五米", [("三千五米", 3500.0, "米")]),
        ("压缩至1.5个工作日内", [("1.5个工作日", 1.5, "工作日")]),
        ("开行超900列，近600吨", [("900列", 900.0, "列"), ("600吨", 600.0, "吨")]),
        ("近百家企业", [("百家", 100.0, "家")]),
        ("3至5万元", [("3至5万元", (30000.0, 50000.0), "元")]),
        ("6个月到1年", [("6个月", 6.0, "月"), ("1年", 1.0, "年")]),
        ("收费1000-1500元", [("1000-1500元", (1000.0, 1500.0), "元")]),
        ("始建于1958由乡民集资", [("1958", "1958", None)]),
        ("5月17、18日演出", [("5月17", "XXXX-05-17", None), ("18日", "XXXX-XX-18", None)]),
        ("连续10日停牌", [("10日", 10.0, "天")]),
        ("占全省的1/3。", [("1/3", 1 / 3, None)]),
    ],
)
def test_avoids_the_usual_blunders(text: str, figures: list[tuple[str, object, str | None]]) -> None:
    """An amount is no year, a qualifier no part of a number, and a shared scale holds for both ends."""
    assert said(text) == figures


def test_binds_metric_and_period_from_the_sentence() -> None:
    """A figure knows what it measures and when; later figures of the same clause share both."""
    text = "2020年，全县粮食总产量达到41.6万吨，同比增长3.5%，引进企业32家，1200多名青年返乡。"
    bound = {figure.text: (figure.metric, figure.period) for figure in extract(text)}
    assert bound["41.6万吨"] == ("全县粮食总产量", "2020年")
    assert bound["3.5%"] == ("全县粮食总产量同比增长", "2020年")
    assert bound["32家"] == ("企业", "2020年")


def test_milestones_share_the_metric_but_not_the_year() -> None:
    """Sums passed on the way carry the metric, and only the last one the year that stands before it."""
    text = "外贸总额先后跨过100亿元、200亿元大关，2021年达到260亿元，培育骨干企业18家。"
    bound = {figure.text: (figure.metric, figure.period) for figure in extract(text)}
    assert bound["260亿元"] == ("外贸总额", "2021年")
    assert bound["200亿元"] == ("外贸总额", None)
    assert bound["18家"] == ("骨干企业", None)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("1.2万亿元", "12000亿元", True),
        ("28枚", "二十八枚", True),
        ("308", "308分", True),
        ("1991", "1991年", True),
        ("65公分", "65厘米", True),
        ("3小时", "180分钟", True),
        ("5人", "5名", True),
        ("8月29日", "2022年8月29日", True),
        ("二〇二一年", "2021年", True),
        ("2021年", "2021年3月", False),
        ("28枚", "28元", False),
        ("3%-5%", "3%", False),
        ("5人", "6人", False),
    ],
)
def test_tells_whether_two_figures_are_the_same(a: str, b: str, same: bool) -> None:  # noqa: FBT001 - a table
    """Value and unit decide, not the spelling; dates agree where neither contradicts the other."""
    [left], [right] = answer_figures(a), answer_figures(b)
    assert same_figure(left, right) is same
    assert same_figure(right, left) is same


@given(TEXTS)
def test_any_text_has_figures_in_order_at_their_places(text: str) -> None:
    """Figures stand where they say, in order and apart, and their metrics are made of the text."""
    figures = extract(text)
    for figure in figures:
        assert text[figure.start : figure.end] == figure.text != ""
        assert set(figure.metric or "") <= set(text)
    for before, after in pairwise(figures):
        assert before.end <= after.start
    for figure in figures:
        assert same_figure(figure, figure)


@pytest.mark.parametrize(
    "unit", ["1", "一", "1,234", "第", "3年", "（1", "超过", "至", "\n", "“一", "的", "5、", "2021年"]
)
def test_takes_linear_time(unit: str) -> None:
    """Fifty thousand characters of hostile repetition pass within seconds."""
    begun = time.process_time()
    extract(unit * (50_000 // len(unit)))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "figure", "metric", "period"),
    [
        ("产值先后越过1亿元、2亿元，2021年产值为4.6亿元。", "4.6亿元", "产值", "2021年"),
        ("已有28家世界500强企业在县里设厂。", "28家", "世界500强企业", None),
        ("货运班列开行以来累计超300列。", "300列", "货运班列", None),
    ],
)
def test_metric_and_period_of_the_clause(text: str, figure: str, metric: str, period: str | None) -> None:
    """A date just before a metric is its period; a counted noun may hold a name with a number."""
    found = next(found for found in extract(text) if found.text == figure)
    assert (found.metric, found.period) == (metric, period)


def test_numbers_of_documents_and_telephones_are_no_figures() -> None:
    """What only names a paper or a line measures nothing."""
    assert extract("青政办发〔2023〕15号，联系电话：0731-88886666。") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("班列累计开行超3000列。", "超3000列"),
        ("开办时间压缩至1.5个工作日内，并全程网办。", "1.5个工作日内"),
        ("里程超過200公里以上", "超過200公里以上"),
        ("投资约2.5亿元左右", "约2.5亿元左右"),
        ("新增学位3000个，", "3000个"),
        ("补偿标准为每平方米1800元。", "每平方米1800元"),
        ("小学每生每年900元。", "每生每年900元"),
        ("拨款3亿元内部挖潜", "3亿元"),
    ],
)
def test_what_bounds_a_figure_is_shown_with_it(text: str, shown: str) -> None:
    """`超` and `以内` belong to what is said; words that only stand beside do not."""
    assert qualified(text, extract(text)[0]) == shown


def test_the_number_of_a_picture_or_a_table_is_no_figure() -> None:
    """`图1 环湖步道` and `见表2-1` count nothing; three maps do."""
    for text in ("图1 环湖步道线路示意图", "分布情况（见表2-1）", "附表3．各乡镇情况", "如图 2，各线路"):
        assert extract(text) == []
    assert [figure.text for figure in extract("新绘地图3张，图表12幅。")] == ["3张", "12幅"]


SIGNS = st.sampled_from(
    """
    0 1 2 9 2021 12 . , + - ~ 至 到 — 年 月 日 号 时 点 分 秒 : 半 上 下 午 百 千 万 亿 两 几 数
    十 一 二 三 四 五 〇
    第 届 级 个 名 家 元 美元 % 倍 成 米 平方米 吨 《 》 “ ” ( ) 。 ， 、 附图 表 SH HK - / 之 分之 年代 世纪
    季度 农历 正月 初 公元 康熙 万历 民国 去 今 本 同 星期 周 的 翻 番 $ ¥ US$ ٣ µm 号令 十四五 规划
    """.split()  # noqa: SIM905 - a list of words reads best as words
) | st.sampled_from([" ", "\n", "\u212a"])
MADE = st.lists(SIGNS, max_size=14).map("".join)


@given(MADE)
def test_what_is_left_out_at_a_glance_is_no_figure(text: str) -> None:
    """The first characters that are looked at rule out nothing that the rules themselves would read."""
    for start in range(len(text)):
        full = next(filter(None, (read(text, start) for read in figures._READERS)), None)
        found = figures._read(text, start) if patterns.CANDIDATE.match(text, start) else None
        assert found == full or not re.compile(patterns._CANDIDATE).match(text, start)
        if text[start] in dates._NUMBER_START and not dates._BEGINNING.match(text, start):
            assert dates._points(text, start) is None
            assert (
                dates._shared(text, start) is dates._iso(text, start) is dates._century(text, start) is None
            )
            assert dates._lunar(text, start) is dates._named(text, start) is None
    for sign, names in patterns.NO_FIGURES:
        assert sign.search(text) or not names.search(text)
    assert metric_patterns.CHANGE_WORD.search(text) or not metric_patterns.CHANGE.search(text)
