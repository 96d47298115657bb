"""An OpenSearch cluster as the Engine that searches Snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.opensearch.cluster import Cluster
from retrieval.opensearch.filling import ALIAS, fill, holds, publish, remove
from retrieval.opensearch.rowwise import by_rows
from retrieval.opensearch.searcher import OpenSearchSearcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.engine import Settings
    from retrieval.search import Searcher
    from retrieval.segments import Segment


class OpenSearchEngine:
    """Each Snapshot has an index of the cluster. Raise ClusterError wherever the cluster does not answer."""

    def __init__(
        self, urls: str, api_key: str | None = None, authority: str | None = None, alias: str = ALIAS
    ) -> None:
        """Indices of another `alias` are left alone; else as `Cluster` takes them.

        Raise ClusterError where they cannot be taken.
        """
        self.settings: Settings = {"urls": urls, "api_key": api_key, "authority": authority, "alias": alias}
        self._alias = alias
        self._cluster = Cluster(urls, api_key=api_key, authority=Path(authority) if authority else None)

    def open(self, folder: Path, segment: Segment) -> Searcher:  # noqa: ARG002 - an Engine's
        return OpenSearchSearcher(self._cluster, folder.name, self._alias)

    def holds(self, name: str) -> bool:
        return holds(self._cluster, name, alias=self._alias)

    def fill(self, folder: Path, segment: Segment) -> None:
        rows = by_rows(segment.terms, segment.document_of, folder)
        fill(self._cluster, folder.name, rows, alias=self._alias)

    def use(self, names: Sequence[str]) -> None:
        publish(self._cluster, names, alias=self._alias)

    def drop(self, name: str) -> None:
        remove(self._cluster, name, alias=self._alias)
