"""The same searches on an OpenSearch cluster, for a corpus that outgrows one machine's memory.

A Snapshot stays a folder on this machine; an index of the cluster, named after it, holds what is searched.
`fill` makes it, of what `by_rows` reads from a Snapshot's postings, and `publish` puts it in use. There the
cluster finds candidates, and OpenSearchSearcher scores them as the embedded engine does.

`cluster` sends requests to the nodes, `layout` says what an index holds, `scoring` computes the scores.
"""

from __future__ import annotations

from retrieval.opensearch.cluster import Cluster, ClusterError
from retrieval.opensearch.filling import Owner, Shape, check, fill, holds, publish, remove
from retrieval.opensearch.rowwise import by_rows
from retrieval.opensearch.searcher import OpenSearchSearcher

__all__ = [
    "Cluster",
    "ClusterError",
    "OpenSearchSearcher",
    "Owner",
    "Shape",
    "by_rows",
    "check",
    "fill",
    "holds",
    "publish",
    "remove",
]
