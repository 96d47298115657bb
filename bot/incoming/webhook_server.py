"""What takes Telegram's posts: 200 means that the update is in the inbox; until then Telegram keeps it.

What does not come from Telegram is refused before its body is read. Whatever is wrong, the answer is a status
without words. A client that is slow, or opens many connections, keeps nobody else out.
"""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.incoming.inbox import InboxError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send
    from telegram._utils.types import JSONDict

    from bot.incoming.dispatcher import Dispatcher

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - its name
LARGEST_BODY = 1 << 20  # bytes
LARGEST_ID = 2**63 - 1
OPEN_CONNECTIONS = 200  # more than Telegram and a proxy open, and few beside the files that may be open
REQUEST_SECONDS = 10.0  # from the connection, or the last answer on it, to a request's last byte


class Receiver:
    """The ASGI application: takes what is posted to the path with the secret.

    `taken` is called when an update has come.
    """

    def __init__(self, path: str, secret: str, dispatcher: Dispatcher, taken: Callable[[], None]) -> None:
        self._path = path
        self._secret = secret.encode()
        self._dispatcher = dispatcher
        self._taken = taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return
        headers = {"allow": "POST"} if status == HTTPStatus.METHOD_NOT_ALLOWED else None
        await Response(status_code=status, headers=headers)(scope, receive, send)

    async def _answer(self, request: Request) -> HTTPStatus:
        if refusal := self._refusal(request):
            return refusal
        body = await _body(request)
        if body is None:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        update = _update(body)
        if update is None:
            return HTTPStatus.BAD_REQUEST
        if not self._dispatcher.has_room:
            return HTTPStatus.SERVICE_UNAVAILABLE
        try:
            await self._dispatcher.receive([update])
        except InboxError:
            return HTTPStatus.SERVICE_UNAVAILABLE
        self._taken()
        return HTTPStatus.OK

    def _refusal(self, request: Request) -> HTTPStatus | None:
        if request.scope["path"] != self._path:
            return HTTPStatus.NOT_FOUND
        if request.method != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        shown = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        return None if hmac.compare_digest(shown, self._secret) else HTTPStatus.FORBIDDEN


async def _body(request: Request) -> bytes | None:
    """Return the body, None where it is too large: said so by its sender, or found so."""
    if int(request.headers.get("content-length", "0")) > LARGEST_BODY:  # h11 lets only digits through
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _update(body: bytes) -> JSONDict | None:
    """Return the update, None where the body is none."""
    try:
        update: Any = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    update_id = update.get("update_id") if isinstance(update, dict) else None
    return update if type(update_id) is int and 0 <= update_id <= LARGEST_ID else None


def _refuse(constant: str) -> None:
    raise ValueError(f"JSON has no {constant}")


class Connection(H11Protocol):
    """A connection that has to bring each request in time, and makes way for others until it has."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in its base
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > OPEN_CONNECTIONS:
            others = (one for one in self.connections if isinstance(one, Connection) and one.is_waiting)
            next(others, self).transport.abort()

    def handle_events(self) -> None:
        super().handle_events()
        if not self.is_waiting:
            self._relax()

    def on_response_complete(self) -> None:
        self._expect()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End at once where half a request is there: its other half may never come."""
        if self.conn.their_state is h11.SEND_BODY:
            self.transport.abort()
        else:
            super().shutdown()

    @property
    def is_waiting(self) -> bool:
        """Whether no request is there, or not the whole of it."""
        return self.conn.their_state in {h11.IDLE, h11.SEND_BODY}

    def _expect(self) -> None:
        self._relax()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
