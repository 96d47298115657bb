"""What `wenju evaluate` prints."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation_report import WIDTH, json_lines, lines, table
from bot.terminal import columns
from retrieval.evaluation import Evaluation
from retrieval.misses import FigureMiss, Match, Miss
from retrieval.model import Figure, Paragraph

if TYPE_CHECKING:
    from retrieval.measures import Measures

MEASURES: Measures = {
    "questions": 1200,
    "recall@1": 0.75,
    "numeric_questions": 3,
    "figure@1": 0.5,
    "milliseconds": 2.25,
}
WORDS_ONLY: Measures = {
    **MEASURES,
    "questions": 9,
    "recall@1": 0.25,
    "numeric_questions": 0,
    "figure@1": None,
}


def match(text: str, rank: int | None = 2, terms: tuple[tuple[str, float], ...] = (("磨坊", 1.5),)) -> Match:
    score = sum(added for _, added in terms) + 0.25 if rank else 0.0
    return Match(
        Paragraph("p", "mill.md", 0, 0, "水磨坊", "沿革", text), rank, score, terms, 0.25 if rank else 0.0
    )


def test_a_table_has_a_row_a_set() -> None:
    """Sets, rank-bm25 below them and the means stand in columns; what a set does not measure is a dash."""
    evaluations = [Evaluation("tea", MEASURES, {"recall@1": 0.5}), Evaluation("公路", WORDS_ONLY)]
    assert list(table(evaluations)) == [
        "         questions  recall@1  numeric  figure@1   ms",
        "tea          1,200     75.0%        3     50.0%  2.2",
        "└ plain                50.0%",
        "公路             9     25.0%        0         –  2.2",
        "mean                   50.0%              50.0%  2.2",
        "└ plain                50.0%",
    ]


def test_one_set_has_no_mean() -> None:
    """A single set is a head and a row."""
    assert len(list(table([Evaluation("tea", MEASURES)]))) == 2


def test_json_keeps_every_measure() -> None:
    """Nothing is rounded; a name and rank-bm25's measures stand there where they are wanted."""
    [line] = json_lines([Evaluation("茶", {"recall@1": 0.123456})], named=False)
    assert line == '{"recall@1": 0.123456}'
    [line] = json_lines([Evaluation("茶", {"questions": 1}, {"recall@1": 0.5})], named=True)
    assert line == '{"set": "茶", "questions": 1, "plain": {"recall@1": 0.5}}'
    [line] = json_lines([Evaluation("茶", {"upvoted": 0, "recall@1": None})], named=False)
    assert line == '{"upvoted": 0, "recall@1": null}'


def test_a_miss_tells_why_another_paragraph_won() -> None:
    """Both paragraphs come with rank, score, text, and what each term and the context added."""
    miss = Miss("磨坊建于哪年", match("磨坊临河。"), match("磨坊有三座。", 1, (("磨坊", 2.0), ("座", 0.5))))
    assert list(lines([Evaluation("mill", MEASURES, misses=(miss,))]))[2:] == [
        "",
        "mill：排得最靠后的段落",
        "",
        "磨坊建于哪年",
        "  应是：第 2 名，1.75 分，其中词以外 0.25",
        "    水磨坊 · 沿革 · 磨坊临河。",
        "    磨坊 1.50",
        "  首位，2.75 分，其中词以外 0.25",
        "    水磨坊 · 沿革 · 磨坊有三座。",
        "    磨坊 2.00  座 0.50",
    ]


def test_a_miss_without_paragraphs_is_told() -> None:
    """The index may lack the right paragraph, or hold nothing of the question."""
    misses = (Miss("甲", None, None), Miss("乙", match("磨坊临河。", None, ()), None))
    printed = list(lines([Evaluation("mill", MEASURES, misses=misses)]))
    assert {"  应是：不在索引中", "  首位：没有段落"} <= set(printed)
    assert "  应是：没有相同的词，0.00 分，其中词以外 0.00" in printed


def test_what_is_still_disliked_is_told() -> None:
    """A question that still gets the paragraph voted wrong shows what brings it up."""
    disliked = (("磨坊几座", match("磨坊临河。", 1)),)
    assert list(lines([Evaluation("log", MEASURES, disliked=disliked)]))[2:] == [
        "",
        "log：仍以被踩的段落作答",
        "",
        "磨坊几座",
        "  首位，1.75 分，其中词以外 0.25",
        "    水磨坊 · 沿革 · 磨坊临河。",
        "    磨坊 1.50",
    ]


def test_a_figure_miss_tells_what_was_shown() -> None:
    """The right answer with its place stands above the figure that was shown, if any."""
    shown = Figure("3座", "count", 3.0, "座", 0, 2, "磨坊", "2021年")
    misses = (
        FigureMiss("哪年建的", ("1890年", "光绪十六年"), shown, 2, 1),
        FigureMiss("谁建的", ("1人",), None, None, None),
    )
    printed = list(lines([Evaluation("mill", MEASURES, figure_misses=misses)]))
    assert printed[3:] == [
        "mill：没有排在首位的数据",
        "",
        "哪年建的",
        "  应是：1890年、光绪十六年（排第 2，段落排第 1）",
        "  首位：3座 · 磨坊 · 2021年",
        "",
        "谁建的",
        "  应是：1人（没有列出，段落没有找到）",
        "  首位：没有数据",
    ]


@given(st.text(), st.lists(st.tuples(st.text(max_size=40), st.floats(0, 99)), max_size=40))
def test_any_text_stays_within_its_lines(text: str, terms: list[tuple[str, float]]) -> None:
    """Whatever articles and questions hold, no line is too wide or has a control character."""
    miss = Miss(text, match(text, 2, tuple(terms)), match(text, 1, tuple(terms)))
    figure_miss = FigureMiss(text, (text,), None, None, None)
    evaluation = Evaluation("mill", MEASURES, misses=(miss,), figure_misses=(figure_miss,))
    for line in lines([evaluation]):
        assert columns(line) <= WIDTH
        assert not any(unicodedata.category(character) == "Cc" for character in line)
