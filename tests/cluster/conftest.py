"""One cluster of three nodes for all tests of this folder that ask for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from retrieval.opensearch import Cluster
from tests.cluster.nodes import Nodes, Unavailable, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = "512kb"  # for what is being stored; more at once is refused with 429


@pytest.fixture(scope="session")
def nodes() -> Iterator[Nodes]:
    try:
        with running(**{"indexing_pressure.memory.limit": ROOM}) as cluster:
            yield cluster
    except Unavailable as reason:
        # Nothing is skipped where it is to be tested.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(reason))


@pytest.fixture
def cluster(nodes: Nodes) -> Cluster:
    return Cluster(nodes.url)
