"""Keeps other websites out: a page in the same browser must not reach the sandbox.

A request must name this machine as its Host (against DNS rebinding), and where a browser says which site it
comes from, that must be the sandbox's own page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class LoopbackGuard:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or allowed(Headers(scope=scope), opens_page=scope["path"] == "/"):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse("Forbidden", 403)(scope, receive, send)


def allowed(headers: Headers, *, opens_page: bool = False) -> bool:
    """Tell whether the request may pass; the page itself may also be opened from a link elsewhere."""
    host = headers.get("host", "")
    if not _is_loopback(host):
        return False
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return False
    followed = opens_page and headers.get("sec-fetch-mode") == "navigate"
    return followed or headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"http://{host}").hostname in LOOPBACK
    except ValueError:
        return False
