"""HTTP servers on this machine that stand in for nodes: one says what it is told to, one keeps indices."""

from __future__ import annotations

import fnmatch
import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Answer = tuple[int, object] | None
"""A status and JSON; None ends the connection."""
WELL: Answer = (0, None)


@contextmanager
def node(
    answer: Callable[[BaseHTTPRequestHandler], Answer], certificate: Path | None = None, port: int = 0
) -> Iterator[int]:
    """Serve what `answer` makes of a request, on a free port unless one is given; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.content = self.rfile.read(int(self.headers["Content-Length"] or 0))
            answered = answer(self)
            if answered is None:
                self.close_connection = True
                return
            status, body = answered
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server calls them so

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", port), Handler)
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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that has given up."""


class StandIn:
    """Keeps what is known about indices and how many entries each has; it searches nothing.

    What `fault` makes of a request is answered instead, unless that is WELL.
    """

    def __init__(self) -> None:
        self.about: dict[str, dict[str, Any]] = {}
        self.entries: dict[str, int] = {}
        self.seen: list[str] = []
        self.fault: Callable[[str], Answer] = lambda _: WELL

    def __call__(self, request: BaseHTTPRequestHandler) -> Answer:
        asked = f"{request.command} {request.path}"
        self.seen.append(asked)
        if (faulty := self.fault(asked)) != WELL:
            return faulty
        index, _, what = request.path.partition("?")[0].strip("/").partition("/")
        content: bytes = request.content  # type: ignore[attr-defined] # it is the Handler above
        if asked == "GET /":
            return 200, {"version": {"distribution": "opensearch", "number": "2.19.1"}}
        if request.command == "PUT" and not what:
            self.about[index], self.entries[index] = json.loads(content)["mappings"]["_meta"], 0
        elif index in self.about:
            return 200, self._of_one(request.command, index, what, content)
        elif request.command == "GET" and what and "*" not in index and not index.startswith("_"):
            return 404, {"error": {"type": "index_not_found_exception"}}
        return 200, self._mappings(index) if what == "_mapping" else {}

    def _of_one(self, command: str, index: str, what: str, content: bytes) -> object:
        match command, what:
            case "DELETE", "":
                del self.about[index], self.entries[index]
            case "PUT", "_mapping":
                self.about[index] = json.loads(content)["_meta"]
            case "GET", "_mapping":
                return self._mappings(index)
            case "POST", "_bulk":
                self.entries[index] += content.count(b"\n") // 2
                return {"items": []}
            case "GET", "_count":
                return {"count": self.entries[index], "_shards": {"successful": 1, "total": 1}}
        return {}

    def _mappings(self, pattern: str) -> dict[str, object]:
        return {
            name: {"mappings": {"_meta": self.about[name]}} for name in fnmatch.filter(self.about, pattern)
        }
