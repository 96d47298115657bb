"""How the cluster is reached, without one: addresses, credentials, certificates, and nodes that are away."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
import time
import traceback
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from retrieval.opensearch import Cluster, ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "geheim-密码"
QUOTED = "geheim-%E5%AF%86%E7%A0%81"


@contextmanager
def node(
    answer: Callable[[BaseHTTPRequestHandler], tuple[int, object]], certificate: Path | None = None
) -> Iterator[int]:
    """Serve what `answer` makes of a request; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def told(cluster: Cluster) -> str:
    """The text of the error that a request gives, with all that led to it."""
    with pytest.raises(ClusterError) as caught:
        cluster.request("GET", "/")
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
    with pytest.raises(ClusterError, match="检索集群的地址") as caught:
        Cluster(url)
    assert "geheim" not in str(caught.value)


def test_another_node_answers_for_one_that_is_away_or_silent() -> None:
    """One refuses, one never answers, one is well: the answer comes, and the next one at once."""
    over = threading.Event()

    def never(_: BaseHTTPRequestHandler) -> tuple[int, object]:
        over.wait(30)
        return 200, {}

    with node(never) as silent, node(lambda _: (200, {"well": True})) as well:
        cluster = Cluster(f"http://127.0.0.1:1,http://127.0.0.1:{silent},http://127.0.0.1:{well}")
        for _ in range(3):  # in turn, each node is asked first
            assert cluster.request("GET", "/") == {"well": True}
        started = time.monotonic()
        for _ in range(10):
            assert cluster.request("GET", "/") == {"well": True}
        assert time.monotonic() - started < 1
        cluster.close()
        over.set()


def test_what_fails_in_passing_is_asked_again() -> None:
    """429 and 503, which a cluster answers while it is at a loss, are no answers."""
    answers = iter([(429, {}), (503, {"error": {"type": "cluster_block_exception"}}), (200, {"well": True})])
    with node(lambda _: next(answers)) as port:
        assert Cluster(f"http://127.0.0.1:{port}").request("GET", "/") == {"well": True}


def test_a_cluster_that_is_away_is_told_of_at_once() -> None:
    """All nodes refuse the connection: the error comes within a second."""
    started = time.monotonic()
    assert "检索集群连不上：没有应答" in told(Cluster("http://127.0.0.1:1,http://127.0.0.1:2"))
    assert time.monotonic() - started < 1


def test_a_cluster_that_is_silent_is_told_of_in_time() -> None:
    """A node that takes a request and never answers holds nobody up for more than ten seconds."""
    over = threading.Event()
    with node(lambda _: (200, {"late": over.wait(30)})) as port:
        started = time.monotonic()
        assert "检索集群连不上：没有及时回答" in told(Cluster(f"http://127.0.0.1:{port}"))
        assert time.monotonic() - started < 12
        over.set()


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
    """Against the authority that is given, against the usual ones, or not, where that is asked for."""
    with node(lambda _: (200, {"well": True}), certificate) as port:
        url = f"https://127.0.0.1:{port}"
        assert Cluster(url, authority=certificate).request("GET", "/") == {"well": True}
        assert Cluster(url, verify=False).request("GET", "/") == {"well": True}
        assert "检索集群连不上：证书不对" in told(Cluster(url))
    with pytest.raises(ClusterError, match="没有检索集群的证书文件"):
        Cluster(url, authority=certificate.with_name("none.pem"))
