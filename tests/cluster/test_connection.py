"""How the cluster is reached, without one: addresses, credentials, certificates, and nodes that are away."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from retrieval.errors import EngineError, EngineSettingError
from retrieval.opensearch import (
    Cluster,
    ClusterError,
    OpenSearchSearcher,
    Owner,
    cluster,
    holds,
    layout,
    publish,
    searcher,
)
from tests.cluster.stand_in import node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

SECRET = "geheim-密码"
QUOTED = "geheim-%E5%AF%86%E7%A0%81"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that requests have waited before another try; nobody waits for them here."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def told(asked: Cluster) -> str:
    """The text of the error that a request gives, with all that led to it."""
    with pytest.raises(ClusterError) as caught:
        asked.request("GET", "/")
    return "".join(traceback.format_exception(caught.value, chain=True))


def test_credentials_are_sent_and_told_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """A node that refuses the password, or is away, is told of without it."""
    seen: list[str | None] = []

    def refuse(request: BaseHTTPRequestHandler) -> tuple[int, object]:
        seen.append(request.headers["Authorization"])
        return 401, {"error": {"type": "security_exception"}}

    with node(refuse) as port:
        by_password = Cluster(f"http://user:{QUOTED}@127.0.0.1:{port}")
        by_key = Cluster(f"http://127.0.0.1:{port}", api_key=SECRET.encode().hex())
        texts = [told(by_password), told(by_key), repr(by_password), repr(vars(by_key))]
    texts += [told(by_password), caplog.text]

    assert seen == ["Basic dXNlcjpnZWhlaW0t5a+G56CB", f"ApiKey {SECRET.encode().hex()}"]
    assert "账号或密钥不对" in texts[0]
    assert "检索集群连不上" in texts[-2]
    for secret in (SECRET, QUOTED, SECRET.encode().hex(), "dXNlcjpnZWhlaW0t5a"):
        assert not any(secret in text for text in texts)


@pytest.mark.parametrize("url", ["", "geheim", f"ftp://u:{QUOTED}@h", f"http://u:{QUOTED}@h:port", "http://"])
def test_an_address_that_cannot_be_taken_is_not_repeated(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(EngineSettingError, match="检索集群的地址") as caught:
        Cluster(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://127.0.0.1:1", "geheim\nzwei"),
        ("http://127.0.0.1:1", "geheim-密码"),
        ("http://u:geheim\rzwei@127.0.0.1:1", None),
        ("http://u:geheim%0Azwei@127.0.0.1:1", None),
    ],
)
def test_credentials_that_no_header_holds_are_refused_unseen(url: str, key: str | None) -> None:
    """A line break in a key or password is told of at once, without it."""
    with pytest.raises(EngineSettingError, match="不能用的字符") as caught:
        Cluster(url, api_key=key)
    assert caught.value.setting == ("api_key" if key else "urls")
    assert "geheim" not in "".join(traceback.format_exception(caught.value, chain=True))


def test_a_port_that_is_not_named_is_the_usual_one() -> None:
    """443 for HTTPS, as managed services have it, and 9200 for plain HTTP."""
    asked = Cluster("https://search.example.org,http://node,https://node:9200")
    hosts = [connection.host for connection in asked._transport.connection_pool.connections]
    assert sorted(hosts) == ["http://node:9200", "https://node:9200", "https://search.example.org:443"]


class Silent:
    """A node that takes requests, counts them, and answers none before it is let go."""

    def __init__(self) -> None:
        self.requests = 0
        self.over = threading.Event()

    def __call__(self, _: BaseHTTPRequestHandler) -> tuple[int, object]:
        self.requests += 1
        self.over.wait(30)
        return 200, {}


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    """Requests give such a node up soon."""
    monkeypatch.setattr(cluster, "_NODE", 0.2)
    one = Silent()
    yield one
    one.over.set()


def test_another_node_answers_for_one_that_is_away_or_silent(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One refuses, one never answers, one is well: the answer comes, and the next ones without the silent."""
    monkeypatch.setattr(cluster, "_REST", 1000.0)
    with node(silent) as port, node(lambda _: (200, {"well": True})) as well:
        asked = Cluster(f"http://127.0.0.1:1,http://127.0.0.1:{port},http://127.0.0.1:{well}")
        for _ in range(13):  # in turn, each node is asked first
            assert asked.request("GET", "/") == {"well": True}
        assert silent.requests == 1
        silent.over.set()


def test_what_fails_in_passing_is_asked_again() -> None:
    """429 and 503, which a cluster answers while it is at a loss, are no answers."""
    answers = iter([(429, {}), (503, {"error": {"type": "cluster_block_exception"}}), (200, {"well": True})])
    with node(lambda _: next(answers)) as port:
        assert Cluster(f"http://127.0.0.1:{port}").request("GET", "/") == {"well": True}


def test_a_cluster_that_is_away_is_told_of_at_once(pauses: list[float]) -> None:
    """All nodes refuse the connection: the error comes within a second, and names them."""
    text = told(Cluster(f"http://u:{QUOTED}@127.0.0.1:1,http://127.0.0.1:2"))
    assert "检索集群连不上：拒绝连接（127.0.0.1:1、127.0.0.1:2）" in text
    assert QUOTED not in text
    assert 0 < sum(pauses) < 1


def test_a_name_that_nobody_knows(pauses: list[float]) -> None:
    """An address with a slip is told from a node that is down."""
    assert "检索集群连不上：查不到这个主机（node.invalid:9200）" in told(Cluster("http://node.invalid"))
    assert pauses


def test_a_cluster_that_is_silent_is_told_of_in_time(silent: Silent) -> None:
    """A node that takes a request and never answers is asked twice, and given up each time."""
    with node(silent) as port:
        assert f"检索集群连不上：没有及时回答（127.0.0.1:{port}）" in told(
            Cluster(f"http://127.0.0.1:{port}")
        )
        assert silent.requests == 2
        silent.over.set()


def test_long_work_outlasts_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may take minutes is asked for until the cluster is there, however often it refuses meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tries = 0
    with ExitStack() as later:

        def pause(_: float) -> None:
            nonlocal tries
            tries += 1
            if tries == 20:
                later.enter_context(node(lambda _: (200, {"well": True}), port=port))

        monkeypatch.setattr(time, "sleep", pause)
        asked = Cluster(f"http://127.0.0.1:{port}")
        assert asked.request("GET", "/", patience=60) == {"well": True}
    assert tries == 20


def test_long_work_ends_with_its_patience(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody comes back, it is given up in the end."""
    monkeypatch.setattr(time, "monotonic", lambda: sum(pauses))
    with pytest.raises(ClusterError, match="拒绝连接"):
        Cluster("http://127.0.0.1:1").request("GET", "/", patience=60)
    assert 50 < sum(pauses) < 62


ODD: list[object] = [
    {},
    [],
    None,
    "odd",
    {"a-b": {}},
    {"a-b": {"mappings": {}}},
    {"responses": [{}]},
    {"responses": 1},
]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("answer", ODD, ids=map(json.dumps, ODD))
def test_an_odd_answer_is_the_clusters_fault(answer: object, status: int) -> None:
    """Valid JSON of another form than was asked for is the engine's error, not one of the files here."""
    with node(lambda _: (status, answer)) as port:
        asked = Cluster(f"http://127.0.0.1:{port}")
        with pytest.raises(EngineError):
            OpenSearchSearcher(asked, "b", 1, "a").held("甲")
        with suppress(EngineError):
            publish(asked, ["b"], Owner("me", "a"))
        with suppress(EngineError):
            assert not holds(asked, "b", alias="a")


@pytest.mark.parametrize("answer", ODD, ids=map(json.dumps, ODD))
def test_an_odd_answer_to_a_search_is_the_clusters_fault(answer: object) -> None:
    """As well where the index has been found as it should be."""
    about = {"format": layout.FORMAT, "rows": 1, "documents": 0, "tokens": 1}

    def odd(request: BaseHTTPRequestHandler) -> tuple[int, object]:
        known = {"a-b": {"mappings": {"_meta": about}}}
        return 200, known if request.path.endswith("_mapping") else answer

    with node(odd) as port, pytest.raises(EngineError):
        OpenSearchSearcher(Cluster(f"http://127.0.0.1:{port}"), "b", 1, "a").held("甲")


def test_a_silent_cluster_is_waited_for_once(silent: Silent) -> None:
    """Of many searches that look for the index at once one asks, and all are told what came of it."""
    with node(silent) as port, ThreadPoolExecutor(8) as threads:
        one = OpenSearchSearcher(Cluster(f"http://127.0.0.1:{port}"), "b", 1, "a")
        failures = [each.exception() for each in [threads.submit(one.held, "甲") for _ in range(8)]]
        assert [type(failure) for failure in failures] == [ClusterError] * 8
        assert silent.requests == 2
        silent.over.set()


def test_an_index_that_was_away_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure the cluster is left alone for a while, and then asked again."""
    monkeypatch.setattr(searcher, "_REST", 1000.0)
    seen: list[str] = []

    def refuse(request: BaseHTTPRequestHandler) -> tuple[int, object]:
        seen.append(request.path)
        return 403, {}

    with node(refuse) as port:
        one = OpenSearchSearcher(Cluster(f"http://127.0.0.1:{port}"), "b", 1, "a")
        for _ in range(3):
            with pytest.raises(ClusterError, match="没有权限"):
                one.held("甲")
        assert len(seen) == 1
        monkeypatch.setattr(searcher, "_REST", 0.0)
        with pytest.raises(ClusterError, match="没有权限"):
            one.held("甲")
        assert len(seen) == 2


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    path = tmp_path / "node.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=node",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", tmp_path / "certificate.pem",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    with path.open("a") as both:
        both.write((tmp_path / "certificate.pem").read_text())
    return path


def test_certificates_are_checked(certificate: Path) -> None:
    """Against the authority that is given, else against the usual ones."""
    with node(lambda _: (200, {"well": True}), certificate) as port:
        url = f"https://127.0.0.1:{port}"
        assert Cluster(url, authority=certificate).request("GET", "/") == {"well": True}
        assert f"检索集群连不上：证书不对（127.0.0.1:{port}）" in told(Cluster(url))


def test_a_node_without_tls() -> None:
    """Plain HTTP behind an address that begins with https."""
    with node(lambda _: (200, {})) as port:
        assert "检索集群连不上：那个端口上不是 HTTPS" in told(Cluster(f"https://127.0.0.1:{port}"))


def test_an_address_of_ipv6_is_named_as_it_is_written() -> None:
    """With its brackets, so that the port can be told from it."""
    assert "（[::1]:1）" in told(Cluster("http://[::1]:1"))


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    """At once, and by its name."""
    for content, reason in (("none", "里没有证书"), (None, "打不开")):
        file = tmp_path / "ca.pem"
        file.unlink(missing_ok=True)
        if content:
            file.write_text(content)
        with pytest.raises(EngineSettingError, match=f"{reason}：.*ca.pem") as caught:
            Cluster("https://127.0.0.1:1", authority=file)
        assert caught.value.setting == "authority"


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ({"distribution": "opensearch", "number": "2.18.0"}, "opensearch 2.18.0，需要 opensearch 2.19 以上"),
        ({"number": "8.17.1"}, "elasticsearch 8.17.1"),
    ],
)
def test_what_is_too_old_or_something_else_is_refused(version: dict[str, str], named: str) -> None:
    """Before anything is stored there; a later version is taken."""
    with node(lambda _: (200, {"version": version})) as port:
        with pytest.raises(ClusterError, match=named):
            Cluster(f"http://127.0.0.1:{port}").check()
        version |= {"distribution": "opensearch", "number": "3.1.0-SNAPSHOT"}
        Cluster(f"http://127.0.0.1:{port}").check()


def test_who_may_not_see_the_version_may_index() -> None:
    """A key that is for indices alone is enough."""
    with node(lambda request: (403 if request.path == "/" else 200, {})) as port:
        Cluster(f"http://127.0.0.1:{port}").check()
    with node(lambda _: (403, {})) as port, pytest.raises(ClusterError, match="没有权限"):
        Cluster(f"http://127.0.0.1:{port}").check()


@pytest.mark.parametrize("status", [200, 404])
def test_a_page_is_no_cluster(status: int) -> None:
    """An address that has a web site behind it."""
    with node(lambda _: (status, "<html>")) as port, pytest.raises(ClusterError, match="也许不是 OpenSearch"):
        Cluster(f"http://127.0.0.1:{port}").check()
