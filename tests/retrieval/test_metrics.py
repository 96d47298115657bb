from __future__ import annotations

import pytest

from retrieval.figures import extract
from retrieval.metrics import whole_words


def metrics(text: str) -> list[str | None]:
    """Return the metrics of the figures that are no dates, in order."""
    return [figure.metric for figure in extract(text) if figure.kind != "date"]


def periods(text: str) -> list[str | None]:
    return [figure.period for figure in extract(text) if figure.kind != "date"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("茶叶出口额6.2亿元，同比增长9.5%。", ["茶叶出口额", "茶叶出口额同比增长"]),
        ("森林覆盖率提高0.5个百分点，达到61%。", ["森林覆盖率提高", "森林覆盖率"]),
        ("补贴资金8000万元，占26%。", ["补贴资金", "补贴资金占"]),
        ("审批事项由90项减少到40项，减少55%。", ["审批事项", "审批事项", "审批事项减少"]),
        ("出口和进口分别增长8%和6%。", ["出口增长", "进口增长"]),
        (
            "蔬菜产值3亿元，水果产值2亿元，分别增长4%和5%。",
            ["蔬菜产值", "水果产值", "蔬菜产值增长", "水果产值增长"],
        ),
        ("金奖、银奖、铜奖分别奖励6万元、4万元、2万元。", ["金奖", "银奖", "铜奖"]),
        ("我县排名全国第9、中部第2。", ["我县排名全国", "我县排名中部"]),
        ("每万人拥有充电桩数达12个。", ["每万人充电桩数"]),
        ("违者处300元以上900元以下罚款。", [None, "罚款"]),
        ("点击数：5200", ["点击数"]),
        ("“青苗计划”招生60人。", ["招生"]),
        ("茶葉出口額6.2億元，同比增長9.5%。", ["茶葉出口額", "茶葉出口額同比增長"]),
    ],
)
def test_a_metric_says_which_noun_and_what_of_it(text: str, expected: list[str | None]) -> None:
    """A change, a share, a role in a list and a scope are part of what a figure measures."""
    assert metrics(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "展馆以连续举办9届的茶会闻名。",
        "记者在距离码头约2公里远的村口等候。",
        "当地救援人员过去30小时未曾合眼。",
        "他们研究并购达一年。",
        "市集团拟以3000万元回购。",
        "两个最热闹的码头。",
    ],
)
def test_no_metric_is_better_than_a_ragged_one(text: str) -> None:
    """Where the words before a figure are no name of a quantity, there is no metric."""
    assert set(metrics(text)) == {None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("事故造成7人受伤。", "受伤"),
        ("已有25家境外企业签约。", "境外企业"),
        ("来自30个国家的学者到会。", "国家"),
        ("两名发言人表示欢迎。", "发言人"),
        ("村民由4个小组推选代表。", "小组"),
        ("6名教师和2名学生获奖。", "教师"),
    ],
)
def test_what_is_counted_stands_after_the_measure_word(text: str, expected: str) -> None:
    """The counted noun ends where a verb, a particle or the next figure begins."""
    assert metrics(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("截至6月底，全县市场主体达4.2万户，增长8%。", ["6月底", "6月底"]),
        ("“十三五”期间新建桥梁60座。", ["十三五"]),
        ("全年旅游收入90亿元。", ["全年"]),
        ("县报4月2日讯，茶园面积12万亩。", [None]),
        ("公司2003年成立，注册资本900万元。", [None]),
        ("自2024年3月1日起施行，有效期5年。", [None]),
        ("客流恢复到2019年的90%。", [None]),
        ("产值比2019年增长7%。", [None]),
        ("2005年以来累计植树300万株。", ["2005年以来"]),
    ],
)
def test_a_period_is_the_time_of_the_figure_itself(text: str, expected: list[str | None]) -> None:
    """The date of a report, a deadline and a date compared with are no periods."""
    assert periods(text) == expected


def test_whole_words_trims_the_far_end_only() -> None:
    """The end near the figure is the rules' own; the other one is moved to where a word begins."""
    text = "他乡茶园面积12万亩。"
    [figure] = extract(text)
    trimmed = whole_words(figure, text, lambda _: ["他乡", "茶园", "面积", "12万亩", "。"])
    assert trimmed.metric == "茶园面积"
