from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.answer import answer, understand
from retrieval.coverage import covered, missing_year, relevant
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PORT = """# 黑龙江省河港开航

黑龙江省的内河港口四月中旬全部开航，航线比上年多两条。

全年货物吞吐量达到930万吨，其中粮食占四成，煤炭占三成。
"""


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("全年货物吞吐量是多少", True),
        ("黑龙江全年货物吞吐量是多少", True),  # which another paragraph of the article names
        ("福建全年货物吞吐量是多少", False),
        ("台风造成多少房屋倒塌", False),
    ],
)
def test_what_the_article_is_about_decides(
    tmp_path: Path, documents: Callable[..., Path], question: str, *, found: bool
) -> None:
    """A question is refused where little of it is covered, or where it is about a place never named."""
    index = Index(tmp_path / "index")
    index.build(documents(port=PORT.replace("# 黑龙江省河港", "# 河港")))
    assert answer(index.current(), question).found is found


def test_a_question_without_terms_is_not_covered(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Marks alone ask for nothing that a paragraph could say."""
    index = Index(tmp_path / "index")
    index.build(documents(port=PORT))
    best = answer(index.current(), "货物吞吐量").hits[0]
    assert covered(index.current(), understand("？？", index.current().dictionary), best) == 0


def test_what_comes_near_the_best(tmp_path: Path, documents: Callable[..., Path]) -> None:
    """Paragraphs that are far behind the best one are not worth a look; it always is."""
    index = Index(tmp_path / "index")
    index.build(documents(port=PORT, crops="# 秋粮\n\n全省粮食入库顺利。\n\n煤炭价格平稳。\n"))
    hits = answer(index.current(), "全年货物吞吐量达到多少万吨，其中粮食占几成").hits
    near = relevant(hits)
    assert near[0] == hits[0]
    assert near == [hit for hit in hits if 2 * hit.score >= hits[0].score]
    assert 0 < len(near) < len(hits)
    assert relevant(()) == []


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("2021年货物吞吐量是多少", None),
        ("二〇二一年货物吞吐量是多少", None),
        ("2020年货物吞吐量是多少", None),  # what was reported in 2021 may say 上年
        ("2022年货物吞吐量是多少", "2022"),
        ("二〇一三年货物吞吐量是多少", "2013"),
        ("货物吞吐量是多少", None),
        ("2012年和2013年货物吞吐量是多少", None),
    ],
)
def test_a_year_that_is_not_there(
    tmp_path: Path, documents: Callable[..., Path], question: str, year: str | None
) -> None:
    """It is told where all that is shown is of other years."""
    index = Index(tmp_path / "index")
    index.build(documents(port=f"---\ndate: 2021-12-31\n---\n{PORT}"))
    assert missing_year(answer(index.current(), question)) == year
