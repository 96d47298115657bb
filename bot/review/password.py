"""A password before the page: HTTP Basic, with any user name. Knows nothing of what it protects."""

from __future__ import annotations

import asyncio
import hmac
import time
from base64 import b64decode
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

PAUSE = 1.0  # seconds between two tries from an address that has been wrong
LONGEST_WAIT = 10.0  # seconds; beyond it a try is turned away unread
CHALLENGE = {"www-authenticate": 'Basic realm="wenju", charset="UTF-8"'}


class Password:
    """Let a request pass that carries the password, or that is for `open_path`.

    After a wrong password the tries of the same address take turns, the right one too; other addresses go on
    as before.
    """

    def __init__(
        self,
        app: ASGIApp,
        password: str,
        open_path: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app = app
        self._password = password.encode()
        self._open_path = open_path
        self._sleep = sleep
        self._turns: dict[str, float] = {}  # the time of the next try, by address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("path") == self._open_path:
            await self.app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        await (refusal or self.app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> ASGIApp | None:
        given = _password(Headers(scope=scope).get("authorization", ""))
        if given is None:
            return PlainTextResponse("请输入口令。\n", 401, CHALLENGE)
        address = (scope.get("client") or ("", 0))[0]
        wait = self._turn(address)
        if wait > LONGEST_WAIT:
            return PlainTextResponse(
                "口令错得太多，请稍候。\n", 429, {"retry-after": str(round(LONGEST_WAIT))}
            )
        if wait:
            await self._sleep(wait)
        if hmac.compare_digest(given, self._password):
            return None
        self._remember(address)
        return PlainTextResponse("口令不对。\n", 401, CHALLENGE)

    def _turn(self, address: str) -> float:
        """Return the seconds until this address may try, and move its next turn on."""
        now = time.monotonic()
        turn = self._turns.get(address, now)
        if turn <= now:
            return 0.0
        if turn - now <= LONGEST_WAIT:
            self._turns[address] = turn + PAUSE
        return turn - now

    def _remember(self, address: str) -> None:
        now = time.monotonic()
        self._turns = {other: turn for other, turn in self._turns.items() if turn > now}
        self._turns.setdefault(address, now + PAUSE)


def _password(authorization: str) -> bytes | None:
    """Return the password of a Basic header, None where there is none."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, colon, password = b64decode(credentials, validate=True).partition(b":")
    except ValueError:  # no base64
        return None
    return password if colon else None
