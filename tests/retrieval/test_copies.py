from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.copies import copies

NEWS = "石塘镇新茶市四月二日开业，设摊位120个，开业当天成交干茶3吨，外地客商来了四十多家，镇里免了租金。"


def test_a_copy_is_found() -> None:
    """A text that repeats an earlier one with other punctuation, script or a changed word is its copy."""
    others = [NEWS.replace("，", ","), NEWS.replace("镇里", "镇政府"), NEWS.replace("开业", "開業"), NEWS]
    assert copies([NEWS, *others]) == [None, 0, 0, 0, 0]


def test_another_figure_is_no_copy() -> None:
    """Texts that differ in a number or a date alone say different things."""
    others = [NEWS.replace("120", "130"), NEWS.replace("四月", "五月"), NEWS.replace("3吨", "3.5吨")]
    assert copies([NEWS, *others]) == [None] * 4


def test_the_opposite_is_no_copy() -> None:
    """Texts of which one says the opposite, or of which nothing is said, are no copies."""
    news = "三月份县城的蔬菜批发价格环比上升，其中叶菜类的价格上升最多，供销社提醒农户错峰上市。"
    others = [news.replace("上升", "下降"), news.replace("提醒", "没有提醒")]
    assert copies([news, *others]) == [None] * 3
    assert copies(["！", "？"]) == [None, None]


def test_different_texts() -> None:
    """Texts that share some sentences are no copies, and neither is one that says much more."""
    assert copies(
        [NEWS, NEWS[:30] + "县长到场祝贺，并参观了制茶作坊。", NEWS + "茶市由供销社管理。" * 3]
    ) == [
        None,
        None,
        None,
    ]


@given(st.lists(st.text("茶市12一，。", max_size=30), max_size=6))
def test_any_texts(texts: list[str]) -> None:
    """A copy is of an earlier text that is no copy itself; an equal text always is one."""
    places = copies(texts)
    assert len(places) == len(texts)
    for place, first in enumerate(places):
        if first is None:
            assert texts[place] not in texts[:place]
        else:
            assert first < place
            assert places[first] is None
