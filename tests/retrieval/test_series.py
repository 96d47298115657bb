"""The course of a metric: over several articles and in tables, of one place, with its conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer import answer, as_json
from retrieval.dates import read as read_date
from retrieval.figures import extract
from retrieval.index import Index
from retrieval.language import normalise
from retrieval.model import Figure, Paragraph
from retrieval.postings import Postings
from retrieval.series.course import asked_course
from retrieval.series.metric_index import MetricIndex, metrics_in, with_metrics
from retrieval.series.metric_names import keys_of, read_name
from retrieval.series.points_in_time import grain_of, period_of
from retrieval.series.written_values import agree, step_of, value_of, written

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.model import Series
    from retrieval.snapshot import Snapshot

TRADE = {2017: 210.5, 2018: 246.8, 2019: 301.2, 2020: 342.9, 2021: 405.1}


def bulletin(year: int) -> str:
    """A bulletin that says its year in the title alone."""
    return f"""---
title: 南岭省{year}年统计公报
date: {year + 1}-03-12
---

## 外贸

全年进出口总额{TRADE[year]}亿元，比上年增长{year - 2009}.5%。年末全省常住人口{3000 + year}万人。
"""


ARTICLES = {f"bulletin{year}.md": bulletin(year) for year in TRADE} | {
    "review.md": """---
title: 南岭省外贸回顾
date: 2022-02-01
---

2019年，全省进出口总额303.7亿元。2020年南岭省外贸进出口总值343亿元，2021年1—6月全省进出口总额190亿元。

到2025年，全省进出口总额力争达到900亿元。2021年全省进出口总额超过400亿元。
""",
    "port.md": """---
title: 临港县外贸
date: 2022-04-01
---

2018年，临港县进出口总额12.1亿元；2019年13.5亿元，2020年达到15.2亿元。2021年进出口总额17亿元。
""",
    "tea.md": """---
title: 云岭县茶业
date: 2021-03-05
---

| 年份 | 茶园面积（万亩） | 干茶产量（吨） |
|---|---|---|
| 2018年 | 9.9 | 2400 |
| 2019年 | 11.2 | 2700 |
| 2020年 | 12 | 3100 |

2020年干茶产量3.1千吨。2019年茶叶加工厂40家，2020年茶叶加工厂44家。

2020年1月茶叶销量30吨，2020年2月茶叶销量25吨，2020年3月茶叶销量41吨。
""",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    index = Index(tmp_path_factory.mktemp("index"))
    index.build(folder)
    return index.current()


def course(snapshot: Snapshot, question: str) -> dict[str, list[str]]:
    """The values of each period as they are written; empty where there is no Series."""
    series = answer(snapshot, question).series
    return told(series) if series else {}


def told(series: Series) -> dict[str, list[str]]:
    return {
        point.period: [statement.figure.text for statement in point.statements] for point in series.points
    }


def test_a_course_over_several_articles(snapshot: Snapshot) -> None:
    """Bulletins that name their year only in the title make one series, in the order of time."""
    series = answer(snapshot, "南岭省历年进出口总额").series
    assert series is not None
    assert (series.metric, series.scope, series.unit) == ("进出口总额", "南岭", "亿元")
    assert [point.period for point in series.points] == ["2017", "2018", "2019", "2020", "2021"]
    assert [point.statements[0].amount for point in series.points[:2]] == [210.5, 246.8]


def test_each_point_has_its_sources(snapshot: Snapshot) -> None:
    """Every value names paragraphs that hold it, and these are among the sources with what they are from."""
    series = answer(snapshot, "南岭省历年进出口总额").series
    assert series is not None
    sources = {source.id: source for source in series.sources}
    for point in series.points:
        for statement in point.statements:
            texts = [snapshot.paragraph(key) for key in statement.sources]
            figure = statement.figure
            assert figure.paragraph in statement.sources
            assert set(statement.sources) <= set(sources)
            own = next(text for text in texts if text and text.id == figure.paragraph)
            assert own.text[figure.start : figure.end] == figure.text
    first = sources[series.points[0].statements[0].sources[0]]
    assert (first.title, first.section, first.date) == ("南岭省2017年统计公报", "外贸", "2018-03-12")


def test_a_place_is_looked_for_before_rows_are_left_out(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rows other places have of a metric, those of the place asked for are read."""
    monkeypatch.setattr("retrieval.series.finding.MOST_ROWS", 2)
    assert list(course(snapshot, "临港县历年进出口总额")) == ["2018", "2019", "2020", "2021"]


def test_each_place_has_rows_that_are_read(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no place is named and rows are left out, these are left out for each place apart."""
    whole = {place: course(snapshot, f"{place}历年进出口总额") for place in ("南岭省", "临港县")}
    monkeypatch.setattr("retrieval.series.finding.MOST_ROWS", 7)
    assert course(snapshot, "历年进出口总额") in whole.values()
    monkeypatch.setattr("retrieval.series.finding.MOST_ROWS", 1)
    assert course(snapshot, "历年进出口总额") == whole["临港县"]


@pytest.mark.parametrize(
    ("held", "asked"),
    [("进出口总额", "出口总额"), ("出口总额", "进出口总额"), ("农产品产值", "产值"), ("产值", "总产值")],
)
def test_a_longer_name_is_another_metric(tmp_path: Path, held: str, asked: str) -> None:
    """A metric whose name only ends with the other's gets no series of it; its own name does."""
    folder = tmp_path / "documents"
    folder.mkdir()
    text = "".join(f"{year}年，南岭省{held}{year - 2000}.5亿元。\n\n" for year in range(2017, 2022))
    (folder / "trade.md").write_text(text, encoding="utf-8")
    index = Index(tmp_path / "index")
    index.build(folder)
    assert course(index.current(), f"历年{asked}") == {}
    assert len(course(index.current(), f"历年{held}")) == 5


def test_a_conflict_is_shown(snapshot: Snapshot) -> None:
    """Values that contradict each other stay side by side, the later article's first."""
    assert course(snapshot, "南岭省历年进出口总额")["2019"] == ["303.7亿元", "301.2亿元"]


def test_a_rounded_value_is_the_same(snapshot: Snapshot) -> None:
    """What only rounds another value is one more source of it, what is far from it is another value."""
    series = answer(snapshot, "南岭省历年进出口总额").series
    assert series is not None
    point = series.points[3]
    assert [statement.figure.text for statement in point.statements] == ["342.9亿元"]
    assert len(point.statements[0].sources) == 2
    coarse, fine = (
        Figure(f"{area}万亩", "measure", area * 1e4, "亩", 0, 1, "茶园", "2020年") for area in (10, 10.4)
    )
    assert not agree(coarse, fine)


def test_what_is_no_value_of_the_year_is_left_out(snapshot: Snapshot) -> None:
    """Neither a plan, nor the first six months, nor what is only a bound counts beside a stated value."""
    years = course(snapshot, "南岭省历年进出口总额")
    assert "2025" not in years
    assert years["2021"] == ["405.1亿元"]


def test_the_place_that_is_named(snapshot: Snapshot) -> None:
    """A county's figures and its province's never mix, and neither stand in for another place's."""
    county = course(snapshot, "临港县历年进出口总额")
    assert county == {"2018": ["12.1亿元"], "2019": ["13.5亿元"], "2020": ["15.2亿元"], "2021": ["17亿元"]}
    assert course(snapshot, "株洲历年进出口总额") == {}


def test_no_place_is_named(snapshot: Snapshot) -> None:
    """Then it is the series of one place, whichever, and says of which."""
    series = answer(snapshot, "进出口总额变化趋势").series
    assert series is not None
    assert series.scope in {"南岭", "临港"}
    own = course(snapshot, f"{series.scope}历年进出口总额")
    assert told(series) == own


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("南岭省近三年进出口总额", ["2019", "2020", "2021"]),
        ("南岭省2019年以来的进出口总额走势", ["2019", "2020", "2021"]),
        ("南岭省2018年至2020年进出口总额各是多少", ["2018", "2019", "2020"]),
        ("南岭省2017年、2018年和2020年进出口总额分别是多少", ["2017", "2018", "2020"]),
    ],
)
def test_the_years_that_are_asked_for(snapshot: Snapshot, question: str, years: list[str]) -> None:
    """A range, a beginning, so many last years or single years cut the series."""
    assert list(course(snapshot, question)) == years


def test_a_table(snapshot: Snapshot) -> None:
    """A table's cells are points, and agree with prose in another unit."""
    assert course(snapshot, "历年干茶产量") == {"2018": ["2400吨"], "2019": ["2700吨"], "2020": ["3100吨"]}
    assert list(course(snapshot, "茶园面积变化情况").values()) == [["9.9万亩"], ["11.2万亩"], ["12万亩"]]


def test_growth_is_a_metric_of_its_own(snapshot: Snapshot) -> None:
    """Growth rates and amounts are never points of one series."""
    rates = answer(snapshot, "南岭省历年进出口总额增速").series
    assert rates is not None
    assert (rates.metric, rates.unit) == ("进出口总额增速", "%")
    assert [point.statements[0].amount for point in rates.points] == [8.5, 9.5, 10.5, 11.5, 12.5]


def test_synonyms_name_the_metric(snapshot: Snapshot) -> None:
    """What the articles call otherwise is found, and what an end was left out of."""
    assert course(snapshot, "南岭省历年外贸总额") == course(snapshot, "南岭省历年进出口总额")
    assert course(snapshot, "南岭省历年进出口走势") == course(snapshot, "南岭省历年进出口总额")


def test_months_only_where_there_are_no_years(snapshot: Snapshot) -> None:
    """Months make a series where they are asked for or nothing is yearly."""
    months = {"2020-01": ["30吨"], "2020-02": ["25吨"], "2020-03": ["41吨"]}
    assert course(snapshot, "2020年各月茶叶销量") == months
    assert course(snapshot, "各季度茶叶销量") == {}


def test_two_periods_are_no_course(snapshot: Snapshot) -> None:
    """Fewer than three periods leave the ordinary answer as it is."""
    given = answer(snapshot, "历年茶叶加工厂数量")
    assert given.series is None
    assert given.found
    assert course(snapshot, "南岭省2018年至2019年进出口总额") == {}


def test_growth_does_not_stand_in_for_an_amount(tmp_path: Path) -> None:
    """Where only growth rates are known, a question for the amounts gets no series of them."""
    folder = tmp_path / "documents"
    folder.mkdir()
    text = "".join(f"{year}年净利润同比下降{year - 2016}.5%。" for year in range(2018, 2022))
    (folder / "profit.md").write_text(text, encoding="utf-8")
    index = Index(tmp_path / "index")
    index.build(folder)
    assert course(index.current(), "历年净利润") == {}
    falls = course(index.current(), "历年净利润增速")
    assert falls == {str(year): [f"下降{year - 2016}.5%"] for year in range(2018, 2022)}


def test_a_table_of_places(tmp_path: Path) -> None:
    """Where a row is named by a place alone, its heading says what is measured."""
    folder = tmp_path / "documents"
    folder.mkdir()
    table = "| 区县 | 2019年 | 2020年 | 2021年 |\n|---|---|---|---|\n| 东山区 | 12 | 13 | 15 |\n"
    table += "| 石桥县 | 7 | 8 | 9 |\n"
    (folder / "gdp.md").write_text(f"# 各区县地区生产总值\n\n{table}", encoding="utf-8")
    index = Index(tmp_path / "index")
    index.build(folder)
    assert course(index.current(), "石桥县历年GDP") == {"2019": ["7"], "2020": ["8"], "2021": ["9"]}
    assert course(index.current(), "石桥县历年粮食产量") == {}


@pytest.mark.parametrize(
    "question", ["2021年进出口总额是多少", "进出口总额增长的原因是什么", "茶园面积多大", "谁主管历年统计"]
)
def test_other_questions_have_none(snapshot: Snapshot, question: str) -> None:
    """A question for one figure, a reason or a person gets no series."""
    assert asked_course(normalise(question)) is None
    assert answer(snapshot, question).series is None


def test_json(snapshot: Snapshot) -> None:
    """What programs read has the points with their values and sources."""
    printed = as_json(answer(snapshot, "历年干茶产量"), snapshot)["series"]
    assert printed["points"][0]["statements"][0]["amount"] == 2400
    assert printed["sources"][0]["document"] == "tea.md"


def test_unchanged_files_keep_their_series(tmp_path: Path) -> None:
    """A refresh that reads one file has the same index of metrics as a full one."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    index = Index(tmp_path / "index")
    index.build(folder)
    (folder / "new.md").write_text("2016年，南岭省进出口总额199亿元。", encoding="utf-8")
    assert index.build(folder).read == 1
    assert list(course(index.current(), "南岭省历年进出口总额")) == [
        "2016",
        "2017",
        "2018",
        "2019",
        "2020",
        "2021",
    ]


@pytest.mark.parametrize(
    ("metric", "kind", "key", "place"),
    [
        ("湖南省外贸进出口总值", "money", "进出口总值", "湖南"),
        ("全省进出口总额", "money", "进出口总额", None),
        ("年末全市常住人口", "count", "常住人口", None),
        ("芙蓉区 地区生产总值", "money", "地区生产总值", "芙蓉"),
        ("我国粮食产量", "measure", "粮食产量", "全国"),
        ("地区生产总值", "money", "地区生产总值", None),
        ("上市公司净利润", "money", "上市公司净利润", None),
        ("出口同比下降", "percent", "出口增速", None),
        ("城镇化率", "percent", "城镇化率", None),
    ],
)
def test_names(metric: str, kind: str, key: str, place: str | None) -> None:
    """A metric's name is told from its place, and a change is a growth rate."""
    name = read_name(metric, kind)
    assert name is not None
    assert (name.key, name.place) == (key, place)


@pytest.mark.parametrize(
    ("period", "value"),
    [
        ("2021年", "2021"),
        ("2021年底", "2021"),
        ("2021年12月31日", "2021"),
        ("2021年6月", "2021-06"),
        ("2021年第一季度", "2021-Q1"),
        ("全年", "2019"),
        ("去年", "2020"),
        ("6月", "2019-06"),
        ("2021年1—6月", None),
        ("2021年前三季度", None),
        ("2016年以来", None),
        ("2016年至2020年", None),
        ("2021年3月5日", None),
        ("十三五", None),
    ],
)
def test_periods(period: str, value: str | None) -> None:
    """A period is a point in time or none; the title's one year and the article's date fill in."""
    figure = Figure("3亿元", "money", 3e8, "元", 0, 3, "产值", period)
    paragraph = Paragraph("p", "d", 0, 0, "2019年公报", None, "3亿元", date="2021-02-03")
    assert period_of(figure, paragraph) == value


def test_a_span_of_months_is_read_whole() -> None:
    """`1—6月` with a dash is the first six months, not the whole year."""
    assert read_date("2021年1—6月，", 0) == (9, ("2021-01", "2021-06"))


@pytest.mark.parametrize(
    "text",
    [
        "云岭县2018年、2019年和2020年干茶产量分别为24吨、27吨和31吨。",
        "2018—2020年，全县干茶产量分别是24吨、27吨、31吨。",
        "2018年至2020年，茶园面积分别为8万亩、9万亩和9万亩，干茶产量分别为24吨、27吨和31吨。",
        "干茶产量2018年、2019年、2020年依次达到24吨、27吨和31吨，茶园面积9万亩。",
        "云岭县2018年干茶产量24吨；2019年27吨，2020年达到31吨。",
    ],
)
def test_a_sentence_of_several_years(text: str) -> None:
    """Values that one sentence gives for several years have its metric and each its own year."""
    paragraph = Paragraph("p", "d", 0, 0, "茶业", None, text)
    found = [
        (period_of(figure, paragraph), figure.text)
        for figure in with_metrics(text, extract(text))
        if "干茶产量" in keys_of(figure)
    ]
    assert found == [("2018", "24吨"), ("2019", "27吨"), ("2020", "31吨")]


def test_shared_growth() -> None:
    """Growth that is shared out among years is growth; other lists are left alone."""
    text = "2020年和2021年茶叶出口分别增长12%、8%。"
    assert [name for figure in with_metrics(text, extract(text)) for name in keys_of(figure)] == [
        "茶叶出口增速",
        "茶叶出口增速",
    ]
    text = "2020年茶叶和茶具的产值分别为3亿元、4亿元。"
    assert [figure.period for figure in with_metrics(text, extract(text))] == ["2020年", "2020年"]


@given(st.text(alphabet="2019年、至和分别为产量3亿元12%，增长。", max_size=60))
def test_any_sentence(text: str) -> None:
    """Whatever a sentence says, its figures stay in their places."""
    figures = extract(text)
    shown = with_metrics(text, figures)
    assert [figure.start for figure in shown] == sorted(figure.start for figure in shown)
    assert all(text[figure.start : figure.end] == figure.text for figure in shown)


@given(st.text(max_size=60))
def test_any_question(text: str) -> None:
    """Whatever is asked, its course can be told or there is none."""
    found = asked_course(normalise(text))
    assert found is None or found.first <= 9999


@given(st.text(max_size=20), st.sampled_from(["money", "percent", "count"]))
def test_any_metric(metric: str, kind: str) -> None:
    """Any name has a key of two characters or more, or is none; its key is its own key."""
    name = read_name(metric, kind)
    assert name is None or len(name.key) >= 2


@given(st.floats(0, 1e12, allow_nan=False), st.sampled_from(["亿元", "万元", "元"]))
def test_any_value_agrees_with_itself(number: float, unit: str) -> None:
    """A value agrees with itself however it is written, and is its number times its unit."""
    scale = {"亿元": 1e8, "万元": 1e4, "元": 1.0}[unit]
    figure = Figure(f"{number:.2f}{unit}", "money", round(number, 2) * scale, "元", 0, 1, "产值", "2021年")
    assert agree(figure, figure)
    assert step_of(figure) >= 0
    assert written(figure)[1] == unit
    assert value_of(figure) == pytest.approx(round(number, 2) * scale)


@given(
    st.lists(
        st.tuples(st.text(alphabet="产量面积总额", min_size=2, max_size=4), st.integers(0, 50)), max_size=12
    )
)
def test_any_index_of_metrics(tmp_path_factory: pytest.TempPathFactory, noted: list[tuple[str, int]]) -> None:
    """Each metric is found again with all its rows, by any text that names it."""
    rows: dict[str, set[int]] = {}
    for metric, row in noted:
        rows.setdefault(metric, set()).add(row)
    figures = {metric: Figure("3吨", "measure", 3.0, "吨", 0, 2, metric, "2021年") for metric in rows}
    postings = Postings.count(
        [
            name
            for metric, held in rows.items()
            if row in held
            for name in metrics_in("3吨", [figures[metric]])
        ]
        for row in range(51)
    )
    path = tmp_path_factory.mktemp("metrics") / "metrics"
    MetricIndex.over(postings).save(path)
    index = MetricIndex.open(path, postings)
    for metric, expected in rows.items():
        assert index.rows(metric) == sorted(expected)
        assert metric in index.named_in(f"历年{metric}变化")


@pytest.mark.parametrize(
    ("period", "grain"), [("2021", "year"), ("2021-06", "month"), ("2021-Q3", "quarter")]
)
def test_grains(period: str, grain: str) -> None:
    """A period says how fine it is; half a year is compared with nothing."""
    assert grain_of(period) == grain
    assert grain_of("2021-H1") is None


def test_figures_that_name_no_place_are_of_the_place_told_of(tmp_path: Path) -> None:
    """A table of bare years and a yearbook of the county make one course, whatever a town tells of itself."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in {
        "产量.csv": "年份,茶叶产量（吨）\n2019,7100\n2020,7650\n2021,8300\n2022,8830\n",
        "年鉴.txt": "云岭县茶叶年鉴\n\n2021年茶叶产量8420吨。2020年茶叶产量7650吨。2023年茶叶产量9350吨。\n",
        "青岭.txt": "青岭镇茶业\n\n2021年青岭镇茶叶产量620吨，2022年茶叶产量640吨。\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    index = Index(tmp_path / "index")
    index.build(folder)
    found = course(index.current(), "历年茶叶产量")
    assert list(found) == ["2019", "2020", "2021", "2022", "2023"]
    assert set(found["2021"]) == {"8300吨", "8420吨"}
