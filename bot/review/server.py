"""Serves the page: on this machine only, or elsewhere behind a password."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.log.database import QueryLogError, connect
from bot.review import pages
from bot.review.password import Password
from bot.review.queries import ready_queries
from bot.review.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = Path(__file__).parent
LOOPBACK = ["127.0.0.1", "localhost"]
SETTINGS = {
    "sql_time_limit_ms": 5000,
    "allow_download": False,
    "default_page_size": 50,
    "suggest_facets": False,
    "truncate_cells_html": pages.LONGEST_TEXT,
}
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",  # no script at all
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


class AddressError(QueryLogError):
    """The page's address cannot be used."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"{host}:{port} 用不了：{reason}")
        self.host = host
        self.port = port


class NoPasswordError(QueryLogError):
    """Others could reach the page, and nothing keeps them out."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"在 {host} 上别人也能打开查询日志：请先用 WENJU_REVIEW_PASSWORD（或 WENJU_REVIEW_PASSWORD_FILE）"
            "设一个口令；只在本机看，用 --host 127.0.0.1"
        )
        self.host = host


def serve(
    query_log: Path,
    host: str = "127.0.0.1",
    port: int = 8601,
    *,
    password: str | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until interrupted. An empty log is made where there is none.

    `ready` is called with the page's address once it is listening; port 0 takes a free one. With a `password`
    the page asks for it, with any user name. Raise NoPasswordError where `host` is not this machine's own and
    there is none, AddressError, QueryLogError or NewerSchemaError.
    """
    if host not in LOOPBACK and not password:
        raise NoPasswordError(host)
    try:
        query_log.parent.mkdir(parents=True, exist_ok=True)
        connect(query_log).close()
    except (OSError, sqlite3.DatabaseError) as error:
        raise QueryLogError(f"查询日志打不开：{query_log}（{error}）") from error
    with _listen(host, port) as listener:
        app = application(query_log)
        if password:
            app = Password(app, password, open_path=pages.HEALTH)
        if host in LOOPBACK:
            # Another website may have its own name point here; a browser then tells that name.
            app = TrustedHostMiddleware(app, LOOPBACK)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        if ready:
            ready(f"http://{host}:{listener.getsockname()[1]}/{query_log.stem}")
        with suppress(KeyboardInterrupt):  # uvicorn has stopped in good order and passes it on
            server.run(sockets=[listener])


def application(query_log: Path) -> ASGIApp:
    if not pm.has_plugin(pages.__name__):
        pm.register(pages, pages.__name__)
    database = {"title": "查询日志", "queries": ready_queries(), "tables": TABLES}
    datasette = Datasette(
        [str(query_log)],
        metadata={"title": "问据 · 查询日志", "databases": {query_log.stem: database}},
        settings=SETTINGS,
        template_dir=str(HERE / "templates"),
        static_mounts=[("review", str(HERE / "static"))],
    )
    return _with_headers(datasette.app())


def _with_headers(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await app(scope, receive, send_with_headers)

    return answer


def _listen(host: str, port: int) -> socket.socket:
    """Bind before anything else starts, so that a taken port is one clear error."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from error
