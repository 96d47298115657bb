"""Makes the index of a Snapshot and puts it in use.

An index is loaded, checked and only then marked as complete, which a search asks for; what goes wrong takes
it away again. So nothing half-done is ever searched, and what a killed process has left goes at the next
`fill`. Each index names its owner, and nobody deletes another's: several may share a cluster.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.opensearch import layout
from retrieval.opensearch.cluster import NO_ROOM, PATIENCE, Cluster, ClusterError, understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ALIAS = "wenju"
"""What the names of the indices begin with.

As an alias it points at the index in use, for whoever looks at the cluster with other tools: a Searcher asks
its index by name.
"""

_ENTRIES = 1000  # a request
_BYTES = 5 << 20  # a request, unless one entry alone is larger
_LEAST_BYTES = 16 << 10  # a request to a cluster that has no room for more
_TRIES = 20  # for what the cluster has no room for, about a minute
_PAUSE, _LONGEST_PAUSE = 0.1, 8.0  # seconds
_REQUEST = 180.0  # seconds for a request, which outlasts a node's restart
_WORK = 600.0  # seconds for a flush or a copy
_POLL = 5  # seconds
_SETTLING = 20.0  # seconds for a cluster that has just started to find what is on its disks
_NAMED = 3  # reasons in an error
_THERE_ALREADY, _NOT_YET, _UNKNOWN = 409, 408, 404

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shape:
    """Into how many parts an index is split, and how many further copies there are of each."""

    shards: int = 3
    replicas: int = 1


SHAPE = Shape()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the indices are: their names begin with `alias`, and `name` tells apart those who share that."""

    name: str
    alias: str = ALIAS


def fill(
    cluster: Cluster,
    snapshot: str,
    rows: Iterable[tuple[int, int, Mapping[str, int]]],
    owner: Owner,
    shape: Shape = SHAPE,
) -> None:
    """Make the index of a Snapshot. `rows` are the row, its Document's number and how often each term occurs.

    Rows and Documents are numbered from 0 and come in order. An owner makes one index at a time: what an
    attempt that was killed has left goes first. Further copies are made at the end. Raise ClusterError, and
    leave no index, where anything could not be stored.
    """
    index = layout.name_of(owner.alias, snapshot)
    unfinished = [name for name, about in _own(cluster, owner, _REQUEST).items() if "format" not in about]
    _delete(cluster, [*unfinished, index], _REQUEST)
    about = {"owner": owner.name}
    try:
        _create(cluster, index, shape.shards, about)
        loader = _Loader(cluster, index)
        totals = _load(loader, rows)
        _check(cluster, index, loader.stored)
        _complete(cluster, index, {**about, "format": layout.FORMAT, "entries": loader.stored, **totals})
    except BaseException:
        with suppress(ClusterError):
            _delete(cluster, [index])
        raise
    _copy(cluster, index, shape.replicas)


def publish(cluster: Cluster, snapshots: Sequence[str], owner: Owner) -> None:
    """Point the owner's alias at the index of the first of `snapshots`, all at once; delete those of none."""
    kept = [layout.name_of(owner.alias, snapshot) for snapshot in snapshots]
    own = _own(cluster, owner)
    swap = [
        *({"remove": {"index": index, "alias": owner.alias, "must_exist": False}} for index in own),
        {"add": {"index": kept[0], "alias": owner.alias}},
    ]
    cluster.request("POST", "/_aliases", {"actions": swap})
    _delete(cluster, [index for index in own if index not in kept])


@understood()
def holds(cluster: Cluster, snapshot: str, *, alias: str = ALIAS) -> bool:
    """Whether the cluster has the complete index of a Snapshot, with all that was stored in it."""
    index = layout.name_of(alias, snapshot)
    try:
        about = _about(cluster.request("GET", f"/{index}/_mapping")[index])
        if about.get("format") != layout.FORMAT:
            return False
        _settle(cluster, index, _SETTLING)
    except ClusterError as error:
        if error.status not in (_UNKNOWN, _NOT_YET):
            raise
        return False
    return _count(cluster, index) == about.get("entries")


def check(cluster: Cluster, snapshot: str | None, *, alias: str = ALIAS) -> None:
    """Raise ClusterError where the index of a Snapshot, or without one the cluster, cannot be asked now."""
    if snapshot is None:
        cluster.check()
    else:
        _count(cluster, layout.name_of(alias, snapshot))


def remove(cluster: Cluster, snapshot: str, *, alias: str = ALIAS) -> None:
    """Delete the index of a Snapshot, where there is one."""
    _delete(cluster, [layout.name_of(alias, snapshot)])


class _Loader:
    """Stores entries, some at a time; a cluster that has no room for so many gets fewer, and later."""

    def __init__(self, cluster: Cluster, index: str) -> None:
        self.stored = 0
        self._cluster = cluster
        self._index = index
        self._bytes = _BYTES
        self._waiting: list[tuple[str, bytes]] = []
        self._size = 0

    def add(self, entry_id: str, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False).encode()
        if self._waiting and (len(self._waiting) == _ENTRIES or self._size + len(line) > self._bytes):
            self.flush()
        self._waiting.append((entry_id, line))
        self._size += len(line)

    def flush(self) -> None:
        """Store what has been added. Raise ClusterError, which names what could not be stored."""
        for attempt in range(_TRIES):
            refused: dict[str, str] = {}
            for part in self._parts():
                refused |= self._send(part)
            self.stored += len(self._waiting) - len(refused)
            self._waiting = [entry for entry in self._waiting if entry[0] in refused]
            if not refused:
                self._size = 0
                self._bytes = min(self._bytes + self._bytes // 4, _BYTES)  # there may be room again
                return
            if attempt == _TRIES - 1:
                raise _refusal(refused)
            time.sleep(random.random() * min(_PAUSE * 2**attempt, _LONGEST_PAUSE))  # noqa: S311 - no secret

    def _parts(self) -> Iterator[list[tuple[str, bytes]]]:
        part: list[tuple[str, bytes]] = []
        size = 0
        for entry in self._waiting:
            if part and size + len(entry[1]) > self._bytes:
                yield part
                part, size = [], 0
            part.append(entry)
            size += len(entry[1])
        if part:
            yield part

    def _send(self, part: list[tuple[str, bytes]]) -> dict[str, str]:
        """Send a request; return the entries that there was no room for, with the reason.

        Raise ClusterError where another try cannot help.
        """
        # Created, not written: what has arrived once, without an answer, is not stored again.
        lines = (b'{"create":{"_id":"%s"}}\n%s\n' % (entry_id.encode(), line) for entry_id, line in part)
        try:
            answer = self._cluster.store(self._index, b"".join(lines).decode(), _REQUEST)
        except ClusterError as error:
            if error.status != NO_ROOM:
                raise
            self._bytes = max(self._bytes // 2, _LEAST_BYTES)
            return dict.fromkeys((entry_id for entry_id, _ in part), str(error))
        again: dict[str, str] = {}
        never: dict[str, str] = {}
        with understood():
            for item in answer["items"]:
                done = item["create"]
                if "error" not in done or done["status"] == _THERE_ALREADY:
                    continue
                told = again if done["status"] in (NO_ROOM, 500, 503) else never
                told[done["_id"]] = f"{done['error']['type']}（{done['status']}）"
        if never:
            raise _refusal(never)
        return again


def _refusal(refused: dict[str, str]) -> ClusterError:
    reasons = Counter(refused.values()).most_common(_NAMED)
    named = "、".join(list(refused)[:_NAMED])
    told = "；".join(f"{reason} {count} 条" for reason, count in reasons)
    return ClusterError(f"有 {len(refused)} 条没能写入检索集群（{named}…）：{told}")


def _create(cluster: Cluster, index: str, shards: int, about: dict[str, Any]) -> None:
    body = {"settings": layout.settings(shards), "mappings": layout.mappings(about)}
    try:
        cluster.request("PUT", f"/{index}", body, patience=_REQUEST)
    except ClusterError as error:
        # The first of two requests may have arrived, though its answer did not.
        if "resource_already_exists" not in str(error):
            raise


def _load(loader: _Loader, rows: Iterable[tuple[int, int, Mapping[str, int]]]) -> dict[str, int]:
    """Store paragraphs and Documents; return what there is in all."""
    starts: list[int] = []
    whole: Counter[str] = Counter()
    size = tokens = 0
    for row, number, counts in rows:
        if number == len(starts):
            if starts:
                loader.add(*layout.document_entry(number - 1, whole))
            starts.append(row)
            whole = Counter()
        if (row, number) != (size, len(starts) - 1):
            raise ValueError(f"row {row} of document {number} is out of order")
        loader.add(*layout.paragraph_entry(row, number, counts))
        whole.update(counts)
        size += 1
        tokens += sum(counts.values())
    if starts:
        loader.add(*layout.document_entry(len(starts) - 1, whole))
    for entry_id, entry in layout.starts_entries(np.array(starts, dtype=np.int32)):
        loader.add(entry_id, entry)
    loader.flush()
    return {"rows": size, "documents": len(starts), "tokens": tokens}


def _check(cluster: Cluster, index: str, entries: int) -> None:
    """Bring all to the disks. Raise ClusterError where there are not so many entries."""
    _settle(cluster, index, _REQUEST)
    cluster.request("POST", f"/{index}/_refresh", patience=_WORK)
    held = _count(cluster, index, _REQUEST)
    if held != entries:
        raise ClusterError(f"检索集群只存下了 {held} 条，应有 {entries} 条")
    cluster.request("POST", f"/{index}/_flush", parameters={"force": "true"}, patience=_WORK)


def _complete(cluster: Cluster, index: str, about: dict[str, Any]) -> None:
    """Mark the index as complete; nothing is written to it any more."""
    cluster.request("PUT", f"/{index}/_mapping", {"_meta": about}, patience=_REQUEST)
    closed = {"refresh_interval": None, "blocks.write": True}
    cluster.request("PUT", f"/{index}/_settings", closed, patience=_REQUEST)


def _copy(cluster: Cluster, index: str, replicas: int) -> None:
    """Have the index copied, and wait for that; it can be searched meanwhile."""
    deadline = time.monotonic() + _WORK
    wanted = {"wait_for_no_initializing_shards": "true", "wait_for_status": "yellow", "timeout": f"{_POLL}s"}
    try:
        cluster.request("PUT", f"/{index}/_settings", {"number_of_replicas": replicas}, patience=_REQUEST)
        while True:
            try:
                # A cluster of one node never gets its copies, and is searched without.
                cluster.request("GET", f"/_cluster/health/{index}", parameters=wanted, patience=_REQUEST)
            except ClusterError as error:
                if error.status != _NOT_YET or time.monotonic() > deadline:
                    raise
            else:
                return
    except ClusterError as error:
        logger.warning("检索集群还没有复制好索引，先用着：%s", error)


def _settle(cluster: Cluster, index: str, seconds: float) -> None:
    """Wait until every part of the index is there. Raise ClusterError, _NOT_YET, where one stays away."""
    wanted = {"wait_for_status": "yellow", "timeout": f"{seconds:.0f}s"}
    # Of its patience a request gives a node half.
    cluster.request("GET", f"/_cluster/health/{index}", parameters=wanted, patience=3 * seconds)


@understood()
def _count(cluster: Cluster, index: str, patience: float = PATIENCE) -> int:
    """How many entries there are. Raise ClusterError where a part of the index is away."""
    answer = cluster.request("GET", f"/{index}/_count", patience=patience)
    if answer["_shards"]["successful"] < answer["_shards"]["total"]:
        raise ClusterError("检索集群里的索引缺了一部分")
    return int(answer["count"])


@understood()
def _own(cluster: Cluster, owner: Owner, patience: float = PATIENCE) -> dict[str, dict[str, Any]]:
    """The owner's indices, also those that are not complete, with what each tells about itself."""
    found = cluster.request(
        "GET", f"/{owner.alias}-*/_mapping", parameters={"filter_path": "*.mappings._meta"}, patience=patience
    )
    told = {name: _about(held) for name, held in found.items()}
    return {name: about for name, about in told.items() if about.get("owner") == owner.name}


def _about(held: dict[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = held["mappings"].get("_meta", {})
    return about


def _delete(cluster: Cluster, indices: Iterable[str], patience: float = PATIENCE) -> None:
    for index in indices:
        cluster.request("DELETE", f"/{index}", parameters={"ignore_unavailable": "true"}, patience=patience)
