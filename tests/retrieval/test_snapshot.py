from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.snapshot import Snapshot


@pytest.fixture
def snapshot(tmp_path: Path, documents: Callable[..., Path]) -> Snapshot:
    index = Index(tmp_path / "index")
    index.build(
        documents(
            one="# 渡口\n\n票价五元。\n\n全年运送旅客12万人次。\n\n冬季停航。\n",
            two="# 茶山\n\n茶园三千亩。\n",
        )
    )
    return index.current()


def test_a_passage_walks_through_its_document(snapshot: Snapshot) -> None:
    """Each step gives the paragraph there with its neighbours, and nothing of the next Document."""
    ids = [snapshot.at(row)[0].id for row in range(3)]
    texts = {
        shift: tuple(part and part.text for part in snapshot.passage(ids[0], shift) or ())
        for shift in range(-2, 5)
    }
    assert texts == {
        -2: (None, None, None),
        -1: (None, None, "票价五元。"),
        0: (None, "票价五元。", "全年运送旅客12万人次。"),
        1: ("票价五元。", "全年运送旅客12万人次。", "冬季停航。"),
        2: ("全年运送旅客12万人次。", "冬季停航。", None),
        3: ("冬季停航。", None, None),
        4: (None, None, None),
    }
    assert snapshot.passage(ids[2], -1) == snapshot.passage(ids[0], 1)


def test_an_unknown_id_has_no_passage(snapshot: Snapshot) -> None:
    assert snapshot.passage("nothing", 0) is None


def test_a_file_is_summed_up(snapshot: Snapshot) -> None:
    """It says how many articles, paragraphs and figures were read, and the titles."""
    summary = snapshot.file("one.md")
    assert summary is not None
    assert (summary.articles, summary.paragraphs, summary.figures) == (1, 3, 2)
    assert summary.titles == ("渡口",)
    assert summary.size > 0
    assert snapshot.file("none.md") is None
