"""An OpenSearch cluster as the Engine that searches Snapshots."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.opensearch.cluster import Cluster
from retrieval.opensearch.filling import ALIAS, SHAPE, Owner, Shape, check, fill, holds, publish, remove
from retrieval.opensearch.rowwise import by_rows
from retrieval.opensearch.searcher import OpenSearchSearcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from retrieval.engine import Settings
    from retrieval.search import Searcher
    from retrieval.segments import Segment

_OWNER = "OWNER"
_TOLD_EVERY = 1000  # rows


class OpenSearchEngine:
    """Each Snapshot has an index of the cluster. Raise ClusterError wherever the cluster does not answer."""

    def __init__(  # noqa: PLR0913, PLR0917 - one argument a setting
        self,
        urls: str,
        api_key: str | None = None,
        authority: str | None = None,
        alias: str = ALIAS,
        snapshots: str | None = None,
        shards: int = SHAPE.shards,
        replicas: int = SHAPE.replicas,
    ) -> None:
        """`urls`, `api_key` and `authority` are as `Cluster` takes them; indices are named after the `alias`.

        They belong to the folder of all `snapshots`, without one to this Engine. Raise
        EngineSettingError where a setting cannot be taken.
        """
        self.settings: Settings = {
            "urls": urls,
            "api_key": api_key,
            "authority": authority,
            "alias": alias,
            "snapshots": snapshots,
            "shards": shards,
            "replicas": replicas,
        }
        self._alias = alias
        self._snapshots = Path(snapshots) if snapshots else None
        self._name = secrets.token_hex(8)
        self._shape = Shape(shards, replicas)
        self._cluster = Cluster(urls, api_key=api_key, authority=Path(authority) if authority else None)

    def open(self, folder: Path, segment: Segment) -> Searcher:
        return OpenSearchSearcher(self._cluster, folder.name, segment.rows, self._alias)

    def check(self, name: str | None) -> None:
        check(self._cluster, name, alias=self._alias)

    def holds(self, name: str) -> bool:
        return holds(self._cluster, name, alias=self._alias)

    def fill(self, folder: Path, segment: Segment, taken: Callable[[int], None]) -> None:
        def rows() -> Iterator[tuple[int, int, dict[str, int]]]:
            for row in by_rows(segment.terms, segment.document_of, folder):
                if row[0] % _TOLD_EVERY == 0:
                    taken(row[0])
                yield row
            taken(segment.rows)

        fill(self._cluster, folder.name, rows(), self._owner(), self._shape)

    def use(self, names: Sequence[str]) -> None:
        publish(self._cluster, names, self._owner())

    def drop(self, name: str) -> None:
        remove(self._cluster, name, alias=self._alias)

    def _owner(self) -> Owner:
        return Owner(owner_of(self._snapshots) if self._snapshots else self._name, self._alias)


def owner_of(snapshots: Path) -> str:
    """The name of a folder of Snapshots on a cluster, always the same; a copy of the folder has another."""
    path, new = snapshots / _OWNER, snapshots / f"{_OWNER}.{secrets.token_hex(4)}"
    if not path.exists():
        new.write_text(secrets.token_hex(8), encoding="ascii")
        with suppress(FileExistsError):  # another process was faster
            os.link(new, path)
        new.unlink()
    # The copy of a file is another one on the disk.
    return f"{path.read_text(encoding='ascii').strip()}-{path.stat().st_ino}"
