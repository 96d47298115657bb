"""Requests to the nodes of a cluster, each sent again to another node where one does not answer.

Nodes are those that are named, no others are looked for: behind a proxy or in containers a node's own
addresses are of no use here. A node that has failed is left alone for a while, unless all have.
"""

from __future__ import annotations

import base64
import json
import logging
import math
import random
import re
import socket
import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, SSLError, TransportError

from retrieval.errors import EngineError, EngineSettingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PATIENCE = 10.0
"""Seconds that a search may take in all; what may take longer outlasts an outage."""

_NODE = 2.5  # seconds for a node to answer
_REST = 10.0  # seconds that a node is left alone after its first failure
_ROUNDS = 2  # in which every node is tried, before a search counts them as away
_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds; the first and the longest mean one between two tries
# A node that has been given up shall not go on working.
_GIVEN_UP = {"cancel_after_time_interval": f"{int(_NODE * 1000)}ms"}
_CONNECTIONS = 16  # kept open to each node
_LONGEST_REASON = 200  # characters

NO_ROOM = 429
"""The state of an answer that says that there is too much to do."""

_PASSING = frozenset({NO_ROOM, 500, 502, 503, 504})  # what another try may mend
_UNKNOWN, _FORBIDDEN = 404, 403
_SEARCHING = frozenset({"search_phase_execution_exception", "search_context_missing_exception"})
_PORTS = {"http": 9200, "https": 443}  # where an address names none
_REASONS = {401: "账号或密钥不对", _FORBIDDEN: "没有权限"}
_CAUSES = {
    ssl.SSLCertVerificationError: "证书不对",
    ssl.SSLError: "那个端口上不是 HTTPS",
    socket.gaierror: "查不到这个主机",
    ConnectionRefusedError: "拒绝连接",
}
_UNREADABLE = "检索集群的回答读不懂，那个地址也许不是 OpenSearch"
_LEAST = (2, 19)  # the version

# Each failed try with its traceback; what is worth a line is said by ClusterError.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)


class ClusterError(EngineError):
    """A cluster that does not answer, or not in time, or refuses; `status` is that of its answer, if any."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


@contextmanager
def understood() -> Iterator[None]:
    """Take what comes of an answer of another form than was asked for as a ClusterError."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ClusterError(_UNREADABLE) from error


class Cluster:
    """Safe for many threads. No error and no representation of it holds credentials."""

    def __init__(self, urls: str, *, authority: Path | None = None, api_key: str | None = None) -> None:
        """`urls` are the nodes' addresses with commas between, each with user and password where it needs.

        HTTPS is checked against the certificates in the file `authority`, else against those of the usual
        authorities. Raise EngineSettingError where this cannot be taken.
        """
        if api_key and not (api_key.isascii() and api_key.isprintable()):
            raise EngineSettingError("api_key", "检索集群的密钥里有不能用的字符，比如换行")
        hosts = [_host(url.strip(), api_key) for url in urls.split(",") if url.strip()]
        if not hosts:
            raise EngineSettingError("urls", "没有写检索集群的地址")
        if authority:
            _check_authority(authority)
        self._nodes = [_named(host) for host in hosts]
        self._transport = OpenSearch(
            hosts,
            max_retries=0,  # `request` does it, with a deadline and pauses
            retry_on_timeout=True,  # so that such a node is left alone, too
            dead_timeout=_REST,
            pool_maxsize=_CONNECTIONS,
            ca_certs=str(authority) if authority else None,
        ).transport

    @understood()
    def check(self) -> None:
        """Raise ClusterError where it cannot work now, or is none that is known here."""
        self.request("GET", "/_cluster/health")
        try:
            version = self.request("GET", "/")["version"]
        except ClusterError as error:
            if error.status != _FORBIDDEN:
                raise
            return  # who may index need not be allowed to look at this
        kind, number = version.get("distribution", "elasticsearch"), version["number"]
        if kind != "opensearch" or tuple(map(int, number.split(".")[:2])) < _LEAST:
            least = ".".join(map(str, _LEAST))
            raise ClusterError(f"检索集群是 {kind} {number}，需要 opensearch {least} 以上")

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Any:  # noqa: ANN401 - JSON
        """What the cluster answers; text as `body` is sent as it is, all else as JSON.

        What fails in passing is sent again for `patience` seconds; so `body` has to be something that may
        arrive twice. Raise ClusterError.
        """
        return self._send(_Tries(self._nodes, patience), method, path, body, parameters)

    def store(self, index: str, lines: str, patience: float) -> dict[str, Any]:
        """The answer to many changes of an index at once, one of them to a few `lines`.

        As `request`, but a cluster that has no room for so many is not asked again.
        """
        tries = _Tries(self._nodes, patience, _PASSING - {NO_ROOM})
        answer: dict[str, Any] = self._send(tries, "POST", f"/{index}/_bulk", lines)
        return answer

    def search(self, index: str, search: object) -> dict[str, Any]:
        """The answer to one search of an index, whole: what a shard lacks is asked for again.

        Queries that it names come with their scores. Raise ClusterError.
        """
        parameters = {
            "allow_partial_search_results": "false",
            "include_named_queries_score": "true",  # the same in the search itself does nothing
            **_GIVEN_UP,
        }
        answer: dict[str, Any] = self.request("POST", f"/{index}/_search", search, parameters=parameters)
        return answer

    @understood()
    def searches(self, index: str, searches: Sequence[object]) -> list[dict[str, Any]]:
        """The answers to several searches at once, each whole; terms weigh as in the whole index.

        Raise ClusterError.
        """
        if not searches:
            return []
        header = json.dumps(
            {"index": index, "search_type": "dfs_query_then_fetch", "allow_partial_search_results": False}
        )
        body = "".join(f"{header}\n{json.dumps(search, ensure_ascii=False)}\n" for search in searches)
        tries = _Tries(self._nodes, PATIENCE)
        while True:
            answers: list[dict[str, Any]] = self.request(
                "POST", "/_msearch", body, parameters=_GIVEN_UP, patience=tries.left()
            )["responses"]
            refused = next((answer for answer in answers if "error" in answer), None)
            if refused is None:
                return answers
            tries.refused(refused["status"], refused["error"]["type"])

    @understood()
    def _send(
        self,
        tries: _Tries,
        method: str,
        path: str,
        body: object,
        parameters: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        while True:
            try:
                return self._transport.perform_request(
                    method, path, dict(parameters or {}), body, timeout=tries.next_patience()
                )
            except OpenSearchException as error:
                tries.failed(error)


class _Tries:
    """When to try again, and when to give up."""

    def __init__(self, nodes: Sequence[str], patience: float, passing: frozenset[int] = _PASSING) -> None:
        self._deadline = time.monotonic() + patience
        self._nodes = nodes
        self._is_long = patience > PATIENCE
        self._most = math.inf if self._is_long else _ROUNDS * len(nodes)
        self._passing = passing
        self._silent = 0  # tries in a row without any answer
        self._pause = _PAUSE

    def left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.1)

    def next_patience(self) -> float:
        """The seconds for the next try; a long request leaves half of them for another node."""
        left = self.left()
        return max(left / 2, min(left, _NODE)) if self._is_long else min(left, _NODE)

    def failed(self, error: OpenSearchException) -> None:
        """Wait before the next try. Raise ClusterError where there is to be none."""
        if isinstance(error, SSLError):
            raise self._unreachable(error) from error
        if isinstance(error, Unreachable):
            self._silent += 1
            if self._silent >= self._most or self._is_over():
                raise self._unreachable(error) from error
            if self._silent >= len(self._nodes):  # another node may be well
                self._wait()
            return
        if not isinstance(error, TransportError) or not isinstance(error.status_code, int):
            raise ClusterError(_UNREADABLE) from error
        self._silent = 0
        try:
            self.refused(error.status_code, _reason(error))
        except ClusterError as given_up:
            raise given_up from error

    def refused(self, status: int, reason: str) -> None:
        """Wait before the next try after an answer that is an error, as `failed` does."""
        if reason == "index_not_found_exception":
            raise ClusterError("检索集群里没有这份索引，请运行 wenju index", status)
        # What a node has begun of a search and not ended is unknown afterwards.
        passing = status in self._passing or (status == _UNKNOWN and reason in _SEARCHING)
        if not passing:
            raise ClusterError(f"检索集群拒绝了请求：{_REASONS.get(status, reason)}（{status}）", status)
        if self._is_over():
            raise ClusterError(f"检索集群一时不能用：{reason}（{status}）", status)
        self._wait()

    def _unreachable(self, error: TransportError) -> ClusterError:
        return ClusterError(f"检索集群连不上：{_why(error)}（{'、'.join(self._nodes)}）")

    def _is_over(self) -> bool:
        return time.monotonic() + self._pause > self._deadline

    def _wait(self) -> None:
        # At random, so that those who failed together do not come back together.
        time.sleep(random.uniform(0.5, 1.5) * self._pause)  # noqa: S311 - no secret
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


def _reason(error: TransportError) -> str:
    """What a node says with an error, in one line."""
    said = " ".join(str(error.error).split())
    return "回答是一个网页，那个地址也许不是 OpenSearch" if said.startswith("<") else said[:_LONGEST_REASON]


def _why(error: TransportError) -> str:
    """Why the node that was asked last cannot be reached."""
    if isinstance(error, ConnectionTimeout):
        return "没有及时回答"
    cause: object = error.info
    while isinstance(cause, Exception):
        for kind, reason in _CAUSES.items():
            if isinstance(cause, kind):
                return reason
        cause = cause.__cause__ or cause.__context__
    return "没有应答"


def _named(host: dict[str, Any]) -> str:
    name = f"[{host['host']}]" if ":" in host["host"] else host["host"]
    return f"{name}:{host['port']}"


def _check_authority(file: Path) -> None:
    """Raise EngineSettingError where it holds no certificates."""
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError as error:
        raise EngineSettingError("authority", f"检索集群的证书文件里没有证书：{file}") from error
    except OSError as error:
        raise EngineSettingError("authority", f"检索集群的证书文件打不开：{file}") from error


def _host(url: str, api_key: str | None) -> dict[str, Any]:
    """A node's address as opensearch-py takes it. Raise EngineSettingError, which does not repeat it."""
    if re.search(r"[\x00-\x1f\x7f]", unquote(url)):
        raise EngineSettingError("urls", "检索集群的地址里有不能用的字符，比如换行")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
        raise EngineSettingError(
            "urls", "检索集群的地址应为 https://用户:密码@主机:9200 这样，几个之间用逗号"
        )
    headers = {}
    if api_key:
        headers["authorization"] = f"ApiKey {api_key}"
    elif parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return {
        "host": parts.hostname,
        "port": port or _PORTS[parts.scheme],
        "use_ssl": parts.scheme == "https",
        "url_prefix": parts.path.strip("/"),
        "headers": headers,
    }
