"""How an index is made and kept apart from others, on what stands in for a cluster."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from retrieval.evaluation import evaluate
from retrieval.index import Index
from retrieval.opensearch import Cluster, ClusterError, Owner, check, engine, fill, filling, holds, publish
from retrieval.opensearch.engine import OpenSearchEngine, owner_of
from retrieval.progress import Progress
from tests.cluster.stand_in import WELL, StandIn, node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retrieval.search import Searcher
    from retrieval.segments import Segment

ROWS = [(0, 0, {"甲": 1}), (1, 1, {"乙": 2})]


@pytest.fixture
def kept() -> StandIn:
    return StandIn()


@pytest.fixture
def url(kept: StandIn) -> Iterator[str]:
    with node(kept) as port:
        yield f"http://127.0.0.1:{port}"


def test_nobody_deletes_the_index_of_another(kept: StandIn, url: str) -> None:
    """Two who share a cluster and an alias keep what is theirs, and lose their own old and torn indices."""
    one, other = Owner("one"), Owner("other")
    for owner in (one, other):
        for name in ("old", "new"):
            fill(Cluster(url), f"{owner.name}-{name}", ROWS, owner)
        kept.about[f"wenju-{owner.name}-torn"] = {"owner": owner.name}
    kept.about["wenju-foreign"] = {}
    publish(Cluster(url), ["one-new"], one)
    assert set(kept.about) == {
        "wenju-one-new", "wenju-other-new", "wenju-other-old", "wenju-other-torn", "wenju-foreign",
    }  # fmt: skip
    fill(Cluster(url), "other-newest", ROWS, other)
    assert "wenju-other-torn" not in kept.about


def test_a_copied_folder_is_another_owner(tmp_path: Path) -> None:
    """A folder keeps its name on the cluster; a copy of it, with all its files, has one of its own."""
    folder, copy = tmp_path / "snapshots", tmp_path / "copy"
    folder.mkdir()
    name = owner_of(folder)
    shutil.copytree(folder, copy)
    assert owner_of(folder) == name
    assert owner_of(copy) != name
    assert [path.name for path in folder.iterdir()] == ["OWNER"]


def test_a_filling_outlasts_an_outage(kept: StandIn, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the cluster drops each request before it takes it, all is stored in the end."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(kept, "fault", lambda asked: None if kept.seen.count(asked) < 8 else WELL)
    fill(Cluster(url), "s", ROWS, Owner("me"))
    assert kept.entries == {"wenju-s": 5}


def test_copies_that_take_too_long_are_no_failure(
    kept: StandIn, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The index is complete without them: it stays, and a line says so."""
    monkeypatch.setattr(filling, "_WORK", 0.0)
    monkeypatch.setattr(
        kept, "fault", lambda asked: (408, {}) if "wait_for_no_initializing_shards" in asked else WELL
    )
    fill(Cluster(url), "s", ROWS, Owner("me"))
    assert kept.about["wenju-s"]["format"] == 1
    assert "还没有复制好索引" in caplog.text


def test_an_index_that_has_lost_something_is_not_whole(kept: StandIn, url: str) -> None:
    """A red index, or one with fewer entries than were stored, is to be filled again; neither is searched."""
    asked = Cluster(url)
    fill(asked, "s", ROWS, Owner("me"))
    assert holds(asked, "s")
    check(asked, "s")
    kept.entries["wenju-s"] -= 1
    assert not holds(asked, "s")
    kept.entries["wenju-s"] += 1
    kept.fault = lambda asked: (408, {}) if "/_cluster/health/wenju-s" in asked else WELL
    assert not holds(asked, "s")
    with pytest.raises(ClusterError, match="没有这份索引"):
        check(asked, "none")
    partial = {"count": 5, "_shards": {"successful": 2, "total": 3}}
    kept.fault = lambda asked: (200, partial) if asked.endswith("_count") else WELL
    with pytest.raises(ClusterError, match="缺了一部分"):
        check(asked, "s")
    check(asked, None)


class Interrupted(OpenSearchEngine):
    def open(self, folder: Path, segment: Segment) -> Searcher:  # noqa: ARG002 - an Engine's
        raise KeyboardInterrupt


def test_an_evaluation_that_is_interrupted_leaves_nothing(kept: StandIn, url: str, tmp_path: Path) -> None:
    """Ctrl-C just after its index was filled: that goes."""
    (tmp_path / "passages.jsonl").write_text('{"id": "1", "title": "茶", "text": "茶产量3吨。"}\n', "utf-8")
    (tmp_path / "questions.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        next(evaluate([tmp_path], engine=Interrupted(url, alias="wenju-evaluation")))
    assert any("POST /wenju-evaluation-tmp" in asked and "_bulk" in asked for asked in kept.seen)
    assert kept.about == {}


def test_a_filling_is_told_of_and_can_be_stopped(
    kept: StandIn, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever builds sees how many paragraphs the cluster has, and may stop it: what was in use stays."""
    monkeypatch.setattr(engine, "_TOLD_EVERY", 2)
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text("# 茶\n\n茶园3处。\n\n茶农5户。\n\n茶厂2家。\n", encoding="utf-8")
    index = Index(tmp_path / "index", engine=OpenSearchEngine(url, snapshots=str(tmp_path / "index")))
    told: list[Progress] = []
    index.build(documents, told.append)
    assert told[-3:] == [Progress(taken, 3, "", filling=True) for taken in (0, 2, 3)]
    before, in_use = set(kept.about), index.current().name

    def stop(progress: Progress) -> None:
        if progress.filling and progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.build(documents, stop, full=True)
    assert set(kept.about) == before
    assert index.current().name == in_use
